/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Functions that mark conversations as read. */

#include "sdk/handlers.h"

#include "conversation.pb-c.h"

#include "sdk/lookup.h"

typedef struct {
  GPtrArray *ids; /* conversations to be marked, one after the other */
  guint next;
  GError *error; /* (nullable) the first refusal */

  /* The present one. */
  gboolean needed;
  gboolean is_single;
  gint64 has_read_seq;
  GArray *seqs; /* (nullable) of a single chat */
} Marks;

static void
marks_free (gpointer data)
{
  Marks *marks = data;

  g_clear_pointer (&marks->ids, g_ptr_array_unref);
  g_clear_pointer (&marks->seqs, g_array_unref);
  g_clear_error (&marks->error);
  g_free (marks);
}

static const char *
present_id (const Marks *marks)
{
  return g_ptr_array_index (marks->ids, marks->next);
}

/* Own messages raise the own mark at the server, so what the peer has written can be unread for the peer
 * although nothing counts as unread here: in a single chat the rows decide, not the count. */
static gboolean
look (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  Marks *marks = openim_call_get_state (call);
  const char *id = present_id (marks);
  g_autoptr (OpenimConversationRow) row = openim_lookup_conversation (db, id, error);
  gint64 max_stored;

  if (row == NULL)
    return FALSE;
  max_stored = openim_messages_max_seq (db, id, error);
  if (max_stored < 0)
    return FALSE;

  marks->is_single = row->info->conversationtype == OPENIM__SDK__COMMON__SESSION_TYPE__Single;
  marks->has_read_seq = MAX (MAX (row->max_seq, max_stored), row->has_read_seq);
  g_clear_pointer (&marks->seqs, g_array_unref);
  if (marks->is_single) {
    marks->seqs =
        openim_messages_unread_seqs (db, id, openim_call_get_user_id (call), marks->has_read_seq, error);
    if (marks->seqs == NULL)
      return FALSE;
  }
  marks->needed = marks->has_read_seq > 0 &&
                  (row->info->unreadcount > 0 || (marks->seqs != NULL && marks->seqs->len > 0));

  return TRUE;
}

static gboolean
set_marks (OpenimDb *db, OpenimCall *call, OpenimEffects *effects, gpointer response, GError **error)
{
  const Marks *marks = openim_call_get_state (call);
  const char *id = present_id (marks);

  openim_effects_touch (effects, id, OPENIM_TOUCH_CHANGED);
  return openim_conversations_set_seqs (db, id, -1, marks->has_read_seq, NULL, error) &&
         openim_messages_mark_read_up_to (db, id, openim_call_get_user_id (call), marks->has_read_seq, error);
}

static void mark_present (OpenimCall *call);

static void
go_on (OpenimCall *call, gpointer response)
{
  Marks *marks = openim_call_get_state (call);

  openim_pb_free (response);
  marks->next++;
  if (marks->next < marks->ids->len && !openim_call_is_over (call))
    mark_present (call);
  else if (marks->error != NULL)
    openim_call_take_error (call, g_steal_pointer (&marks->error));
  else
    openim_call_answer (call, NULL);
}

static void
on_server_marked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimCall *call = user_data;
  Marks *marks = openim_call_get_state (call);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) data = openim_api_call_finish (OPENIM_API (source), result, &error);

  if (data != NULL) {
    openim_call_change (call, set_marks, go_on);
    return;
  }
  if (marks->error == NULL)
    marks->error = g_steal_pointer (&error);
  go_on (call, NULL);
}

static void
on_looked (OpenimCall *call, gpointer response)
{
  OpenimResources *resources = openim_call_get_resources (call);
  const Marks *marks = openim_call_get_state (call);
  JsonArray *seqs = NULL;

  if (!marks->needed) {
    go_on (call, response);
    return;
  }
  openim_pb_free (response);

  if (marks->is_single && marks->seqs->len > 0) {
    seqs = json_array_new ();
    for (guint i = 0; i < marks->seqs->len; i++)
      json_array_add_int_element (seqs, g_array_index (marks->seqs, gint64, i));
  }
  openim_api_call_async (resources->api, "/msg/mark_conversation_as_read",
                         openim_json_build ("conversationID", 's', present_id (marks), "userID", 's',
                                            resources->user_id, "hasReadSeq", 'i', marks->has_read_seq,
                                            "seqs", 'a', seqs, NULL),
                         openim_call_get_cancellable (call), on_server_marked, call);
}

static void
mark_present (OpenimCall *call)
{
  openim_call_run (call, OPENIM_STORE_READ, look, on_looked);
}

void
openim_conversation_mark_read (OpenimCall *call)
{
  const Openim__Sdk__Conversation__MarkConversationMessageAsReadReq *request = openim_call_get_request (call);
  Marks *marks;

  if (*request->conversationid == '\0') {
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "There is no conversation without an ID.");
    return;
  }

  marks = g_new0 (Marks, 1);
  marks->ids = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (marks->ids, g_strdup (request->conversationid));
  openim_call_set_state (call, marks, marks_free);
  mark_present (call);
}

static gboolean
find_unread (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  Marks *marks = openim_call_get_state (call);
  g_autoptr (GPtrArray) rows = openim_conversations_list (db, 0, 0, error);

  if (rows == NULL)
    return FALSE;

  marks->ids = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < rows->len; i++) {
    const OpenimConversationRow *row = g_ptr_array_index (rows, i);

    if (row->info->unreadcount > 0)
      g_ptr_array_add (marks->ids, g_strdup (row->info->conversationid));
  }
  return TRUE;
}

static void
on_found_unread (OpenimCall *call, gpointer response)
{
  const Marks *marks = openim_call_get_state (call);

  if (marks->ids->len == 0) {
    openim_call_answer (call, response);
    return;
  }
  openim_pb_free (response);
  mark_present (call);
}

void
openim_conversation_mark_all_read (OpenimCall *call)
{
  openim_call_set_state (call, g_new0 (Marks, 1), marks_free);
  openim_call_run (call, OPENIM_STORE_READ, find_unread, on_found_unread);
}
