/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/history.h"

#include <glib/gi18n-lib.h>

#include "base/log.h"
#include "conversation.pb-c.h"
#include "message.pb-c.h"
#include "purple/chat.h"
#include "purple/display.h"
#include "purple/markup.h"
#include "purple/shown.h"

#define AT_ONCE 4 /* conversations that are read back at the same time */
#define ATTEMPTS 3
#define PAUSE_MS 3000           /* between two attempts */
#define DEADLINE_MS (60 * 1000) /* longer than all attempts take in any ordinary case */

/* One conversation that is to be read back. */
typedef struct {
  char *conversation_id;
  int session;
  char *name;    /* of the window */
  gint64 after;  /* what is shown begins above this seq */
  gint64 missed; /* messages since then, as far as seqs tell; 0: not known */
  guint count;   /* to ask for */
  guint attempts;
} Gap;

struct _OpenimHistory {
  GQueue gaps; /* of Gap, waiting */
  guint running;
};

static void
gap_free (gpointer data)
{
  Gap *gap = data;

  g_free (gap->conversation_id);
  g_free (gap->name);
  g_free (gap);
}

static Gap *
gap_copy (const Gap *gap)
{
  Gap *copy = g_memdup2 (gap, sizeof *gap);

  copy->conversation_id = g_strdup (gap->conversation_id);
  copy->name = g_strdup (gap->name);
  return copy;
}

OpenimHistory *
openim_history_new (void)
{
  OpenimHistory *history = g_new0 (OpenimHistory, 1);

  g_queue_init (&history->gaps);
  return history;
}

void
openim_history_free (OpenimHistory *history)
{
  if (history == NULL)
    return;
  g_queue_clear_full (&history->gaps, gap_free);
  g_free (history);
}

static void start_some (OpenimConnection *self);

static void
on_pause_end (OpenimConnection *self, gpointer data)
{
  g_queue_push_tail (&self->history->gaps, gap_copy (data));
  start_some (self);
}

/* Newer lines wait: once they are shown, the older ones would be taken for shown too. */
static gboolean
try_again (OpenimConnection *self, const Gap *gap)
{
  Gap *again = NULL;

  if (gap->attempts + 1 >= ATTEMPTS)
    return FALSE;
  again = gap_copy (gap);
  again->attempts++;
  openim_connection_later (self, PAUSE_MS, on_pause_end, again, gap_free);
  return TRUE;
}

/* Stands before the messages that are shown, so it may open the window. */
static void
say_that_there_is_more (OpenimConnection *self, const Gap *gap, guint more)
{
  OpenimPeer peer = { gap->session, gap->name };
  PurpleConversation *conversation = openim_peer_find (self, &peer);
  g_autofree char *text =
      g_strdup_printf (ngettext ("%u earlier message came too and is not shown here.",
                                 "%u earlier messages came too and are not shown here.", more),
                       more);
  g_autofree char *html = openim_markup_from_text (text);

  if (gap->session == OPENIM_SESSION_GROUP)
    conversation = openim_chat_open (self, gap->name);
  else if (conversation == NULL)
    conversation = purple_conversation_new (PURPLE_CONV_TYPE_IM, self->account, gap->name);
  if (conversation != NULL && openim_connection_is_open (self))
    openim_line_write (conversation, html, PURPLE_MESSAGE_SYSTEM | PURPLE_MESSAGE_NO_LOG, time (NULL));
}

/* What happened in a group before this device knew it ("created", "joined") is no news. */
static gboolean
is_worth_showing (const Gap *gap, const OpenimMessage *message)
{
  return message->seq > gap->after && (gap->after > 0 || !openim_message_is_notice (message));
}

static void
on_page (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Openim__Sdk__Message__GetAdvancedHistoryMessageListResp *answer = (gconstpointer) response;
  const Openim__Sdk__Message__GetAdvancedHistoryMessageListCallback *page = NULL;
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  const Gap *gap = data;

  self->history->running--;
  if (error == NULL)
    page = answer->getadvancedhistorymessagelistcallback;
  if (page == NULL || page->errcode != 0) {
    openim_log (OPENIM_LOG, OPENIM_LOG_WARNING, "missed messages could not be fetched: %s",
                error != NULL  ? error->message
                : page != NULL ? page->errmsg
                               : "empty answer");
    if (try_again (self, gap)) {
      start_some (self);
      return;
    }
  }
  for (gsize i = 0; page != NULL && i < page->n_messagelist; i++)
    if (is_worth_showing (gap, page->messagelist[i]))
      g_ptr_array_add (messages, page->messagelist[i]);
  if (messages->len == 0 && page != NULL && page->n_messagelist > 0)
    openim_shown_set_seq (self->shown, gap->conversation_id, page->messagelist[page->n_messagelist - 1]->seq);
  if (messages->len > 0 && gap->missed > (gint64) gap->count)
    say_that_there_is_more (self, gap, (guint) MIN (gap->missed - gap->count, G_MAXUINT));
  if (openim_connection_is_open (self))
    openim_display_release (self, gap->conversation_id, messages);
  if (openim_connection_is_open (self))
    start_some (self);
}

static void
start_some (OpenimConnection *self)
{
  while (self->history->running < AT_ONCE && self->history->gaps.length > 0) {
    Openim__Sdk__Message__GetAdvancedHistoryMessageListReq request =
        OPENIM__SDK__MESSAGE__GET_ADVANCED_HISTORY_MESSAGE_LIST_REQ__INIT;
    Openim__Sdk__Message__GetAdvancedHistoryMessageListParams params =
        OPENIM__SDK__MESSAGE__GET_ADVANCED_HISTORY_MESSAGE_LIST_PARAMS__INIT;
    Gap *gap = g_queue_pop_head (&self->history->gaps);

    params.conversationid = gap->conversation_id;
    params.count = (gint32) gap->count;
    request.getadvancedhistorymessagelistparams = &params;
    self->history->running++;
    openim_connection_call (self, OPENIM_NUMBER (GetAdvancedHistoryMessageList), &request, on_page, gap,
                            gap_free);
  }
}

/* Whether the conversation has something to be shown; what need not be shown counts as shown. */
static Gap *
find_gap (OpenimConnection *self, const OpenimConversation *conversation)
{
  const char *id = conversation->conversationid;
  gint64 newest = conversation->latestmsg != NULL ? conversation->latestmsg->seq : 0;
  gint64 shown = openim_shown_get_seq (self->shown, id);
  OpenimPeer peer = { 0 };
  gboolean open = FALSE;
  Gap *gap = NULL;

  peer.session = *conversation->groupid != '\0' ? OPENIM_SESSION_GROUP : (int) conversation->conversationtype;
  peer.name = peer.session == OPENIM_SESSION_GROUP ? conversation->groupid : conversation->userid;
  if (*peer.name == '\0')
    return NULL;
  if (newest > 0 && newest < shown) {
    shown = MAX (newest - MAX (conversation->unreadcount, 0), 0);
    openim_shown_rewind (self->shown, id, shown);
  }
  if (newest > 0 && newest <= shown)
    return NULL;
  open = openim_peer_find (self, &peer) != NULL;
  if (conversation->unreadcount <= 0 && !(open && shown > 0)) {
    /* Read somewhere else, or from before this device was used. */
    openim_shown_set_seq (self->shown, id, newest);
    return NULL;
  }
  gap = g_new0 (Gap, 1);
  gap->conversation_id = g_strdup (id);
  gap->session = peer.session;
  gap->name = g_strdup (peer.name);
  gap->after = shown;
  if (shown == 0)
    gap->missed = conversation->unreadcount;
  else
    gap->missed = newest > 0 ? newest - shown : 0;
  gap->count = gap->missed > 0 ? (guint) MIN (gap->missed, OPENIM_HISTORY_LIMIT) : OPENIM_HISTORY_LIMIT;
  return gap;
}

static void
on_conversations (OpenimConnection *self,
                  const GError *error,
                  const ProtobufCMessage *response,
                  gpointer data)
{
  const Openim__Sdk__Conversation__GetAllConversationListResp *answer = (gconstpointer) response;

  if (error != NULL)
    openim_log (OPENIM_LOG, OPENIM_LOG_WARNING, "no conversations: %s", error->message);
  for (gsize i = 0; error == NULL && i < answer->n_conversationlist; i++) {
    Gap *gap = find_gap (self, answer->conversationlist[i]);

    if (gap == NULL)
      continue;
    openim_display_hold (self, gap->conversation_id, DEADLINE_MS);
    g_queue_push_tail (&self->history->gaps, gap);
  }
  openim_display_resume (self);
  if (openim_connection_is_open (self))
    start_some (self);
}

void
openim_history_catch_up (OpenimConnection *self)
{
  openim_connection_call (self, OPENIM_NUMBER (GetAllConversationList), NULL, on_conversations, NULL, NULL);
}
