/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Who is online: request 2005 and its pushes. A subscription dies with its connection, so the set is kept
 * here and asked for again. A server that pushes no changes (standalone mode) is asked once a minute over
 * HTTP until the first push shows that it does. */

#include "base/gate.h"
#include "base/json.h"
#include "sync/internal.h"

#define EVENT(name) OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__##name

/* IDs in one request: with the longest IDs still below the 51200 bytes of a frame. */
#define PACK 100
#define POLL_SECONDS 60

struct _OpenimPresence {
  OpenimSync *sync;  /* (unowned) */
  GHashTable *users; /* user ID → GArray of int: platforms as last told; NULL: not known yet */
  gboolean pushed;   /* this server pushes changes */
  guint poll;
};

static void
platforms_free (gpointer platforms)
{
  if (platforms != NULL)
    g_array_unref (platforms);
}

OpenimPresence *
openim_presence_new (OpenimSync *sync)
{
  OpenimPresence *self = g_new0 (OpenimPresence, 1);

  self->sync = sync;
  self->users = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, platforms_free);
  return self;
}

void
openim_presence_stop (OpenimPresence *self)
{
  g_clear_handle_id (&self->poll, g_source_remove);
}

void
openim_presence_free (OpenimPresence *self)
{
  openim_presence_stop (self);
  g_hash_table_unref (self->users);
  g_free (self);
}

/* Each platform once, in ascending order. */
static GArray *
read_platforms (const int32_t *platforms, size_t n)
{
  GArray *array = g_array_new (FALSE, FALSE, sizeof (int));

  for (size_t i = 0; i < n; i++) {
    int platform = platforms[i];
    guint place = 0;

    while (place < array->len && g_array_index (array, int, place) < platform)
      place++;
    if (place == array->len || g_array_index (array, int, place) != platform)
      g_array_insert_val (array, place, platform);
  }
  return array;
}

static gboolean
is_same (GArray *a, GArray *b)
{
  return a != NULL && b != NULL && a->len == b->len &&
         (a->len == 0 || memcmp (a->data, b->data, a->len * sizeof (int)) == 0);
}

/* Tells changes of those who are subscribed. @platforms: (transfer full). */
static void
set_platforms (OpenimPresence *self, const char *user_id, GArray *platforms)
{
  gpointer known;

  if (!g_hash_table_lookup_extended (self->users, user_id, NULL, &known) || is_same (known, platforms)) {
    g_array_unref (platforms);
    return;
  }
  g_hash_table_insert (self->users, g_strdup (user_id), g_array_ref (platforms));
  if (!self->sync->stopped)
    self->sync->sink->event (self->sync->owner, EVENT (EventOnUserStatusChanged),
                             openim_event_status (user_id, platforms));
  g_array_unref (platforms);
}

static void
take_tips (OpenimPresence *self, const Openim__Sdkws__SubUserOnlineStatusTips *tips)
{
  for (size_t i = 0; i < tips->n_subscribers; i++) {
    const Openim__Sdkws__SubUserOnlineStatusElem *elem = tips->subscribers[i];

    set_platforms (self, elem->userid, read_platforms (elem->onlineplatformids, elem->n_onlineplatformids));
  }
}

void
openim_presence_push (OpenimPresence *self, GBytes *body)
{
  g_autoptr (GError) error = NULL;
  gpointer tips = openim_pb_unpack (&openim__sdkws__sub_user_online_status_tips__descriptor,
                                    g_bytes_get_data (body, NULL), g_bytes_get_size (body), &error);

  if (tips == NULL) {
    openim_log (OPENIM_SYNC_LOG, OPENIM_LOG_WARNING, "an online status was refused: %s", error->message);
    return;
  }
  self->pushed = TRUE;
  openim_presence_stop (self);
  take_tips (self, tips);
  openim_pb_free (tips);
}

/* ---- polling */

static void
on_polled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (OpenimSync) sync = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) data = openim_api_call_finish (OPENIM_API (source), result, &error);
  JsonArray *list = data != NULL ? openim_json_array (data, "statusList") : NULL;

  if (error != NULL && !sync->stopped)
    openim_log (OPENIM_SYNC_LOG, OPENIM_LOG_INFO, "online status: %s", error->message);
  for (guint i = 0; list != NULL && !sync->stopped && i < json_array_get_length (list); i++) {
    JsonNode *node = json_array_get_element (list, i);
    JsonObject *one = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    JsonArray *platforms = one != NULL ? openim_json_array (one, "platformIDs") : NULL;
    guint n = platforms != NULL ? json_array_get_length (platforms) : 0;
    g_autofree int32_t *numbers = g_new0 (int32_t, n + 1);

    for (guint k = 0; k < n; k++) {
      JsonNode *number = json_array_get_element (platforms, k);

      numbers[k] = JSON_NODE_HOLDS_VALUE (number) ? (int32_t) json_node_get_int (number) : 0;
    }
    if (one != NULL)
      set_platforms (sync->presence, openim_json_string (one, "userID"), read_platforms (numbers, n));
  }
}

static gboolean
on_poll (gpointer user_data)
{
  OpenimPresence *self = user_data;
  g_autofree gpointer *ids = g_hash_table_get_keys_as_array (self->users, NULL);

  if (ids[0] == NULL) {
    self->poll = 0;
    return G_SOURCE_REMOVE;
  }
  if (self->sync->connected)
    openim_api_call_async (
        self->sync->api, "/user/get_users_status",
        openim_json_build ("userID", 's', self->sync->user_id, "userIDs", 'S', (char **) ids, NULL),
        self->sync->cancellable, on_polled, g_object_ref (self->sync));
  return G_SOURCE_CONTINUE;
}

static void
start_polling (OpenimPresence *self)
{
  if (self->poll == 0 && !self->pushed && g_hash_table_size (self->users) > 0)
    self->poll = g_timeout_add_seconds (POLL_SECONDS, on_poll, self);
}

/* ---- subscribing */

/* One call of subscribe or unsubscribe, or a renewal (no task), in requests of PACK IDs. */
typedef struct {
  OpenimSync *sync;
  GTask *task; /* (nullable) */
  GStrv ids;
  gboolean off;
  guint under_way;
  GPtrArray *tips; /* of all answers */
  GError *error;   /* (nullable) the first */
} Subscribing;

static void
subscribing_end (Subscribing *subscribing)
{
  OpenimSync *sync = subscribing->sync;

  if (subscribing->task != NULL) {
    GHashTable *status =
        g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);

    for (guint i = 0; i < subscribing->tips->len; i++) {
      const Openim__Sdkws__SubUserOnlineStatusTips *tips = g_ptr_array_index (subscribing->tips, i);

      for (size_t k = 0; k < tips->n_subscribers; k++)
        g_hash_table_insert (status, g_strdup (tips->subscribers[k]->userid),
                             read_platforms (tips->subscribers[k]->onlineplatformids,
                                             tips->subscribers[k]->n_onlineplatformids));
    }
    if (subscribing->error != NULL || sync->stopped) {
      g_hash_table_unref (status);
      g_task_return_error (subscribing->task, openim_sync_error (sync, subscribing->error));
    } else {
      g_task_return_pointer (subscribing->task, status, (GDestroyNotify) g_hash_table_unref);
    }
    g_object_unref (subscribing->task);
  } else if (subscribing->error != NULL && !sync->stopped) {
    openim_log (OPENIM_SYNC_LOG, OPENIM_LOG_WARNING, "online status: %s", subscribing->error->message);
  }

  for (guint i = 0; i < subscribing->tips->len && !sync->stopped; i++)
    take_tips (sync->presence, g_ptr_array_index (subscribing->tips, i));
  g_ptr_array_unref (subscribing->tips);
  g_strfreev (subscribing->ids);
  g_clear_error (&subscribing->error);
  g_free (subscribing);
  g_object_unref (sync);
}

static void
on_subscribed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Subscribing *subscribing = user_data;
  g_autoptr (GError) error = NULL;
  gpointer tips = openim_gateway_request_finish (
      OPENIM_GATEWAY (source), result, &openim__sdkws__sub_user_online_status_tips__descriptor, &error);

  if (tips != NULL)
    g_ptr_array_add (subscribing->tips, tips);
  else if (subscribing->error == NULL)
    subscribing->error = g_steal_pointer (&error);
  if (--subscribing->under_way == 0)
    subscribing_end (subscribing);
}

/* @ids: (transfer full) */
static void
subscribe (OpenimSync *self, GStrv ids, gboolean off, GTask *task)
{
  Subscribing *subscribing = g_new0 (Subscribing, 1);
  guint n = g_strv_length (ids);

  subscribing->sync = g_object_ref (self);
  subscribing->task = task;
  subscribing->ids = ids;
  subscribing->off = off;
  subscribing->tips = g_ptr_array_new_with_free_func (openim_pb_free);
  subscribing->under_way = MAX ((n + PACK - 1) / PACK, 1);

  for (guint first = 0; first == 0 || first < n; first += PACK) {
    Openim__Sdkws__SubUserOnlineStatus *request =
        openim_pb_new (&openim__sdkws__sub_user_online_status__descriptor);

    for (guint i = first; i < MIN (n, first + PACK); i++)
      if (off)
        openim_pb_append_string (&request->n_unsubscribeuserid, &request->unsubscribeuserid, ids[i]);
      else
        openim_pb_append_string (&request->n_subscribeuserid, &request->subscribeuserid, ids[i]);
    openim_gateway_request_async (self->gateway, OPENIM_GATEWAY_ONLINE_STATUS, request,
                                  OPENIM_GATEWAY_TIMEOUT, self->cancellable, on_subscribed, subscribing);
    openim_pb_free (request);
  }
}

void
openim_presence_renew (OpenimPresence *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  GHashTableIter iter;
  gpointer id;

  if (g_hash_table_size (self->users) == 0)
    return;
  g_hash_table_iter_init (&iter, self->users);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_strv_builder_add (builder, id);
  subscribe (self->sync, g_strv_builder_end (builder), FALSE, NULL);
}

/* Usable IDs among @user_ids. */
static GStrv
filter_ids (const char *const *user_ids)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; user_ids[i] != NULL; i++)
    if (openim_gate_id (user_ids[i]))
      g_strv_builder_add (builder, user_ids[i]);
  return g_strv_builder_end (builder);
}

void
openim_sync_subscribe_async (OpenimSync *self,
                             const char *const *user_ids,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  GStrv ids;

  g_task_set_source_tag (task, openim_sync_subscribe_async);
  if (self->stopped) {
    g_task_return_error (task, openim_sync_error (self, NULL));
    g_object_unref (task);
    return;
  }
  ids = filter_ids (user_ids);
  for (guint i = 0; ids[i] != NULL; i++)
    if (!g_hash_table_contains (self->presence->users, ids[i]))
      g_hash_table_insert (self->presence->users, g_strdup (ids[i]), NULL);
  start_polling (self->presence);
  subscribe (self, ids, FALSE, task);
}

GHashTable *
openim_sync_subscribe_finish (OpenimSync *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
openim_sync_unsubscribe_async (OpenimSync *self,
                               const char *const *user_ids,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  GStrv ids;

  g_task_set_source_tag (task, openim_sync_unsubscribe_async);
  if (self->stopped) {
    g_task_return_error (task, openim_sync_error (self, NULL));
    g_object_unref (task);
    return;
  }
  ids = filter_ids (user_ids);
  for (guint i = 0; ids[i] != NULL; i++)
    g_hash_table_remove (self->presence->users, ids[i]);
  subscribe (self, ids, TRUE, task);
}

gboolean
openim_sync_unsubscribe_finish (OpenimSync *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GHashTable) status = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  status = g_task_propagate_pointer (G_TASK (result), error);
  return status != NULL;
}
