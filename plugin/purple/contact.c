/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/contact.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "purple/blist.h"
#include "purple/markup.h"
#include "purple/who.h"
#include "relation.pb-c.h"

#define ERROR_FRIENDS_ALREADY 1304 /* each has the other on the list */

static void
send_request (OpenimConnection *self,
              const char *user_id,
              const char *text,
              OpenimReplyFunc reply,
              gpointer data,
              GDestroyNotify destroy)
{
  Openim__Sdk__Relation__AddFriendReq request = OPENIM__SDK__RELATION__ADD_FRIEND_REQ__INIT;

  request.userid = (char *) user_id;
  request.reqmsg = (char *) (text != NULL ? text : "");
  openim_connection_call (self, OPENIM_NUMBER (AddFriend), &request, reply, data, destroy);
}

static char *
describe (const GError *error, const char *user_id)
{
  if (openim_error_code (error) == OPENIM_ERROR_NOT_FOUND)
    return g_strdup_printf (_ ("Nobody has the ID “%s”."), user_id);
  return openim_error_describe (error);
}

/* --- members of the prpl --- */

static void
take_off (OpenimConnection *self, const char *user_id)
{
  GSList *buddies = purple_find_buddies (self->account, openim_who_name (self, user_id));

  for (GSList *l = buddies; l != NULL && openim_connection_is_open (self); l = l->next)
    purple_blist_remove_buddy (l->data);
  g_slist_free (buddies);
}

static void
on_asked (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const char *user_id = data;
  g_autofree char *sentence = NULL;

  if (error == NULL || openim_error_code (error) == ERROR_FRIENDS_ALREADY)
    return;
  sentence = describe (error, user_id);
  if (openim_roster_get_friend (self, user_id) == NULL)
    take_off (self, user_id);
  if (openim_connection_is_open (self))
    purple_notify_error (self->gc, _ ("Add a contact"), sentence, NULL);
}

void
openim_contact_add_with_text (PurpleConnection *gc, PurpleBuddy *buddy, PurpleGroup *group, const char *text)
{
  OpenimConnection *self = openim_connection_get (gc);
  const char *user_id = self != NULL ? openim_who_id (self, purple_buddy_get_name (buddy)) : NULL;
  g_autofree char *plain = NULL;

  if (self == NULL || openim_roster_get_friend (self, user_id) != NULL)
    return;
  plain = text != NULL ? openim_markup_to_text (text) : NULL;
  send_request (self, user_id, plain, on_asked, g_strdup (user_id), g_free);
}

void
openim_contact_add (PurpleConnection *gc, PurpleBuddy *buddy, PurpleGroup *group)
{
  openim_contact_add_with_text (gc, buddy, group, NULL);
}

static void
on_removed (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  g_autofree char *sentence = NULL;

  openim_roster_set_leaving (self, data, FALSE);
  if (error == NULL)
    return;
  sentence = openim_error_describe (error);
  openim_roster_show (self); /* still a friend */
  if (openim_connection_is_open (self))
    purple_notify_error (self->gc, _ ("Remove a contact"), sentence, NULL);
}

/* Called while the buddy is on the list still. Who stays in another group of the list stays a friend. */
void
openim_contact_remove (PurpleConnection *gc, PurpleBuddy *buddy, PurpleGroup *group)
{
  OpenimConnection *self = openim_connection_get (gc);
  const char *user_id = self != NULL ? openim_who_id (self, purple_buddy_get_name (buddy)) : NULL;
  Openim__Sdk__Relation__DeleteFriendReq request = OPENIM__SDK__RELATION__DELETE_FRIEND_REQ__INIT;
  GSList *buddies = NULL;
  guint n = 0;

  if (self == NULL || openim_roster_get_friend (self, user_id) == NULL)
    return;
  buddies = purple_find_buddies (self->account, purple_buddy_get_name (buddy));
  n = g_slist_length (buddies);
  g_slist_free (buddies);
  if (n > 1)
    return;
  openim_roster_set_leaving (self, user_id, TRUE);
  request.userid = (char *) user_id;
  openim_connection_call (self, OPENIM_NUMBER (DeleteFriend), &request, on_removed, g_strdup (user_id),
                          g_free);
}

/* --- remarks: the names that a person gives to friends --- */

static void
send_remark (OpenimConnection *self,
             const char *user_id,
             const char *remark,
             OpenimReplyFunc reply,
             gpointer data,
             GDestroyNotify destroy)
{
  Openim__Sdk__Relation__UpdatesFriendsReq request = OPENIM__SDK__RELATION__UPDATES_FRIENDS_REQ__INIT;

  request.userid = (char *) user_id;
  request.__remark_case = OPENIM__SDK__RELATION__UPDATES_FRIENDS_REQ____REMARK_REMARK;
  request.remark = (char *) (remark != NULL ? remark : "");
  openim_connection_call (self, OPENIM_NUMBER (UpdateFriends), &request, reply, data, destroy);
}

static void
on_renamed (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const OpenimFriend *person = openim_roster_get_friend (self, data);
  g_autofree char *sentence = NULL;

  if (error == NULL)
    return;
  sentence = openim_error_describe (error);
  if (person != NULL)
    purple_serv_got_private_alias (self->gc, openim_who_name (self, data),
                                   *person->remark != '\0' ? person->remark : NULL);
  if (openim_connection_is_open (self))
    purple_notify_error (self->gc, _ ("Rename a contact"), sentence, NULL);
}

/* The name of somebody who is no friend stays on this computer. */
void
openim_contact_rename (PurpleConnection *gc, const char *who, const char *alias)
{
  OpenimConnection *self = openim_connection_get (gc);
  const char *user_id = self != NULL ? openim_who_id (self, who) : NULL;
  const OpenimFriend *person = self != NULL ? openim_roster_get_friend (self, user_id) : NULL;

  if (person != NULL && g_strcmp0 (person->remark, alias != NULL ? alias : "") != 0)
    send_remark (self, user_id, alias, on_renamed, g_strdup (user_id), g_free);
}

/* --- pinned friends --- */

static void
send_pinned (OpenimConnection *self,
             const char *user_id,
             gboolean on,
             OpenimReplyFunc reply,
             gpointer data,
             GDestroyNotify destroy)
{
  Openim__Sdk__Relation__UpdatesFriendsReq request = OPENIM__SDK__RELATION__UPDATES_FRIENDS_REQ__INIT;

  request.userid = (char *) user_id;
  request._pinned_case = OPENIM__SDK__RELATION__UPDATES_FRIENDS_REQ___PINNED_PINNED;
  request.pinned = on;
  openim_connection_call (self, OPENIM_NUMBER (UpdateFriends), &request, reply, data, destroy);
}

static void
on_pinned (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  g_autofree char *sentence = error != NULL ? openim_error_describe (error) : NULL;

  if (error != NULL)
    purple_notify_error (self->gc, _ ("Contact"), sentence, NULL);
}

void
openim_contact_pin (OpenimConnection *self, const char *user_id, gboolean on)
{
  send_pinned (self, user_id, on, on_pinned, NULL, NULL);
}

static void
on_run_pin (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const OpenimCommandLine *command = data;

  if (error != NULL)
    openim_command_say_error (self, command, error);
  else
    openim_command_say_switch (self, command, g_str_equal (command->args[0], "on"));
}

void
openim_contact_run_pin (OpenimConnection *self, OpenimCommandLine *command)
{
  const OpenimFriend *person = openim_roster_get_friend (self, command->peer.name);
  int on = -1;

  if (person == NULL) {
    openim_command_say (self, command, _ ("%s is not your friend."),
                        openim_roster_get_name (self, command->peer.name));
    return;
  }
  on = openim_command_read_switch (self, command, person->ispinned);
  if (on >= 0)
    send_pinned (self, command->peer.name, on, on_run_pin, openim_command_ref (command),
                 openim_command_unref);
}

/* --- commands --- */

static void
on_remark (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const OpenimCommandLine *command = data;

  if (error != NULL)
    openim_command_say_error (self, command, error);
  else if (command->args[0] != NULL)
    /* TRANSLATORS: a user ID, then the name that the person has given to that user */
    openim_command_say (self, command, _ ("You call %s “%s”."), command->peer.name, command->args[0]);
  else
    openim_command_say (self, command, _ ("You have no name of your own for %s any more."),
                        openim_roster_get_name (self, command->peer.name));
}

void
openim_contact_remark (OpenimConnection *self, OpenimCommandLine *command)
{
  if (openim_roster_get_friend (self, command->peer.name) != NULL)
    send_remark (self, command->peer.name, command->args[0], on_remark, openim_command_ref (command),
                 openim_command_unref);
  else
    openim_command_say (self, command, _ ("%s is not your friend."),
                        openim_roster_get_name (self, command->peer.name));
}

static void
on_command_asked (OpenimConnection *self,
                  const GError *error,
                  const ProtobufCMessage *response,
                  gpointer data)
{
  OpenimCommandLine *command = data;
  const char *user_id = openim_who_find (self, command->args[0]);
  g_autofree char *sentence = NULL;

  if (error == NULL) {
    openim_command_say (self, command, _ ("%s has been asked."), openim_roster_get_name (self, user_id));
    return;
  }
  if (openim_error_code (error) == ERROR_FRIENDS_ALREADY) {
    openim_command_say (self, command, _ ("%s and you are friends already."),
                        openim_roster_get_name (self, user_id));
    return;
  }
  sentence = describe (error, user_id);
  openim_command_say (self, command, "%s", sentence);
}

void
openim_contact_ask (OpenimConnection *self, OpenimCommandLine *command)
{
  send_request (self, openim_who_find (self, command->args[0]), command->args[1], on_command_asked,
                openim_command_ref (command), openim_command_unref);
}
