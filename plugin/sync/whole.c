/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Lists without a version: read whole and compared with what is here. What has changed here while the server
 * was asked (a notification told it) is newer than the answer and stays. */

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
        /* An invitation of one's own is told to oneself, but listed to those who may answer it. */
        "WHERE userID <> ?1 AND inviterUserID <> ?1" },
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
  GHashTable *before[2]; /* name → row, as it was when the server was asked */
  guint source;          /* the one that is being read */
  GPtrArray *answers[2];
  gboolean complete[2];
  gboolean friends_read;  /* who was accepted is among the friends */
  gboolean wants_friends; /* out: nothing is written, the friends come first */
} Pass;

static void
pass_free (gpointer p)
{
  Pass *pass = p;

  for (guint i = 0; i < G_N_ELEMENTS (pass->answers); i++) {
    g_clear_pointer (&pass->answers[i], g_ptr_array_unref);
    g_clear_pointer (&pass->before[i], g_hash_table_unref);
  }
  g_free (pass);
}

static gboolean
has_source (const Whole *whole, guint source)
{
  return source < G_N_ELEMENTS (whole->sources) && whole->sources[source].mine != NULL;
}

/* ---- store thread */

/* Row by name; of two with one name the later counts. Takes the rows. */
static GHashTable *
index_rows (const Whole *whole, GPtrArray *rows)
{
  GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, openim_pb_free);

  for (guint i = 0; i < rows->len; i++) {
    gpointer row = g_ptr_array_index (rows, i);

    g_hash_table_replace (table, openim_row_name (whole->table, row), row);
  }
  g_ptr_array_set_free_func (rows, NULL);
  return table;
}

/* The rows that are here. */
static GHashTable *
read_present (OpenimDb *db, Pass *pass, guint source, GError **error)
{
  g_autoptr (GPtrArray) rows = openim_rows_query (db, pass->whole->table, error,
                                                  pass->whole->sources[source].mine, "s", pass->self_id);

  return rows != NULL ? index_rows (pass->whole, rows) : NULL;
}

static gboolean
read_before (OpenimDb *db, gpointer job, GError **error)
{
  Pass *pass = ((OpenimUpdate *) job)->pass;

  for (guint i = 0; has_source (pass->whole, i); i++) {
    pass->before[i] = read_present (db, pass, i, error);
    if (pass->before[i] == NULL)
      return FALSE;
  }
  return TRUE;
}

/* The rows that the server has told. */
static GHashTable *
read_rows (Pass *pass, guint source)
{
  const Whole *whole = pass->whole;
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();

  for (guint i = 0; i < pass->answers[source]->len; i++)
    openim_update_read (g_ptr_array_index (pass->answers[source], i), whole->sources[source].pages.rows_key,
                        whole->read, pass->self_id, rows);
  return index_rows (whole, rows);
}

static gboolean
is_unchanged (Pass *pass, guint source, GHashTable *present, const char *name)
{
  gconstpointer before = g_hash_table_lookup (pass->before[source], name);
  gconstpointer now = g_hash_table_lookup (present, name);

  return before == now || (before != NULL && now != NULL && openim_pb_equal (before, now));
}

/* Lists never tell who has handled an application, when, and with which words; and each copy of a
 * notification has a time of its own. What was told first stays. */
gboolean
openim_group_request_put (OpenimDb *db, OpenimGroupRequest *request, GPtrArray *changes, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (OpenimGroupRequest) known =
      openim_rows_get (db, &openim_table_group_requests, request->groupid, request->userid, &local);

  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (known != NULL && known->reqtime == request->reqtime && known->handleresult == request->handleresult &&
      known->handledtime != 0) {
    openim_pb_set (&request->handledmsg, known->handledmsg);
    openim_pb_set (&request->handleuserid, known->handleuserid);
    request->handledtime = known->handledtime;
  }
  return openim_rows_put (db, &openim_table_group_requests, request, changes, error);
}

static gboolean
write_source (Pass *pass, guint source, GHashTable *rows, OpenimDb *db, GPtrArray *changes, GError **error)
{
  const OpenimTable *table = pass->whole->table;
  g_autoptr (GHashTable) present = read_present (db, pass, source, error);
  GHashTableIter iter;
  gpointer name;
  gpointer row;

  if (present == NULL)
    return FALSE;
  g_hash_table_iter_init (&iter, rows);
  while (g_hash_table_iter_next (&iter, &name, &row))
    if (is_unchanged (pass, source, present, name) &&
        !(table == &openim_table_group_requests ? openim_group_request_put (db, row, changes, error)
                                                : openim_rows_put (db, table, row, changes, error)))
      return FALSE;

  g_hash_table_iter_init (&iter, present);
  while (pass->complete[source] && g_hash_table_iter_next (&iter, &name, &row)) {
    g_autofree char *scope = NULL;
    g_autofree char *key = NULL;

    if (g_hash_table_contains (rows, name) || !is_unchanged (pass, source, present, name))
      continue;
    openim_row_parts (table, row, &scope, &key);
    if (!openim_rows_delete (db, table, scope, key, changes, error))
      return FALSE;
  }
  return TRUE;
}

/* Somebody is a friend before his request counts as accepted. */
static gboolean
needs_friends (Pass *pass, guint source, GHashTable *rows)
{
  GHashTableIter iter;
  gpointer name;
  gpointer row;

  if (pass->whole->list != OPENIM_LIST_FRIEND_REQUESTS || pass->silent || pass->friends_read)
    return FALSE;
  g_hash_table_iter_init (&iter, rows);
  while (g_hash_table_iter_next (&iter, &name, &row)) {
    const OpenimFriendRequest *before = g_hash_table_lookup (pass->before[source], name);

    if (((const OpenimFriendRequest *) row)->handleresult > 0 &&
        (before == NULL || before->handleresult <= 0))
      return TRUE;
  }
  return FALSE;
}

static gboolean
write_whole (OpenimDb *db, gpointer job, OpenimEffects *effects, GError **error)
{
  Pass *pass = ((OpenimUpdate *) job)->pass;
  g_autoptr (GPtrArray) tables = g_ptr_array_new_with_free_func ((GDestroyNotify) g_hash_table_unref);
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify) openim_row_change_free);

  for (guint i = 0; has_source (pass->whole, i); i++) {
    g_ptr_array_add (tables, read_rows (pass, i));
    pass->wants_friends = needs_friends (pass, i, g_ptr_array_index (tables, i));
    if (pass->wants_friends)
      return TRUE;
  }

  effects->silent = pass->silent;
  for (guint i = 0; i < tables->len; i++)
    if (!write_source (pass, i, g_ptr_array_index (tables, i), db, changes, error))
      return FALSE;
  return openim_effects_add_changes (effects, db, changes, error);
}

/* ---- main thread */

static void write_all (OpenimUpdate *update);

static void
on_friends (OpenimSync *sync, gpointer data, const GError *error)
{
  OpenimUpdate *update = data;
  Pass *pass = update->pass;

  pass->friends_read = TRUE;
  if (error != NULL || sync->stopped)
    openim_update_end (update, error);
  else
    write_all (update);
}

static void
on_written (OpenimSync *sync, gpointer job, const GError *error)
{
  OpenimUpdate *update = job;
  Pass *pass = update->pass;

  if (error == NULL && !sync->stopped && pass->wants_friends)
    openim_lists_update (sync->lists, OPENIM_LIST_FRIENDS, NULL, OPENIM_LIST_PLAIN, on_friends, update);
  else
    openim_update_end (update, error);
}

static void
write_all (OpenimUpdate *update)
{
  openim_sync_write (update->sync, OPENIM_STORE_WRITE, write_whole, update, NULL, on_written);
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
  openim_update_pages (update, &pass->whole->sources[pass->source].pages, pass->self_id, NULL, on_answers);
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
  if (has_source (pass->whole, pass->source))
    read_source (update);
  else
    write_all (update);
}

static void
on_before (OpenimSync *sync, gpointer job, const GError *error)
{
  if (error != NULL || sync->stopped)
    openim_update_end (job, error);
  else
    read_source (job);
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
  openim_sync_read (update->sync, read_before, update, NULL, on_before);
}
