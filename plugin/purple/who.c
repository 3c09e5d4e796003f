/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/who.h"

#include <string.h>

#include "purple/blist.h"
#include "purple/host.h"
#include "purple/shown.h"
#include "purple/words.h"

#define MAX_NICK 20  /* bytes; bitlbee cuts at 23 and may add some to tell nicks apart */
#define MIN_ASCII 2  /* letters and digits without which a name says nothing on IRC */
#define ENOUGH_ID 4  /* characters of an ID that tell people apart */
#define LONGEST_ID 9 /* … that find room beside a name */

/* bitlbee takes what is said to names that begin like this for an answer to one of its questions. */
#define RESERVED "purple_request"

struct _OpenimWho {
  GHashTable *names; /* user ID → name */
  GHashTable *ids;   /* folded name → user ID, owned by @names */
  gboolean loaded;
  GHashTable *groups;    /* group ID → name */
  GHashTable *group_ids; /* name → group ID */
};

OpenimWho *
openim_who_new (void)
{
  OpenimWho *who = g_new0 (OpenimWho, 1);

  who->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  who->ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  who->groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  who->group_ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return who;
}

void
openim_who_free (OpenimWho *who)
{
  if (who == NULL)
    return;
  g_hash_table_destroy (who->group_ids);
  g_hash_table_destroy (who->groups);
  g_hash_table_destroy (who->ids);
  g_hash_table_destroy (who->names);
  g_free (who);
}

/* --- making nicks --- */

static gboolean
is_for_nicks (gunichar c)
{
  if (c < 0x80)
    return g_ascii_isalnum ((char) c) || strchr ("-_[]{}|^`", (int) c) != NULL;
  return g_unichar_isalnum (c);
}

static GString *
keep_what_nicks_have (const char *text, gsize max_bytes)
{
  GString *nick = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    gsize length = (gsize) (g_utf8_next_char (p) - p);
    gboolean kept = is_for_nicks (c);

    if (nick->len + length > max_bytes)
      break;
    if (kept)
      g_string_append_len (nick, p, (gssize) length);
    else if (nick->len > 0 && nick->str[nick->len - 1] != '_')
      g_string_append_c (nick, '_');
  }
  while (nick->len > 0 && nick->str[nick->len - 1] == '_')
    g_string_truncate (nick, nick->len - 1);
  return nick;
}

/* (transfer full) GLib looks into its locales even for what is ASCII already, once for each of thousands. */
static char *
to_ascii (const char *text)
{
  return g_str_is_ascii (text) ? g_strdup (text) : g_str_to_ascii (text, "C");
}

/* What bitlbee shows when the IRC program has not asked for more than ASCII. */
static guint
count_ascii (const char *text)
{
  g_autofree char *ascii = to_ascii (text);
  guint n = 0;

  for (const char *p = ascii; *p != '\0'; p++)
    n += g_ascii_isalnum (*p);
  return n;
}

static const char *
end_of (const char *user_id, gsize bytes)
{
  gsize length = strlen (user_id);
  const char *end = length > bytes ? user_id + length - bytes : user_id;

  while (((guchar) *end & 0xc0) == 0x80)
    end++;
  return end;
}

char *
openim_who_make_nick (const char *called, const char *user_id, gboolean distinct)
{
  gboolean with_id = distinct || count_ascii (called) < MIN_ASCII;
  gsize room = MAX_NICK - (distinct ? LONGEST_ID + 1 : with_id ? ENOUGH_ID + 1 : 0);
  g_autoptr (GString) end =
      keep_what_nicks_have (end_of (user_id, distinct ? LONGEST_ID : ENOUGH_ID), MAX_NICK);
  GString *nick = NULL;

  if (g_ascii_strcasecmp (called, user_id) == 0 && !distinct)
    return g_strdup (user_id);
  nick = keep_what_nicks_have (called, room);
  if (with_id)
    g_string_append_printf (nick, "_%s", end->str);
  if (g_ascii_isdigit (*nick->str) || *nick->str == '-' ||
      g_ascii_strncasecmp (nick->str, RESERVED, strlen (RESERVED)) == 0)
    g_string_prepend_c (nick, '_');
  return g_string_free (nick, FALSE);
}

/* Two names that IRC cannot tell apart are one. */
static char *
fold (const char *name)
{
  g_autofree char *ascii = count_ascii (name) < MIN_ASCII ? g_strdup (name) : to_ascii (name);

  return g_utf8_casefold (ascii, -1);
}

/* --- the table --- */

static const char *
put (OpenimWho *who, const char *user_id, char *name /* (transfer full) */)
{
  char *id = g_strdup (user_id);

  g_hash_table_insert (who->names, id, name);
  g_hash_table_insert (who->ids, fold (name), id);
  return name;
}

static void
load (OpenimConnection *self)
{
  GHashTableIter iter;
  gpointer id = NULL;
  gpointer name = NULL;

  if (self->who->loaded)
    return;
  self->who->loaded = TRUE;
  /* By this bitlbee knows its own user in a channel. */
  put (self->who, self->self_id, g_strdup (purple_account_get_username (self->account)));
  g_hash_table_iter_init (&iter, openim_shown_get_names (self->shown));
  while (g_hash_table_iter_next (&iter, &id, &name))
    if (!g_hash_table_contains (self->who->names, id))
      put (self->who, id, g_strdup (name));
}

static gboolean
is_free (OpenimConnection *self, const char *name)
{
  g_autofree char *folded = fold (name);

  return !g_hash_table_contains (self->who->ids, folded);
}

static gboolean
is_in_use (OpenimConnection *self, const char *name)
{
  return purple_find_buddy (self->account, name) != NULL ||
         purple_find_conversation_with_account (PURPLE_CONV_TYPE_IM, name, self->account) != NULL;
}

/* (transfer full) */
static char *
choose (OpenimConnection *self, const char *user_id)
{
  const char *called = openim_roster_get_name (self, user_id);
  char *nick = NULL;

  if (is_in_use (self, user_id))
    return g_strdup (user_id);
  for (gboolean distinct = FALSE; distinct <= TRUE; distinct++) {
    nick = openim_who_make_nick (called, user_id, distinct);
    if (is_free (self, nick)) {
      openim_shown_set_name (self->shown, user_id, nick);
      return nick;
    }
    g_free (nick);
  }
  return g_strdup (user_id);
}

const char *
openim_who_name (OpenimConnection *self, const char *user_id)
{
  const char *name = NULL;

  if (!openim_host_is_bitlbee () || self->shown == NULL)
    return user_id;
  load (self);
  name = g_hash_table_lookup (self->who->names, user_id);
  if (name != NULL)
    return name;
  /* Nothing is known yet; what libpurple knows under the ID by now stays so for this time. */
  if (g_strcmp0 (openim_roster_get_name (self, user_id), user_id) == 0 && !is_in_use (self, user_id))
    return user_id;
  return put (self->who, user_id, choose (self, user_id));
}

const char *
openim_who_id (OpenimConnection *self, const char *name)
{
  g_autofree char *folded = NULL;
  const char *id = NULL;

  if (!openim_host_is_bitlbee () || self->shown == NULL)
    return name;
  load (self);
  folded = fold (name);
  id = g_hash_table_lookup (self->who->ids, folded);
  return id != NULL ? id : name;
}

const char *
openim_who_find (OpenimConnection *self, const char *text)
{
  const char *id = openim_who_id (self, text);
  const OpenimFriend *person = NULL;

  if (id != text || openim_roster_get_friend (self, text) != NULL)
    return id;
  person = openim_roster_find_friend (self, text);
  return person != NULL ? person->frienduserid : text;
}

char **
openim_who_find_all (OpenimConnection *self, const char *text, guint *n)
{
  char **words = openim_words_split_ids (text, n);

  for (guint i = 0; i < *n; i++) {
    char *id = g_strdup (openim_who_find (self, words[i]));

    g_free (words[i]);
    words[i] = id;
  }
  return words;
}

/* --- groups --- */

void
openim_who_call_group (OpenimConnection *self, const char *group_id, const char *name)
{
  const char *old = g_hash_table_lookup (self->who->groups, group_id);

  if (!openim_host_is_bitlbee ())
    return;
  if (old != NULL)
    g_hash_table_remove (self->who->group_ids, old);
  g_hash_table_replace (self->who->groups, g_strdup (group_id), g_strdup (name));
  g_hash_table_replace (self->who->group_ids, g_strdup (name), g_strdup (group_id));
}

const char *
openim_who_group_name (OpenimConnection *self, const char *group_id)
{
  const OpenimGroup *group = NULL;

  if (!openim_host_is_bitlbee ())
    return group_id;
  if (g_hash_table_contains (self->who->groups, group_id))
    return g_hash_table_lookup (self->who->groups, group_id);
  group = openim_roster_get_group (self, group_id);
  if (group == NULL || *group->groupname == '\0' ||
      purple_find_conversation_with_account (PURPLE_CONV_TYPE_CHAT, group_id, self->account) != NULL)
    return group_id;
  openim_who_call_group (self, group_id,
                         openim_roster_find_group (self, group->groupname) == group &&
                                 !g_hash_table_contains (self->who->group_ids, group->groupname) &&
                                 g_ascii_strcasecmp (group->groupname, group_id) != 0
                             ? group->groupname
                             : group_id);
  return g_hash_table_lookup (self->who->groups, group_id);
}

const char *
openim_who_group_id (OpenimConnection *self, const char *name)
{
  const char *id = g_hash_table_lookup (self->who->group_ids, name);

  return id != NULL ? id : name;
}
