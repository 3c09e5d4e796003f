/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Functions that delete messages and empty conversations. */

#include "sdk/handlers.h"

#include "conversation.pb-c.h"
#include "message.pb-c.h"

#include "base/log.h"
#include "sdk/change.h"
#include "sdk/lookup.h"
#include "store/deletions.h"

/* ---- one message */

typedef struct {
  const char *conversation_id; /* of the request */
  const char *client_msg_id;
  gint64 seq; /* 0: the server does not have it */
} Deletion;

static gboolean
delete_here (OpenimDb *db, OpenimCall *call, OpenimEffects *effects, gpointer response, GError **error)
{
  const Deletion *deletion = openim_call_get_state (call);
  OpenimStoredMessage *message =
      openim_lookup_message (db, deletion->conversation_id, deletion->client_msg_id, error);

  return message != NULL && openim_effects_delete (effects, db, message, error);
}

static void
set_deletion (OpenimCall *call, const char *conversation_id, const char *client_msg_id)
{
  Deletion *deletion = g_new0 (Deletion, 1);

  deletion->conversation_id = conversation_id;
  deletion->client_msg_id = client_msg_id;
  openim_call_set_state (call, deletion, g_free);
}

void
openim_message_delete_local (OpenimCall *call)
{
  const Openim__Sdk__Conversation__DeleteMessageFromLocalStorageReq *request = openim_call_get_request (call);

  set_deletion (call, request->conversationid, request->clientmsgid);
  openim_call_change (call, delete_here, NULL);
}

static gboolean
find_seq (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  Deletion *deletion = openim_call_get_state (call);
  g_autoptr (OpenimStoredMessage) message =
      openim_lookup_message (db, deletion->conversation_id, deletion->client_msg_id, error);

  if (message == NULL)
    return FALSE;
  deletion->seq = message->data->seq;
  return TRUE;
}

static void
on_found_seq (OpenimCall *call, gpointer response)
{
  const Deletion *deletion = openim_call_get_state (call);
  JsonArray *seqs;

  openim_pb_free (response);
  if (deletion->seq == 0) {
    openim_call_change (call, delete_here, NULL);
    return;
  }

  seqs = json_array_new ();
  json_array_add_int_element (seqs, deletion->seq);
  openim_change_here (call, "/msg/delete_msgs",
                      openim_json_build ("conversationID", 's', deletion->conversation_id, "userID", 's',
                                         openim_call_get_user_id (call), "seqs", 'a', seqs, NULL),
                      delete_here);
}

void
openim_message_delete (OpenimCall *call)
{
  const Openim__Sdk__Message__DeleteMessageReq *request = openim_call_get_request (call);

  set_deletion (call, request->conversationid, request->clientmsgid);
  openim_call_run (call, OPENIM_STORE_READ, find_seq, on_found_seq);
}

/* ---- whole conversations */

typedef struct {
  char *conversation_id;
  gint64 seq;
} Mark;

typedef struct {
  const char *conversation_id; /* (nullable) of the request; NULL: all */
  gboolean hide;
  GArray *marks; /* Mark: what other devices are to hear of as read */
  guint next;
} Clearing;

static void
mark_clear (gpointer data)
{
  g_free (((Mark *) data)->conversation_id);
}

static void
clearing_free (gpointer data)
{
  Clearing *clearing = data;

  g_array_unref (clearing->marks);
  g_free (clearing);
}

static void
set_clearing (OpenimCall *call, const char *conversation_id, gboolean hide)
{
  Clearing *clearing = g_new0 (Clearing, 1);

  clearing->conversation_id = conversation_id;
  clearing->hide = hide;
  clearing->marks = g_array_new (FALSE, FALSE, sizeof (Mark));
  g_array_set_clear_func (clearing->marks, mark_clear);
  openim_call_set_state (call, clearing, clearing_free);
}

/* The server knows no read mark of a conversation in which it has no message. */
static void
add_mark (Clearing *clearing, const OpenimConversationRow *row)
{
  Mark mark = { g_strdup (row->info->conversationid), row->max_seq };

  if (mark.seq > 0)
    g_array_append_val (clearing->marks, mark);
  else
    g_free (mark.conversation_id);
}

static void mark_next (OpenimCall *call);

/* Everything is done; other devices only hear later of what has been read. */
static void
on_marked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimCall *call = user_data;
  Clearing *clearing = openim_call_get_state (call);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) data = openim_api_call_finish (OPENIM_API (source), result, &error);

  if (data == NULL)
    openim_log ("openim-sdk", OPENIM_LOG_INFO, "a read mark was not told: %s", error->message);
  /* Without a connection the others would only wait. */
  if (g_error_matches (error, OPENIM_ERROR, OPENIM_ERROR_NETWORK) ||
      g_error_matches (error, OPENIM_ERROR, OPENIM_ERROR_TIMEOUT))
    clearing->next = clearing->marks->len;
  mark_next (call);
}

static void
mark_next (OpenimCall *call)
{
  OpenimResources *resources = openim_call_get_resources (call);
  Clearing *clearing = openim_call_get_state (call);
  const Mark *mark;

  if (clearing->next >= clearing->marks->len || openim_call_is_over (call)) {
    openim_call_answer (call, NULL);
    return;
  }

  mark = &g_array_index (clearing->marks, Mark, clearing->next++);
  openim_api_call_async (resources->api, "/msg/set_conversation_has_read_seq",
                         openim_json_build ("conversationID", 's', mark->conversation_id, "userID", 's',
                                            resources->user_id, "hasReadSeq", 'i', mark->seq, NULL),
                         openim_call_get_cancellable (call), on_marked, call);
}

static void
on_cleared (OpenimCall *call, gpointer response)
{
  openim_pb_free (response);
  mark_next (call);
}

static gboolean
clear_one (OpenimDb *db, OpenimCall *call, OpenimEffects *effects, gpointer response, GError **error)
{
  const Clearing *clearing = openim_call_get_state (call);

  return openim_effects_clear (effects, db, clearing->conversation_id, G_MAXINT64, clearing->hide, error);
}

/* All stay in the list. */
static gboolean
clear_all (OpenimDb *db, OpenimCall *call, OpenimEffects *effects, gpointer response, GError **error)
{
  Clearing *clearing = openim_call_get_state (call);
  g_autoptr (GPtrArray) rows = openim_conversations_list (db, 0, 0, error);

  if (rows == NULL)
    return FALSE;

  for (guint i = 0; i < rows->len; i++) {
    const OpenimConversationRow *row = g_ptr_array_index (rows, i);

    openim_effects_touch (effects, row->info->conversationid, OPENIM_TOUCH_CHANGED);
    if (row->max_seq > row->has_read_seq)
      add_mark (clearing, row);
  }
  return openim_conversations_clear_all (db, error);
}

static void
on_cleared_there (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimCall *call = user_data;
  const Clearing *clearing = openim_call_get_state (call);
  GError *error = NULL;
  g_autoptr (JsonObject) data = openim_api_call_finish (OPENIM_API (source), result, &error);

  if (data == NULL)
    openim_call_take_error (call, error);
  else
    openim_call_change (call, clearing->conversation_id != NULL ? clear_one : clear_all, on_cleared);
}

static gboolean
find_max (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  Clearing *clearing = openim_call_get_state (call);
  g_autoptr (OpenimConversationRow) row = openim_lookup_conversation (db, clearing->conversation_id, error);

  if (row == NULL)
    return FALSE;
  add_mark (clearing, row);
  return TRUE;
}

static void
on_found_max (OpenimCall *call, gpointer response)
{
  OpenimResources *resources = openim_call_get_resources (call);
  const Clearing *clearing = openim_call_get_state (call);
  const char *ids[] = { clearing->conversation_id, NULL };

  openim_pb_free (response);
  openim_api_call_async (
      resources->api, "/msg/clear_conversation_msg",
      openim_json_build ("conversationIDs", 'S', ids, "userID", 's', resources->user_id, NULL),
      openim_call_get_cancellable (call), on_cleared_there, call);
}

void
openim_conversation_clear (OpenimCall *call)
{
  const Openim__Sdk__Conversation__ClearConversationAndDeleteAllMsgReq *request =
      openim_call_get_request (call);

  set_clearing (call, request->conversationid, FALSE);
  openim_call_run (call, OPENIM_STORE_READ, find_max, on_found_max);
}

void
openim_conversation_delete (OpenimCall *call)
{
  const Openim__Sdk__Conversation__DeleteConversationAndDeleteAllMsgReq *request =
      openim_call_get_request (call);

  set_clearing (call, request->conversationid, TRUE);
  openim_call_run (call, OPENIM_STORE_READ, find_max, on_found_max);
}

void
openim_message_delete_all (OpenimCall *call)
{
  OpenimResources *resources = openim_call_get_resources (call);

  set_clearing (call, NULL, FALSE);
  openim_api_call_async (resources->api, "/msg/user_clear_all_msg",
                         openim_json_build ("userID", 's', resources->user_id, NULL),
                         openim_call_get_cancellable (call), on_cleared_there, call);
}

void
openim_message_delete_all_local (OpenimCall *call)
{
  set_clearing (call, NULL, FALSE);
  openim_call_change (call, clear_all, on_cleared);
}
