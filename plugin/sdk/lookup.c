/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sdk/lookup.h"

/* Goes beside the call's own state, which belongs to the handler. */
typedef struct {
  OpenimCall *call;
  OpenimLookupFunc func;
  GPtrArray *rows;
  char *self_id;
  GPtrArray *renamed; /* conversation IDs */
} Lookup;

static void
lookup_free (Lookup *lookup)
{
  g_ptr_array_unref (lookup->rows);
  g_clear_pointer (&lookup->renamed, g_ptr_array_unref);
  g_free (lookup->self_id);
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

static void
ask (OpenimCall *call,
     const char *path,
     const char *key,
     const char *const *ids,
     OpenimLookupFunc func,
     GAsyncReadyCallback callback)
{
  Lookup *lookup = g_new0 (Lookup, 1);

  lookup->call = call;
  lookup->func = func;
  lookup->rows = g_ptr_array_new_with_free_func (openim_pb_free);
  lookup->self_id = g_strdup (openim_call_get_user_id (call));
  openim_api_call_async (openim_call_get_resources (call)->api, path, openim_json_build (key, 'S', ids, NULL),
                         openim_call_get_cancellable (call), callback, lookup);
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
lookup_stays (gpointer data)
{
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
                          lookup, lookup_stays, NULL, on_users_stored, lookup);
}

void
openim_lookup_users (OpenimCall *call, const char *const *ids, OpenimLookupFunc func)
{
  ask (call, "/user/get_users_info", "userIDs", ids, func, on_users);
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
  ask (call, "/group/get_groups_info", "groupIDs", ids, func, on_groups);
}
