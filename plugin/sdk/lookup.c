/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sdk/lookup.h"

#include "store/outbox.h"

/* ---- in the store */

OpenimConversationRow *
openim_lookup_conversation (OpenimDb *db, const char *conversation_id, GError **error)
{
  g_autoptr (GError) trouble = NULL;
  OpenimConversationRow *row = openim_conversations_get (db, conversation_id, &trouble);

  if (trouble != NULL)
    g_propagate_error (error, g_steal_pointer (&trouble));
  else if (row == NULL)
    g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_NOT_FOUND, "There is no such conversation.");

  return row;
}

OpenimStoredMessage *
openim_lookup_message (OpenimDb *db, const char *conversation_id, const char *client_msg_id, GError **error)
{
  g_autoptr (GError) trouble = NULL;
  OpenimStoredMessage *message = openim_messages_get (db, conversation_id, client_msg_id, &trouble);

  if (message != NULL && message->data->status >= OPENIM_STATUS_DELETED)
    g_clear_pointer (&message, openim_stored_message_free);
  if (trouble != NULL)
    g_propagate_error (error, g_steal_pointer (&trouble));
  else if (message == NULL)
    g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_NOT_FOUND, "There is no such message.");

  return message;
}

/* ---- seqs that are still to come */

#define SEQ_PAUSE 250 /* ms */
#define SEQ_TRIES 40

typedef struct {
  OpenimCall *call;
  char *conversation_id;
  char *client_msg_id;
  OpenimLookupSeqFunc func;
  guint tries;
  gint64 seq;
  gboolean over; /* nothing more is to come */
} SeqLookup;

static void look_for_seq (SeqLookup *lookup);

static void
end_seq_lookup (SeqLookup *lookup)
{
  lookup->func (lookup->call, lookup->seq);
  g_free (lookup->conversation_id);
  g_free (lookup->client_msg_id);
  g_free (lookup);
}

/* What the server has acknowledged stays in the outbox until its seq is known. */
static gboolean
is_on_its_way (OpenimDb *db, const SeqLookup *lookup, gboolean *is, GError **error)
{
  g_autoptr (GPtrArray) outbox = openim_outbox_list (db, error);

  *is = FALSE;
  for (guint i = 0; outbox != NULL && i < outbox->len; i++) {
    const OpenimOutboxEntry *entry = g_ptr_array_index (outbox, i);

    *is |= g_str_equal (entry->message->data->clientmsgid, lookup->client_msg_id) &&
           g_str_equal (entry->message->conversation_id, lookup->conversation_id);
  }
  return outbox != NULL;
}

static gboolean
read_seq (OpenimDb *db, gpointer job, GError **error)
{
  SeqLookup *lookup = job;
  g_autoptr (OpenimStoredMessage) message =
      openim_lookup_message (db, lookup->conversation_id, lookup->client_msg_id, error);
  gboolean on_its_way;

  if (message == NULL || !is_on_its_way (db, lookup, &on_its_way, error))
    return FALSE;
  lookup->seq = message->data->seq;
  lookup->over = !on_its_way;
  return TRUE;
}

static gboolean
on_seq_pause (gpointer data)
{
  look_for_seq (data);
  return G_SOURCE_REMOVE;
}

static void
on_seq_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SeqLookup *lookup = user_data;
  g_autoptr (GError) error = NULL;

  if (openim_store_run_finish (OPENIM_STORE (source), result, &error) == NULL || lookup->over ||
      lookup->seq > 0 || ++lookup->tries >= SEQ_TRIES || openim_call_is_over (lookup->call)) {
    end_seq_lookup (lookup);
  } else {
    g_autoptr (GSource) pause = g_timeout_source_new (SEQ_PAUSE);
    g_autoptr (GSource) cancelled = g_cancellable_source_new (openim_call_get_cancellable (lookup->call));

    /* At once when the call is given up. */
    g_source_set_dummy_callback (cancelled);
    g_source_add_child_source (pause, cancelled);
    g_source_set_callback (pause, on_seq_pause, lookup, NULL);
    g_source_attach (pause, g_main_context_get_thread_default ());
  }
}

static void
job_stays (gpointer data)
{
}

static void
look_for_seq (SeqLookup *lookup)
{
  openim_store_run_async (openim_call_get_resources (lookup->call)->store, OPENIM_STORE_READ, read_seq,
                          lookup, job_stays, NULL, on_seq_read, lookup);
}

void
openim_lookup_seq (OpenimCall *call,
                   const char *conversation_id,
                   const char *client_msg_id,
                   OpenimLookupSeqFunc func)
{
  SeqLookup *lookup = g_new0 (SeqLookup, 1);

  lookup->call = call;
  lookup->conversation_id = g_strdup (conversation_id);
  lookup->client_msg_id = g_strdup (client_msg_id);
  lookup->func = func;
  look_for_seq (lookup);
}

/* ---- at the server */

/* Goes beside the call's own state, which belongs to the handler. */
typedef struct {
  OpenimCall *call;
  OpenimLookupFunc func;
  GPtrArray *rows;
  char *self_id;
  char *group_id;     /* (nullable) whose members they are */
  GPtrArray *renamed; /* conversation IDs */
} Lookup;

static void
lookup_free (Lookup *lookup)
{
  g_ptr_array_unref (lookup->rows);
  g_clear_pointer (&lookup->renamed, g_ptr_array_unref);
  g_free (lookup->self_id);
  g_free (lookup->group_id);
  g_free (lookup);
}

static void
finish (Lookup *lookup, GError *error)
{
  lookup->func (lookup->call, error == NULL ? lookup->rows : NULL, error);
  lookup_free (lookup);
}

static void
read_rows (Lookup *lookup, JsonObject *data, const char *key, const ProtobufCMessageDescriptor *descriptor)
{
  JsonArray *array = openim_json_array (data, key);

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++) {
    JsonNode *node = json_array_get_element (array, i);

    if (JSON_NODE_HOLDS_OBJECT (node))
      g_ptr_array_add (lookup->rows, openim_json_read (json_node_get_object (node), NULL, descriptor));
  }
}

static Lookup *
lookup_new (OpenimCall *call, OpenimLookupFunc func)
{
  Lookup *lookup = g_new0 (Lookup, 1);

  lookup->call = call;
  lookup->func = func;
  lookup->rows = g_ptr_array_new_with_free_func (openim_pb_free);
  lookup->self_id = g_strdup (openim_call_get_user_id (call));
  return lookup;
}

static void
ask (Lookup *lookup, const char *path, JsonObject *body, GAsyncReadyCallback callback)
{
  openim_api_call_async (openim_call_get_resources (lookup->call)->api, path, body,
                         openim_call_get_cancellable (lookup->call), callback, lookup);
}

static gboolean
store_users (OpenimDb *db, gpointer job, GError **error)
{
  Lookup *lookup = job;

  for (guint i = 0; i < lookup->rows->len; i++) {
    OpenimUser *user = lookup->rows->pdata[i];

    if (!openim_rows_put (db, &openim_table_users, user, NULL, error) ||
        !openim_conversations_rename (db, user->userid, NULL, lookup->renamed, error))
      return FALSE;
  }
  return TRUE;
}

static void
on_users_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lookup *lookup = user_data;
  GError *error = NULL;

  if (openim_store_run_finish (OPENIM_STORE (source), result, &error) != NULL && lookup->renamed->len > 0)
    openim_sync_conversations_changed (openim_call_get_resources (lookup->call)->sync,
                                       g_steal_pointer (&lookup->renamed));
  finish (lookup, error);
}

static void
on_users (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lookup *lookup = user_data;
  GError *error = NULL;
  g_autoptr (JsonObject) data = openim_api_call_finish (OPENIM_API (source), result, &error);

  if (data == NULL) {
    finish (lookup, error);
    return;
  }

  read_rows (lookup, data, "usersInfo", &openim__sdk__shared__imuser__descriptor);
  for (guint i = 0; i < lookup->rows->len; i++) {
    OpenimUser *user = lookup->rows->pdata[i];

    /* The server tells this of everybody; it is nobody else's business. */
    if (g_strcmp0 (user->userid, lookup->self_id) != 0)
      user->globalrecvmsgopt = OPENIM__SDK__COMMON__GLOBAL_RECV_MSG_OPT__Normal;
  }

  lookup->renamed = g_ptr_array_new_with_free_func (g_free);
  openim_store_run_async (openim_call_get_resources (lookup->call)->store, OPENIM_STORE_WRITE, store_users,
                          lookup, job_stays, NULL, on_users_stored, lookup);
}

void
openim_lookup_users (OpenimCall *call, const char *const *ids, OpenimLookupFunc func)
{
  ask (lookup_new (call, func), "/user/get_users_info", openim_json_build ("userIDs", 'S', ids, NULL),
       on_users);
}

static void
on_groups (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lookup *lookup = user_data;
  GError *error = NULL;
  g_autoptr (JsonObject) data = openim_api_call_finish (OPENIM_API (source), result, &error);

  if (data != NULL)
    read_rows (lookup, data, "groupInfos", &openim__sdk__shared__imgroup__descriptor);
  finish (lookup, error);
}

void
openim_lookup_groups (OpenimCall *call, const char *const *ids, OpenimLookupFunc func)
{
  ask (lookup_new (call, func), "/group/get_groups_info", openim_json_build ("groupIDs", 'S', ids, NULL),
       on_groups);
}

/* ---- members */

static gboolean
store_members (OpenimDb *db, gpointer job, GError **error)
{
  Lookup *lookup = job;
  g_autoptr (GError) trouble = NULL;
  g_autoptr (OpenimGroup) group =
      openim_rows_get (db, &openim_table_groups, NULL, lookup->group_id, &trouble);

  if (trouble != NULL) {
    g_propagate_error (error, g_steal_pointer (&trouble));
    return FALSE;
  }
  for (guint i = 0; group != NULL && i < lookup->rows->len; i++)
    if (!openim_rows_put (db, &openim_table_members, lookup->rows->pdata[i], NULL, error))
      return FALSE;
  return TRUE;
}

static void
on_members_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  openim_store_run_finish (OPENIM_STORE (source), result, &error);
  finish (user_data, error);
}

static void
on_members (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lookup *lookup = user_data;
  GError *error = NULL;
  g_autoptr (JsonObject) data = openim_api_call_finish (OPENIM_API (source), result, &error);

  if (data == NULL) {
    finish (lookup, error);
    return;
  }

  read_rows (lookup, data, "members", &openim__sdk__shared__imgroup_member__descriptor);
  for (guint i = lookup->rows->len; i > 0; i--) {
    const OpenimGroupMember *member = lookup->rows->pdata[i - 1];

    if (!g_str_equal (member->groupid, lookup->group_id) || *member->userid == '\0')
      g_ptr_array_remove_index (lookup->rows, i - 1);
  }
  openim_store_run_async (openim_call_get_resources (lookup->call)->store, OPENIM_STORE_WRITE, store_members,
                          lookup, job_stays, NULL, on_members_stored, lookup);
}

void
openim_lookup_members (OpenimCall *call, const char *group_id, const char *const *ids, OpenimLookupFunc func)
{
  Lookup *lookup = lookup_new (call, func);

  lookup->group_id = g_strdup (group_id);
  ask (lookup, "/group/get_group_members_info",
       openim_json_build ("groupID", 's', group_id, "userIDs", 'S', ids, NULL), on_members);
}

/* ---- the list of members */

typedef struct {
  OpenimCall *call;
  char *group_id;
  OpenimLookupStep step;
  gboolean missing; /* nobody is stored of a group that one is in */
} ListLookup;

static void
list_lookup_free (ListLookup *lookup)
{
  g_free (lookup->group_id);
  g_free (lookup);
}

static void
list_lookup_stays (gpointer data)
{
}

static gboolean
is_list_missing (OpenimDb *db, gpointer job, GError **error)
{
  ListLookup *lookup = job;
  gint64 stored = openim_rows_count (db, &openim_table_members, lookup->group_id, 1, error);
  g_autoptr (GError) trouble = NULL;
  g_autoptr (OpenimGroup) group = NULL;

  if (stored != 0)
    return stored > 0;
  group = openim_rows_get (db, &openim_table_groups, NULL, lookup->group_id, &trouble);
  if (trouble != NULL) {
    g_propagate_error (error, g_steal_pointer (&trouble));
    return FALSE;
  }
  lookup->missing = group != NULL;
  return TRUE;
}

static void
finish_list (ListLookup *lookup, GError *error)
{
  if (error != NULL)
    openim_call_take_error (lookup->call, error);
  else
    lookup->step (lookup->call);
  list_lookup_free (lookup);
}

static void
on_member_list (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  openim_sync_list_finish (OPENIM_SYNC (source), result, &error);
  finish_list (user_data, error);
}

static void
on_list_looked_for (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ListLookup *lookup = user_data;
  GError *error = NULL;

  if (openim_store_run_finish (OPENIM_STORE (source), result, &error) == NULL || !lookup->missing)
    finish_list (lookup, error);
  else
    openim_sync_list_async (openim_call_get_resources (lookup->call)->sync, OPENIM_LIST_MEMBERS,
                            lookup->group_id, openim_call_get_cancellable (lookup->call), on_member_list,
                            lookup);
}

void
openim_lookup_member_list (OpenimCall *call, const char *group_id, OpenimLookupStep step)
{
  ListLookup *lookup = g_new0 (ListLookup, 1);

  lookup->call = call;
  lookup->group_id = g_strdup (group_id);
  lookup->step = step;
  openim_store_run_async (openim_call_get_resources (call)->store, OPENIM_STORE_READ, is_list_missing, lookup,
                          list_lookup_stays, NULL, on_list_looked_for, lookup);
}
