/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/connection.h"

#include "base/log.h"
#include "purple/application.h"
#include "purple/ask.h"
#include "purple/askers.h"
#include "purple/backlog.h"
#include "purple/blist.h"
#include "purple/burn.h"
#include "purple/chat.h"
#include "purple/code.h"
#include "purple/display.h"
#include "purple/draft.h"
#include "purple/events.h"
#include "purple/history.h"
#include "purple/host.h"
#include "purple/icons.h"
#include "purple/im.h"
#include "purple/images.h"
#include "purple/join.h"
#include "purple/login.h"
#include "purple/marks.h"
#include "purple/mentions.h"
#include "purple/numbers.h"
#include "purple/outgoing.h"
#include "purple/parcel.h"
#include "purple/receipts.h"
#include "purple/search.h"
#include "purple/privacy.h"
#include "purple/register.h"
#include "purple/shown.h"
#include "purple/status.h"
#include "purple/strangers.h"
#include "purple/transfers.h"
#include "purple/who.h"
#include "purple/traits.h"

struct _OpenimTimer {
  OpenimConnection *connection; /* unowned: the connection owns the timer */
  guint source;
  OpenimLaterFunc func;
  gpointer data;
  GDestroyNotify destroy;
};

typedef struct {
  OpenimConnection *connection; /* owned */
  OpenimReplyFunc reply;
  OpenimProgressFunc progress; /* (nullable) */
  gpointer data;
  GDestroyNotify destroy;
} Call;

static void
finalize (gpointer data)
{
  OpenimConnection *self = data;

  g_clear_pointer (&self->timers, g_hash_table_destroy);
  g_clear_object (&self->sdk);
  g_free (self->self_id);
  g_free (self->self_name);
}

OpenimConnection *
openim_connection_ref (OpenimConnection *self)
{
  return g_rc_box_acquire (self);
}

void
openim_connection_unref (OpenimConnection *self)
{
  g_rc_box_release_full (self, finalize);
}

OpenimConnection *
openim_connection_get (PurpleConnection *gc)
{
  OpenimConnection *self = NULL;

  if (gc == NULL || !PURPLE_CONNECTION_IS_VALID (gc) || purple_connection_get_prpl (gc) == NULL ||
      g_strcmp0 (purple_plugin_get_id (purple_connection_get_prpl (gc)), OPENIM_PLUGIN_ID) != 0)
    return NULL;
  self = purple_connection_get_protocol_data (gc);
  return self != NULL && !self->failed ? self : NULL;
}

OpenimConnection *
openim_connection_get_for_account (PurpleAccount *account)
{
  return account != NULL ? openim_connection_get (purple_account_get_connection (account)) : NULL;
}

gboolean
openim_connection_is_open (OpenimConnection *self)
{
  return self->gc != NULL && !self->failed;
}

gboolean
openim_connection_is_connected (OpenimConnection *self)
{
  return openim_connection_is_open (self) && PURPLE_CONNECTION_IS_CONNECTED (self->gc);
}

void
openim_connection_fail (OpenimConnection *self, PurpleConnectionError reason, const char *sentence)
{
  if (!openim_connection_is_open (self))
    return;
  openim_log (OPENIM_LOG, OPENIM_LOG_WARNING, "the connection ends: %s", sentence);
  self->failed = TRUE;
  openim_sdk_listen (self->sdk, NULL, NULL);
  purple_connection_error_reason (self->gc, reason, sentence);
}

/* --- calls --- */

static void
call_free (Call *call)
{
  if (call->destroy != NULL)
    call->destroy (call->data);
  openim_connection_unref (call->connection);
  g_free (call);
}

static void
on_answer (
    OpenimSdk *sdk, guint64 handle, const GError *error, const ProtobufCMessage *response, gpointer user_data)
{
  Call *call = user_data;

  if (call->reply != NULL && openim_connection_is_open (call->connection))
    call->reply (call->connection, error, response, call->data);
  call_free (call);
}

static void
on_progress (OpenimSdk *sdk, guint64 handle, gint64 done, gint64 total, gpointer user_data)
{
  Call *call = user_data;

  if (openim_connection_is_open (call->connection))
    call->progress (call->connection, done, total, call->data);
}

guint64
openim_connection_call_watched (OpenimConnection *self,
                                OpenimFunction function,
                                gconstpointer request,
                                OpenimProgressFunc progress,
                                OpenimReplyFunc reply,
                                gpointer data,
                                GDestroyNotify destroy)
{
  Call *call = g_new0 (Call, 1);
  guint64 handle = 0;

  call->connection = openim_connection_ref (self);
  call->progress = progress;
  call->reply = reply;
  call->data = data;
  call->destroy = destroy;
  handle = openim_sdk_call (self->sdk, function, request, on_answer, call);
  if (handle == 0) /* closed meanwhile: there will be no answer */
    call_free (call);
  else if (progress != NULL)
    openim_sdk_watch (self->sdk, handle, on_progress);
  return handle;
}

guint64
openim_connection_call (OpenimConnection *self,
                        OpenimFunction function,
                        gconstpointer request,
                        OpenimReplyFunc reply,
                        gpointer data,
                        GDestroyNotify destroy)
{
  return openim_connection_call_watched (self, function, request, NULL, reply, data, destroy);
}

/* --- timers --- */

static void
timer_free (gpointer data)
{
  OpenimTimer *timer = data;

  if (timer->source != 0)
    purple_timeout_remove (timer->source);
  if (timer->destroy != NULL)
    timer->destroy (timer->data);
  g_free (timer);
}

static gboolean
on_timer (gpointer data)
{
  OpenimTimer *timer = data;
  g_autoptr (OpenimConnection) self = openim_connection_ref (timer->connection);

  timer->source = 0;
  g_hash_table_steal (self->timers, timer);
  if (openim_connection_is_open (self))
    timer->func (self, timer->data);
  timer_free (timer);
  return G_SOURCE_REMOVE;
}

OpenimTimer *
openim_connection_later (
    OpenimConnection *self, guint ms, OpenimLaterFunc func, gpointer data, GDestroyNotify destroy)
{
  OpenimTimer *timer = g_new0 (OpenimTimer, 1);

  timer->connection = self;
  timer->func = func;
  timer->data = data;
  timer->destroy = destroy;
  timer->source = purple_timeout_add (ms, on_timer, timer);
  g_hash_table_add (self->timers, timer);
  return timer;
}

void
openim_connection_cancel (OpenimConnection *self, OpenimTimer **timer)
{
  if (*timer != NULL)
    g_hash_table_remove (self->timers, g_steal_pointer (timer));
}

/* --- login and close --- */

static void
start (PurpleAccount *account, void (*begin) (OpenimConnection *self))
{
  PurpleConnection *gc = purple_account_get_connection (account);
  OpenimConnection *self = g_rc_box_new0 (OpenimConnection);

  self->gc = gc;
  self->account = account;
  self->sdk = openim_sdk_new ();
  self->timers = g_hash_table_new_full (NULL, NULL, timer_free, NULL);
  self->login = openim_login_new ();
  self->code = openim_code_question_new ();
  self->roster = openim_roster_new ();
  self->who = openim_who_new ();
  self->strangers = openim_strangers_new ();
  self->statuses = openim_status_new ();
  self->rooms = openim_rooms_new ();
  self->joins = openim_joins_new ();
  self->applications = openim_applications_new ();
  self->questions = openim_questions_new ();
  self->display = openim_display_new ();
  self->images = openim_images_new ();
  self->transfers = openim_transfers_new ();
  self->parcels = openim_parcels_new ();
  self->icons = openim_icons_new ();
  self->outgoings = openim_outgoings_new ();
  self->marks = openim_marks_new ();
  self->traits = openim_traits_new ();
  self->receipts = openim_receipts_new ();
  self->backlog = openim_backlog_new ();
  self->hits = openim_hits_new ();
  self->burns = openim_burns_new ();
  self->mentions = openim_mentions_new ();
  self->history = openim_history_new ();
  self->askers = openim_askers_new ();
  purple_connection_set_protocol_data (gc, self);

  /* Text only; conversations copy these flags when they are made. */
  gc->flags |= PURPLE_CONNECTION_NO_BGCOLOR | PURPLE_CONNECTION_NO_FONTSIZE | PURPLE_CONNECTION_NO_URLDESC;
  if (!openim_host_has_images ())
    gc->flags |= PURPLE_CONNECTION_NO_IMAGES;
  /* Signals of libpurple itself; it loads plugins before it has them. */
  openim_chat_watch (self);
  openim_im_watch (self);
  openim_privacy_start (self);
  openim_login_watch (self);
  openim_marks_watch (self);
  openim_backlog_watch (self);
  openim_outgoing_watch (self);
  openim_draft_watch (self);
  openim_events_listen (self);
  begin (self);
}

void
openim_connection_login (PurpleAccount *account)
{
  start (account, openim_login_start);
}

void
openim_connection_register (PurpleAccount *account)
{
  start (account, openim_registration_start);
}

void
openim_connection_close (PurpleConnection *gc)
{
  OpenimConnection *self = purple_connection_get_protocol_data (gc);

  if (self == NULL)
    return;
  purple_connection_set_protocol_data (gc, NULL);
  purple_signals_disconnect_by_handle (self);
  self->gc = NULL;
  self->account = NULL;
  g_hash_table_remove_all (self->timers);
  openim_login_free (g_steal_pointer (&self->login));
  openim_code_question_free (g_steal_pointer (&self->code));
  openim_registration_free (g_steal_pointer (&self->registration));
  openim_transfers_free (g_steal_pointer (&self->transfers)); /* libpurple does not end them */
  openim_sdk_close (self->sdk);                               /* answers what is outstanding */
  openim_askers_free (g_steal_pointer (&self->askers));
  openim_history_free (g_steal_pointer (&self->history));
  openim_marks_free (g_steal_pointer (&self->marks));
  openim_mentions_free (g_steal_pointer (&self->mentions));
  openim_burns_free (g_steal_pointer (&self->burns));
  openim_hits_free (g_steal_pointer (&self->hits));
  openim_backlog_free (g_steal_pointer (&self->backlog));
  openim_receipts_free (g_steal_pointer (&self->receipts));
  openim_traits_free (g_steal_pointer (&self->traits));
  openim_icons_free (g_steal_pointer (&self->icons));
  openim_parcels_free (g_steal_pointer (&self->parcels));
  openim_images_free (g_steal_pointer (&self->images));
  openim_display_free (g_steal_pointer (&self->display));
  openim_outgoings_free (g_steal_pointer (&self->outgoings));
  g_clear_pointer (&self->numbers, openim_numbers_free);
  g_clear_pointer (&self->shown, openim_shown_free);
  openim_rooms_free (g_steal_pointer (&self->rooms));
  openim_joins_free (g_steal_pointer (&self->joins));
  openim_applications_free (g_steal_pointer (&self->applications));
  openim_questions_free (g_steal_pointer (&self->questions));
  openim_status_free (g_steal_pointer (&self->statuses));
  openim_roster_free (g_steal_pointer (&self->roster));
  openim_strangers_free (g_steal_pointer (&self->strangers));
  openim_who_free (g_steal_pointer (&self->who));
  openim_connection_unref (self);
}
