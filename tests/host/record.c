/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui.h"

/* One line on standard output is <kind> TAB <monotonic µs> TAB <said to be from, s> TAB <text>; kind R for
 * the record, A for a good answer, E for a bad one. */

static void
put (char kind, time_t mtime, const char *text)
{
  g_autoptr (GString) line = g_string_new (NULL);
  gsize done = 0;

  g_string_append_printf (line, "%c\t%" G_GINT64_FORMAT "\t%" G_GINT64_FORMAT "\t%s\n", kind,
                          g_get_monotonic_time (), (gint64) mtime, text);
  done = fwrite (line->str, 1, line->len, stdout);
  /* Nobody reads any more: the story has ended, so does this program when its standard input closes. */
  if (done != line->len || fflush (stdout) != 0)
    clearerr (stdout);
}

static void
record (PurpleAccount *account, time_t mtime, const char *text)
{
  g_autofree char *line =
      g_strdup_printf ("%s: %s", account != NULL ? purple_account_get_username (account) : "-", text);

  put ('R', mtime, line);
}

void
ui_record (PurpleAccount *account, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  record (account, 0, text);
}

void
ui_record_at (PurpleAccount *account, time_t mtime, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  record (account, mtime, text);
}

void
ui_answer (gboolean good, const char *text)
{
  g_autofree char *quoted = ui_quote (text);

  put (good ? 'A' : 'E', 0, quoted);
}

void
ui_hidden (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  if (!ui.debug)
    return;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  fprintf (stderr, "hidden: %s\n", text);
}

char *
ui_quote (const char *text)
{
  GString *out = g_string_new ("\"");

  for (const char *p = text != NULL ? text : ""; *p != '\0'; p++) {
    switch (*p) {
    case '\n':
      g_string_append (out, "\\n");
      break;
    case '\r':
      g_string_append (out, "\\r");
      break;
    case '\t':
      g_string_append (out, "\\t");
      break;
    case '"':
      g_string_append (out, "\\\"");
      break;
    case '\\':
      g_string_append (out, "\\\\");
      break;
    default:
      g_string_append_c (out, *p);
      break;
    }
  }
  g_string_append_c (out, '"');
  return g_string_free (out, FALSE);
}

char *
ui_escape_id (const char *text)
{
  if (text == NULL || *text == '\0' || strpbrk (text, " \t\r\n\"\\") != NULL)
    return ui_quote (text);
  return g_strdup (text);
}

char *
ui_flag_names (guint flags, const GFlagsValue *names)
{
  GString *out = g_string_new (NULL);

  for (; names->value_name != NULL; names++)
    if ((flags & names->value) != 0)
      g_string_append_printf (out, "%s%s", out->len > 0 ? "|" : "", names->value_name);
  if (out->len == 0)
    g_string_append (out, "-");
  return g_string_free (out, FALSE);
}

char *
ui_shown_text (const char *html)
{
  if (ui.persona->markup)
    return g_strdup (html != NULL ? html : "");
  return purple_markup_strip_html (html != NULL ? html : "");
}
