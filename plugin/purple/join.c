/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/join.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "group.pb-c.h"
#include "purple/blist.h"
#include "purple/chat.h"
#include "purple/events.h"
#include "purple/line.h"
#include "purple/who.h"

enum { SOURCE_SEARCH = 3 }; /* how one has come upon the group */
enum { VERIFY_NOT = 2 };    /* anybody may come in */

struct _OpenimJoins {
  GHashTable *expected; /* set of group IDs */
  guint making;         /* groups that are being made */
};

OpenimJoins *
openim_joins_new (void)
{
  OpenimJoins *joins = g_new0 (OpenimJoins, 1);

  joins->expected = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return joins;
}

void
openim_joins_free (OpenimJoins *joins)
{
  if (joins == NULL)
    return;
  g_hash_table_destroy (joins->expected);
  g_free (joins);
}

void
openim_join_expect (OpenimConnection *self, const char *group_id)
{
  if (openim_roster_get_group (self, group_id) != NULL)
    openim_chat_open (self, group_id);
  else
    g_hash_table_add (self->joins->expected, g_strdup (group_id));
}

void
openim_join_begin_new (OpenimConnection *self)
{
  self->joins->making++;
}

void
openim_join_end_new (OpenimConnection *self)
{
  self->joins->making--;
}

gboolean
openim_join_is_expected (OpenimConnection *self, const char *group_id, gboolean own)
{
  return g_hash_table_contains (self->joins->expected, group_id) || (own && self->joins->making > 0);
}

/* --- one who asks --- */

typedef struct {
  char *group_id;
  char *name; /* of the group, as far as it is known */
  char *text;
  gboolean open;          /* no approval is needed */
  GHashTable *components; /* (nullable) */
} Join;

static void
join_free (gpointer data)
{
  Join *join = data;

  g_clear_pointer (&join->components, g_hash_table_destroy);
  g_free (join->group_id);
  g_free (join->name);
  g_free (join->text);
  g_free (join);
}

/* Of what comes from a list of rooms some is no text. */
static GHashTable *
copy_components (GHashTable *components)
{
  static const char *const keys[] = { OPENIM_CHAT_KEY, OPENIM_JOIN_TEXT_KEY };
  GHashTable *copy = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (g_hash_table_contains (components, keys[i]))
      g_hash_table_insert (copy, g_strdup (keys[i]), g_strdup (g_hash_table_lookup (components, keys[i])));
  return copy;
}

static void
refuse (OpenimConnection *self, const Join *join, const char *sentence)
{
  purple_notify_error (self->gc, _ ("Join a group"), sentence, NULL);
  if (openim_connection_is_open (self) && join->components != NULL)
    purple_serv_got_join_chat_failed (self->gc, join->components);
}

static void
on_joined (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Join *join = data;
  g_autofree char *sentence = NULL;

  if (error != NULL) {
    g_hash_table_remove (self->joins->expected, join->group_id);
    sentence = openim_error_describe (error);
    refuse (self, join, sentence);
  } else if (!join->open) {
    sentence = g_strdup_printf (_ ("You have applied to join “%s”."), join->name);
    purple_notify_info (self->gc, _ ("Join a group"), sentence,
                        _ ("The group opens when its owner or an administrator lets you in."));
  }
}

static void
on_group (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Openim__Sdk__Group__GetSpecifiedGroupsInfoResp *answer = (gconstpointer) response;
  Openim__Sdk__Group__JoinGroupReq request = OPENIM__SDK__GROUP__JOIN_GROUP_REQ__INIT;
  const Join *asked = data;
  const OpenimGroup *group = error == NULL && answer->n_groups > 0 ? answer->groups[0] : NULL;
  g_autofree char *sentence = NULL;
  Join *join = NULL;

  if (error != NULL)
    sentence = openim_error_describe (error);
  else if (group == NULL)
    sentence = g_strdup_printf (_ ("There is no group with the ID “%s”, and you are in none of that name."),
                                asked->group_id);
  else if (group->status == OPENIM__SDK__SHARED__GROUP_STATUS__Dismissed)
    sentence = g_strdup_printf (_ ("The group “%s” has been dissolved."), group->groupname);
  if (sentence != NULL) {
    refuse (self, asked, sentence);
    return;
  }
  join = g_new0 (Join, 1);
  join->group_id = g_strdup (group->groupid);
  join->name = g_strdup (*group->groupname != '\0' ? group->groupname : group->groupid);
  join->open = group->needverification == VERIFY_NOT;
  join->components = asked->components != NULL ? g_hash_table_ref (asked->components) : NULL;
  /* Before the answer: it may come after the news that we are in. */
  openim_join_expect (self, join->group_id);
  request.groupid = join->group_id;
  request.reqmessage = asked->text;
  request.joinsource = SOURCE_SEARCH;
  openim_connection_call (self, OPENIM_NUMBER (JoinGroup), &request, on_joined, join, join_free);
}

void
openim_join (OpenimConnection *self, const char *id, const char *text, GHashTable *components)
{
  const OpenimGroup *group = openim_roster_find_group (self, id);
  Openim__Sdk__Group__GetSpecifiedGroupsInfoReq request =
      OPENIM__SDK__GROUP__GET_SPECIFIED_GROUPS_INFO_REQ__INIT;
  char *ids[] = { (char *) id };
  OpenimPeer peer = { OPENIM_SESSION_GROUP, group != NULL ? group->groupid : id };
  PurpleConversation *window = openim_peer_find (self, &peer);
  Join *join = NULL;

  if (group != NULL) {
    /* One that is open already is only brought to the front. */
    if (openim_rooms_get (self, group->groupid) != NULL && window != NULL)
      purple_conversation_present (window);
    else
      openim_chat_open (self, group->groupid);
    return;
  }
  join = g_new0 (Join, 1);
  join->group_id = g_strdup (id);
  join->text = g_strdup (text != NULL ? text : "");
  join->components = components != NULL ? copy_components (components) : NULL;
  /* Hosts go back by themselves into whatever was open when the connection went; that is nobody's wish to
   * apply again to a group that he has been put out of. */
  if (window != NULL) {
    refuse (self, join, _ ("You are not in this group any more. Close its window before you apply again."));
    join_free (join);
    return;
  }
  request.groupids = ids;
  request.n_groupids = G_N_ELEMENTS (ids);
  openim_connection_call (self, OPENIM_NUMBER (GetSpecifiedGroupsInfo), &request, on_group, join, join_free);
}

static void
on_group_added (PurpleConnection *gc,
                const Openim__Event__EventOnJoinedGroupAddedData *data,
                gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self == NULL || data->group == NULL || !openim_connection_is_connected (self) ||
      !openim_join_is_expected (self, data->group->groupid,
                                g_strcmp0 (data->group->creatoruserid, self->self_id) == 0))
    return;
  g_hash_table_remove (self->joins->expected, data->group->groupid);
  openim_chat_open (self, data->group->groupid);
}

void
openim_join_connect_signals (PurplePlugin *plugin)
{
  static const OpenimHandler handlers[] = {
    { OPENIM_NUMBER (EventOnJoinedGroupAdded), PURPLE_CALLBACK (on_group_added) },
  };

  openim_events_connect (plugin, handlers, G_N_ELEMENTS (handlers));
}

/* --- members of the prpl --- */

/* bitlbee has made a channel for @wanted and waits for a window of that name. */
static void
call_as_wanted (OpenimConnection *self, const char *wanted)
{
  const OpenimGroup *group = openim_roster_find_group (self, wanted);
  const char *group_id = group != NULL ? group->groupid : wanted;
  OpenimPeer peer = { OPENIM_SESSION_GROUP, group_id };
  PurpleConversation *window = openim_host_is_bitlbee () ? openim_peer_find (self, &peer) : NULL;

  if (window != NULL && g_strcmp0 (purple_conversation_get_name (window), wanted) == 0)
    return;
  if (window != NULL)
    purple_conversation_destroy (window);
  if (openim_connection_is_open (self))
    openim_who_call_group (self, group_id, wanted);
}

/* bitlbee can fill in the first only, so the second must not be required. */
GList *
openim_join_get_fields (PurpleConnection *gc)
{
  struct proto_chat_entry *entry = g_new0 (struct proto_chat_entry, 1);
  struct proto_chat_entry *text = g_new0 (struct proto_chat_entry, 1);

  entry->label = _ ("_Group ID or name");
  entry->identifier = OPENIM_CHAT_KEY;
  entry->required = TRUE;
  text->label = _ ("_Text to those who let you in");
  text->identifier = OPENIM_JOIN_TEXT_KEY;
  return g_list_append (g_list_append (NULL, entry), text);
}

/* bitlbee asks without a connection, and puts the identifier of openim_join_get_fields in as a key: keys are
 * not freed. */
GHashTable *
openim_join_get_defaults (PurpleConnection *gc, const char *name)
{
  GHashTable *components = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  if (name != NULL)
    g_hash_table_insert (components, (gpointer) OPENIM_CHAT_KEY, g_strdup (name));
  return components;
}

char *
openim_join_get_name (GHashTable *components)
{
  return g_strdup (g_hash_table_lookup (components, OPENIM_CHAT_KEY));
}

void
openim_join_chat (PurpleConnection *gc, GHashTable *components)
{
  OpenimConnection *self = openim_connection_get (gc);
  const char *wanted = g_hash_table_lookup (components, OPENIM_CHAT_KEY);

  if (self == NULL || wanted == NULL || *wanted == '\0')
    return;
  call_as_wanted (self, wanted);
  if (openim_connection_is_open (self))
    openim_join (self, wanted, g_hash_table_lookup (components, OPENIM_JOIN_TEXT_KEY), components);
}
