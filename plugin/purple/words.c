/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/words.h"

char **
openim_words_split_ids (const char *text, guint *n)
{
  g_auto (GStrv) words = g_strsplit_set (text != NULL ? text : "", " ,;", -1);
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();

  *n = 0;
  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0') {
      g_strv_builder_add (ids, words[i]);
      (*n)++;
    }
  return g_strv_builder_end (ids);
}

guint
openim_words_read_time (const char *text)
{
  static const struct {
    char unit;
    guint seconds;
  } units[] = { { '\0', 60 }, { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
  char *end = NULL;
  guint64 number = g_ascii_isdigit (*text) ? g_ascii_strtoull (text, &end, 10) : 0;

  for (guint i = 0; number > 0 && i < G_N_ELEMENTS (units); i++)
    if (*end == units[i].unit && (*end == '\0' || end[1] == '\0') && number <= G_MAXUINT32 / units[i].seconds)
      return (guint) number * units[i].seconds;
  return 0;
}
