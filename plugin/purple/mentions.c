/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/mentions.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "conversation.pb-c.h"
#include "purple/who.h"

#define MOST 10         /* the SDK takes no more */
#define LOOKS 50        /* signs in one text that are compared with names: a group may have thousands */
#define NAME_LENGTH 256 /* bytes of a name in quotes, or before a colon */

struct _OpenimMentions {
  OpenimGroupMember *all; /* stands for everybody; its ID is the tag */
};

OpenimMentions *
openim_mentions_new (void)
{
  OpenimMentions *mentions = g_new0 (OpenimMentions, 1);

  mentions->all = openim_pb_new (&openim__sdk__shared__imgroup_member__descriptor);
  /* TRANSLATORS: stands where a name could: everybody in the group */
  openim_pb_set (&mentions->all->nickname, _ ("everybody"));
  return mentions;
}

void
openim_mentions_free (OpenimMentions *mentions)
{
  if (mentions == NULL)
    return;
  openim_pb_free (mentions->all);
  g_free (mentions);
}

static void
on_tag (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Openim__Sdk__Conversation__GetAtAllTagResp *answer = (gconstpointer) response;

  if (error == NULL)
    openim_pb_set (&self->mentions->all->userid, answer->tag);
}

void
openim_mentions_start (OpenimConnection *self)
{
  openim_connection_call (self, OPENIM_NUMBER (GetAtAllTag), NULL, on_tag, NULL, NULL);
}

/* --- names --- */

static gboolean
is_word (const char *p)
{
  return g_unichar_isalnum (g_utf8_get_char (p)) || *p == '_';
}

/* How many bytes of @text @name takes, when a whole word ends there. */
static gsize
match_name (const char *text, const char *name)
{
  gsize length = strlen (name);

  if (length == 0 || strncmp (text, name, length) != 0)
    return 0;
  /* Names may end in anything, and Chinese has no spaces between words. */
  if (text[length] != '\0' && g_ascii_isalnum (name[length - 1]) && is_word (text + length) &&
      (guchar) text[length] < 0x80)
    return 0;
  return length;
}

/* (nullable) The member whose name begins @text; the longest name wins. */
static const OpenimGroupMember *
find_longest (OpenimConnection *self, OpenimRoom *room, const char *text, gsize *length)
{
  const OpenimGroupMember *found = NULL;
  GHashTableIter iter;
  gpointer value = NULL;

  *length = 0;
  g_hash_table_iter_init (&iter, room->members);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const OpenimGroupMember *member = value;
    g_autofree char *alias = openim_members_get_alias (self->gc, room->id, member->userid);
    gsize n = MAX (match_name (text, member->userid), match_name (text, alias));

    n = MAX (n, match_name (text, openim_who_name (self, member->userid)));
    /* A name that several have is nobody's; their aliases differ. */
    if (GPOINTER_TO_UINT (g_hash_table_lookup (room->names, member->nickname)) <= 1)
      n = MAX (n, match_name (text, member->nickname));
    if (n <= *length)
      continue;
    *length = n;
    found = member;
  }
  return found;
}

/* (nullable) Everybody, when the person may call everybody. */
static const OpenimGroupMember *
find_all (OpenimConnection *self, OpenimRoom *room, const char *text, gsize *length)
{
  const OpenimGroupMember *own = g_hash_table_lookup (room->members, self->self_id);

  *length = match_name (text, "all");
  if (*length == 0)
    *length = match_name (text, self->mentions->all->nickname);
  return *length > 0 && *self->mentions->all->userid != '\0' && own != NULL &&
                 own->rolelevel >= OPENIM_ROLE_ADMIN
             ? self->mentions->all
             : NULL;
}

/* (nullable) Who is meant by what follows an "@"; @length: how much of it is the name. */
static const OpenimGroupMember *
find_after_sign (OpenimConnection *self, OpenimRoom *room, const char *text, gsize *length)
{
  const char *end = *text == '"' ? memchr (text + 1, '"', strnlen (text + 1, NAME_LENGTH)) : NULL;
  const OpenimGroupMember *found = NULL;

  if (end != NULL) {
    g_autofree char *name = g_strndup (text + 1, (gsize) (end - text - 1));

    *length = (gsize) (end + 1 - text);
    return openim_members_find (self, room, name);
  }
  found = find_longest (self, room, text, length);
  return found != NULL ? found : find_all (self, room, text, length);
}

/* (nullable) Who is spoken to by "name: " or "name, " at the beginning. */
static const OpenimGroupMember *
find_at_start (OpenimConnection *self, OpenimRoom *room, const char *text, gsize *length)
{
  const char *end = memchr (text, ' ', strnlen (text, NAME_LENGTH));

  for (; end != NULL; end = memchr (end + 1, ' ', strnlen (end + 1, NAME_LENGTH)))
    if (end - text > 1 && (end[-1] == ':' || end[-1] == ',')) {
      g_autofree char *name = g_strndup (text, (gsize) (end - text - 1));

      *length = (gsize) (end - text);
      return openim_members_find (self, room, name);
    }
  return NULL;
}

char *
openim_mentions_find (OpenimConnection *self, OpenimRoom *room, const char *text, GPtrArray *mentioned)
{
  GString *out = g_string_new (NULL);
  guint looks = 0;

  for (const char *p = text; *p != '\0';) {
    const OpenimGroupMember *member = NULL;
    gsize length = 0;

    /* Not in the middle of an e-mail address. */
    if (*p == '@' && (p == text || !g_ascii_isalnum (p[-1])) && looks++ < LOOKS) {
      member = find_after_sign (self, room, p + 1, &length);
      length++;
    } else if (p == text)
      member = find_at_start (self, room, p, &length);
    if (member == NULL || (mentioned->len >= MOST && !g_ptr_array_find (mentioned, member, NULL))) {
      g_string_append_c (out, *p++);
      continue;
    }
    if (!g_ptr_array_find (mentioned, member, NULL))
      g_ptr_array_add (mentioned, (gpointer) member);
    p += length;
    /* Other clients find the ID by the space behind it. */
    g_string_append_printf (out, "@%s%s", member->userid, g_ascii_isspace (*p) ? "" : " ");
  }
  return g_string_free (out, FALSE);
}
