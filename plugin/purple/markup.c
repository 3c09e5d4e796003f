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

/* --- HTML to text --- */

#define MAX_LISTS 8 /* inside each other */

typedef struct {
  GString *text;
  char *address; /* (nullable) of the link that is open */
  gsize link_start;
  guint lists[MAX_LISTS]; /* number of the last item; 0 in a list without numbers */
  gboolean ordered[MAX_LISTS];
  guint depth;       /* of lists, also of those that are too deep to be remembered */
  const char *skips; /* (nullable) element whose content nobody sees */
} Reader;

static void
break_line (Reader *reader)
{
  if (!at_line_start (reader->text))
    g_string_append_c (reader->text, '\n');
}

static void
begin_list (Reader *reader, gboolean ordered)
{
  break_line (reader);
  if (reader->depth < MAX_LISTS) {
    reader->lists[reader->depth] = 0;
    reader->ordered[reader->depth] = ordered;
  }
  reader->depth++;
}

static void
end_list (Reader *reader)
{
  break_line (reader);
  if (reader->depth > 0)
    reader->depth--;
}

static void
begin_item (Reader *reader)
{
  guint level = reader->depth > 0 ? MIN (reader->depth, MAX_LISTS) - 1 : 0;

  break_line (reader);
  for (guint i = 0; i < level; i++)
    g_string_append (reader->text, "  ");
  if (reader->depth > 0 && reader->ordered[level])
    g_string_append_printf (reader->text, "%u. ", ++reader->lists[level]);
  else
    g_string_append (reader->text, "- ");
}

/* @tag: the inside of one. */
static void
read_tag (Reader *reader, const char *tag, gsize length)
{
  static const char *const blocks[] = { "p",   "/p",   "div",   "/div", "h1",         "/h1",
                                        "h2",  "/h2",  "h3",    "/h3",  "blockquote", "/blockquote",
                                        "pre", "/pre", "table", "tr" };
  static const char *const unseen[] = { "script", "style", "title" };

  if (is_tag (tag, length, "br") || is_tag (tag, length, "br/"))
    g_string_append_c (reader->text, '\n');
  else if (is_tag (tag, length, "li"))
    begin_item (reader);
  else if (is_tag (tag, length, "ul") || is_tag (tag, length, "ol"))
    begin_list (reader, is_tag (tag, length, "ol"));
  else if (is_tag (tag, length, "/ul") || is_tag (tag, length, "/ol"))
    end_list (reader);
  else if (is_tag (tag, length, "a") && reader->address == NULL) {
    reader->address = read_address (tag, length);
    reader->link_start = reader->text->len;
  } else if (is_tag (tag, length, "/a") && reader->address != NULL) {
    end_link (reader->text, reader->link_start, reader->address);
    g_clear_pointer (&reader->address, g_free);
  }
  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    if (is_tag (tag, length, blocks[i]))
      break_line (reader);
  for (guint i = 0; i < G_N_ELEMENTS (unseen); i++)
    if (is_tag (tag, length, unseen[i]))
      reader->skips = unseen[i];
}

/* What follows the end tag of what nobody sees. */
static const char *
skip (Reader *reader, const char *p)
{
  const char *name = g_steal_pointer (&reader->skips);

  for (const char *end = strchr (p, '<'); end != NULL; end = strchr (end + 1, '<'))
    if (end[1] == '/' && is_tag (end + 2, strcspn (end + 2, "> \t\n"), name)) {
      end = strchr (end, '>');
      return end != NULL ? end + 1 : p + strlen (p);
    }
  return p + strlen (p);
}

char *
openim_markup_to_text (const char *html)
{
  g_autofree char *clean = openim_gate_text (html, -1, 0, FALSE);
  Reader reader = { .text = g_string_sized_new (strlen (clean)) };

  for (const char *p = clean; *p != '\0';) {
    const char *end = NULL;

    if (*p == '&') {
      p = append_entity (reader.text, p);
      continue;
    }
    if (*p != '<' || !begins_tag (p) || (end = find_tag_end (p)) == NULL) {
      g_string_append_c (reader.text, *p++);
      continue;
    }
    read_tag (&reader, p + 1, (gsize) (end - p - 1));
    p = end + 1;
    if (reader.skips != NULL)
      p = skip (&reader, p);
  }
  g_free (reader.address);
  return g_strchomp (g_string_free (reader.text, FALSE));
}
