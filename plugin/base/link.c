/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/link.h"

#include <string.h>

#define LENGTH_MAX 4096

static gboolean
is_hex (const char *at)
{
  return g_ascii_isxdigit (at[0]) && g_ascii_isxdigit (at[1]);
}

/* Printable, and neither kept for other uses nor likely to end a link in the eyes of whoever shows it. */
static gboolean
is_plain (const char *at)
{
  if (*at == '%')
    return is_hex (at + 1);
  return g_ascii_isgraph (*at) && strchr ("\"<>\\^`{|}'", *at) == NULL;
}

char *
openim_link_clean (const char *text)
{
  g_autoptr (GString) link = g_string_new (NULL);
  g_autoptr (GUri) uri = NULL;
  const char *scheme;

  if (text == NULL || strlen (text) > LENGTH_MAX || !g_utf8_validate (text, -1, NULL))
    return NULL;
  for (const char *at = text; *at != '\0'; at++) {
    if (is_plain (at))
      g_string_append_c (link, *at);
    else
      g_string_append_printf (link, "%%%02X", (guint8) *at);
  }
  uri = g_uri_parse (link->str, G_URI_FLAGS_ENCODED | G_URI_FLAGS_NON_DNS, NULL);
  if (uri == NULL || link->len > LENGTH_MAX)
    return NULL;
  scheme = g_uri_get_scheme (uri);
  if ((!g_str_equal (scheme, "http") && !g_str_equal (scheme, "https")) || g_uri_get_host (uri) == NULL ||
      *g_uri_get_host (uri) == '\0' || g_uri_get_userinfo (uri) != NULL)
    return NULL;
  return g_strdup (link->str);
}

char *
openim_link_get_name (const char *link)
{
  /* What stands in the query may be in any encoding. */
  g_autoptr (GUri) uri = g_uri_parse (link, G_URI_FLAGS_PARSE_RELAXED | G_URI_FLAGS_ENCODED_QUERY, NULL);
  const char *slash = uri != NULL ? strrchr (g_uri_get_path (uri), '/') : NULL;

  return slash != NULL && slash[1] != '\0' ? g_strdup (slash + 1) : NULL;
}

static gboolean
is_private_v4 (const guint8 *bytes)
{
  return bytes[0] == 0 || bytes[0] == 10 || bytes[0] == 127 || bytes[0] >= 224 ||
         (bytes[0] == 100 && (bytes[1] & 0xc0) == 64) || (bytes[0] == 169 && bytes[1] == 254) ||
         (bytes[0] == 172 && (bytes[1] & 0xf0) == 16) || (bytes[0] == 192 && bytes[1] == 168);
}

gboolean
openim_link_is_private (GInetAddress *address)
{
  static const guint8 mapped[12] = { [10] = 0xff, [11] = 0xff };
  static const guint8 translated[12] = { 0x00, 0x64, 0xff, 0x9b };
  static const guint8 low[15] = { 0 };
  const guint8 *bytes = g_inet_address_to_bytes (address);

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4)
    return is_private_v4 (bytes);
  if (memcmp (bytes, mapped, sizeof mapped) == 0 || memcmp (bytes, translated, sizeof translated) == 0)
    return is_private_v4 (bytes + 12);
  return memcmp (bytes, low, sizeof low) == 0 /* :: and ::1 */ || (bytes[0] & 0xfe) == 0xfc ||
         (bytes[0] == 0xfe && bytes[1] >= 0x80) || bytes[0] == 0xff;
}
