/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Groups that the list of groups no longer has: one was left, or put out, or they were dissolved. The server
 * tells which only to those who are there to hear it, or who ask. */

#include "sync/lists-private.h"

typedef struct {
  OpenimUpdate *update;
  GPtrArray *rows; /* (unowned) the whole list, if it was read as a whole */
  GPtrArray *ids;  /* of groups that are gone (element-type utf8) */
  OpenimGoneFunc func;
} Search;

static void
finish (Search *search, JsonObject *groups)
{
  search->func (search->update, groups);
  g_ptr_array_unref (search->ids);
  g_free (search);
}

static void
on_groups (GObject *source, GAsyncResult *result, gpointer user_data)
{
  /* Gone they are, whatever else is known of them. */
  finish (user_data, openim_api_call_finish (OPENIM_API (source), result, NULL));
}

static void
ask (Search *search)
{
  OpenimSync *sync = search->update->sync;

  if (search->ids->len == 0 || sync->stopped)
    finish (search, NULL);
  else
    openim_api_call_async (
        sync->api, "/group/get_groups_info",
        openim_json_build ("groupIDs", 'a',
                           openim_json_strings ((char **) search->ids->pdata, search->ids->len), NULL),
        sync->cancellable, on_groups, search);
}

static gboolean
find_gone (OpenimDb *db, gpointer job, GError **error)
{
  Search *search = job;
  g_autoptr (GPtrArray) known = openim_rows_all (db, &openim_table_groups, NULL, error);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  if (known == NULL)
    return FALSE;
  for (guint i = 0; i < search->rows->len; i++)
    g_hash_table_add (ids, ((OpenimGroup *) g_ptr_array_index (search->rows, i))->groupid);
  for (guint i = 0; i < known->len; i++) {
    const char *id = ((OpenimGroup *) g_ptr_array_index (known, i))->groupid;

    if (!g_hash_table_contains (ids, id))
      g_ptr_array_add (search->ids, g_strdup (id));
  }
  return TRUE;
}

static void
on_found (OpenimSync *sync, gpointer job, const GError *error)
{
  ask (job);
}

void
openim_gone_ask (OpenimUpdate *update, JsonObject *changes, GPtrArray *rows, OpenimGoneFunc func)
{
  Search *search = g_new0 (Search, 1);
  g_auto (GStrv) deleted = openim_json_strv (changes, "delete");

  search->update = update;
  search->rows = rows;
  search->ids = g_ptr_array_new_with_free_func (g_free);
  search->func = func;
  if (rows != NULL) {
    openim_sync_read (update->sync, find_gone, search, NULL, on_found);
    return;
  }
  for (guint i = 0; deleted[i] != NULL; i++)
    g_ptr_array_add (search->ids, g_strdup (deleted[i]));
  ask (search);
}

gboolean
openim_gone_mark (OpenimDb *db, JsonObject *groups, OpenimEffects *effects, GError **error)
{
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify) openim_row_change_free);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (openim_pb_free);

  openim_update_read (groups, "groupInfos", openim_read_group, effects->self_id, rows);
  for (guint i = 0; i < rows->len; i++) {
    const OpenimGroup *told = g_ptr_array_index (rows, i);
    g_autoptr (OpenimGroup) group = NULL;
    g_autoptr (GError) local = NULL;

    if (told->status != OPENIM__SDK__SHARED__GROUP_STATUS__Dismissed)
      continue;
    group = openim_rows_get (db, &openim_table_groups, NULL, told->groupid, &local);
    if (local != NULL) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
    if (group == NULL)
      continue;
    group->status = told->status;
    if (!openim_rows_put (db, &openim_table_groups, group, changes, error))
      return FALSE;
  }
  return openim_effects_add_changes (effects, db, changes, error);
}
