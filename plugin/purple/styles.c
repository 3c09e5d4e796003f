/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/styles.h"

#include <string.h>

#include "base/pb.h"

static const struct {
  char mark;
  const char *type;
} styles[] = {
  { '*', "bold" },
  { '_', "italic" },
  { '~', "strikethrough" },
  { '`', "code" },
};

static const char *
find_type (char mark)
{
  for (guint i = 0; i < G_N_ELEMENTS (styles); i++)
    if (styles[i].mark == mark)
      return styles[i].type;
  return NULL;
}

static gboolean
is_word (const char *place)
{
  return g_unichar_isalnum (g_utf8_get_char (place));
}

/* (nullable) The mark that ends what the one at @start begins. */
static const char *
find_end (const char *text, const char *start)
{
  if (start > text && is_word (g_utf8_prev_char (start)))
    return NULL;
  if (start[1] == '\0' || g_ascii_isspace (start[1]) || start[1] == *start)
    return NULL;
  for (const char *end = strchr (start + 1, *start); end != NULL; end = strchr (end + 1, *start))
    if (!g_ascii_isspace (end[-1]) && (end[1] == '\0' || !is_word (end + 1)))
      return end;
  return NULL;
}

static gsize
measure_address (const char *place)
{
  static const char *const schemes[] = { "http://", "https://" };

  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_str_has_prefix (place, schemes[i])) {
      gsize length = strcspn (place, " \t\n\"<>");

      while (length > 0 && strchr (".,;:!?)", place[length - 1]) != NULL)
        length--;
      return length > strlen (schemes[i]) ? length : 0;
    }
  return 0;
}

static void
add (GPtrArray *entities, const char *type, const GString *before, const char *styled, const char *url)
{
  Openim__Sdk__Shared__MessageEntity *entity =
      openim_pb_new (&openim__sdk__shared__message_entity__descriptor);

  openim_pb_set (&entity->type, type);
  openim_pb_set (&entity->url, url);
  entity->offset = (gint32) g_utf8_strlen (before->str, -1);
  entity->length = (gint32) g_utf8_strlen (styled, -1);
  g_ptr_array_add (entities, entity);
}

char *
openim_styles_read (const char *text, GPtrArray *entities)
{
  GString *said = g_string_new (NULL);
  const char *place = text;

  while (*place != '\0') {
    gsize address = measure_address (place);
    const char *type = find_type (*place);
    const char *end = type != NULL ? find_end (text, place) : NULL;
    const char *next = g_utf8_next_char (place);

    if (address > 0) {
      g_autofree char *url = g_strndup (place, address);

      add (entities, "url", said, url, url);
      g_string_append (said, url);
      place += address;
    } else if (end != NULL) {
      g_autofree char *styled = g_strndup (place + 1, (gsize) (end - place - 1));

      add (entities, type, said, styled, NULL);
      g_string_append (said, styled);
      place = end + 1;
    } else {
      g_string_append_len (said, place, next - place);
      place = next;
    }
  }
  return g_string_free (said, FALSE);
}
