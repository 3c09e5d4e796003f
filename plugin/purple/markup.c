/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/markup.h"

#include <string.h>

#include "base/gate.h"

#define MAX_ENTITY 32 /* bytes of a name */
#define MAX_TAG 8192  /* bytes of a tag; longer ones are text, so that hostile input costs no more */

char *
openim_markup_from_text (const char *text)
{
  g_autofree char *clean = openim_gate_text (text, -1, 0, FALSE);
  GString *html = g_string_sized_new (strlen (clean) + 16);

  for (const char *p = clean; *p != '\0'; p++) {
    switch (*p) {
    case '<':
      g_string_append (html, "&lt;");
      break;
    case '>':
      g_string_append (html, "&gt;");
      break;
    case '&':
      g_string_append (html, "&amp;");
      break;
    case '"':
      g_string_append (html, "&quot;");
      break;
    case '\n':
      g_string_append (html, "<br>");
      break;
    default:
      g_string_append_c (html, *p);
      break;
    }
  }
  return g_string_free (html, FALSE);
}

/* --- entities --- */

static gboolean
is_wanted (gunichar c)
{
  return c == '\t' || c == '\n' || (c >= 0x20 && c != 0x7f && g_unichar_validate (c));
}

/* @name stands between "&" and ";". 0: unknown. */
static gunichar
decode_entity (const char *name)
{
  static const struct {
    const char *name;
    gunichar c;
  } named[] = {
    { "lt", '<' },       { "gt", '>' },       { "amp", '&' },       { "quot", '"' },
    { "apos", '\'' },    { "nbsp", ' ' },     { "copy", 0xa9 },     { "reg", 0xae },
    { "ndash", 0x2013 }, { "mdash", 0x2014 }, { "hellip", 0x2026 },
  };
  char *end = NULL;
  guint64 number = 0;

  for (guint i = 0; i < G_N_ELEMENTS (named); i++)
    if (g_ascii_strcasecmp (named[i].name, name) == 0)
      return named[i].c;
  if (name[0] != '#')
    return 0;
  if (name[1] == 'x' || name[1] == 'X')
    number = g_ascii_isxdigit (name[2]) ? g_ascii_strtoull (name + 2, &end, 16) : 0;
  else
    number = g_ascii_isdigit (name[1]) ? g_ascii_strtoull (name + 1, &end, 10) : 0;
  if (end == NULL || *end != '\0' || number > 0x10ffff || !is_wanted ((gunichar) number))
    return 0;
  return (gunichar) number;
}

/* Appends what begins at the "&" at @p and returns what follows it. */
static const char *
append_entity (GString *text, const char *p)
{
  char name[MAX_ENTITY] = "";
  gsize length = 0;
  gunichar c = 0;

  while (length < sizeof name - 1 && (g_ascii_isalnum (p[1 + length]) || p[1 + length] == '#'))
    length++;
  if (p[1 + length] == ';' && length > 0) {
    memcpy (name, p + 1, length);
    c = decode_entity (name);
  }
  if (c == 0) {
    g_string_append_c (text, '&');
    return p + 1;
  }
  g_string_append_unichar (text, c);
  return p + length + 2;
}

/* --- tags --- */

static gboolean
begins_tag (const char *p)
{
  return g_ascii_isalpha (p[1]) || p[1] == '/' || p[1] == '!';
}

/* The ">" that ends the tag at @p; quoted ones do not. NULL: it is no tag. */
static const char *
find_tag_end (const char *p)
{
  const char *limit = p + MAX_TAG;
  char quote = '\0';

  for (p++; *p != '\0' && p < limit; p++) {
    if (quote != '\0')
      quote = *p == quote ? '\0' : quote;
    else if (*p == '"' || *p == '\'')
      quote = *p;
    else if (*p == '>')
      return p;
  }
  return NULL;
}

static gboolean
is_tag (const char *tag, gsize length, const char *name)
{
  gsize n = strlen (name);

  return length >= n && g_ascii_strncasecmp (tag, name, n) == 0 &&
         (length == n || !(g_ascii_isalnum (tag[n]) || tag[n] == '-'));
}

/* (nullable) (transfer full) The decoded address of the link whose tag's inside is given. */
static char *
read_address (const char *tag, gsize length)
{
  g_autofree char *copy = g_strndup (tag, length);
  const char *p = copy;
  const char *end = NULL;
  GString *address = NULL;

  do {
    p = strpbrk (p, " \t\n\r");
    if (p == NULL)
      return NULL;
    p += strspn (p, " \t\n\r");
  } while (g_ascii_strncasecmp (p, "href=", 5) != 0);
  p += 5;
  end = *p == '"' || *p == '\'' ? strchr (p + 1, *p) : p + strcspn (p, " \t\n\r");
  if (end == NULL)
    return NULL;
  if (*p == '"' || *p == '\'')
    p++;
  address = g_string_new (NULL);
  while (p < end) {
    if (*p == '&')
      p = append_entity (address, p);
    else
      g_string_append_c (address, *p++);
  }
  return g_string_free (address, address->len == 0);
}

/* "https://example.org/" and "example.org" are the same to a reader. */
static gboolean
says_the_same (const char *words, const char *address)
{
  static const char *const prefixes[] = { "http://", "https://", "mailto:", "ftp://" };
  gsize length = 0;

  if (g_str_equal (words, address))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (address, prefixes[i]))
      address += strlen (prefixes[i]);
  length = strlen (address);
  if (length > 0 && address[length - 1] == '/')
    length--;
  return strlen (words) >= length && strncmp (words, address, length) == 0 &&
         (words[length] == '\0' || g_str_equal (words + length, "/"));
}

static void
end_link (GString *text, gsize start, const char *address)
{
  if (!says_the_same (text->str + MIN (start, text->len), address))
    g_string_append_printf (text, text->len > start ? " (%s)" : "%s", address);
}

static gboolean
at_line_start (GString *text)
{
  return text->len == 0 || text->str[text->len - 1] == '\n';
}

char *
openim_markup_to_text (const char *html)
{
  g_autofree char *clean = openim_gate_text (html, -1, 0, FALSE);
  GString *text = g_string_sized_new (strlen (clean));
  g_autofree char *address = NULL; /* of the link that is open */
  gsize link_start = 0;

  for (const char *p = clean; *p != '\0';) {
    const char *end = NULL;
    const char *tag = p + 1;
    gsize length = 0;

    if (*p == '&') {
      p = append_entity (text, p);
      continue;
    }
    if (*p != '<' || !begins_tag (p) || (end = find_tag_end (p)) == NULL) {
      g_string_append_c (text, *p++);
      continue;
    }
    length = (gsize) (end - tag);
    p = end + 1;
    if (is_tag (tag, length, "br") || is_tag (tag, length, "br/"))
      g_string_append_c (text, '\n');
    else if ((is_tag (tag, length, "p") || is_tag (tag, length, "/p") || is_tag (tag, length, "div") ||
              is_tag (tag, length, "/div") || is_tag (tag, length, "li")) &&
             !at_line_start (text))
      g_string_append_c (text, '\n');
    else if (is_tag (tag, length, "a") && address == NULL) {
      address = read_address (tag, length);
      link_start = text->len;
    } else if (is_tag (tag, length, "/a") && address != NULL) {
      end_link (text, link_start, address);
      g_clear_pointer (&address, g_free);
    }
  }
  return g_strchomp (g_string_free (text, FALSE));
}
