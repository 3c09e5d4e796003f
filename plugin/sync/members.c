/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Members of all joined groups: those that are known in batches by version, those that are not one by one, as
 * many as a batch could hold; the rest waits until somebody looks at the group. The batch answers fail as a
 * whole when one group is lost, and may leave groups out: those are asked for alone. */

#include "sync/lists-private.h"

#define BATCH 500
#define SIDE_BY_SIDE 4

typedef struct {
  GPtrArray *known; /* group IDs with a version, not answered yet */
  GArray *versions; /* OpenimVersion of each */
  GPtrArray *alone; /* group IDs to ask for one by one */
  guint next;       /* in alone */
  guint under_way;
  JsonObject *answer;
} Pass;

static void
pass_free (gpointer p)
{
  Pass *pass = p;

  g_ptr_array_unref (pass->known);
  g_array_unref (pass->versions);
  g_ptr_array_unref (pass->alone);
  g_clear_pointer (&pass->answer, json_object_unref);
  g_free (pass);
}

static gboolean
read_groups (OpenimDb *db, gpointer job, GError **error)
{
  Pass *pass = ((OpenimUpdate *) job)->pass;
  g_autoptr (GPtrArray) groups = openim_rows_all (db, &openim_table_groups, NULL, error);

  if (groups == NULL)
    return FALSE;
  for (guint i = 0; i < groups->len; i++) {
    const char *id = ((OpenimGroup *) g_ptr_array_index (groups, i))->groupid;
    OpenimVersion version;

    if (!openim_versions_get (db, "members", id, &version, error))
      return FALSE;
    if (version.version > 0) {
      g_ptr_array_add (pass->known, g_strdup (id));
      g_array_append_val (pass->versions, version);
    } else if (pass->alone->len < BATCH) {
      g_ptr_array_add (pass->alone, g_strdup (id));
    }
  }
  return TRUE;
}

/* ---- one by one */

static void
on_one (OpenimSync *sync, gpointer data, const GError *error)
{
  OpenimUpdate *update = data;
  Pass *pass = update->pass;

  pass->under_way--;
  if (error != NULL && !sync->stopped)
    openim_log (OPENIM_SYNC_LOG, OPENIM_LOG_INFO, "members of a group: %s", error->message);

  while (!sync->stopped && pass->under_way < SIDE_BY_SIDE && pass->next < pass->alone->len) {
    pass->under_way++;
    openim_lists_update (sync->lists, OPENIM_LIST_MEMBERS, g_ptr_array_index (pass->alone, pass->next++),
                         update->flags, on_one, update);
  }
  if (pass->under_way == 0)
    openim_update_end (update, NULL);
}

static void
ask_alone (OpenimUpdate *update)
{
  /* As if one had just been answered. */
  ((Pass *) update->pass)->under_way++;
  on_one (update->sync, update, NULL);
}

/* ---- batches */

static void ask_batch (OpenimUpdate *update);

static JsonObject *
find_answer (Pass *pass, guint i)
{
  return openim_json_object (openim_json_object (pass->answer, "respList"),
                             g_ptr_array_index (pass->known, i));
}

static gboolean
write_batch (OpenimDb *db, gpointer job, OpenimEffects *effects, GError **error)
{
  OpenimUpdate *update = job;
  Pass *pass = update->pass;

  effects->silent = (update->flags & OPENIM_LIST_SILENT) != 0;
  for (guint i = 0; i < MIN (pass->known->len, (guint) BATCH); i++) {
    JsonObject *one = find_answer (pass, i);
    const OpenimVersion *version = &g_array_index (pass->versions, OpenimVersion, i);

    if (one != NULL && !openim_json_bool (one, "full") &&
        openim_json_uint (one, "version") != version->version &&
        !openim_versioned_apply (db, OPENIM_LIST_MEMBERS, g_ptr_array_index (pass->known, i), one, effects,
                                 error))
      return FALSE;
  }
  return TRUE;
}

static void
on_batch_written (OpenimSync *sync, gpointer job, const GError *error)
{
  OpenimUpdate *update = job;
  Pass *pass = update->pass;
  guint n = MIN (pass->known->len, (guint) BATCH);

  if (error != NULL || sync->stopped) {
    openim_update_end (update, error);
    return;
  }
  for (guint i = 0; i < n; i++) {
    JsonObject *one = find_answer (pass, i);

    if (one == NULL || openim_json_bool (one, "full"))
      g_ptr_array_add (pass->alone, g_strdup (g_ptr_array_index (pass->known, i)));
  }
  g_ptr_array_remove_range (pass->known, 0, n);
  g_array_remove_range (pass->versions, 0, n);
  g_clear_pointer (&pass->answer, json_object_unref);
  ask_batch (update);
}

static void
on_batch (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimUpdate *update = user_data;
  Pass *pass = update->pass;
  g_autoptr (GError) error = NULL;

  pass->answer = openim_api_call_finish (OPENIM_API (source), result, &error);
  if (update->sync->stopped) {
    openim_update_end (update, error);
  } else if (error != NULL && openim_error_code (error) >= OPENIM_ERROR_NETWORK) {
    openim_update_end (update, error); /* no answer: one by one there would be none either */
  } else if (error != NULL) {
    for (guint i = 0; i < pass->known->len; i++)
      g_ptr_array_add (pass->alone, g_strdup (g_ptr_array_index (pass->known, i)));
    ask_alone (update);
  } else {
    openim_sync_write (update->sync, OPENIM_STORE_WRITE, write_batch, update, NULL, on_batch_written);
  }
}

static void
ask_batch (OpenimUpdate *update)
{
  Pass *pass = update->pass;
  JsonArray *list;

  if (pass->known->len == 0) {
    ask_alone (update);
    return;
  }
  list = json_array_new ();
  for (guint i = 0; i < MIN (pass->known->len, (guint) BATCH); i++) {
    const OpenimVersion *version = &g_array_index (pass->versions, OpenimVersion, i);

    json_array_add_object_element (
        list, openim_json_build ("groupID", 's', g_ptr_array_index (pass->known, i), "version", 'u',
                                 version->version, "versionID", 's', version->version_id, NULL));
  }
  openim_update_call (update, "/group/get_incremental_group_members_batch",
                      openim_json_build ("userID", 's', update->sync->user_id, "reqList", 'a', list, NULL),
                      on_batch);
}

static void
on_groups (OpenimSync *sync, gpointer job, const GError *error)
{
  if (error != NULL || sync->stopped)
    openim_update_end (job, error);
  else
    ask_batch (job);
}

void
openim_members_start (OpenimUpdate *update)
{
  Pass *pass = g_new0 (Pass, 1);

  pass->known = g_ptr_array_new_with_free_func (g_free);
  pass->versions = g_array_new (FALSE, FALSE, sizeof (OpenimVersion));
  pass->alone = g_ptr_array_new_with_free_func (g_free);
  update->pass = pass;
  update->free_pass = pass_free;
  openim_sync_read (update->sync, read_groups, update, NULL, on_groups);
}
