/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/display.h"

#include "base/gate.h"
#include "base/log.h"
#include "purple/blist.h"
#include "purple/chat.h"
#include "purple/events.h"
#include "purple/im.h"
#include "purple/join.h"
#include "purple/marks.h"
#include "purple/markup.h"
#include "purple/shown.h"

#define SLICE 20 /* lines shown in one turn of the main loop */

typedef struct {
  OpenimMessage *message;
  gboolean past;
} Item;

typedef struct {
  char *conversation_id;
  GQueue items; /* of Item */
  gboolean held;
  OpenimTimer *deadline;
  OpenimTimer *slice;
  gboolean flushing;
} Line;

struct _OpenimDisplay {
  GHashTable *lines; /* conversation ID → Line */
  gboolean syncing;  /* what arrives is past */
  gboolean paused;
};

static void
item_free (gpointer data)
{
  Item *item = data;

  openim_pb_free (item->message);
  g_free (item);
}

static void
line_free (gpointer data)
{
  Line *line = data;

  g_queue_clear_full (&line->items, item_free);
  g_free (line->conversation_id);
  g_free (line);
}

OpenimDisplay *
openim_display_new (void)
{
  OpenimDisplay *display = g_new0 (OpenimDisplay, 1);

  display->lines = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, line_free);
  display->syncing = display->paused = TRUE;
  return display;
}

void
openim_display_free (OpenimDisplay *display)
{
  if (display == NULL)
    return;
  g_hash_table_destroy (display->lines);
  g_free (display);
}

static Line *
get_line (OpenimConnection *self, const char *conversation_id)
{
  Line *line = g_hash_table_lookup (self->display->lines, conversation_id);

  if (line == NULL) {
    line = g_new0 (Line, 1);
    line->conversation_id = g_strdup (conversation_id);
    g_queue_init (&line->items);
    g_hash_table_insert (self->display->lines, line->conversation_id, line);
  }
  return line;
}

/* --- one message --- */

/* Hidden, or shown before? */
static gboolean
is_wanted (OpenimConnection *self, const char *conversation_id, const OpenimMessage *message)
{
  if ((int) message->status >= OPENIM_STATUS_DELETED || (int) message->contenttype == OPENIM_CONTENT_TYPING)
    return FALSE;
  if (g_strcmp0 (message->sendid, self->self_id) == 0 &&
      openim_shown_has_own (self->shown, message->clientmsgid))
    return FALSE;
  return message->seq == 0 || message->seq > openim_shown_get_seq (self->shown, conversation_id);
}

/* A window does not open for a mere notice; being taken into a group now is more than that. */
static gboolean
may_open (OpenimConnection *self, const OpenimMessage *message, gboolean past)
{
  if (!openim_message_is_notice (message))
    return TRUE;
  if (past)
    return FALSE;
  if (message->content_case == OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_MEMBER_INVITED_TIPS) {
    const Openim__Sdk__Shared__MemberInvitedTips *tips = message->memberinvitedtips;

    for (gsize i = 0; i < tips->n_inviteduserlist; i++)
      if (g_strcmp0 (tips->inviteduserlist[i]->userid, self->self_id) == 0)
        return TRUE;
  }
  if (message->content_case == OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_GROUP_CREATED_TIPS)
    return g_strcmp0 (message->sendid, self->self_id) != 0 ||
           openim_join_is_expected (self, message->groupid, TRUE);
  return openim_join_is_expected (self, message->groupid, FALSE);
}

static PurpleMessageFlags
flags_of (OpenimConnection *self, const OpenimMessage *message, gboolean past)
{
  PurpleMessageFlags flags = 0;

  if (past)
    flags |= PURPLE_MESSAGE_DELAYED;
  if (openim_message_is_notice (message))
    return flags | PURPLE_MESSAGE_SYSTEM;
  if (g_strcmp0 (message->sendid, self->self_id) == 0)
    return flags | PURPLE_MESSAGE_SEND | PURPLE_MESSAGE_REMOTE_SEND;
  if (openim_message_mentions (message, self->self_id))
    flags |= PURPLE_MESSAGE_NICK;
  return flags | PURPLE_MESSAGE_RECV;
}

static time_t
time_of (const OpenimMessage *message)
{
  gint64 ms = openim_gate_time (message->sendtime != 0 ? message->sendtime : message->createtime);

  return ms > 0 ? (time_t) (ms / 1000) : time (NULL);
}

static void
show (OpenimConnection *self, const char *conversation_id, const OpenimMessage *message, gboolean past)
{
  OpenimPeer peer = { 0 };
  PurpleMessageFlags flags = 0;
  PurpleConversation *conversation = NULL;
  g_autofree char *text = NULL;
  g_autofree char *html = NULL;

  if (!openim_peer_of_message (self, message, &peer) || !is_wanted (self, conversation_id, message))
    return;
  /* First, so that whatever libpurple makes of the line it is not shown again. */
  if (message->seq > 0)
    openim_shown_set_seq (self->shown, conversation_id, message->seq);
  if (g_strcmp0 (message->sendid, self->self_id) != 0)
    openim_roster_learn_name (self, message->sendid, message->sendernickname);
  conversation = openim_peer_find (self, &peer);
  if (conversation == NULL && !may_open (self, message, past))
    return;
  text = openim_message_get_text (message, self->self_id);
  html = openim_markup_from_text (text);
  flags = flags_of (self, message, past);
  /* Before the line is written: a person who answers at once has seen it. */
  if (g_strcmp0 (message->sendid, self->self_id) != 0)
    openim_marks_add (self, &peer);
  if (peer.session == OPENIM_SESSION_GROUP)
    openim_chat_show (self, peer.name, message->sendid, html, flags, time_of (message));
  else
    openim_im_show (self, peer.name, html, flags, time_of (message));
}

/* --- the queue --- */

static void flush (OpenimConnection *self, Line *line);

static void
on_slice (OpenimConnection *self, gpointer data)
{
  Line *line = data;

  line->slice = NULL;
  flush (self, line);
}

static gboolean
is_held (OpenimConnection *self, Line *line)
{
  return line->held || self->display->paused || !openim_connection_is_connected (self);
}

/* May free @line. */
static void
flush (OpenimConnection *self, Line *line)
{
  if (line->flushing || line->slice != NULL)
    return;
  line->flushing = TRUE;
  for (guint i = 0; i < SLICE && !is_held (self, line) && line->items.length > 0; i++) {
    Item *item = g_queue_pop_head (&line->items);

    show (self, line->conversation_id, item->message, item->past);
    item_free (item);
    if (!openim_connection_is_open (self))
      return; /* @line is gone too, or nobody looks at it any more */
  }
  line->flushing = FALSE;
  if (is_held (self, line))
    return;
  if (line->items.length > 0)
    line->slice = openim_connection_later (self, 0, on_slice, line, NULL);
  else
    g_hash_table_remove (self->display->lines, line->conversation_id);
}

static void
push (OpenimConnection *self, Line *line, const OpenimMessage *message, gboolean past, gboolean first)
{
  Item *item = g_new0 (Item, 1);

  item->message = openim_pb_copy (message);
  item->past = past;
  if (first)
    g_queue_push_head (&line->items, item);
  else
    g_queue_push_tail (&line->items, item);
}

void
openim_display_add (OpenimConnection *self, const OpenimMessage *message, gboolean past)
{
  OpenimPeer peer = { 0 };
  g_autofree char *id = NULL;
  Line *line = NULL;

  if (!openim_peer_of_message (self, message, &peer))
    return;
  id = openim_peer_conversation_id (self, &peer);
  line = get_line (self, id);
  push (self, line, message, past, FALSE);
  flush (self, line);
}

static void
on_deadline (OpenimConnection *self, gpointer data)
{
  Line *line = data;

  line->deadline = NULL;
  line->held = FALSE;
  openim_log (OPENIM_LOG, OPENIM_LOG_WARNING, "older messages are slow to come; showing newer ones");
  flush (self, line);
}

void
openim_display_hold (OpenimConnection *self, const char *conversation_id, guint ms)
{
  Line *line = get_line (self, conversation_id);

  line->held = TRUE;
  openim_connection_cancel (self, &line->deadline);
  line->deadline = openim_connection_later (self, ms, on_deadline, line, NULL);
}

static gboolean
is_waiting_as_new (Line *line, const OpenimMessage *message)
{
  for (GList *l = line->items.head; l != NULL; l = l->next) {
    const Item *item = l->data;

    if (!item->past && g_strcmp0 (item->message->clientmsgid, message->clientmsgid) == 0)
      return TRUE;
  }
  return FALSE;
}

void
openim_display_release (OpenimConnection *self, const char *conversation_id, GPtrArray *messages)
{
  Line *line = get_line (self, conversation_id);

  openim_connection_cancel (self, &line->deadline);
  line->held = FALSE;
  for (guint i = messages->len; i > 0; i--) {
    const OpenimMessage *message = g_ptr_array_index (messages, i - 1);

    if (!is_waiting_as_new (line, message))
      push (self, line, message, TRUE, TRUE);
  }
  flush (self, line);
}

void
openim_display_begin_sync (OpenimConnection *self)
{
  self->display->syncing = self->display->paused = TRUE;
}

void
openim_display_end_sync (OpenimConnection *self)
{
  self->display->syncing = FALSE;
}

void
openim_display_resume (OpenimConnection *self)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer key = NULL;

  self->display->paused = FALSE;
  g_hash_table_iter_init (&iter, self->display->lines);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_add (ids, g_strdup (key));
  for (guint i = 0; i < ids->len && openim_connection_is_open (self); i++) {
    Line *line = g_hash_table_lookup (self->display->lines, g_ptr_array_index (ids, i));

    if (line != NULL)
      flush (self, line);
  }
}

/* --- what comes --- */

static void
receive (PurpleConnection *gc, const OpenimMessage *message)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self != NULL && message != NULL)
    openim_display_add (self, message, self->display->syncing);
}

static void
on_new_message (PurpleConnection *gc,
                const Openim__Event__EventOnRecvNewMessageData *data,
                gpointer user_data)
{
  receive (gc, data->message);
}

static void
on_background_message (PurpleConnection *gc,
                       const Openim__Event__EventOnRecvOfflineNewMessageData *data,
                       gpointer user_data)
{
  receive (gc, data->message);
}

static void
on_online_message (PurpleConnection *gc,
                   const Openim__Event__EventOnRecvOnlineOnlyMessageData *data,
                   gpointer user_data)
{
  receive (gc, data->message);
}

/* Our own messages get their seq later than they are shown. */
static void
on_conversations_changed (PurpleConnection *gc,
                          const Openim__Event__EventOnConversationChangedData *data,
                          gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self == NULL || self->shown == NULL || self->display->paused)
    return;
  for (gsize i = 0; i < data->n_conversationlist; i++) {
    const OpenimConversation *conversation = data->conversationlist[i];
    const OpenimMessage *latest = conversation->latestmsg;

    if (latest != NULL && latest->seq > 0 && openim_shown_has_own (self->shown, latest->clientmsgid) &&
        !g_hash_table_contains (self->display->lines, conversation->conversationid))
      openim_shown_set_seq (self->shown, conversation->conversationid, latest->seq);
  }
}

void
openim_display_connect_signals (PurplePlugin *plugin)
{
  static const OpenimHandler handlers[] = {
    { OPENIM_NUMBER (EventOnRecvNewMessage), PURPLE_CALLBACK (on_new_message) },
    { OPENIM_NUMBER (EventOnRecvOfflineNewMessage), PURPLE_CALLBACK (on_background_message) },
    { OPENIM_NUMBER (EventOnRecvOnlineOnlyMessage), PURPLE_CALLBACK (on_online_message) },
    { OPENIM_NUMBER (EventOnConversationChanged), PURPLE_CALLBACK (on_conversations_changed) },
  };

  openim_events_connect (plugin, handlers, G_N_ELEMENTS (handlers));
}
