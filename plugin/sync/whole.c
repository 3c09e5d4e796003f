/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Lists without a version: read whole and compared with what is here. */

#include "sync/lists-private.h"

typedef struct {
  OpenimPages pages;
  const char *mine; /* SQL that finds the stored rows of this source; ?1 is the own user ID */
} Source;

typedef struct {
  OpenimList list;
  const OpenimTable *table;
  OpenimRowReader read;
  Source sources[2];
} Whole;

/* Requests may be many at somebody who administers much: the newest 1000 of each kind. */
static const Whole wholes[] = {
  { OPENIM_LIST_SELF,
    &openim_table_users,
    openim_read_user,
    { { { "/user/get_users_info", "userIDs", "usersInfo", 0, 0 }, "WHERE userID = ?1" } } },
  { OPENIM_LIST_BLACKS,
    &openim_table_blacks,
    openim_read_black,
    { { { "/friend/get_black_list", "userID", "blacks", 500, 0 }, "WHERE ?1 = ?1" } } },
  { OPENIM_LIST_FRIEND_REQUESTS,
    &openim_table_friend_requests,
    openim_read_friend_request,
    { { { "/friend/get_friend_apply_list", "userID", "FriendRequests", 500, 1000 }, "WHERE toUserID = ?1" },
      { { "/friend/get_self_friend_apply_list", "userID", "friendRequests", 500, 1000 },
        "WHERE fromUserID = ?1" } } },
  { OPENIM_LIST_GROUP_REQUESTS,
    &openim_table_group_requests,
    openim_read_group_request,
    { { { "/group/get_recv_group_applicationList", "fromUserID", "groupRequests", 500, 1000 },
        "WHERE userID <> ?1" },
      { { "/group/get_user_req_group_applicationList", "userID", "groupRequests", 500, 1000 },
        "WHERE userID = ?1" } } },
  { OPENIM_LIST_COMMANDS,
    &openim_table_commands,
    openim_read_command,
    { { { "/user/process_user_command_get_all", "userID", "CommandResp", 0, 0 }, "WHERE ?1 = ?1" } } },
};

typedef struct {
  const Whole *whole;
  const char *self_id;
  gboolean silent;
  guint source; /* the one that is being read */
  GPtrArray *answers[2];
  gboolean complete[2];
} Pass;

static void
pass_free (gpointer p)
{
  Pass *pass = p;

  for (guint i = 0; i < G_N_ELEMENTS (pass->answers); i++)
    g_clear_pointer (&pass->answers[i], g_ptr_array_unref);
  g_free (pass);
}

/* Row by name; of two with one name the later counts. */
static GHashTable *
read_rows (Pass *pass, guint source)
{
  const Whole *whole = pass->whole;
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();
  GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, openim_pb_free);

  for (guint i = 0; i < pass->answers[source]->len; i++)
    openim_update_read (g_ptr_array_index (pass->answers[source], i), whole->sources[source].pages.rows_key,
                        whole->read, pass->self_id, rows);
  for (guint i = 0; i < rows->len; i++) {
    gpointer row = g_ptr_array_index (rows, i);

    g_hash_table_replace (table, openim_row_name (whole->table, row), row);
  }
  return table;
}

static gboolean
write_source (Pass *pass, guint source, OpenimDb *db, GPtrArray *changes, GError **error)
{
  const OpenimTable *table = pass->whole->table;
  g_autoptr (GHashTable) rows = read_rows (pass, source);
  g_autoptr (GPtrArray) known =
      openim_rows_query (db, table, error, pass->whole->sources[source].mine, "s", pass->self_id);
  GHashTableIter iter;
  gpointer row;

  if (known == NULL)
    return FALSE;
  g_hash_table_iter_init (&iter, rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    if (!openim_rows_put (db, table, row, changes, error))
      return FALSE;

  for (guint i = 0; pass->complete[source] && i < known->len; i++) {
    g_autofree char *name = openim_row_name (table, g_ptr_array_index (known, i));
    g_autofree char *scope = NULL;
    g_autofree char *key = NULL;

    if (g_hash_table_contains (rows, name))
      continue;
    openim_row_parts (table, g_ptr_array_index (known, i), &scope, &key);
    if (!openim_rows_delete (db, table, scope, key, changes, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
write_whole (OpenimDb *db, gpointer job, OpenimEffects *effects, GError **error)
{
  Pass *pass = ((OpenimUpdate *) job)->pass;
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify) openim_row_change_free);

  effects->silent = pass->silent;
  for (guint i = 0; i < G_N_ELEMENTS (pass->answers) && pass->answers[i] != NULL; i++)
    if (!write_source (pass, i, db, changes, error))
      return FALSE;
  return openim_effects_add_changes (effects, db, changes, error);
}

static void
on_written (OpenimSync *sync, gpointer job, const GError *error)
{
  openim_update_end (job, error);
}

static void on_answers (OpenimUpdate *update, GPtrArray *answers, gboolean complete, const GError *error);

static void
on_self (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) answers = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  JsonObject *data = openim_api_call_finish (OPENIM_API (source), result, &error);

  if (data != NULL)
    g_ptr_array_add (answers, data);
  /* Nobody stops existing because a server does not know him for once. */
  on_answers (user_data, answers, FALSE, error);
}

static void
read_source (OpenimUpdate *update)
{
  Pass *pass = update->pass;

  if (update->list == OPENIM_LIST_SELF) {
    const char *ids[] = { pass->self_id, NULL };

    openim_update_call (update, pass->whole->sources[0].pages.path,
                        openim_json_build ("userIDs", 'S', ids, NULL), on_self);
    return;
  }
  openim_update_pages (update, &pass->whole->sources[pass->source].pages, pass->self_id, on_answers);
}

static void
on_answers (OpenimUpdate *update, GPtrArray *answers, gboolean complete, const GError *error)
{
  Pass *pass = update->pass;

  if (error != NULL || update->sync->stopped) {
    openim_update_end (update, error);
    return;
  }
  pass->answers[pass->source] = g_ptr_array_ref (answers);
  pass->complete[pass->source] = complete;
  pass->source++;
  if (pass->source < G_N_ELEMENTS (pass->answers) && pass->whole->sources[pass->source].mine != NULL)
    read_source (update);
  else
    openim_sync_write (update->sync, OPENIM_STORE_WRITE, write_whole, update, NULL, on_written);
}

void
openim_whole_start (OpenimUpdate *update)
{
  Pass *pass = g_new0 (Pass, 1);

  update->pass = pass;
  update->free_pass = pass_free;
  pass->self_id = update->sync->user_id;
  pass->silent = (update->flags & OPENIM_LIST_SILENT) != 0;
  for (guint i = 0; i < G_N_ELEMENTS (wholes); i++)
    if (wholes[i].list == update->list)
      pass->whole = &wholes[i];
  read_source (update);
}
