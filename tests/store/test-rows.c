/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/db.h"
#include "store/lists.h"
#include "store/settings.h"
#include "world.h"

static const OpenimTable *const tables[] = {
  &openim_table_users,   &openim_table_friends,         &openim_table_blacks,         &openim_table_groups,
  &openim_table_members, &openim_table_friend_requests, &openim_table_group_requests, &openim_table_commands,
};

static GPtrArray *
changes_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) openim_row_change_free);
}

/* Every field another value. */
static gpointer
fill (const ProtobufCMessageDescriptor *descriptor, int salt)
{
  gpointer row = openim_pb_new (descriptor);

  for (guint i = 0; i < descriptor->n_fields; i++) {
    const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
    gpointer member = (guint8 *) row + field->offset;
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
      openim_pb_take (member, g_strdup_printf ("%s of %d", field->name, salt));
      break;
    case PROTOBUF_C_TYPE_INT64:
      *(gint64 *) member = G_MAXINT64 - salt - i;
      break;
    default:
      *(gint32 *) member = field->type == PROTOBUF_C_TYPE_BOOL ? salt % 2 : (int) (salt + i);
    }
  }
  return row;
}

static char *
field_text (gconstpointer row, const char *name)
{
  const ProtobufCFieldDescriptor *field =
      openim_pb_field (((const ProtobufCMessage *) row)->descriptor, name);
  gconstpointer member = (const guint8 *) row + field->offset;

  return field->type == PROTOBUF_C_TYPE_STRING ? g_strdup (*(char *const *) member)
                                               : g_strdup_printf ("%d", *(const int *) member);
}

/* Each table takes each field, tells each kind of change, and keeps its lists apart. */
static gboolean
test_tables (OpenimDb *db, gpointer job, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++) {
    const OpenimTable *table = tables[i];
    g_autoptr (GPtrArray) changes = changes_new ();
    g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (openim_pb_free);
    for (int salt = 1; salt <= 3; salt++)
      g_ptr_array_add (rows, fill (table->descriptor, salt));
    gpointer one = rows->pdata[0];
    g_autofree char *key = field_text (one, table->key);
    g_autofree char *scope = table->scope != NULL ? field_text (one, table->scope) : NULL;

    g_assert_true (openim_rows_put (db, table, one, changes, error));
    g_assert_true (openim_rows_put (db, table, one, changes, error)); /* the same again: no change */
    g_assert_cmpuint (changes->len, ==, 1);
    g_assert_cmpint (((OpenimRowChange *) changes->pdata[0])->kind, ==, OPENIM_ROW_ADDED);
    gpointer found = openim_rows_get (db, table, scope, key, error);
    g_assert_true (openim_pb_equal (found, one));
    openim_pb_free (found);

    /* The whole table at once: one stays, two are new. */
    g_assert_true (openim_rows_replace (db, table, NULL, rows, changes, error));
    g_assert_cmpuint (changes->len, ==, 3);
    g_assert_cmpint (openim_rows_count (db, table, NULL, G_MAXINT64, error), ==, 3);
    g_assert_cmpint (openim_rows_count (db, table, NULL, 2, error), ==, 2);
    g_assert_cmpint (openim_rows_count (db, table, scope, G_MAXINT64, error), ==,
                     table->scope != NULL ? 1 : 3);

    /* One changes, one goes. */
    const ProtobufCFieldDescriptor *ex = openim_pb_field (table->descriptor, "ex");
    openim_pb_set ((char **) ((guint8 *) one + ex->offset), "changed");
    g_ptr_array_remove_index (rows, 2);
    g_ptr_array_set_size (changes, 0);
    g_assert_true (openim_rows_replace (db, table, NULL, rows, changes, error));
    g_assert_cmpuint (changes->len, ==, 2);
    const OpenimRowChange *change = changes->pdata[0];
    g_assert_cmpint (change->kind, ==, OPENIM_ROW_CHANGED);
    g_assert_true (change->table == table);
    g_assert_true (openim_pb_equal (change->row, one));
    g_assert_false (openim_pb_equal (change->old, one));
    g_assert_cmpint (((OpenimRowChange *) changes->pdata[1])->kind, ==, OPENIM_ROW_DELETED);

    g_ptr_array_set_size (changes, 0);
    g_assert_true (openim_rows_delete (db, table, scope, key, changes, error));
    g_assert_true (openim_rows_delete (db, table, scope, key, changes, error));
    g_assert_cmpuint (changes->len, ==, 1);
    g_assert_null (openim_rows_get (db, table, scope, key, error));
    g_assert_true (openim_rows_clear (db, table, NULL, error));
    g_assert_cmpint (openim_rows_count (db, table, NULL, G_MAXINT64, error), ==, 0);
  }
  return TRUE;
}

/* A column that no field has would stay empty for ever. */
static gboolean
test_columns (OpenimDb *db, gpointer job, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++) {
    guint columns = 0;
    gboolean row;
    g_autoptr (OpenimStatement) statement =
        openim_db_query (db, error, "SELECT name FROM pragma_table_info (?1)", "s", tables[i]->name);
    while (openim_statement_next (statement, &row, error) && row) {
      g_assert_nonnull (openim_pb_field (tables[i]->descriptor, openim_statement_text (statement, 0)));
      columns++;
    }
    g_assert_cmpuint (columns, ==, tables[i]->descriptor->n_fields);
  }
  return TRUE;
}

/* ---- lists */

static void
put_friend (OpenimDb *db, const char *id, const char *nickname, const char *remark, gboolean pinned)
{
  g_autoptr (OpenimFriend) friend = openim_pb_new (&openim__sdk__shared__imfriend__descriptor);
  g_autoptr (GError) error = NULL;

  openim_pb_set (&friend->frienduserid, id);
  openim_pb_set (&friend->nickname, nickname);
  openim_pb_set (&friend->remark, remark);
  friend->ispinned = pinned;
  openim_rows_put (db, &openim_table_friends, friend, NULL, &error);
  g_assert_no_error (error);
}

static void
put_member (OpenimDb *db, const char *group, const char *id, int role, gint64 joined)
{
  g_autoptr (OpenimGroupMember) member = openim_pb_new (&openim__sdk__shared__imgroup_member__descriptor);
  g_autoptr (GError) error = NULL;

  openim_pb_set (&member->groupid, group);
  openim_pb_set (&member->userid, id);
  openim_pb_take (&member->nickname, g_strconcat ("Nick ", id, NULL));
  member->rolelevel = role;
  member->jointime = joined;
  openim_rows_put (db, &openim_table_members, member, NULL, &error);
  g_assert_no_error (error);
}

/* @rows: (transfer full) */
static void
assert_rows (GPtrArray *rows, const char *field, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_nonnull (rows);
  for (guint i = 0; i < rows->len; i++) {
    g_autofree char *value = field_text (rows->pdata[i], field);
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", value);
  }
  g_ptr_array_unref (rows);
  g_assert_cmpstr (text->str, ==, expected);
}

static gboolean
test_friends (OpenimDb *db, gpointer job, GError **error)
{
  static const char *const some[] = { "dan", "nobody", "ann", NULL };
  g_autoptr (OpenimBlack) black = openim_pb_new (&openim__sdk__shared__imblack__descriptor);

  put_friend (db, "ann", "Zoe", "", FALSE);
  put_friend (db, "bob", "bert", "", FALSE);
  put_friend (db, "cat", "Cat", "Aaron_1", FALSE);
  put_friend (db, "dan", "", "", TRUE);
  openim_pb_set (&black->blockuserid, "bob");
  openim_rows_put (db, &openim_table_blacks, black, NULL, error);

  assert_rows (openim_friends_list (db, FALSE, 0, 0, error), "friendUserID", "dan cat bob ann");
  assert_rows (openim_friends_list (db, TRUE, 0, 0, error), "friendUserID", "dan cat ann");
  assert_rows (openim_friends_list (db, FALSE, 1, 2, error), "friendUserID", "cat bob");
  assert_rows (openim_friends_list (db, FALSE, 9, 2, error), "friendUserID", "");
  assert_rows (openim_friends_search (db, "b", TRUE, TRUE, TRUE, error), "friendUserID", "bob");
  assert_rows (openim_friends_search (db, "_", TRUE, TRUE, TRUE, error), "friendUserID", "cat");
  assert_rows (openim_friends_search (db, "a", FALSE, TRUE, FALSE, error), "friendUserID", "cat");
  assert_rows (openim_friends_search (db, "%", TRUE, TRUE, TRUE, error), "friendUserID", "");
  assert_rows (openim_rows_get_many (db, &openim_table_friends, NULL, some, error), "friendUserID",
               "dan ann");
  assert_rows (openim_blacks_list (db, error), "blockUserID", "bob");
  return TRUE;
}

static gboolean
test_members (OpenimDb *db, gpointer job, GError **error)
{
  static const int leaders[] = { 100, 60, 0 };

  put_member (db, "g", "owner", 100, 5);
  put_member (db, "g", "late", 20, 9);
  put_member (db, "g", "early", 20, 1);
  put_member (db, "g", "admin", 60, 7);
  put_member (db, "h", "other", 100, 1);

  assert_rows (openim_members_list (db, "g", NULL, 0, 0, error), "userID", "owner admin early late");
  assert_rows (openim_members_list (db, "g", NULL, 1, 2, error), "userID", "admin early");
  assert_rows (openim_members_list (db, "g", leaders, 0, 0, error), "userID", "owner admin");
  assert_rows (openim_members_search (db, "g", "LATE", TRUE, FALSE, 0, 0, error), "userID", "late");
  assert_rows (openim_members_search (db, "g", "Nick", FALSE, TRUE, 1, 1, error), "userID", "admin");
  assert_rows (openim_members_by_join_time (db, "g", 2, 7, 0, 0, error), "userID", "admin owner");
  return TRUE;
}

static gboolean
test_groups_and_requests (OpenimDb *db, gpointer job, GError **error)
{
  for (int i = 0; i < 3; i++) {
    static const char *const names[] = { "beta", "Alpha", "" };
    g_autoptr (OpenimGroup) group = openim_pb_new (&openim__sdk__shared__imgroup__descriptor);
    g_autoptr (OpenimFriendRequest) friend =
        openim_pb_new (&openim__sdk__shared__imfriend_request__descriptor);
    g_autoptr (OpenimGroupRequest) join = openim_pb_new (&openim__sdk__shared__imgroup_request__descriptor);
    openim_pb_take (&group->groupid, g_strdup_printf ("c%d", i));
    openim_pb_set (&group->groupname, names[i]);
    openim_rows_put (db, &openim_table_groups, group, NULL, error);
    openim_pb_take (&friend->fromuserid, i == 0 ? g_strdup (WORLD_SELF) : g_strdup_printf ("u%d", i));
    openim_pb_set (&friend->touserid, i == 0 ? "u0" : WORLD_SELF);
    friend->createtime = i;
    openim_rows_put (db, &openim_table_friend_requests, friend, NULL, error);
    openim_pb_take (&join->groupid, g_strdup_printf ("c%d", i));
    openim_pb_set (&join->userid, i == 1 ? WORLD_SELF : "u");
    join->reqtime = i;
    openim_rows_put (db, &openim_table_group_requests, join, NULL, error);
  }
  assert_rows (openim_groups_list (db, 0, 0, error), "groupID", "c1 c0 c2");
  assert_rows (openim_groups_search (db, "ALPH", FALSE, TRUE, error), "groupID", "c1");
  assert_rows (openim_groups_search (db, "c", TRUE, FALSE, error), "groupID", "c1 c0 c2");
  assert_rows (openim_friend_requests_list (db, WORLD_SELF, FALSE, error), "fromUserID", "u2 u1");
  assert_rows (openim_friend_requests_list (db, WORLD_SELF, TRUE, error), "toUserID", "u0");
  assert_rows (openim_group_requests_list (db, WORLD_SELF, FALSE, error), "groupID", "c2 c0");
  assert_rows (openim_group_requests_list (db, WORLD_SELF, TRUE, error), "groupID", "c1");
  return TRUE;
}

static void
assert_name (OpenimDb *db, const char *id, const char *name, const char *face_url)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *found = NULL;
  g_autofree char *face = NULL;

  g_assert_true (openim_names_of_user (db, id, &found, &face, &error));
  g_assert_cmpstr (found, ==, name);
  g_assert_cmpstr (face, ==, face_url);
}

static gboolean
test_names (OpenimDb *db, gpointer job, GError **error)
{
  g_autoptr (OpenimUser) user = openim_pb_new (&openim__sdk__shared__imuser__descriptor);

  assert_name (db, "bob", "bob", "");
  openim_pb_set (&user->userid, "bob");
  openim_pb_set (&user->nickname, "Robert");
  openim_pb_set (&user->faceurl, "http://face");
  openim_rows_put (db, &openim_table_users, user, NULL, error);
  assert_name (db, "bob", "Robert", "http://face");
  put_friend (db, "bob", "Bob", "", FALSE);
  assert_name (db, "bob", "Bob", "http://face");
  put_friend (db, "bob", "Bob", "Bobby", FALSE);
  assert_name (db, "bob", "Bobby", "http://face");
  return TRUE;
}

/* ---- settings */

static gboolean
test_settings (OpenimDb *db, gpointer job, GError **error)
{
  static const char *const ids[] = { "b", "a", "世界", NULL };
  OpenimVersion version;

  g_assert_null (openim_settings_get (db, "k", error));
  g_assert_true (openim_settings_set (db, "k", "v", error));
  g_assert_true (openim_settings_set (db, "k", "w", error));
  g_autofree char *value = openim_settings_get (db, "k", error);
  g_assert_cmpstr (value, ==, "w");
  g_assert_true (openim_settings_set (db, "k", NULL, error));
  g_assert_null (openim_settings_get (db, "k", error));

  g_assert_true (openim_versions_get (db, "members", "g", &version, error));
  g_assert_cmpuint (version.version, ==, 0);
  g_assert_cmpstr (version.version_id, ==, "");
  g_assert_true (openim_versions_set_ids (db, "members", "g", ids, error));
  version = (OpenimVersion){ G_MAXUINT64, "0123456789abcdef01234567" };
  g_assert_true (openim_versions_set (db, "members", "g", &version, error));
  version = (OpenimVersion){ 0 };
  g_assert_true (openim_versions_get (db, "members", "g", &version, error));
  g_assert_cmpuint (version.version, ==, G_MAXUINT64);
  g_assert_cmpstr (version.version_id, ==, "0123456789abcdef01234567");
  g_auto (GStrv) found = openim_versions_get_ids (db, "members", "g", error);
  g_assert_true (g_strv_equal ((const char *const *) found, ids));
  g_auto (GStrv) none = openim_versions_get_ids (db, "members", "h", error);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
  g_assert_true (openim_versions_clear (db, "members", "g", error));
  g_assert_true (openim_versions_get (db, "members", "g", &version, error));
  g_assert_cmpuint (version.version, ==, 0);
  return TRUE;
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  world_add_job_test ("/store/rows/tables", test_tables);
  world_add_job_test ("/store/rows/columns", test_columns);
  world_add_job_test ("/store/lists/friends", test_friends);
  world_add_job_test ("/store/lists/members", test_members);
  world_add_job_test ("/store/lists/groups-and-requests", test_groups_and_requests);
  world_add_job_test ("/store/lists/names", test_names);
  world_add_job_test ("/store/settings", test_settings);
  return g_test_run ();
}
