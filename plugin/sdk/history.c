/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Functions that read stored messages, and fetch what is missing between them. */

#include "sdk/handlers.h"

#include "conversation.pb-c.h"
#include "message.pb-c.h"

#include "base/clock.h"
#include "sdk/convert.h"

/* Seqs in one request to the server, and how many requests a page may cost. */
#define FILL_MAX 50
#define ROUNDS_MAX 40

/* Inner code of an answer that has only what is stored here. */
#define CODE_INCOMPLETE 100

typedef struct {
  const char *conversation_id; /* of the request */
  const char *start_id;
  guint count;
  gboolean reverse;

  GPtrArray *page;  /* OpenimStoredMessage, ascending */
  OpenimRange hole; /* to be fetched next; begin 0: none */
  gint64 bound;     /* what the server told to be the first (last) seq there is, 0 unknown */
  guint rounds;
  gboolean is_end;
  char *trouble; /* (nullable) why the page has holes */
} History;

static void
history_free (gpointer data)
{
  History *history = data;

  g_clear_pointer (&history->page, g_ptr_array_unref);
  g_free (history->trouble);
  g_free (history);
}

/* Lowest (highest) seq of the page; 0 when no message of it has one. */
static gint64
edge_seq (const History *history)
{
  gint64 edge = 0;

  for (guint i = 0; i < history->page->len; i++) {
    gint64 seq = ((OpenimStoredMessage *) history->page->pdata[i])->data->seq;

    if (seq > 0 && (edge == 0 || (history->reverse ? seq > edge : seq < edge)))
      edge = seq;
  }
  return edge;
}

/* What the page has to know of: from its far edge, or from the end of the conversation when it is not full,
 * to where it starts. */
static gboolean
get_span (
    OpenimDb *db, const History *history, const OpenimStoredMessage *start, OpenimRange *span, GError **error)
{
  g_autoptr (GError) trouble = NULL;
  g_autoptr (OpenimConversationRow) row = openim_conversations_get (db, history->conversation_id, &trouble);
  gint64 max_stored = trouble != NULL ? -1 : openim_messages_max_seq (db, history->conversation_id, &trouble);
  gint64 first = MAX (row == NULL ? 1 : row->min_seq, 1);
  gint64 last = MAX (row == NULL ? 0 : row->max_seq, max_stored);
  gint64 start_seq = start == NULL ? 0 : start->data->seq;
  gboolean full = history->page->len >= history->count;
  gint64 edge = full ? edge_seq (history) : 0;

  if (trouble != NULL) {
    g_propagate_error (error, g_steal_pointer (&trouble));
    return FALSE;
  }

  if (history->reverse) {
    if (history->bound > 0)
      last = MIN (last, history->bound);
    span->begin = start_seq > 0 ? start_seq + 1 : first;
    span->end = edge > 0 ? edge : last;
  } else {
    first = MAX (first, history->bound);
    span->begin = edge > 0 ? edge : first;
    span->end = start_seq > 0 ? start_seq - 1 : last;
  }
  /* A full page of messages without seqs (never sent) has nothing to do with the server. */
  if (full && edge == 0)
    span->end = span->begin - 1;

  return TRUE;
}

static gboolean
find_hole (OpenimDb *db, History *history, const OpenimStoredMessage *start, GError **error)
{
  g_autoptr (GArray) missing = NULL;
  OpenimRange span, before = history->hole;
  const OpenimRange *range;

  history->hole.begin = history->hole.end = 0;
  if (!get_span (db, history, start, &span, error))
    return FALSE;
  if (span.begin <= span.end) {
    missing = openim_ranges_missing (db, history->conversation_id, span.begin, span.end, error);
    if (missing == NULL)
      return FALSE;
  }

  if (missing == NULL || missing->len == 0) {
    history->is_end = history->page->len < history->count;
    return TRUE;
  }

  if (history->reverse) {
    range = &g_array_index (missing, OpenimRange, 0);
    history->hole.begin = range->begin;
    history->hole.end = MIN (range->end, range->begin + FILL_MAX - 1);
  } else {
    range = &g_array_index (missing, OpenimRange, missing->len - 1);
    history->hole.begin = MAX (range->begin, range->end - FILL_MAX + 1);
    history->hole.end = range->end;
  }

  /* The server has nothing there. */
  if (history->hole.begin == before.begin && history->hole.end == before.end) {
    history->hole.begin = history->hole.end = 0;
    history->is_end = history->page->len < history->count;
  }
  return TRUE;
}

static gboolean
read_page (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  History *history = openim_call_get_state (call);
  g_autoptr (OpenimStoredMessage) start = NULL;

  if (*history->start_id != '\0') {
    g_autoptr (GError) trouble = NULL;

    start = openim_messages_get (db, history->conversation_id, history->start_id, &trouble);
    if (start == NULL) {
      if (trouble == NULL)
        g_set_error_literal (&trouble, OPENIM_ERROR, OPENIM_ERROR_NOT_FOUND,
                             "There is no such message to start from.");
      g_propagate_error (error, g_steal_pointer (&trouble));
      return FALSE;
    }
  }

  g_clear_pointer (&history->page, g_ptr_array_unref);
  history->page =
      openim_messages_page (db, history->conversation_id, start, history->count, history->reverse, error);
  return history->page != NULL && find_hole (db, history, start, error);
}

static gboolean
is_expired (const OpenimMessage *message, gint64 now)
{
  const Openim__Sdk__Shared__AttachedInfoElem *info = message->attachedinfoelem;

  return info != NULL && info->isprivatechat && info->hasreadtime > 0 && info->burnduration > 0 &&
         info->hasreadtime + (gint64) info->burnduration * 1000 <= now;
}

/* The two functions have responses of the same shape. */
static void
answer_page (OpenimCall *call)
{
  History *history = openim_call_get_state (call);
  Openim__Sdk__Message__GetAdvancedHistoryMessageListCallback *result =
      openim_pb_new (&openim__sdk__message__get_advanced_history_message_list_callback__descriptor);
  gint64 now = openim_clock_now ();

  for (guint i = 0; i < history->page->len; i++) {
    OpenimMessage *message = openim_convert_message (history->page->pdata[i], openim_call_get_user_id (call));

    if (is_expired (message, now))
      openim_pb_free (message);
    else
      openim_pb_append (&result->n_messagelist, &result->messagelist, message);
  }
  result->isend = history->is_end;
  if (history->trouble != NULL) {
    result->isend = FALSE;
    result->errcode = CODE_INCOMPLETE;
    openim_pb_set (&result->errmsg, history->trouble);
  }

  if (history->reverse) {
    Openim__Sdk__Message__GetAdvancedHistoryMessageListReverseResp *response =
        openim_pb_new (&openim__sdk__message__get_advanced_history_message_list_reverse_resp__descriptor);

    response->getadvancedhistorymessagelistcallback = result;
    openim_call_answer (call, response);
  } else {
    Openim__Sdk__Message__GetAdvancedHistoryMessageListResp *response =
        openim_pb_new (&openim__sdk__message__get_advanced_history_message_list_resp__descriptor);

    response->getadvancedhistorymessagelistcallback = result;
    openim_call_answer (call, response);
  }
}

static void on_page (OpenimCall *call, gpointer response);

static void
on_filled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimCall *call = user_data;
  History *history = openim_call_get_state (call);
  g_autoptr (GError) error = NULL;
  gint64 bound = 0;

  if (!openim_sync_fill_finish (OPENIM_SYNC (source), result, &bound, &error) && history->trouble == NULL)
    history->trouble = g_strdup (error->message);
  if (bound > 0)
    history->bound = bound;

  openim_call_run (call, OPENIM_STORE_READ, read_page, on_page);
}

static void
on_page (OpenimCall *call, gpointer response)
{
  OpenimResources *resources = openim_call_get_resources (call);
  History *history = openim_call_get_state (call);

  openim_pb_free (response);
  if (history->hole.begin == 0 || history->trouble != NULL || history->rounds >= ROUNDS_MAX) {
    answer_page (call);
    return;
  }
  if (!openim_gateway_is_connected (resources->gateway)) {
    history->trouble = g_strdup ("There is no connection to the server.");
    answer_page (call);
    return;
  }

  history->rounds++;
  openim_sync_fill_async (resources->sync, history->conversation_id, history->hole.begin, history->hole.end,
                          !history->reverse, openim_call_get_cancellable (call), on_filled, call);
}

static void
get_page (OpenimCall *call,
          const char *conversation_id,
          const Openim__Sdk__Message__GetAdvancedHistoryMessageListParams *params,
          gboolean reverse)
{
  History *history;

  if (params == NULL || *params->conversationid == '\0' || params->count <= 0 ||
      (*conversation_id != '\0' && !g_str_equal (conversation_id, params->conversationid))) {
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "History needs one conversation and a positive count.");
    return;
  }

  history = g_new0 (History, 1);
  history->conversation_id = params->conversationid;
  history->start_id = params->startclientmsgid;
  history->count = params->count;
  history->reverse = reverse;
  openim_call_set_state (call, history, history_free);
  openim_call_run (call, OPENIM_STORE_READ, read_page, on_page);
}

void
openim_history_get (OpenimCall *call)
{
  const Openim__Sdk__Message__GetAdvancedHistoryMessageListReq *request = openim_call_get_request (call);

  get_page (call, request->conversationid, request->getadvancedhistorymessagelistparams, FALSE);
}

void
openim_history_get_reverse (OpenimCall *call)
{
  const Openim__Sdk__Message__GetAdvancedHistoryMessageListReverseReq *request =
      openim_call_get_request (call);

  get_page (call, request->conversationid, request->getadvancedhistorymessagelistparams, TRUE);
}

/* ---- FindMessageList */

/* (transfer full) NULL without an error when the conversation is not there or has none of the messages. */
static Openim__Sdk__Conversation__SearchByConversationResult *
find_in (OpenimDb *db,
         const Openim__Sdk__Conversation__ConversationArgs *wanted,
         const char *self_id,
         GError **error)
{
  g_autoptr (GError) trouble = NULL;
  g_autoptr (OpenimConversationRow) row = openim_conversations_get (db, wanted->conversationid, &trouble);
  Openim__Sdk__Conversation__SearchByConversationResult *found;

  if (row == NULL) {
    if (trouble != NULL)
      g_propagate_error (error, g_steal_pointer (&trouble));
    return NULL;
  }

  found = openim_convert_result (row);
  for (size_t i = 0; trouble == NULL && i < wanted->n_clientmsgidlist; i++) {
    g_autoptr (OpenimStoredMessage) stored =
        openim_messages_get (db, wanted->conversationid, wanted->clientmsgidlist[i], &trouble);

    if (stored != NULL && stored->data->status < OPENIM_STATUS_DELETED)
      openim_pb_append (&found->n_messagelist, &found->messagelist, openim_convert_message (stored, self_id));
  }

  found->messagecount = found->n_messagelist;
  if (trouble != NULL || found->n_messagelist == 0) {
    if (trouble != NULL)
      g_propagate_error (error, g_steal_pointer (&trouble));
    g_clear_pointer (&found, openim_pb_free);
  }
  return found;
}

static gboolean
find (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Conversation__FindMessageListReq *request = openim_call_get_request (call);
  Openim__Sdk__Conversation__FindMessageListResp *result = response;

  for (size_t i = 0; i < request->n_conversationsargs; i++) {
    g_autoptr (GError) trouble = NULL;
    Openim__Sdk__Conversation__SearchByConversationResult *found =
        find_in (db, request->conversationsargs[i], openim_call_get_user_id (call), &trouble);

    if (trouble != NULL) {
      g_propagate_error (error, g_steal_pointer (&trouble));
      return FALSE;
    }
    if (found != NULL) {
      result->totalcount += found->messagecount;
      openim_pb_append (&result->n_findresultitems, &result->findresultitems, found);
    }
  }
  return TRUE;
}

void
openim_history_find (OpenimCall *call)
{
  openim_call_run (call, OPENIM_STORE_READ, find, NULL);
}
