/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/display.h"

#include "base/log.h"
#include "purple/account.h"
#include "purple/backlog.h"
#include "purple/blist.h"
#include "purple/burn.h"
#include "purple/entry.h"
#include "purple/events.h"
#include "purple/images.h"
#include "purple/join.h"
#include "purple/marks.h"
#include "purple/shown.h"
#include "purple/strangers.h"
#include "purple/traits.h"

/* What is shown without a pause, and the pause, in which a user interface draws and hears. */
#define SLICE_US 4000
#define PAUSE_MS 10
#define RESTED_US 50000 /* so long after the last slice a new one begins by itself */

typedef enum { FROM_NOW, FROM_PAST, FROM_PAGE } Origin;

typedef struct {
  OpenimMessage *message;
  Origin origin;
} Item;

typedef struct {
  char *conversation_id;
  GQueue items; /* of Item, by seq */
  guint holds;
  OpenimTimer *deadline;
  char *note;        /* (nullable) stands before the first item that is no page */
  gboolean prepared; /* has its page, if it opens a window */
  gboolean opens;    /* a window opens for whatever there is */
  gboolean at_work;
} Line;

struct _OpenimDisplay {
  GHashTable *lines; /* conversation ID → Line */
  OpenimTimer *slice;
  gint64 slice_began; /* monotonic µs */
  gboolean syncing;   /* what arrives is past */
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
  g_free (line->note);
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

gboolean
openim_display_is_at_work (OpenimConnection *self, const char *conversation_id)
{
  const Line *line = g_hash_table_lookup (self->display->lines, conversation_id);

  return line != NULL && line->at_work;
}

/* --- one message --- */

static gboolean
is_own (OpenimConnection *self, const OpenimMessage *message)
{
  return g_strcmp0 (message->sendid, self->self_id) == 0;
}

/* Hidden, or shown before? A page has what was shown before, too. */
static gboolean
is_wanted (OpenimConnection *self, const Line *line, const Item *item)
{
  const OpenimMessage *message = item->message;

  if ((int) message->status >= OPENIM_STATUS_DELETED || (int) message->contenttype == OPENIM_CONTENT_TYPING)
    return FALSE;
  if (item->origin == FROM_PAGE)
    return TRUE;
  if (is_own (self, message) && openim_shown_has_own (self->shown, message->clientmsgid))
    return FALSE;
  return message->seq == 0 || message->seq > openim_shown_get_seq (self->shown, line->conversation_id);
}

/* Being taken into a group now is more than a mere notice. */
static gboolean
is_invitation (OpenimConnection *self, const OpenimMessage *message)
{
  if (message->content_case == OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_MEMBER_INVITED_TIPS) {
    const Openim__Sdk__Shared__MemberInvitedTips *tips = message->memberinvitedtips;

    for (gsize i = 0; i < tips->n_inviteduserlist; i++)
      if (g_strcmp0 (tips->inviteduserlist[i]->userid, self->self_id) == 0)
        return TRUE;
  }
  if (message->content_case == OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_GROUP_CREATED_TIPS)
    return !is_own (self, message) || openim_join_is_expected (self, message->groupid, TRUE);
  return openim_join_is_expected (self, message->groupid, FALSE);
}

gboolean
openim_display_may_disturb (OpenimConnection *self, const char *conversation_id, gboolean mentions_self)
{
  return !(openim_traits_get (self, conversation_id)->muted || openim_traits_is_quiet (self)) ||
         (mentions_self && openim_option_get_bool (self->account, OPENIM_OPTION_MENTIONS));
}

static gboolean
may_disturb (OpenimConnection *self, const Line *line, const OpenimMessage *message)
{
  return openim_display_may_disturb (self, line->conversation_id,
                                     openim_message_mentions (message, self->self_id));
}

static gboolean
may_open (OpenimConnection *self, const Line *line, const Item *item)
{
  if (line->opens)
    return TRUE;
  if (item->origin == FROM_PAGE)
    return FALSE;
  if (openim_message_is_notice (item->message))
    return item->origin == FROM_NOW && is_invitation (self, item->message);
  return may_disturb (self, line, item->message);
}

/* There is a window for it, or one opens. */
static gboolean
has_window (OpenimConnection *self, const Line *line, const Item *item, const OpenimPeer *peer)
{
  return openim_peer_find (self, peer) != NULL || may_open (self, line, item);
}

static OpenimEntryKind
kind_of (OpenimConnection *self, const Line *line, const Item *item)
{
  const OpenimMessage *message = item->message;

  if (item->origin == FROM_PAGE)
    return openim_shown_has_own (self->shown, message->clientmsgid) ||
                   message->seq <= openim_shown_get_written (self->shown, line->conversation_id)
               ? OPENIM_ENTRY_AGAIN
               : OPENIM_ENTRY_PAGE;
  if (!line->opens && !may_disturb (self, line, message))
    return item->origin == FROM_PAST ? OPENIM_ENTRY_PAGE : OPENIM_ENTRY_QUIET;
  return item->origin == FROM_PAST ? OPENIM_ENTRY_MISSED : OPENIM_ENTRY_NEW;
}

static void
write_note (OpenimConnection *self, Line *line, const OpenimPeer *peer)
{
  g_autofree char *note = g_steal_pointer (&line->note);

  openim_peer_tell (self, peer, note, PURPLE_MESSAGE_SYSTEM | PURPLE_MESSAGE_NO_LOG);
}

static void
show (OpenimConnection *self, Line *line, const Item *item)
{
  const OpenimMessage *message = item->message;
  OpenimPeer peer = { 0 };
  OpenimEntryKind kind = OPENIM_ENTRY_NEW;
  gboolean fits = FALSE;

  if (!openim_peer_of_message (self, message, &peer) || !is_wanted (self, line, item))
    return;
  if (!is_own (self, message))
    openim_roster_learn_name (self, message->sendid, message->sendernickname);
  if (openim_burns_take (self, line->conversation_id, message))
    return;
  kind = kind_of (self, line, item);
  fits = has_window (self, line, item, &peer);
  /* First, so that whatever libpurple makes of the line it is not shown again. */
  if (fits)
    openim_shown_set_seq (self->shown, line->conversation_id, message->seq);
  else
    openim_shown_pass (self->shown, line->conversation_id, message->seq);
  if (fits && is_own (self, message) && message->seq == 0) /* it gets one later */
    openim_shown_add_own (self->shown, message->clientmsgid);
  if (!fits)
    return;
  if (line->note != NULL && item->origin != FROM_PAGE)
    write_note (self, line, &peer);
  if (!openim_connection_is_open (self))
    return;
  /* Before the line is written: a person who answers at once has seen it. */
  if (!is_own (self, message) &&
      (item->origin != FROM_PAGE || openim_traits_get (self, line->conversation_id)->unread > 0))
    openim_marks_add (self, &peer);
  openim_burns_add (self, message);
  openim_entry_show (self, &peer, message, kind);
}

/* --- the queue --- */

static gboolean
is_held (OpenimConnection *self, const Line *line)
{
  return line->holds > 0 || self->display->paused;
}

static gboolean
has_time (OpenimDisplay *display)
{
  gint64 now = g_get_monotonic_time ();

  if (display->slice == NULL && now - display->slice_began > RESTED_US)
    display->slice_began = now;
  return now - display->slice_began < SLICE_US;
}

/* The window that opens for this item has a page first. TRUE: it has been asked for. */
static gboolean
wait_for_page (OpenimConnection *self, Line *line, const Item *item)
{
  OpenimPeer peer = { 0 };

  if (line->prepared || !openim_peer_of_message (self, item->message, &peer) ||
      !is_wanted (self, line, item) || openim_peer_find (self, &peer) != NULL || !may_open (self, line, item))
    return FALSE;
  line->prepared = TRUE;
  return openim_backlog_prepare (self, &peer, item->message);
}

/* TRUE: it is on its way. */
static gboolean
wait_for_picture (OpenimConnection *self, const Line *line, const Item *item)
{
  OpenimPeer peer = { 0 };

  return openim_peer_of_message (self, item->message, &peer) && is_wanted (self, line, item) &&
         has_window (self, line, item, &peer) &&
         openim_images_wait (self, line->conversation_id, item->message);
}

/* FALSE: the connection has been closed from inside. */
static gboolean
show_some (OpenimConnection *self, Line *line)
{
  if (line->at_work)
    return TRUE;
  line->at_work = TRUE;
  while (!is_held (self, line) && line->items.length > 0 && has_time (self->display)) {
    Item *item = NULL;

    item = g_queue_peek_head (&line->items);
    if (wait_for_page (self, line, item) || wait_for_picture (self, line, item))
      break;
    item = g_queue_pop_head (&line->items);
    show (self, line, item);
    item_free (item);
    if (!openim_connection_is_open (self))
      return FALSE;
  }
  line->at_work = FALSE;
  return TRUE;
}

static void go_on (OpenimConnection *self);

static void
on_slice (OpenimConnection *self, gpointer data)
{
  self->display->slice = NULL;
  self->display->slice_began = g_get_monotonic_time ();
  go_on (self);
}

/* Shows of all conversations what may be shown now and does not take too long. */
static void
go_on (OpenimConnection *self)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  gboolean more = FALSE;
  GHashTableIter iter;
  gpointer key = NULL;

  if (self->display->slice != NULL || self->display->paused || !openim_connection_is_connected (self))
    return;
  g_hash_table_iter_init (&iter, self->display->lines);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_add (ids, g_strdup (key));
  for (guint i = 0; i < ids->len; i++) {
    Line *line = g_hash_table_lookup (self->display->lines, g_ptr_array_index (ids, i));

    if (line == NULL)
      continue;
    if (!show_some (self, line))
      return;
    if (!is_held (self, line) && !line->at_work && line->items.length == 0)
      g_hash_table_remove (self->display->lines, line->conversation_id);
    else
      more = more || !is_held (self, line);
  }
  if (more)
    self->display->slice = openim_connection_later (self, PAUSE_MS, on_slice, NULL, NULL);
}

/* By seq: what is fetched and what comes by itself arrive in any order. What has no seq stays where it is. */
static void
push (Line *line, const OpenimMessage *message, Origin origin)
{
  Item *item = g_new0 (Item, 1);
  GList *before = NULL;

  item->message = openim_pb_copy (message);
  item->origin = origin;
  for (GList *l = line->items.tail; l != NULL && message->seq > 0; l = l->prev) {
    const Item *other = l->data;

    if (other->message->seq > message->seq)
      before = l;
    else if (other->message->seq > 0)
      break;
  }
  if (before != NULL)
    g_queue_insert_before (&line->items, before, item);
  else
    g_queue_push_tail (&line->items, item);
}

void
openim_display_add (OpenimConnection *self, const OpenimMessage *message, gboolean past)
{
  OpenimPeer peer = { 0 };
  g_autofree char *id = NULL;

  if (!openim_peer_of_message (self, message, &peer))
    return;
  id = openim_peer_conversation_id (self, &peer);
  openim_strangers_meet (self, id, message);
  push (get_line (self, id), message, past ? FROM_PAST : FROM_NOW);
  go_on (self);
}

static void
on_deadline (OpenimConnection *self, gpointer data)
{
  Line *line = data;

  line->deadline = NULL;
  line->holds = 0;
  openim_log (OPENIM_LOG, OPENIM_LOG_WARNING, "older messages are slow to come; showing newer ones");
  go_on (self);
}

void
openim_display_hold (OpenimConnection *self, const char *conversation_id, guint ms)
{
  Line *line = get_line (self, conversation_id);

  line->holds++;
  openim_connection_cancel (self, &line->deadline);
  line->deadline = openim_connection_later (self, ms, on_deadline, line, NULL);
}

static gboolean
is_waiting (const Line *line, const OpenimMessage *message)
{
  for (GList *l = line->items.head; l != NULL; l = l->next)
    if (g_strcmp0 (((Item *) l->data)->message->clientmsgid, message->clientmsgid) == 0)
      return TRUE;
  return FALSE;
}

void
openim_display_release (OpenimConnection *self, const char *conversation_id, const OpenimReleased *released)
{
  Line *line = get_line (self, conversation_id);

  if (line->holds > 0 && --line->holds == 0)
    openim_connection_cancel (self, &line->deadline);
  for (gsize i = 0; i < released->n; i++)
    if (!is_waiting (line, released->messages[i]))
      push (line, released->messages[i],
            released->messages[i]->seq <= released->page_end ? FROM_PAGE : FROM_PAST);
  if (released->n > 0)
    line->prepared = TRUE;
  line->opens = line->opens || released->opens;
  if (released->note != NULL) {
    g_free (line->note);
    line->note = g_strdup (released->note);
  }
  go_on (self);
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

gboolean
openim_display_is_syncing (OpenimConnection *self)
{
  return self->display->syncing;
}

void
openim_display_pause (OpenimConnection *self)
{
  self->display->paused = TRUE;
}

void
openim_display_resume (OpenimConnection *self)
{
  self->display->paused = FALSE;
  go_on (self);
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
