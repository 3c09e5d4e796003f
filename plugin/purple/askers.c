/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/askers.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "base/log.h"
#include "purple/blist.h"
#include "purple/events.h"
#include "purple/shown.h"
#include "purple/who.h"
#include "relation.pb-c.h"

enum {
  WAITING = OPENIM__SDK__COMMON__APPROVAL_STATUS__Default,
  APPROVED = OPENIM__SDK__COMMON__APPROVAL_STATUS__Approved,
  REJECTED = OPENIM__SDK__COMMON__APPROVAL_STATUS__Rejected,
};

/* A request that somebody has made. It lives as long as the connection: a host that cannot take a dialog back
 * (bitlbee) may call back later. */
typedef struct {
  OpenimConnection *connection; /* not owned */
  char *user_id;
  char *text;
  gint64 time;
  gboolean waits; /* for an answer */
  gboolean old;   /* … since an earlier session */
  gpointer dialog;
  char *name; /* (nullable) */
} Asked;

struct _OpenimAskers {
  GPtrArray *all;      /* of Asked, owned */
  GHashTable *current; /* user ID → the newest Asked of that person */
  gboolean reminded;
};

static void
asked_free (gpointer data)
{
  Asked *asked = data;

  g_free (asked->user_id);
  g_free (asked->text);
  g_free (asked->name);
  g_free (asked);
}

OpenimAskers *
openim_askers_new (void)
{
  OpenimAskers *askers = g_new0 (OpenimAskers, 1);

  askers->all = g_ptr_array_new_with_free_func (asked_free);
  askers->current = g_hash_table_new (g_str_hash, g_str_equal);
  return askers;
}

/* libpurple closes the dialogs of an account that goes. */
void
openim_askers_free (OpenimAskers *askers)
{
  if (askers == NULL)
    return;
  g_hash_table_destroy (askers->current);
  g_ptr_array_unref (askers->all);
  g_free (askers);
}

static Asked *
find_waiting (OpenimConnection *self, const char *user_id)
{
  Asked *asked = g_hash_table_lookup (self->askers->current, user_id);

  return asked != NULL && asked->waits ? asked : NULL;
}

/* Answered, here or elsewhere, or taken back. */
static void
finish (OpenimConnection *self, const char *user_id)
{
  Asked *asked = find_waiting (self, user_id);
  gpointer dialog = NULL;

  if (asked == NULL)
    return;
  asked->waits = FALSE;
  dialog = g_steal_pointer (&asked->dialog);
  if (dialog != NULL)
    purple_account_request_close (dialog);
}

/* --- answers --- */

static void
send_answer (OpenimConnection *self,
             const char *user_id,
             int status,
             const char *text,
             OpenimReplyFunc reply,
             gpointer data,
             GDestroyNotify destroy)
{
  Openim__Sdk__Relation__HandleFriendRequestReq request =
      OPENIM__SDK__RELATION__HANDLE_FRIEND_REQUEST_REQ__INIT;

  request.userid = (char *) user_id;
  request.status = (Openim__Sdk__Common__ApprovalStatus) status;
  request.handlemsg = (char *) (text != NULL ? text : "");
  openim_connection_call (self, OPENIM_NUMBER (HandlerFriendRequest), &request, reply, data, destroy);
}

static void
on_dialog_answer (OpenimConnection *self,
                  const GError *error,
                  const ProtobufCMessage *response,
                  gpointer data)
{
  g_autofree char *sentence = NULL;

  if (error == NULL)
    return;
  sentence = openim_error_describe (error);
  purple_notify_error (self->gc, _ ("Friend request"), sentence, NULL);
}

static void
answer_dialog (Asked *asked, int status)
{
  asked->dialog = NULL; /* it closes by itself */
  if (asked->waits && openim_connection_is_open (asked->connection))
    send_answer (asked->connection, asked->user_id, status, NULL, on_dialog_answer, NULL, NULL);
}

static void
on_accept (void *data)
{
  answer_dialog (data, APPROVED);
}

static void
on_reject (void *data)
{
  answer_dialog (data, REJECTED);
}

/* --- requests --- */

static void
ask (OpenimConnection *self, Asked *asked)
{
  /* As if on the list: both are friends by the answer alone, nobody needs to be asked to add anybody. */
  gpointer dialog = purple_account_request_authorization (
      self->account, openim_who_name (self, asked->user_id), NULL, asked->name,
      *asked->text != '\0' ? asked->text : NULL, TRUE, on_accept, on_reject, asked);

  if (openim_connection_is_open (self))
    asked->dialog = dialog;
}

/* FALSE: the person has been asked in an earlier session and has not answered. */
static gboolean
is_news (OpenimConnection *self, const OpenimFriendRequest *request)
{
  g_autofree char *question =
      g_strdup_printf ("friend/%s/%" G_GINT64_FORMAT, request->fromuserid, (gint64) request->createtime);

  if (openim_shown_was_asked (self->shown, question))
    return FALSE;
  openim_shown_add_asked (self->shown, question);
  return TRUE;
}

static void
show (OpenimConnection *self, const OpenimFriendRequest *request)
{
  Asked *asked = g_hash_table_lookup (self->askers->current, request->fromuserid);

  if (g_strcmp0 (request->fromuserid, self->self_id) == 0)
    return;
  if (request->handleresult != WAITING) {
    finish (self, request->fromuserid);
    return;
  }
  if (asked != NULL && asked->time == request->createtime && g_strcmp0 (asked->text, request->reqmsg) == 0)
    return;
  finish (self, request->fromuserid); /* who asks again has something else to say */
  openim_roster_learn_name (self, request->fromuserid, request->fromnickname);
  asked = g_new0 (Asked, 1);
  asked->connection = self;
  asked->user_id = g_strdup (request->fromuserid);
  asked->name = *request->fromnickname != '\0' ? g_strdup (request->fromnickname) : NULL;
  asked->text = g_strdup (request->reqmsg);
  asked->time = request->createtime;
  asked->waits = TRUE;
  g_ptr_array_add (self->askers->all, asked);
  g_hash_table_replace (self->askers->current, asked->user_id, asked);
  asked->old = !is_news (self, request);
  if (!asked->old)
    ask (self, asked);
}

/* Those who were asked about before and not answered: hosts with a place for such lines get one. */
static void
remind (OpenimConnection *self)
{
  guint n = 0;
  GHashTableIter iter;
  gpointer value = NULL;
  g_autofree char *sentence = NULL;

  g_hash_table_iter_init (&iter, self->askers->current);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    n += ((const Asked *) value)->waits && ((const Asked *) value)->old;
  if (n == 0 || self->askers->reminded)
    return;
  self->askers->reminded = TRUE;
  sentence = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "%u person is still waiting for your answer; “requests” lists them.",
                   "%u people are still waiting for your answer; “requests” lists them.", n),
      n);
  purple_connection_notice (self->gc, sentence);
}

void
openim_askers_ask_again (OpenimConnection *self)
{
  g_autoptr (GPtrArray) waiting = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, self->askers->current);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((const Asked *) value)->waits)
      g_ptr_array_add (waiting, value);
  if (waiting->len == 0)
    purple_notify_info (self->gc, _ ("Friend requests"), _ ("Nobody is waiting for your answer."), NULL);
  for (guint i = 0; i < waiting->len && openim_connection_is_open (self); i++) {
    Asked *asked = g_ptr_array_index (waiting, i);

    /* One that is there already may be behind other windows. */
    if (asked->dialog != NULL)
      purple_account_request_close (g_steal_pointer (&asked->dialog));
    ask (self, asked);
  }
}

static void
on_requests (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Openim__Sdk__Relation__GetFriendRequestsResp *answer = (gconstpointer) response;

  if (error != NULL) {
    openim_log (OPENIM_LOG, OPENIM_LOG_WARNING, "no friend requests: %s", error->message);
    return;
  }
  for (gsize i = 0; i < answer->n_requests && openim_connection_is_open (self); i++)
    show (self, answer->requests[i]);
  if (openim_connection_is_open (self))
    remind (self);
}

static void
on_sync_end (PurpleConnection *gc, gconstpointer data, gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);
  Openim__Sdk__Relation__GetFriendRequestsReq request = OPENIM__SDK__RELATION__GET_FRIEND_REQUESTS_REQ__INIT;

  if (self != NULL)
    openim_connection_call (self, OPENIM_NUMBER (GetFriendRequests), &request, on_requests, NULL, NULL);
}

static void
on_added (PurpleConnection *gc,
          const Openim__Event__EventOnFriendApplicationAddedData *data,
          gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self != NULL && data->request != NULL)
    show (self, data->request);
}

static void
on_deleted (PurpleConnection *gc,
            const Openim__Event__EventOnFriendApplicationDeletedData *data,
            gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self != NULL && data->request != NULL)
    finish (self, data->request->fromuserid);
}

static void
on_accepted (PurpleConnection *gc,
             const Openim__Event__EventOnFriendApplicationAcceptedData *data,
             gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);

  /* Whoever accepted ours appears on the list. */
  if (self != NULL && data->request != NULL)
    finish (self, data->request->fromuserid);
}

static void
on_rejected (PurpleConnection *gc,
             const Openim__Event__EventOnFriendApplicationRejectedData *data,
             gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);
  const OpenimFriendRequest *request = data->request;
  g_autofree char *sentence = NULL;

  if (self == NULL || request == NULL)
    return;
  if (g_strcmp0 (request->fromuserid, self->self_id) != 0) {
    finish (self, request->fromuserid);
    return;
  }
  openim_roster_learn_name (self, request->touserid, request->tonickname);
  /* TRANSLATORS: a name; that person was asked to be a friend */
  sentence = g_strdup_printf (_ ("%s has refused."), openim_roster_get_name (self, request->touserid));
  purple_notify_info (gc, _ ("Friend request"), sentence,
                      *request->handlemsg != '\0' ? request->handlemsg : NULL);
}

void
openim_askers_connect_signals (PurplePlugin *plugin)
{
  static const OpenimHandler handlers[] = {
    { OPENIM_NUMBER (EventOnSyncServerFinish), PURPLE_CALLBACK (on_sync_end) },
    { OPENIM_NUMBER (EventOnSyncServerFailed), PURPLE_CALLBACK (on_sync_end) },
    { OPENIM_NUMBER (EventOnFriendApplicationAdded), PURPLE_CALLBACK (on_added) },
    { OPENIM_NUMBER (EventOnFriendApplicationDeleted), PURPLE_CALLBACK (on_deleted) },
    { OPENIM_NUMBER (EventOnFriendApplicationAccepted), PURPLE_CALLBACK (on_accepted) },
    { OPENIM_NUMBER (EventOnFriendApplicationRejected), PURPLE_CALLBACK (on_rejected) },
  };

  openim_events_connect (plugin, handlers, G_N_ELEMENTS (handlers));
}

/* --- commands --- */

/* Whom a command without an ID is about: the only one who waits. (nullable) */
static const char *
find_only_one (OpenimConnection *self)
{
  const char *found = NULL;
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, self->askers->current);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const Asked *asked = value;

    if (!asked->waits)
      continue;
    if (found != NULL)
      return NULL;
    found = asked->user_id;
  }
  return found;
}

static void
on_command_answer (OpenimConnection *self,
                   const GError *error,
                   const ProtobufCMessage *response,
                   gpointer data)
{
  OpenimCommandLine *command = data;

  if (error != NULL && openim_error_code (error) == OPENIM_ERROR_NOT_FOUND)
    openim_command_say (self, command, _ ("That person has not asked you."));
  else if (error != NULL)
    openim_command_say_error (self, command, error);
  else
    openim_command_say (self, command, _ ("Answered."));
}

static void
answer_by_command (OpenimConnection *self, OpenimCommandLine *command, int status)
{
  const char *user_id =
      command->args[0] != NULL ? openim_who_find (self, command->args[0]) : find_only_one (self);

  if (user_id != NULL)
    send_answer (self, user_id, status, command->args[1], on_command_answer, openim_command_ref (command),
                 openim_command_unref);
  else
    openim_command_say (self, command, _ ("Whose request? “requests” lists them."));
}

void
openim_askers_accept (OpenimConnection *self, OpenimCommandLine *command)
{
  answer_by_command (self, command, APPROVED);
}

void
openim_askers_reject (OpenimConnection *self, OpenimCommandLine *command)
{
  answer_by_command (self, command, REJECTED);
}

static void
say_request (OpenimConnection *self,
             const OpenimCommandLine *command,
             const char *format,
             const char *nickname,
             const char *user_id,
             const char *text)
{
  g_autofree char *who =
      *nickname != '\0' ? g_strdup_printf ("%s (%s)", nickname, user_id) : g_strdup (user_id);

  openim_command_say (self, command, "%s %s%s%s", format, who, *text != '\0' ? ": " : "", text);
}

static void
on_sent_list (OpenimConnection *self, OpenimCommandLine *command, const ProtobufCMessage *response)
{
  const Openim__Sdk__Relation__GetFriendRequestsResp *answer = (gconstpointer) response;

  for (gsize i = 0; i < answer->n_requests && openim_connection_is_open (self); i++) {
    const OpenimFriendRequest *request = answer->requests[i];

    if (request->handleresult == WAITING)
      /* TRANSLATORS: a name and what has been written follow */
      say_request (self, command, _ ("You have asked"), request->tonickname, request->touserid,
                   request->reqmsg);
  }
}

static void
on_received_list (OpenimConnection *self, OpenimCommandLine *command, const ProtobufCMessage *response)
{
  const Openim__Sdk__Relation__GetFriendRequestsResp *answer = (gconstpointer) response;
  Openim__Sdk__Relation__GetFriendRequestsReq request = OPENIM__SDK__RELATION__GET_FRIEND_REQUESTS_REQ__INIT;
  guint n = 0;

  for (gsize i = 0; i < answer->n_requests && openim_connection_is_open (self); i++) {
    const OpenimFriendRequest *asked = answer->requests[i];

    if (asked->handleresult != WAITING)
      continue;
    /* TRANSLATORS: a name and what that person has written follow */
    say_request (self, command, _ ("You are asked by"), asked->fromnickname, asked->fromuserid,
                 asked->reqmsg);
    n++;
  }
  if (n == 0)
    openim_command_say (self, command, _ ("Nobody is waiting for your answer."));
  request.send = TRUE;
  if (openim_connection_is_open (self))
    openim_command_call (self, command, OPENIM_NUMBER (GetFriendRequests), &request, on_sent_list);
}

void
openim_askers_list (OpenimConnection *self, OpenimCommandLine *command)
{
  Openim__Sdk__Relation__GetFriendRequestsReq request = OPENIM__SDK__RELATION__GET_FRIEND_REQUESTS_REQ__INIT;

  openim_command_call (self, command, OPENIM_NUMBER (GetFriendRequests), &request, on_received_list);
}
