/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Names of people who are no friends: single chats with them show what their profile says. Asked for
 * together, at the end of a sync or of the present turn of the main loop. */

#include "sync/lists-private.h"

#define PACK 500 /* IDs in one request */

struct _OpenimNames {
  OpenimSync *sync;   /* (unowned) */
  GHashTable *wanted; /* set of user IDs */
  guint idle;
};

typedef struct {
  OpenimSync *sync; /* (owned) */
  GPtrArray *ids;
  JsonObject *answer;
  gboolean silent;
  OpenimDoneFunc done; /* (nullable) */
  gpointer data;
} Asking;

OpenimNames *
openim_names_new (OpenimSync *sync)
{
  OpenimNames *self = g_new0 (OpenimNames, 1);

  self->sync = sync;
  self->wanted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
openim_names_stop (OpenimNames *self)
{
  g_clear_handle_id (&self->idle, g_source_remove);
  g_hash_table_remove_all (self->wanted);
}

void
openim_names_free (OpenimNames *self)
{
  openim_names_stop (self);
  g_hash_table_unref (self->wanted);
  g_free (self);
}

static void
asking_end (Asking *asking, const GError *error)
{
  if (error != NULL && !asking->sync->stopped)
    openim_log (OPENIM_SYNC_LOG, OPENIM_LOG_WARNING, "names of people: %s", error->message);
  if (asking->done != NULL)
    asking->done (asking->sync, asking->data, error);
  g_ptr_array_unref (asking->ids);
  g_clear_pointer (&asking->answer, json_object_unref);
  g_object_unref (asking->sync);
  g_free (asking);
}

static gboolean
write_users (OpenimDb *db, gpointer job, OpenimEffects *effects, GError **error)
{
  Asking *asking = job;
  g_autoptr (GPtrArray) users = g_ptr_array_new_with_free_func (openim_pb_free);
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify) openim_row_change_free);

  effects->silent = asking->silent;
  openim_update_read (asking->answer, "usersInfo", openim_read_user, effects->self_id, users);
  for (guint i = 0; i < users->len; i++)
    if (!openim_rows_put (db, &openim_table_users, g_ptr_array_index (users, i), changes, error))
      return FALSE;
  return openim_effects_add_changes (effects, db, changes, error);
}

static void ask (Asking *asking);

static void
on_written (OpenimSync *sync, gpointer job, const GError *error)
{
  Asking *asking = job;

  if (error != NULL || sync->stopped) {
    asking_end (asking, error);
    return;
  }
  g_ptr_array_remove_range (asking->ids, 0, MIN (asking->ids->len, (guint) PACK));
  g_clear_pointer (&asking->answer, json_object_unref);
  ask (asking);
}

static void
on_users (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Asking *asking = user_data;
  g_autoptr (GError) error = NULL;

  asking->answer = openim_api_call_finish (OPENIM_API (source), result, &error);
  if (asking->answer == NULL || asking->sync->stopped)
    asking_end (asking, error);
  else
    openim_sync_write (asking->sync, OPENIM_STORE_WRITE, write_users, asking, NULL, on_written);
}

static void
ask (Asking *asking)
{
  g_autoptr (GPtrArray) some = g_ptr_array_new ();

  for (guint i = 0; i < MIN (asking->ids->len, (guint) PACK); i++)
    g_ptr_array_add (some, g_ptr_array_index (asking->ids, i));
  if (some->len == 0) {
    asking_end (asking, NULL);
    return;
  }
  g_ptr_array_add (some, NULL);
  openim_api_call_async (asking->sync->api, "/user/get_users_info",
                         openim_json_build ("userIDs", 'S', (char **) some->pdata, NULL),
                         asking->sync->cancellable, on_users, asking);
}

/* The list of friends may have come meanwhile. */
static gboolean
leave_out_known (OpenimDb *db, gpointer job, GError **error)
{
  Asking *asking = job;

  for (guint i = asking->ids->len; i-- > 0;) {
    const char *id = g_ptr_array_index (asking->ids, i);
    gboolean known;

    if (!openim_names_is_known (db, id, &known, error))
      return FALSE;
    if (known)
      g_ptr_array_remove_index (asking->ids, i);
  }
  return TRUE;
}

static void
on_left_out (OpenimSync *sync, gpointer job, const GError *error)
{
  if (error != NULL || sync->stopped)
    asking_end (job, error);
  else
    ask (job);
}

gboolean
openim_names_is_known (OpenimDb *db, const char *user_id, gboolean *known, GError **error)
{
  g_autoptr (GError) local = NULL;
  gpointer row = openim_rows_get (db, &openim_table_friends, NULL, user_id, &local);

  if (row == NULL && local == NULL)
    row = openim_rows_get (db, &openim_table_users, NULL, user_id, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  *known = row != NULL;
  openim_pb_free (row);
  return TRUE;
}

gboolean
openim_names_ask (OpenimNames *self, gboolean silent, OpenimDoneFunc done, gpointer data)
{
  Asking *asking;
  GHashTableIter iter;
  gpointer id;

  g_clear_handle_id (&self->idle, g_source_remove);
  if (g_hash_table_size (self->wanted) == 0)
    return FALSE;
  asking = g_new0 (Asking, 1);
  asking->sync = g_object_ref (self->sync);
  asking->ids = g_ptr_array_new_with_free_func (g_free);
  asking->silent = silent;
  asking->done = done;
  asking->data = data;
  g_hash_table_iter_init (&iter, self->wanted);
  while (g_hash_table_iter_next (&iter, &id, NULL)) {
    g_hash_table_iter_steal (&iter);
    g_ptr_array_add (asking->ids, id);
  }
  openim_sync_read (self->sync, leave_out_known, asking, NULL, on_left_out);
  return TRUE;
}

static gboolean
on_idle (gpointer user_data)
{
  OpenimNames *self = user_data;

  self->idle = 0;
  openim_names_ask (self, FALSE, NULL, NULL);
  return G_SOURCE_REMOVE;
}

void
openim_names_want (OpenimNames *self, const char *user_id)
{
  g_hash_table_add (self->wanted, g_strdup (user_id));
  if (self->idle == 0 && !openim_run_is_active (self->sync->run))
    self->idle = g_idle_add_full (G_PRIORITY_DEFAULT, on_idle, self, NULL);
}
