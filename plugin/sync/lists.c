/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Who waits for which list. A list is fetched once at a time; whoever asks while it is, gets the answer of
 * one more pass. */

#include "sync/lists-private.h"

struct _OpenimLists {
  OpenimSync *sync;    /* (unowned) */
  GHashTable *updates; /* name → OpenimUpdate */
};

typedef struct {
  OpenimDoneFunc done;
  gpointer data;
} Waiter;

/* The server's code for a group that is no more. */
#define GROUP_DISMISSED 1204

/* How each list is brought up to date. */
static void marks_start (OpenimUpdate *update);

static void
members_or_one_start (OpenimUpdate *update)
{
  if (update->entity[0] != '\0')
    openim_versioned_start (update);
  else
    openim_members_start (update);
}

static void (*const starts[]) (OpenimUpdate *update) = {
  [OPENIM_LIST_SELF] = openim_whole_start,
  [OPENIM_LIST_FRIENDS] = openim_versioned_start,
  [OPENIM_LIST_BLACKS] = openim_whole_start,
  [OPENIM_LIST_FRIEND_REQUESTS] = openim_whole_start,
  [OPENIM_LIST_GROUPS] = openim_versioned_start,
  [OPENIM_LIST_MEMBERS] = members_or_one_start,
  [OPENIM_LIST_GROUP_REQUESTS] = openim_whole_start,
  [OPENIM_LIST_CONVERSATIONS] = openim_versioned_start,
  [OPENIM_LIST_READ_MARKS] = marks_start,
  [OPENIM_LIST_COMMANDS] = openim_whole_start,
};

static void
clear_pass (OpenimUpdate *update)
{
  if (update->pass != NULL)
    update->free_pass (update->pass);
  update->pass = NULL;
}

static void
update_free (gpointer p)
{
  OpenimUpdate *update = p;

  clear_pass (update);
  g_clear_pointer (&update->waiting, g_array_unref);
  g_array_unref (update->next);
  g_free (update->entity);
  g_object_unref (update->sync);
  g_free (update);
}

OpenimLists *
openim_lists_new (OpenimSync *sync)
{
  OpenimLists *self = g_new0 (OpenimLists, 1);

  self->sync = sync;
  self->updates = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

/* Each update still has something under way and ends with it. */
void
openim_lists_stop (OpenimLists *self)
{
  g_hash_table_remove_all (self->updates);
}

void
openim_lists_free (OpenimLists *self)
{
  g_hash_table_unref (self->updates);
  g_free (self);
}

static void
answer (OpenimUpdate *update, GArray *waiters, const GError *error)
{
  for (guint i = 0; i < waiters->len; i++) {
    const Waiter *waiter = &g_array_index (waiters, Waiter, i);

    if (waiter->done != NULL)
      waiter->done (update->sync, waiter->data, error);
  }
}

static char *
name_of (OpenimList list, const char *entity)
{
  return g_strdup_printf ("%d %s", list, entity);
}

void
openim_update_end (OpenimUpdate *update, const GError *error)
{
  OpenimSync *sync = update->sync;
  g_autoptr (GArray) waiting = g_steal_pointer (&update->waiting);

  clear_pass (update);
  answer (update, waiting, error);

  /* One who has lost the group learns it from the list of groups. */
  if (error != NULL && !sync->stopped && update->list == OPENIM_LIST_MEMBERS &&
      (g_error_matches (error, OPENIM_ERROR, OPENIM_ERROR_NO_PERMISSION) ||
       g_error_matches (error, OPENIM_ERROR, OPENIM_ERROR_NOT_FOUND) ||
       g_error_matches (error, OPENIM_ERROR, GROUP_DISMISSED)))
    openim_lists_update (sync->lists, OPENIM_LIST_GROUPS, NULL, OPENIM_LIST_PLAIN, NULL, NULL);

  if (!sync->stopped && update->next->len > 0) {
    update->waiting = g_steal_pointer (&update->next);
    update->next = g_array_new (FALSE, FALSE, sizeof (Waiter));
    update->flags = update->next_flags;
    starts[update->list](update);
    return;
  }
  if (sync->stopped) {
    g_autoptr (GError) stopped = openim_sync_error (sync, NULL);

    answer (update, update->next, stopped);
  } else {
    g_autofree char *name = name_of (update->list, update->entity);

    g_hash_table_remove (sync->lists->updates, name);
  }
  update_free (update);
}

void
openim_lists_update (OpenimLists *self,
                     OpenimList list,
                     const char *entity,
                     OpenimListFlags flags,
                     OpenimDoneFunc done,
                     gpointer data)
{
  Waiter waiter = { done, data };
  g_autofree char *name = name_of (list, entity != NULL ? entity : "");
  OpenimUpdate *update = g_hash_table_lookup (self->updates, name);

  if (update != NULL) {
    update->next_flags = update->next->len > 0 ? update->next_flags & flags : flags;
    g_array_append_val (update->next, waiter);
    return;
  }
  update = g_new0 (OpenimUpdate, 1);
  update->sync = g_object_ref (self->sync);
  update->list = list;
  update->entity = g_strdup (entity != NULL ? entity : "");
  update->flags = flags;
  update->waiting = g_array_new (FALSE, FALSE, sizeof (Waiter));
  update->next = g_array_new (FALSE, FALSE, sizeof (Waiter));
  g_array_append_val (update->waiting, waiter);
  g_hash_table_insert (self->updates, g_steal_pointer (&name), update);
  starts[list](update);
}

/* ---- read marks */

static void
on_marks_stored (OpenimSync *sync, gpointer data, GPtrArray *wants, const GError *error)
{
  openim_update_end (data, error);
}

static void
on_marks (OpenimSync *sync, gpointer data, OpenimSeqs *seqs, const GError *error)
{
  if (error != NULL)
    openim_update_end (data, error);
  else
    openim_seqs_store (sync, seqs, FALSE, on_marks_stored, data);
}

static void
marks_start (OpenimUpdate *update)
{
  openim_seqs_ask (update->sync, FALSE, on_marks, update);
}

/* ---- for callers */

static void
on_list (OpenimSync *sync, gpointer data, const GError *error)
{
  GTask *task = data;

  if (error != NULL)
    g_task_return_error (task, openim_sync_error (sync, error));
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

void
openim_sync_list_async (OpenimSync *self,
                        OpenimList list,
                        const char *entity,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, openim_sync_list_async);
  if (self->stopped) {
    g_task_return_error (task, openim_sync_error (self, NULL));
    g_object_unref (task);
    return;
  }
  openim_lists_update (self->lists, list, entity, OPENIM_LIST_PLAIN, on_list, task);
}

gboolean
openim_sync_list_finish (OpenimSync *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- calls and pages */

void
openim_update_call (OpenimUpdate *update, const char *path, JsonObject *body, GAsyncReadyCallback callback)
{
  openim_api_call_async (update->sync->api, path, body, update->sync->cancellable, callback, update);
}

typedef struct {
  OpenimUpdate *update;
  const OpenimPages *pages;
  char *entity;
  OpenimPageTaker take; /* (nullable) */
  OpenimPagesFunc func;
  GPtrArray *answers;
  JsonObject *page; /* (nullable) that is being taken */
  guint n_pages;
  guint rows;
  gboolean over;
  gboolean complete;
} Paging;

static void
paging_end (Paging *paging, const GError *error)
{
  paging->func (paging->update, paging->answers, error == NULL && paging->complete, error);
  g_ptr_array_unref (paging->answers);
  g_free (paging->entity);
  g_free (paging);
}

static void next_page (Paging *paging);

static gboolean
take_page (OpenimDb *db, gpointer job, OpenimEffects *effects, GError **error)
{
  Paging *paging = job;
  g_autoptr (JsonObject) page = g_steal_pointer (&paging->page);

  return paging->take (db, paging->update, page, effects, error);
}

static void
on_taken (OpenimSync *sync, gpointer job, const GError *error)
{
  Paging *paging = job;

  g_clear_pointer (&paging->page, json_object_unref);
  if (error != NULL || sync->stopped || paging->over)
    paging_end (paging, error);
  else
    next_page (paging);
}

static void
on_page (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Paging *paging = user_data;
  g_autoptr (GError) error = NULL;
  JsonObject *data = openim_api_call_finish (OPENIM_API (source), result, &error);
  JsonArray *rows;
  guint n;

  if (data == NULL) {
    paging_end (paging, error);
    return;
  }
  rows = openim_json_array (data, paging->pages->rows_key);
  n = rows != NULL ? json_array_get_length (rows) : 0;
  paging->n_pages++;
  paging->rows += n;

  if (paging->pages->size == 0 || n < paging->pages->size || paging->update->sync->stopped) {
    paging->over = TRUE;
    paging->complete = TRUE;
  } else if (paging->pages->cap > 0 && paging->rows >= paging->pages->cap) {
    paging->over = TRUE;
    paging->complete = openim_json_int (data, "total") <= paging->rows;
  }

  if (paging->take != NULL) {
    paging->page = data;
    openim_sync_write (paging->update->sync, OPENIM_STORE_WRITE, take_page, paging, NULL, on_taken);
    return;
  }
  g_ptr_array_add (paging->answers, data);
  if (paging->over)
    paging_end (paging, NULL);
  else
    next_page (paging);
}

static void
next_page (Paging *paging)
{
  const OpenimPages *pages = paging->pages;
  OpenimSync *sync = paging->update->sync;
  JsonObject *body = openim_json_build (pages->entity_key, 's', paging->entity, NULL);

  if (pages->size > 0)
    json_object_set_object_member (body, "pagination",
                                   openim_json_build ("pageNumber", 'i', (gint64) paging->n_pages + 1,
                                                      "showNumber", 'i', (gint64) pages->size, NULL));
  openim_api_call_async (sync->api, pages->path, body, sync->cancellable, on_page, paging);
}

void
openim_update_pages (OpenimUpdate *update,
                     const OpenimPages *pages,
                     const char *entity,
                     OpenimPageTaker take,
                     OpenimPagesFunc func)
{
  Paging *paging = g_new0 (Paging, 1);

  paging->update = update;
  paging->pages = pages;
  paging->entity = g_strdup (entity);
  paging->take = take;
  paging->func = func;
  paging->answers = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  next_page (paging);
}

void
openim_update_read (
    JsonObject *answer_data, const char *rows_key, OpenimRowReader read, const char *self_id, GPtrArray *rows)
{
  JsonArray *array = openim_json_array (answer_data, rows_key);
  guint n = array != NULL ? json_array_get_length (array) : 0;

  for (guint i = 0; i < n; i++) {
    JsonNode *node = json_array_get_element (array, i);

    if (JSON_NODE_HOLDS_OBJECT (node))
      g_ptr_array_add (rows, read (json_node_get_object (node), self_id));
  }
}

static char *
column (gconstpointer row, const char *name)
{
  const ProtobufCFieldDescriptor *field =
      openim_pb_field (((const ProtobufCMessage *) row)->descriptor, name);
  gconstpointer place = (const char *) row + field->offset;

  return field->type == PROTOBUF_C_TYPE_STRING ? g_strdup (*(char *const *) place)
                                               : g_strdup_printf ("%d", *(const int32_t *) place);
}

void
openim_row_parts (const OpenimTable *table, gconstpointer row, char **scope, char **key)
{
  *scope = table->scope != NULL ? column (row, table->scope) : NULL;
  *key = column (row, table->key);
}

char *
openim_row_name (const OpenimTable *table, gconstpointer row)
{
  g_autofree char *scope = NULL;
  g_autofree char *key = NULL;

  openim_row_parts (table, row, &scope, &key);
  return g_strconcat (scope != NULL ? scope : "", "\x1f", key, NULL);
}
