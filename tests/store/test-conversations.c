/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/conversations.h"
#include "store/ranges.h"
#include "store/rows.h"
#include "world.h"

static void
ensure (OpenimDb *db, const char *user_id, gboolean expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = g_strconcat ("si_alice_", user_id, NULL);
  gboolean created;

  g_assert_true (
      openim_conversations_ensure (db, id, OPENIM_SESSION_SINGLE, user_id, NULL, &created, &error));
  g_assert_cmpint (created, ==, expected);
}

static OpenimConversationChange
refresh (OpenimDb *db, const char *user_id)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = g_strconcat ("si_alice_", user_id, NULL);
  OpenimConversationChange change;

  g_assert_true (openim_conversations_refresh (db, id, &change, &error));
  return change;
}

static void
put (OpenimDb *db, const char *user_id, const char *client_msg_id, gint64 seq, gint64 time)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = g_strconcat ("si_alice_", user_id, NULL);
  g_autoptr (OpenimMsgData) data = world_message (client_msg_id, user_id, seq, time);
  OpenimStoredKind kind;

  g_assert_true (openim_messages_put (db, id, WORLD_SELF, data, &kind, &error));
}

static OpenimConversationRow *
get (OpenimDb *db, const char *user_id)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = g_strconcat ("si_alice_", user_id, NULL);
  OpenimConversationRow *row = openim_conversations_get (db, id, &error);

  g_assert_no_error (error);
  return row;
}

/* The IDs of the people in the list. */
static void
assert_list (OpenimDb *db, gint64 offset, gint64 count, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = openim_conversations_list (db, offset, count, &error);
  g_autoptr (GString) ids = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < rows->len; i++) {
    const OpenimConversationRow *row = rows->pdata[i];
    g_string_append_printf (ids, "%s%s", i > 0 ? " " : "", row->info->userid);
    g_assert_nonnull (row->latest);
  }
  g_assert_cmpstr (ids->str, ==, expected);
}

static OpenimConversation *
settings_of (const char *user_id)
{
  OpenimConversation *info = openim_pb_new (&openim__sdk__shared__imconversation__descriptor);

  openim_pb_take (&info->conversationid, g_strconcat ("si_alice_", user_id, NULL));
  info->conversationtype = OPENIM__SDK__COMMON__SESSION_TYPE__Single;
  openim_pb_set (&info->userid, user_id);
  return info;
}

static gboolean
test_appears (OpenimDb *db, gpointer job, GError **error)
{
  g_assert_null (get (db, "bob"));
  g_assert_cmpint (refresh (db, "bob"), ==, OPENIM_CONVERSATION_SAME);
  ensure (db, "bob", TRUE);
  ensure (db, "bob", FALSE);
  assert_list (db, 0, 0, "");
  g_assert_cmpint (refresh (db, "bob"), ==, OPENIM_CONVERSATION_SAME);
  g_autoptr (OpenimConversationRow) hidden = get (db, "bob");
  g_assert_null (hidden->latest);
  g_assert_cmpstr (hidden->info->showname, ==, "bob");

  put (db, "bob", "m1", 1, 1000);
  g_assert_cmpint (refresh (db, "bob"), ==, OPENIM_CONVERSATION_NEW);
  g_assert_cmpint (refresh (db, "bob"), ==, OPENIM_CONVERSATION_SAME);
  put (db, "bob", "m2", 2, 2000);
  g_assert_cmpint (refresh (db, "bob"), ==, OPENIM_CONVERSATION_CHANGED);
  put (db, "bob", "m0", 3, 500); /* not the latest */
  g_assert_cmpint (refresh (db, "bob"), ==, OPENIM_CONVERSATION_SAME);
  g_autoptr (OpenimConversationRow) shown = get (db, "bob");
  g_assert_cmpstr (shown->latest->data->clientmsgid, ==, "m2");
  g_assert_cmpint (shown->info->latestmsgsendtime, ==, 2000);
  g_assert_null (shown->info->latestmsg);

  /* The state of the latest message is a change, that of another is none. */
  const char *chat = "si_alice_bob";
  g_assert_true (openim_messages_set_status (db, chat, "m2", OPENIM_STATUS_FAILED, error));
  g_assert_cmpint (refresh (db, "bob"), ==, OPENIM_CONVERSATION_CHANGED);
  g_assert_true (openim_messages_set_status (db, chat, "m0", OPENIM_STATUS_DELETED, error));
  g_assert_cmpint (refresh (db, "bob"), ==, OPENIM_CONVERSATION_SAME);
  g_assert_true (openim_messages_set_status (db, chat, "m2", OPENIM_STATUS_DELETED, error));
  g_assert_cmpint (refresh (db, "bob"), ==, OPENIM_CONVERSATION_CHANGED);
  g_autoptr (OpenimConversationRow) before = get (db, "bob");
  g_assert_cmpstr (before->latest->data->clientmsgid, ==, "m1");

  /* Empty, it stays where it was. */
  g_assert_true (openim_messages_set_status (db, chat, "m1", OPENIM_STATUS_DELETED, error));
  g_assert_cmpint (refresh (db, "bob"), ==, OPENIM_CONVERSATION_CHANGED);
  g_autoptr (OpenimConversationRow) empty = get (db, "bob");
  g_assert_null (empty->latest);
  g_assert_cmpint (empty->info->latestmsgsendtime, ==, 1000);
  return TRUE;
}

static gboolean
test_list (OpenimDb *db, gpointer job, GError **error)
{
  static const char *const people[] = { "ann", "bob", "cat", "dan" };

  for (int i = 0; i < 4; i++) {
    ensure (db, people[i], TRUE);
    if (i < 3)
      put (db, people[i], "m", 1, 1000 * (i + 1));
    refresh (db, people[i]);
  }
  assert_list (db, 0, 0, "cat bob ann");
  g_autoptr (OpenimConversation) pinned = settings_of ("ann");
  pinned->ispinned = TRUE;
  g_assert_true (openim_conversations_put_settings (db, pinned, NULL, error));
  assert_list (db, 0, 0, "ann cat bob");
  assert_list (db, 1, 1, "cat");
  assert_list (db, 5, 1, "");
  g_autoptr (GPtrArray) ids = openim_conversations_all_ids (db, error);
  g_assert_cmpuint (ids->len, ==, 4);
  return TRUE;
}

static void
assert_unread (OpenimDb *db, const char *user_id, int unread, gint64 total)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OpenimConversationRow) row = get (db, user_id);

  g_assert_cmpint (row->info->unreadcount, ==, unread);
  g_assert_cmpint (openim_conversations_total_unread (db, &error), ==, total);
}

static void
set_seqs (OpenimDb *db, const char *user_id, gint64 max_seq, gint64 read_seq, gboolean expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = g_strconcat ("si_alice_", user_id, NULL);
  gboolean changed;

  g_assert_true (openim_conversations_set_seqs (db, id, max_seq, read_seq, &changed, &error));
  g_assert_cmpint (changed, ==, expected);
}

static gboolean
test_unread (OpenimDb *db, gpointer job, GError **error)
{
  ensure (db, "bob", TRUE);
  put (db, "bob", "m", 1, 1000);
  set_seqs (db, "bob", 5, 2, TRUE);
  assert_unread (db, "bob", 3, 0); /* not in the list yet */
  refresh (db, "bob");
  assert_unread (db, "bob", 3, 3);
  set_seqs (db, "bob", 4, 1, FALSE); /* both only rise */
  set_seqs (db, "bob", -1, -1, FALSE);
  assert_unread (db, "bob", 3, 3);
  set_seqs (db, "bob", 6, 3, FALSE); /* moved, but as many as before */
  set_seqs (db, "bob", -1, 9, TRUE);
  assert_unread (db, "bob", 0, 0);
  set_seqs (db, "bob", 8, -1, FALSE);
  set_seqs (db, "bob", 11, -1, TRUE);
  assert_unread (db, "bob", 2, 2);

  /* Marks can come before anything else is known. */
  set_seqs (db, "cat", 7, 0, TRUE);
  g_assert_null (get (db, "cat"));
  ensure (db, "cat", TRUE);
  put (db, "cat", "m", 7, 1000);
  refresh (db, "cat");
  assert_unread (db, "cat", 7, 9);
  g_autoptr (OpenimConversation) muted = settings_of ("cat");
  muted->recvmsgopt = 2;
  g_assert_true (openim_conversations_put_settings (db, muted, NULL, error));
  assert_unread (db, "cat", 7, 2);

  g_assert_true (openim_conversations_set_min_seq (db, "si_alice_cat", 4, error));
  g_assert_true (openim_ranges_add (db, "n_alice_cat", 1, 3, error));
  g_autoptr (GHashTable) marks = openim_conversations_marks (db, error);
  const OpenimSeqMarks *cat = g_hash_table_lookup (marks, "si_alice_cat");
  g_assert_cmpint (cat->max_seq, ==, 7);
  g_assert_cmpint (cat->min_seq, ==, 4);
  g_assert_cmpint (cat->fetched, ==, 7);
  const OpenimSeqMarks *bob = g_hash_table_lookup (marks, "si_alice_bob");
  g_assert_cmpint (bob->max_seq, ==, 11);
  g_assert_cmpint (bob->has_read_seq, ==, 9);
  g_assert_cmpint (bob->fetched, ==, 1);
  const OpenimSeqMarks *channel = g_hash_table_lookup (marks, "n_alice_cat");
  g_assert_cmpint (channel->fetched, ==, 3);
  return TRUE;
}

static gboolean
test_settings (OpenimDb *db, gpointer job, GError **error)
{
  g_autoptr (OpenimConversation) info = settings_of ("bob");
  gboolean changed;

  info->burnduration = 30;
  info->isprivatechat = TRUE;
  info->msgdestructtime = 5;
  openim_pb_set (&info->ex, "x");
  openim_pb_set (&info->showname, "never taken");
  info->latestmsgsendtime = 77;
  g_assert_true (openim_conversations_put_settings (db, info, &changed, error));
  g_assert_true (changed);
  g_assert_true (openim_conversations_put_settings (db, info, &changed, error));
  g_assert_false (changed);
  g_autoptr (OpenimConversationRow) row = get (db, "bob");
  g_assert_cmpint (row->info->burnduration, ==, 30);
  g_assert_true (row->info->isprivatechat);
  g_assert_cmpint (row->info->msgdestructtime, ==, 5);
  g_assert_cmpstr (row->info->ex, ==, "x");
  g_assert_cmpstr (row->info->showname, ==, "bob");
  g_assert_cmpint (row->info->latestmsgsendtime, ==, 0);

  info->recvmsgopt = 1;
  g_assert_true (openim_conversations_put_settings (db, info, &changed, error));
  g_assert_true (changed);
  return TRUE;
}

static void
assert_rename (OpenimDb *db, const char *user_id, const char *group_id, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  g_assert_true (openim_conversations_rename (db, user_id, group_id, ids, &error));
  g_assert_cmpuint (ids->len, ==, expected != NULL ? 1 : 0);
  if (expected != NULL)
    g_assert_cmpstr (ids->pdata[0], ==, expected);
}

static gboolean
test_rename (OpenimDb *db, gpointer job, GError **error)
{
  g_autoptr (OpenimFriend) friend = openim_pb_new (&openim__sdk__shared__imfriend__descriptor);
  g_autoptr (OpenimGroup) group = openim_pb_new (&openim__sdk__shared__imgroup__descriptor);

  ensure (db, "bob", TRUE);
  ensure (db, "cat", TRUE);
  g_assert_true (openim_conversations_ensure (db, "sg_g1", OPENIM_SESSION_GROUP, "", "g1", NULL, error));
  openim_pb_set (&friend->frienduserid, "bob");
  openim_pb_set (&friend->remark, "Bobby");
  openim_pb_set (&friend->faceurl, "http://face");
  g_assert_true (openim_rows_put (db, &openim_table_friends, friend, NULL, error));
  assert_rename (db, "bob", NULL, "si_alice_bob");
  assert_rename (db, "bob", NULL, NULL);
  assert_rename (db, "cat", "", NULL);
  g_autoptr (OpenimConversationRow) bob = get (db, "bob");
  g_assert_cmpstr (bob->info->showname, ==, "Bobby");
  g_assert_cmpstr (bob->info->faceurl, ==, "http://face");

  openim_pb_set (&group->groupid, "g1");
  openim_pb_set (&group->groupname, "Team");
  g_assert_true (openim_rows_put (db, &openim_table_groups, group, NULL, error));
  assert_rename (db, NULL, "g1", "sg_g1");
  g_autoptr (OpenimConversationRow) team = openim_conversations_get (db, "sg_g1", error);
  g_assert_cmpstr (team->info->showname, ==, "Team");
  return TRUE;
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  world_add_job_test ("/store/conversations/appears", test_appears);
  world_add_job_test ("/store/conversations/list", test_list);
  world_add_job_test ("/store/conversations/unread", test_unread);
  world_add_job_test ("/store/conversations/settings", test_settings);
  world_add_job_test ("/store/conversations/rename", test_rename);
  return g_test_run ();
}
