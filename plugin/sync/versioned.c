/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Lists with a version: the changes since the version that is here, or all pages when the server says "full"
 * (nothing stored yet, another version ID, more than 200 changes). Source: open-im-server 3.8,
 * internal/rpc/incrversion. */

#include "base/gate.h"
#include "sync/lists-private.h"

typedef struct {
  OpenimList list;
  const char *name;         /* of its version in the store */
  const OpenimTable *table; /* NULL: conversations, which have a table of their own */
  OpenimRowReader read;
  const char *changes; /* path */
  const char *entity_key;
  OpenimPages pages;
  const char *ids; /* path of the whole list of IDs */
  const char *ids_key;
} Versioned;

static const Versioned versioned[] = {
  { OPENIM_LIST_FRIENDS,
    "friends",
    &openim_table_friends,
    openim_read_friend,
    "/friend/get_incremental_friends",
    "userID",
    { "/friend/get_friend_list", "userID", "friendsInfo", 1000, 0 },
    "/friend/get_full_friend_user_ids",
    "userIDs" },
  { OPENIM_LIST_GROUPS,
    "groups",
    &openim_table_groups,
    openim_read_group,
    "/group/get_incremental_join_groups",
    "userID",
    { "/group/get_joined_group_list", "fromUserID", "groups", 500, 0 } },
  { OPENIM_LIST_MEMBERS,
    "members",
    &openim_table_members,
    openim_read_member,
    "/group/get_incremental_group_members",
    "groupID",
    /* More are loaded by ID when somebody looks at them. */
    { "/group/get_group_member_list", "groupID", "members", 500, 1000 },
    "/group/get_full_group_member_user_ids",
    "userIDs" },
  { OPENIM_LIST_CONVERSATIONS,
    "conversations",
    NULL,
    openim_read_conversation,
    "/conversation/get_incremental_conversations",
    "userID",
    { "/conversation/get_owner_conversation", "userID", "conversations", 500, 0 } },
};

typedef struct {
  const Versioned *kind;
  const char *entity;
  gboolean silent;
  OpenimVersion version; /* as stored before */
  GStrv ids;             /* as stored before, in VERIFY */
  JsonObject *answer;    /* of the changes */
  GPtrArray *rows;       /* (nullable) of the pages; conversations are written at once */
  gboolean complete;
  JsonObject *ids_answer;
  JsonObject *gone; /* (nullable) what has become of groups that are to be deleted */
  OpenimWrittenFunc written;
  gboolean differs;      /* the server's IDs are others than ours */
  GPtrArray *new_groups; /* out: IDs */
} Pass;

static void
pass_free (gpointer p)
{
  Pass *pass = p;

  g_strfreev (pass->ids);
  g_clear_pointer (&pass->answer, json_object_unref);
  g_clear_pointer (&pass->rows, g_ptr_array_unref);
  g_clear_pointer (&pass->ids_answer, json_object_unref);
  g_clear_pointer (&pass->gone, json_object_unref);
  g_ptr_array_unref (pass->new_groups);
  g_free (pass);
}

static const Versioned *
find_kind (OpenimList list)
{
  for (guint i = 0; i < G_N_ELEMENTS (versioned); i++)
    if (versioned[i].list == list)
      return &versioned[i];
  g_return_val_if_reached (NULL);
}

/* ---- store thread */

static gboolean
put_conversation (
    OpenimDb *db, JsonObject *object, OpenimConversation *info, OpenimEffects *effects, GError **error)
{
  gint64 min_seq = openim_json_int (object, "minSeq");
  gboolean changed = FALSE;

  if (!openim_gate_id (info->conversationid))
    return TRUE;
  if (!openim_effects_ensure (effects, db, info->conversationid, info->conversationtype, info->userid,
                              info->groupid, error) ||
      !openim_conversations_put_settings (db, info, &changed, error) ||
      (min_seq > 0 && !openim_conversations_set_min_seq (db, info->conversationid, min_seq, error)))
    return FALSE;
  if (changed)
    openim_effects_touch (effects, info->conversationid,
                          effects->silent ? OPENIM_TOUCH_QUIET : OPENIM_TOUCH_CHANGED);
  return TRUE;
}

static gboolean
put_conversations (
    OpenimDb *db, JsonObject *answer, const char *rows_key, OpenimEffects *effects, GError **error)
{
  JsonArray *array = openim_json_array (answer, rows_key);
  guint n = array != NULL ? json_array_get_length (array) : 0;

  for (guint i = 0; i < n; i++) {
    JsonNode *node = json_array_get_element (array, i);
    g_autoptr (OpenimConversation) info = NULL;

    if (!JSON_NODE_HOLDS_OBJECT (node))
      continue;
    info = openim_read_conversation (json_node_get_object (node), effects->self_id);
    if (!put_conversation (db, json_node_get_object (node), info, effects, error))
      return FALSE;
  }
  return TRUE;
}

/* The list of IDs follows the changes, so that its hash can be compared. */
static gboolean
update_ids (OpenimDb *db,
            const Versioned *kind,
            const char *entity,
            const char *const *deleted,
            GPtrArray *rows,
            GError **error)
{
  g_auto (GStrv) ids = openim_versions_get_ids (db, kind->name, entity, error);
  g_autoptr (GHashTable) gone = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) now = g_ptr_array_new_with_free_func (g_free);

  if (ids == NULL)
    return FALSE;
  if (ids[0] == NULL)
    return TRUE;
  for (guint i = 0; deleted[i] != NULL; i++)
    g_hash_table_add (gone, (gpointer) deleted[i]);
  for (guint i = 0; ids[i] != NULL; i++) {
    g_hash_table_add (known, ids[i]);
    if (!g_hash_table_contains (gone, ids[i]))
      g_ptr_array_add (now, g_strdup (ids[i]));
  }
  for (guint i = 0; i < rows->len; i++) {
    g_autofree char *scope = NULL;
    char *key;

    openim_row_parts (kind->table, g_ptr_array_index (rows, i), &scope, &key);
    if (g_hash_table_contains (known, key))
      g_free (key);
    else
      g_ptr_array_add (now, key);
  }
  g_ptr_array_add (now, NULL);
  return openim_versions_set_ids (db, kind->name, entity, (const char *const *) now->pdata, error);
}

/* Members and versions of groups that are gone go too. */
static gboolean
after_groups (OpenimDb *db, GPtrArray *changes, GPtrArray *new_groups, GError **error)
{
  for (guint i = 0; i < changes->len; i++) {
    const OpenimRowChange *change = g_ptr_array_index (changes, i);
    const char *id;

    if (change->table != &openim_table_groups)
      continue;
    id = ((OpenimGroup *) change->row)->groupid;
    if (change->kind == OPENIM_ROW_DELETED && (!openim_rows_clear (db, &openim_table_members, id, error) ||
                                               !openim_versions_clear (db, "members", id, error)))
      return FALSE;
    if (change->kind == OPENIM_ROW_ADDED && new_groups != NULL)
      g_ptr_array_add (new_groups, g_strdup (id));
  }
  return TRUE;
}

/* The group travels with its members. That its list is new and nobody hears of each member does not make
 * what has changed about the group less of a news. */
static gboolean
put_group (OpenimDb *db, JsonObject *answer, gboolean silent, OpenimEffects *effects, GError **error)
{
  const gboolean list_silent = effects->silent;
  gboolean put;
  JsonObject *object = openim_json_object (answer, "group");
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify) openim_row_change_free);
  g_autoptr (OpenimGroup) group = NULL;
  g_autoptr (OpenimGroup) known = NULL;
  g_autoptr (GError) local = NULL;

  if (object == NULL)
    return TRUE;
  group = openim_read_group (object, NULL);
  known = openim_rows_get (db, &openim_table_groups, NULL, group->groupid, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (known == NULL)
    return TRUE;
  effects->silent = silent;
  put = openim_rows_put (db, &openim_table_groups, group, changes, error) &&
        openim_effects_add_changes (effects, db, changes, error);
  effects->silent = list_silent;
  return put;
}

static gboolean
set_version (OpenimDb *db, const Versioned *kind, const char *entity, JsonObject *answer, GError **error)
{
  OpenimVersion version = { openim_json_uint (answer, "version"), "" };

  g_strlcpy (version.version_id, openim_json_string (answer, "versionID"), sizeof version.version_id);
  return openim_versions_set (db, kind->name, entity, &version, error);
}

static gboolean
apply_changes (OpenimDb *db,
               const Versioned *kind,
               const char *entity,
               JsonObject *answer,
               GPtrArray *new_groups,
               gboolean silent,
               OpenimEffects *effects,
               GError **error)
{
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify) openim_row_change_free);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (openim_pb_free);
  g_auto (GStrv) deleted = openim_json_strv (answer, "delete");
  const char *scope = kind->table != NULL && kind->table->scope != NULL ? entity : NULL;

  if (kind->table == NULL) {
    /* What the server deletes here stays: only people delete conversations. */
    if (!put_conversations (db, answer, "insert", effects, error) ||
        !put_conversations (db, answer, "update", effects, error))
      return FALSE;
    return set_version (db, kind, entity, answer, error);
  }

  openim_update_read (answer, "insert", kind->read, effects->self_id, rows);
  openim_update_read (answer, "update", kind->read, effects->self_id, rows);
  for (guint i = 0; deleted[i] != NULL; i++)
    if (!openim_rows_delete (db, kind->table, scope, deleted[i], changes, error))
      return FALSE;
  for (guint i = 0; i < rows->len; i++)
    if (!openim_rows_put (db, kind->table, g_ptr_array_index (rows, i), changes, error))
      return FALSE;

  return (kind->ids == NULL || update_ids (db, kind, entity, (const char *const *) deleted, rows, error)) &&
         openim_effects_add_changes (effects, db, changes, error) &&
         (kind->list != OPENIM_LIST_MEMBERS || put_group (db, answer, silent, effects, error)) &&
         after_groups (db, changes, new_groups, error) && set_version (db, kind, entity, answer, error);
}

gboolean
openim_versioned_apply (OpenimDb *db,
                        OpenimList list,
                        const char *entity,
                        JsonObject *answer,
                        OpenimEffects *effects,
                        GError **error)
{
  return apply_changes (db, find_kind (list), entity, answer, NULL, effects->silent, effects, error);
}

static gboolean
apply_full (OpenimDb *db, Pass *pass, OpenimEffects *effects, GError **error)
{
  const Versioned *kind = pass->kind;
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify) openim_row_change_free);
  GPtrArray *rows = pass->rows;
  const char *scope = kind->table != NULL && kind->table->scope != NULL ? pass->entity : NULL;
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) told = NULL;

  if (kind->table == NULL)
    return set_version (db, kind, pass->entity, pass->answer, error);
  if (!openim_rows_replace (db, kind->table, scope, rows, changes, error))
    return FALSE;

  if (kind->ids != NULL) {
    if (pass->ids_answer != NULL)
      told = openim_json_strv (pass->ids_answer, kind->ids_key);
    for (guint i = 0; told == NULL && i < rows->len; i++) {
      g_autofree char *list = NULL;
      char *key;

      openim_row_parts (kind->table, g_ptr_array_index (rows, i), &list, &key);
      g_ptr_array_add (ids, key);
    }
    g_ptr_array_add (ids, NULL);
    if (!openim_versions_set_ids (
            db, kind->name, pass->entity,
            told != NULL ? (const char *const *) told : (const char *const *) ids->pdata, error))
      return FALSE;
  }
  return openim_effects_add_changes (effects, db, changes, error) &&
         (kind->list != OPENIM_LIST_MEMBERS || put_group (db, pass->answer, pass->silent, effects, error)) &&
         after_groups (db, changes, pass->new_groups, error) &&
         set_version (db, kind, pass->entity, pass->answer, error);
}

/* The first load of a list is no news, and neither is a whole new list of members. */
static gboolean
is_silent (const Pass *pass)
{
  return pass->silent || pass->version.version == 0 ||
         (pass->rows != NULL && pass->kind->list == OPENIM_LIST_MEMBERS);
}

static gboolean
take_page (OpenimDb *db, OpenimUpdate *update, JsonObject *page, OpenimEffects *effects, GError **error)
{
  Pass *pass = update->pass;

  effects->silent = is_silent (pass);
  if (pass->kind->table == NULL)
    return put_conversations (db, page, pass->kind->pages.rows_key, effects, error);
  openim_update_read (page, pass->kind->pages.rows_key, pass->kind->read, effects->self_id, pass->rows);
  return TRUE;
}

static gboolean
write_list (OpenimDb *db, gpointer job, OpenimEffects *effects, GError **error)
{
  OpenimUpdate *update = job;
  Pass *pass = update->pass;
  gboolean full = pass->rows != NULL;
  gboolean written;

  effects->silent = is_silent (pass);
  if (pass->gone != NULL && !openim_gone_mark (db, pass->gone, effects, error))
    return FALSE;
  written = full ? apply_full (db, pass, effects, error)
                 : apply_changes (db, pass->kind, pass->entity, pass->answer, pass->new_groups, pass->silent,
                                  effects, error);
  /* Freeing a long list takes its time too, and the main loop has none. */
  g_clear_pointer (&pass->rows, g_ptr_array_unref);
  return written;
}

static gboolean
read_version (OpenimDb *db, gpointer job, GError **error)
{
  OpenimUpdate *update = job;
  Pass *pass = update->pass;

  if (!openim_versions_get (db, pass->kind->name, pass->entity, &pass->version, error))
    return FALSE;
  if ((update->flags & OPENIM_LIST_VERIFY) && pass->kind->ids != NULL && pass->version.version > 0) {
    pass->ids = openim_versions_get_ids (db, pass->kind->name, pass->entity, error);
    return pass->ids != NULL;
  }
  return TRUE;
}

/* Whether the server's IDs are those of the rows; if so their order is kept for the next comparison. */
static gboolean
compare_ids (OpenimDb *db, gpointer job, OpenimEffects *effects, GError **error)
{
  OpenimUpdate *update = job;
  Pass *pass = update->pass;
  const OpenimTable *table = pass->kind->table;
  g_auto (GStrv) told = openim_json_strv (pass->ids_answer, pass->kind->ids_key);
  g_autoptr (GHashTable) theirs = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) rows = openim_rows_all (db, table, NULL, error);

  if (rows == NULL)
    return FALSE;
  for (guint i = 0; told[i] != NULL; i++)
    g_hash_table_add (theirs, told[i]);
  pass->differs = g_hash_table_size (theirs) != rows->len;
  for (guint i = 0; i < rows->len && !pass->differs; i++) {
    g_autofree char *scope = NULL;
    g_autofree char *key = NULL;

    openim_row_parts (table, g_ptr_array_index (rows, i), &scope, &key);
    pass->differs = !g_hash_table_contains (theirs, key);
  }
  return pass->differs ||
         openim_versions_set_ids (db, pass->kind->name, pass->entity, (const char *const *) told, error);
}

/* ---- main thread */

/* First eight bytes of the MD5 of the JSON text of the list; 0 for an empty one. */
static guint64
hash_ids (GStrv ids)
{
  g_autoptr (GString) text = g_string_new ("[");
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_MD5);
  guint8 digest[16];
  gsize length = sizeof digest;
  guint64 hash = 0;

  if (ids[0] == NULL)
    return 0;
  for (guint i = 0; ids[i] != NULL; i++) {
    g_string_append (text, i > 0 ? ",\"" : "\"");
    for (const char *p = ids[i]; *p != '\0'; p++)
      if (*p == '"' || *p == '\\')
        g_string_append_printf (text, "\\%c", *p);
      else if (strchr ("<>&", *p) != NULL)
        g_string_append_printf (text, "\\u%04x", *p);
      else
        g_string_append_c (text, *p);
    g_string_append_c (text, '"');
  }
  g_string_append_c (text, ']');
  g_checksum_update (checksum, (const guchar *) text->str, text->len);
  g_checksum_get_digest (checksum, digest, &length);
  for (guint i = 0; i < 8; i++)
    hash = hash << 8 | digest[i];
  return hash;
}

static void
on_written (OpenimSync *sync, gpointer job, const GError *error)
{
  OpenimUpdate *update = job;
  Pass *pass = update->pass;

  /* A sync asks for the members of all groups anyway. */
  for (guint i = 0;
       error == NULL && !sync->stopped && !(update->flags & OPENIM_LIST_IN_RUN) && i < pass->new_groups->len;
       i++)
    openim_lists_update (sync->lists, OPENIM_LIST_MEMBERS, g_ptr_array_index (pass->new_groups, i),
                         OPENIM_LIST_PLAIN, NULL, NULL);
  openim_update_end (update, error);
}

static void
on_gone (OpenimUpdate *update, JsonObject *groups)
{
  Pass *pass = update->pass;

  pass->gone = groups;
  openim_sync_write (update->sync, OPENIM_STORE_WRITE, write_list, update, NULL, pass->written);
}

static void
write_now (OpenimUpdate *update, OpenimWrittenFunc written)
{
  Pass *pass = update->pass;

  pass->written = written;
  if (update->list == OPENIM_LIST_GROUPS && !pass->silent && pass->version.version > 0)
    openim_gone_ask (update, pass->answer, pass->rows, on_gone);
  else
    on_gone (update, NULL);
}

static void
on_all_ids (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimUpdate *update = user_data;
  Pass *pass = update->pass;
  g_autoptr (GError) error = NULL;

  pass->ids_answer = openim_api_call_finish (OPENIM_API (source), result, &error);
  if (pass->ids_answer == NULL)
    openim_update_end (update, error);
  else
    write_now (update, on_written);
}

static void
on_pages (OpenimUpdate *update, GPtrArray *answers, gboolean complete, const GError *error)
{
  Pass *pass = update->pass;

  if (error != NULL || update->sync->stopped) {
    openim_update_end (update, error);
    return;
  }
  if (complete || pass->kind->ids == NULL) {
    write_now (update, on_written);
    return;
  }
  openim_update_call (
      update, pass->kind->ids,
      openim_json_build (pass->kind->entity_key, 's', pass->entity, "idHash", 'u', (guint64) 0, NULL),
      on_all_ids);
}

static void
load_all (OpenimUpdate *update)
{
  Pass *pass = update->pass;

  g_clear_pointer (&pass->ids_answer, json_object_unref);
  g_clear_pointer (&pass->rows, g_ptr_array_unref);
  pass->rows = g_ptr_array_new_with_free_func (openim_pb_free);
  openim_update_pages (update, &pass->kind->pages, pass->entity, take_page, on_pages);
}

static void
on_compared (OpenimSync *sync, gpointer job, const GError *error)
{
  OpenimUpdate *update = job;
  Pass *pass = update->pass;

  if (error == NULL && pass->differs && !sync->stopped) {
    openim_log (OPENIM_SYNC_LOG, OPENIM_LOG_INFO, "the list of %s differs and is loaded anew",
                pass->kind->name);
    load_all (update);
  } else {
    openim_update_end (update, error);
  }
}

static void
on_hash (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimUpdate *update = user_data;
  Pass *pass = update->pass;
  g_autoptr (GError) error = NULL;

  pass->ids_answer = openim_api_call_finish (OPENIM_API (source), result, &error);
  if (pass->ids_answer == NULL || update->sync->stopped || openim_json_bool (pass->ids_answer, "equal"))
    openim_update_end (update, error);
  else
    openim_sync_write (update->sync, OPENIM_STORE_WRITE, compare_ids, update, NULL, on_compared);
}

/* The version log can lose a deletion; the whole list cannot. */
static void
verify (OpenimUpdate *update)
{
  Pass *pass = update->pass;

  openim_update_call (update, pass->kind->ids,
                      openim_json_build (pass->kind->entity_key, 's', pass->entity, "idHash", 'u',
                                         hash_ids (pass->ids), NULL),
                      on_hash);
}

static gboolean
is_empty (JsonObject *answer, const char *key)
{
  JsonArray *array = openim_json_array (answer, key);

  return array == NULL || json_array_get_length (array) == 0;
}

static void
on_ids (OpenimSync *sync, gpointer job, const GError *error)
{
  if (error != NULL || sync->stopped)
    openim_update_end (job, error);
  else
    verify (job);
}

static void
on_changes_written (OpenimSync *sync, gpointer job, const GError *error)
{
  OpenimUpdate *update = job;
  Pass *pass = update->pass;

  if (error == NULL && !sync->stopped && pass->ids != NULL) {
    g_clear_pointer (&pass->ids, g_strfreev);
    openim_sync_read (sync, read_version, update, NULL, on_ids);
  } else {
    on_written (sync, job, error);
  }
}

static void
on_changes (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimUpdate *update = user_data;
  Pass *pass = update->pass;
  g_autoptr (GError) error = NULL;

  pass->answer = openim_api_call_finish (OPENIM_API (source), result, &error);
  if (pass->answer == NULL || update->sync->stopped)
    openim_update_end (update, error);
  else if (openim_json_bool (pass->answer, "full"))
    load_all (update);
  else if (!is_empty (pass->answer, "delete") || !is_empty (pass->answer, "insert") ||
           !is_empty (pass->answer, "update") || openim_json_object (pass->answer, "group") != NULL ||
           openim_json_uint (pass->answer, "version") != pass->version.version)
    write_now (update, on_changes_written);
  else if (pass->ids != NULL)
    verify (update);
  else
    openim_update_end (update, NULL);
}

static void
on_version (OpenimSync *sync, gpointer job, const GError *error)
{
  OpenimUpdate *update = job;
  Pass *pass = update->pass;

  if (error != NULL || sync->stopped) {
    openim_update_end (update, error);
    return;
  }
  openim_update_call (update, pass->kind->changes,
                      openim_json_build (pass->kind->entity_key, 's', pass->entity, "version", 'u',
                                         pass->version.version, "versionID", 's', pass->version.version_id,
                                         NULL),
                      on_changes);
}

void
openim_versioned_start (OpenimUpdate *update)
{
  Pass *pass = g_new0 (Pass, 1);

  update->pass = pass;
  update->free_pass = pass_free;
  pass->kind = find_kind (update->list);
  pass->entity = update->list == OPENIM_LIST_MEMBERS ? update->entity : update->sync->user_id;
  pass->silent = (update->flags & OPENIM_LIST_SILENT) != 0;
  pass->new_groups = g_ptr_array_new_with_free_func (g_free);
  openim_sync_read (update->sync, read_version, update, NULL, on_version);
}
