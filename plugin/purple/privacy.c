/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/privacy.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "base/log.h"
#include "purple/blist.h"
#include "purple/events.h"
#include "purple/who.h"
#include "relation.pb-c.h"

#define HERE_ONLY TRUE /* for libpurple: the server knows already */

void
openim_privacy_start (OpenimConnection *self)
{
  self->account->perm_deny = PURPLE_PRIVACY_DENY_USERS;
}

static gboolean
is_blocked (OpenimConnection *self, const char *user_id)
{
  return g_slist_find_custom (self->account->deny, openim_who_name (self, user_id),
                              (GCompareFunc) g_strcmp0) != NULL;
}

/* --- what the server has --- */

static gboolean
has (const Openim__Sdk__Relation__GetBlacksResp *answer, const char *who)
{
  for (gsize i = 0; i < answer->n_blacks; i++)
    if (g_strcmp0 (answer->blacks[i]->blockuserid, who) == 0)
      return TRUE;
  return FALSE;
}

static void
on_list (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Openim__Sdk__Relation__GetBlacksResp *answer = (gconstpointer) response;
  GSList *shown = NULL;

  if (error != NULL) {
    openim_log (OPENIM_LOG, OPENIM_LOG_WARNING, "no list of blocked people: %s", error->message);
    return;
  }
  shown = g_slist_copy_deep (self->account->deny, (GCopyFunc) (gpointer) g_strdup, NULL);
  for (GSList *l = shown; l != NULL && openim_connection_is_open (self); l = l->next)
    if (!has (answer, openim_who_id (self, l->data)))
      purple_privacy_deny_remove (self->account, l->data, HERE_ONLY);
  g_slist_free_full (shown, g_free);
  for (gsize i = 0; i < answer->n_blacks && openim_connection_is_open (self); i++) {
    openim_roster_learn_name (self, answer->blacks[i]->blockuserid, answer->blacks[i]->nickname);
    purple_privacy_deny_add (self->account, openim_who_name (self, answer->blacks[i]->blockuserid),
                             HERE_ONLY);
  }
}

static void
on_sync_end (PurpleConnection *gc, gconstpointer data, gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self != NULL)
    openim_connection_call (self, OPENIM_NUMBER (GetBlacks), NULL, on_list, NULL, NULL);
}

static void
on_added (PurpleConnection *gc, const Openim__Event__EventOnBlackAddedData *data, gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self == NULL || data->black == NULL)
    return;
  openim_roster_learn_name (self, data->black->blockuserid, data->black->nickname);
  purple_privacy_deny_add (self->account, openim_who_name (self, data->black->blockuserid), HERE_ONLY);
}

static void
on_deleted (PurpleConnection *gc, const Openim__Event__EventOnBlackDeletedData *data, gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self != NULL && data->black != NULL)
    purple_privacy_deny_remove (self->account, openim_who_name (self, data->black->blockuserid), HERE_ONLY);
}

void
openim_privacy_connect_signals (PurplePlugin *plugin)
{
  static const OpenimHandler handlers[] = {
    { OPENIM_NUMBER (EventOnSyncServerFinish), PURPLE_CALLBACK (on_sync_end) },
    { OPENIM_NUMBER (EventOnSyncServerFailed), PURPLE_CALLBACK (on_sync_end) },
    { OPENIM_NUMBER (EventOnBlackAdded), PURPLE_CALLBACK (on_added) },
    { OPENIM_NUMBER (EventOnBlackDeleted), PURPLE_CALLBACK (on_deleted) },
  };

  openim_events_connect (plugin, handlers, G_N_ELEMENTS (handlers));
}

/* --- what the person wants --- */

static void
send_block (
    OpenimConnection *self, const char *who, OpenimReplyFunc reply, gpointer data, GDestroyNotify destroy)
{
  Openim__Sdk__Relation__AddBlackReq request = OPENIM__SDK__RELATION__ADD_BLACK_REQ__INIT;

  request.userid = (char *) who;
  openim_connection_call (self, OPENIM_NUMBER (AddBlack), &request, reply, data, destroy);
}

static void
send_unblock (
    OpenimConnection *self, const char *who, OpenimReplyFunc reply, gpointer data, GDestroyNotify destroy)
{
  Openim__Sdk__Relation__DeleteBlackReq request = OPENIM__SDK__RELATION__DELETE_BLACK_REQ__INIT;

  request.userid = (char *) who;
  openim_connection_call (self, OPENIM_NUMBER (DeleteBlack), &request, reply, data, destroy);
}

static void
say_failure (OpenimConnection *self, const char *who, const GError *error)
{
  g_autofree char *reason = openim_error_describe (error);

  if (openim_connection_is_open (self))
    purple_notify_error (self->gc, _ ("Blocked people"), who, reason);
}

/* The list of libpurple goes back to what the server has. */
static void
on_blocked (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  if (error == NULL)
    return;
  purple_privacy_deny_remove (self->account, openim_who_name (self, data), HERE_ONLY);
  say_failure (self, data, error);
}

static void
on_unblocked (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  if (error == NULL)
    return;
  purple_privacy_deny_add (self->account, openim_who_name (self, data), HERE_ONLY);
  say_failure (self, data, error);
}

void
openim_privacy_block (PurpleConnection *gc, const char *who)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self != NULL)
    send_block (self, openim_who_id (self, who), on_blocked, g_strdup (openim_who_id (self, who)), g_free);
}

void
openim_privacy_unblock (PurpleConnection *gc, const char *who)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self != NULL)
    send_unblock (self, openim_who_id (self, who), on_unblocked, g_strdup (openim_who_id (self, who)),
                  g_free);
}

void
openim_privacy_mode_changed (PurpleConnection *gc)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self == NULL || self->account->perm_deny == PURPLE_PRIVACY_DENY_USERS)
    return;
  self->account->perm_deny = PURPLE_PRIVACY_DENY_USERS;
  purple_notify_info (gc, _ ("Blocked people"), _ ("With OpenIM you can only block people one by one."),
                      NULL);
}

/* --- commands --- */

/* (nullable) Whom a command is about: the one named, else the one whose window it is. */
static const char *
get_person (OpenimConnection *self, const OpenimCommandLine *command)
{
  if (command->args[0] != NULL)
    return openim_who_find (self, command->args[0]);
  return command->peer.session == OPENIM_SESSION_GROUP ? NULL : command->peer.name;
}

static void
on_command_done (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  OpenimCommandLine *command = data;
  const char *who = get_person (self, command);

  if (error != NULL)
    openim_command_say_error (self, command, error);
  else
    openim_command_say (self, command,
                        is_blocked (self, who) ? _ ("%s is blocked.") : _ ("%s is not blocked."),
                        openim_roster_get_name (self, who));
}

void
openim_privacy_run_block (OpenimConnection *self, OpenimCommandLine *command)
{
  if (get_person (self, command) != NULL)
    send_block (self, get_person (self, command), on_command_done, openim_command_ref (command),
                openim_command_unref);
  else
    openim_command_say (self, command, _ ("Whom? Write the ID after the command."));
}

void
openim_privacy_run_unblock (OpenimConnection *self, OpenimCommandLine *command)
{
  if (get_person (self, command) != NULL)
    send_unblock (self, get_person (self, command), on_command_done, openim_command_ref (command),
                  openim_command_unref);
  else
    openim_command_say (self, command, _ ("Whom? Write the ID after the command."));
}

void
openim_privacy_run_list (OpenimConnection *self, OpenimCommandLine *command)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (GSList *l = self->account->deny; l != NULL; l = l->next) {
    const char *id = openim_who_id (self, l->data);
    const char *name = openim_roster_get_name (self, id);

    g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", name);
    if (g_strcmp0 (name, id) != 0)
      g_string_append_printf (names, " (%s)", id);
  }
  if (names->len > 0)
    /* TRANSLATORS: names of people follow */
    openim_command_say (self, command, _ ("Blocked: %s"), names->str);
  else
    openim_command_say (self, command, _ ("Nobody is blocked."));
}
