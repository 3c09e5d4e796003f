/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "store/messages.h"
#include "store/ranges.h"
#include "world.h"

#define ID "0123456789abcdef0123456789abcdef"

static OpenimStoredKind
put (OpenimDb *db, const char *id, const char *sender, gint64 seq, gint64 time)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OpenimMsgData) data = world_message (id, sender, seq, time);
  OpenimStoredKind kind = -1;

  openim_messages_put (db, WORLD_CHAT, WORLD_SELF, data, &kind, &error);
  g_assert_no_error (error);
  return kind;
}

static OpenimStoredKind
put_status (OpenimDb *db, const char *id, const char *sender, gint64 seq, int status)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OpenimMsgData) data = world_message (id, sender, seq, 1000 * seq);
  OpenimStoredKind kind = -1;

  data->status = status;
  openim_messages_put (db, WORLD_CHAT, WORLD_SELF, data, &kind, &error);
  g_assert_no_error (error);
  return kind;
}

static void
put_local (OpenimDb *db, const char *id, gint64 time)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OpenimMsgData) data = world_message (id, WORLD_SELF, 0, time);

  openim_messages_put_local (db, WORLD_CHAT, data, &error);
  g_assert_no_error (error);
}

static OpenimStoredMessage *
get (OpenimDb *db, const char *id)
{
  g_autoptr (GError) error = NULL;
  OpenimStoredMessage *message = openim_messages_get (db, WORLD_CHAT, id, &error);

  g_assert_no_error (error);
  return message;
}

static OpenimStoredMessage *
get_by_seq (OpenimDb *db, gint64 seq)
{
  g_autoptr (GError) error = NULL;
  OpenimStoredMessage *message = openim_messages_get_by_seq (db, WORLD_CHAT, seq, &error);

  g_assert_no_error (error);
  return message;
}

/* The IDs of a page, "a b c". */
static char *
page (OpenimDb *db, const char *start, guint count, gboolean reverse)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OpenimStoredMessage) first = start != NULL ? get (db, start) : NULL;
  g_autoptr (GPtrArray) messages = openim_messages_page (db, WORLD_CHAT, first, count, reverse, &error);
  GString *ids = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < messages->len; i++) {
    const OpenimStoredMessage *message = messages->pdata[i];
    g_string_append_printf (ids, i > 0 ? " %s" : "%s", message->data->clientmsgid);
  }
  return g_string_free (ids, FALSE);
}

static void
assert_page (OpenimDb *db, const char *start, guint count, gboolean reverse, const char *expected)
{
  g_autofree char *found = page (db, start, count, reverse);

  g_assert_cmpstr (found, ==, expected);
}

/* ---- */

static void
add_option (OpenimMsgData *data, const char *key, gboolean value)
{
  Openim__Sdkws__MsgData__OptionsEntry *entry =
      openim_pb_new (&openim__sdkws__msg_data__options_entry__descriptor);

  openim_pb_set (&entry->key, key);
  entry->value = value;
  openim_pb_append (&data->n_options, &data->options, entry);
}

static gboolean
check_round_trip (OpenimDb *db, OpenimMsgData *data, GError **error)
{
  OpenimStoredKind kind;

  g_assert_true (openim_messages_put (db, WORLD_CHAT, WORLD_SELF, data, &kind, error));
  g_assert_cmpint (kind, ==, OPENIM_STORED_NEW);
  data->status = OPENIM_STATUS_SENT;
  g_autoptr (OpenimStoredMessage) message = get_by_seq (db, data->seq);
  g_assert_true (openim_pb_equal (message->data, data));
  g_assert_cmpstr (message->conversation_id, ==, WORLD_CHAT);
  g_assert_cmpstr (message->local_ex, ==, "");
  return TRUE;
}

/* What goes in comes out, byte for byte. */
static gboolean
test_round_trip (OpenimDb *db, gpointer job, GError **error)
{
  static const char *const contents[] = { "",
                                          "{}",
                                          "{\"content\":\"\"}",
                                          "{\"content\":\"a\\\"b\"}",
                                          "{\"content\": \"spaced\"}",
                                          "{\"content\":\"",
                                          "{\"content\":\"}",
                                          "\"}",
                                          "{\"content\":\"two\",\"x\":\"y\"}",
                                          "no JSON",
                                          "{\"content\":\"世界\"}" };
  static const char *const ids[] = { ID,     "0123456789ABCDEF0123456789ABCDEF", "short", "0123",
                                     ID "0", "0123456789abcdef0123456789abcdeg", "世界" };
  gint64 seq = 1;

  for (guint i = 0; i < G_N_ELEMENTS (contents); i++, seq++) {
    g_autofree char *id = g_strdup_printf ("content%u", i);
    g_autoptr (OpenimMsgData) data = world_message (id, "bob", seq, 5000 + seq);
    g_free (data->content.data);
    data->content.len = strlen (contents[i]);
    data->content.data = data->content.len > 0 ? (guint8 *) g_strdup (contents[i]) : NULL;
    check_round_trip (db, data, error);
  }
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++, seq++) {
    g_autoptr (OpenimMsgData) data = world_message (ids[i], "bob", seq, 5000 + seq);
    openim_pb_set (&data->servermsgid, ids[i]);
    check_round_trip (db, data, error);
  }

  g_autoptr (OpenimMsgData) full = world_message ("full", "bob", seq, G_MAXINT64);
  const guint8 bytes[] = { '{', 0, 0xff, 0xc3, '}' };
  g_free (full->content.data);
  full->content.data = g_memdup2 (bytes, sizeof bytes);
  full->content.len = sizeof bytes;
  openim_pb_set (&full->groupid, "group");
  openim_pb_set (&full->senderfaceurl, "http://face");
  openim_pb_set (&full->attachedinfo, "null");
  openim_pb_set (&full->ex, "more");
  openim_pb_append_string (&full->n_atuseridlist, &full->atuseridlist, "ann");
  openim_pb_append_string (&full->n_atuseridlist, &full->atuseridlist, "AtAllTag");
  full->createtime = -1;
  full->isread = TRUE;
  add_option (full, "history", TRUE);
  add_option (full, "notPrivate", FALSE);
  return check_round_trip (db, full, error);
}

/* Keys that nobody knows and the text for a phone are not kept. */
static gboolean
test_left_out (OpenimDb *db, gpointer job, GError **error)
{
  g_autoptr (OpenimMsgData) data = world_message (ID, "bob", 1, 1000);

  add_option (data, "nobodyKnows", FALSE);
  add_option (data, "unreadCount", FALSE);
  data->offlinepushinfo = openim_pb_new (&openim__sdkws__offline_push_info__descriptor);
  OpenimStoredKind kind;
  g_assert_true (openim_messages_put (db, WORLD_CHAT, WORLD_SELF, data, &kind, error));
  g_autoptr (OpenimStoredMessage) message = get (db, ID);
  g_assert_cmpuint (message->data->n_options, ==, 1);
  g_assert_cmpstr (message->data->options[0]->key, ==, "unreadCount");
  g_assert_false (message->data->options[0]->value);
  g_assert_null (message->data->offlinepushinfo);
  return TRUE;
}

static gboolean
test_new_and_known (OpenimDb *db, gpointer job, GError **error)
{
  g_assert_cmpint (put (db, ID, "bob", 7, 7000), ==, OPENIM_STORED_NEW);
  g_assert_cmpint (put (db, ID, "bob", 7, 7000), ==, OPENIM_STORED_KNOWN);
  g_assert_cmpint (put (db, "mine", WORLD_SELF, 8, 8000), ==, OPENIM_STORED_NEW); /* from another device */
  g_assert_cmpint (openim_ranges_max (db, WORLD_CHAT, error), ==, 8);
  g_assert_cmpint (openim_messages_max_seq (db, WORLD_CHAT, error), ==, 8);
  g_assert_cmpint (openim_messages_max_seq (db, "si_alice_zoe", error), ==, 0);

  g_autoptr (OpenimMsgData) without = world_message ("none", "bob", 0, 1);
  g_autoptr (GError) refused = NULL;
  OpenimStoredKind kind;
  g_assert_false (openim_messages_put (db, WORLD_CHAT, WORLD_SELF, without, &kind, &refused));
  g_assert_error (refused, OPENIM_ERROR, OPENIM_ERROR_NO_SEQ);
  return TRUE;
}

static gboolean
test_echo (OpenimDb *db, gpointer job, GError **error)
{
  put_local (db, ID, 1000);
  g_assert_true (openim_messages_set_local_ex (db, WORLD_CHAT, ID, "mine", error));
  g_assert_cmpint (put (db, ID, WORLD_SELF, 3, 2000), ==, OPENIM_STORED_ECHO);
  g_autoptr (OpenimStoredMessage) message = get (db, ID);
  g_assert_cmpint (message->data->seq, ==, 3);
  g_assert_cmpint (message->data->sendtime, ==, 2000);
  g_assert_cmpint (message->data->status, ==, OPENIM_STATUS_SENT);
  g_assert_cmpstr (message->local_ex, ==, "mine");

  /* The answer to the request comes after the echo. */
  g_assert_true (openim_messages_set_sent (db, WORLD_CHAT, ID, "server", 2000, error));
  g_autoptr (OpenimStoredMessage) answered = get (db, ID);
  g_assert_cmpint (answered->data->seq, ==, 3);
  g_assert_cmpstr (answered->data->servermsgid, ==, "server");

  g_assert_cmpint (put (db, ID, WORLD_SELF, 3, 2000), ==, OPENIM_STORED_KNOWN);
  g_assert_cmpint (put (db, ID, WORLD_SELF, 4, 2500), ==, OPENIM_STORED_DUPLICATE);
  assert_page (db, NULL, 10, FALSE, ID);
  return TRUE;
}

static gboolean
test_updated (OpenimDb *db, gpointer job, GError **error)
{
  OpenimStoredKind kind;

  put (db, ID, "bob", 1, 1000);
  g_autoptr (OpenimMsgData) data = world_message (ID, "bob", 1, 1000);
  data->isread = TRUE;
  g_assert_true (openim_messages_put (db, WORLD_CHAT, WORLD_SELF, data, &kind, error));
  g_assert_cmpint (kind, ==, OPENIM_STORED_UPDATED);

  data->contenttype = OPENIM_CONTENT_REVOKED;
  g_free (data->content.data);
  data->content.data = (guint8 *) g_strdup ("{\"detail\":\"{}\"}");
  data->content.len = strlen ((char *) data->content.data);
  g_assert_true (openim_messages_put (db, WORLD_CHAT, WORLD_SELF, data, &kind, error));
  g_assert_cmpint (kind, ==, OPENIM_STORED_UPDATED);
  g_assert_true (openim_messages_put (db, WORLD_CHAT, WORLD_SELF, data, &kind, error));
  g_assert_cmpint (kind, ==, OPENIM_STORED_KNOWN);

  /* A push that was on its way for long does not undo it. */
  g_assert_cmpint (put (db, ID, "bob", 1, 1000), ==, OPENIM_STORED_KNOWN);
  g_autoptr (OpenimStoredMessage) message = get (db, ID);
  g_assert_cmpint (message->data->contenttype, ==, OPENIM_CONTENT_REVOKED);
  g_assert_cmpmem (message->data->content.data, message->data->content.len, "{\"detail\":\"{}\"}", 15);
  g_assert_true (message->data->isread);
  return TRUE;
}

static gboolean
test_duplicate (OpenimDb *db, gpointer job, GError **error)
{
  g_assert_cmpint (put (db, ID, "bob", 1, 1000), ==, OPENIM_STORED_NEW);
  g_assert_cmpint (put (db, ID, "bob", 2, 2000), ==, OPENIM_STORED_DUPLICATE);
  g_assert_cmpint (put (db, ID, "bob", 2, 2000), ==, OPENIM_STORED_DELETED);
  assert_page (db, NULL, 10, FALSE, ID);
  g_autoptr (OpenimStoredMessage) hidden = get_by_seq (db, 2);
  g_assert_cmpint (hidden->data->status, ==, OPENIM_STATUS_FILTERED);
  g_autoptr (OpenimStoredMessage) shown = get (db, ID);
  g_assert_cmpint (shown->data->seq, ==, 1);

  /* Somebody else uses the ID of a message that is on its way: ours still finds its echo. */
  put_local (db, "mine", 3000);
  g_assert_cmpint (put (db, "mine", "bob", 3, 3000), ==, OPENIM_STORED_DUPLICATE);
  g_assert_cmpint (put (db, "mine", WORLD_SELF, 4, 3001), ==, OPENIM_STORED_ECHO);
  return TRUE;
}

static gboolean
test_deleted (OpenimDb *db, gpointer job, GError **error)
{
  put (db, "here", "bob", 1, 1000);
  g_assert_true (openim_messages_set_status (db, WORLD_CHAT, "here", OPENIM_STATUS_DELETED, error));
  g_assert_cmpint (put (db, "here", "bob", 1, 1000), ==, OPENIM_STORED_DELETED);
  g_assert_true (openim_messages_set_status (db, WORLD_CHAT, "here", OPENIM_STATUS_SENT, error));
  g_assert_true (openim_messages_set_sent (db, WORLD_CHAT, "here", "s", 1, error));
  g_autoptr (OpenimStoredMessage) here = get (db, "here");
  g_assert_cmpint (here->data->status, ==, OPENIM_STATUS_DELETED);

  put (db, "there", "bob", 2, 2000);
  g_assert_cmpint (put_status (db, "", "", 2, OPENIM_STATUS_DELETED), ==, OPENIM_STORED_UPDATED);
  g_assert_cmpint (put_status (db, "", "", 2, OPENIM_STATUS_DELETED), ==, OPENIM_STORED_DELETED);
  g_assert_cmpint (put (db, "there", "bob", 2, 2000), ==, OPENIM_STORED_DELETED);

  g_assert_cmpint (put_status (db, "", "", 3, OPENIM_STATUS_DELETED), ==, OPENIM_STORED_DELETED);
  g_assert_cmpint (put_status (db, "", "", 4, OPENIM_STATUS_DELETED), ==, OPENIM_STORED_DELETED);
  g_assert_cmpint (put (db, "late", "bob", 3, 3000), ==, OPENIM_STORED_DELETED);

  /* Deleted here while it was on its way, and deleted there before its echo came. */
  put_local (db, "mine", 5000);
  g_assert_true (openim_messages_set_status (db, WORLD_CHAT, "mine", OPENIM_STATUS_DELETED, error));
  g_assert_cmpint (put (db, "mine", WORLD_SELF, 5, 5000), ==, OPENIM_STORED_DELETED);
  put_local (db, "other", 6000);
  g_assert_cmpint (put_status (db, "other", WORLD_SELF, 6, OPENIM_STATUS_DELETED), ==, OPENIM_STORED_UPDATED);

  assert_page (db, NULL, 10, FALSE, "");
  g_assert_cmpint (openim_messages_max_seq (db, WORLD_CHAT, error), ==, 6);
  g_autoptr (GArray) missing = openim_ranges_missing (db, WORLD_CHAT, 1, 6, error);
  g_assert_cmpuint (missing->len, ==, 0);
  g_autoptr (OpenimStoredMessage) latest = openim_messages_latest (db, WORLD_CHAT, error);
  g_assert_null (latest);
  return TRUE;
}

/* A server that counts anew: nothing that is here gets lost. */
static gboolean
test_seq_taken (OpenimDb *db, gpointer job, GError **error)
{
  put (db, "old", "bob", 1, 1000);
  g_assert_cmpint (put (db, "new", "bob", 1, 2000), ==, OPENIM_STORED_NEW);
  assert_page (db, NULL, 10, FALSE, "old new");
  g_autoptr (OpenimStoredMessage) old = get (db, "old");
  g_assert_cmpint (old->data->seq, ==, 0);
  g_autoptr (OpenimStoredMessage) fresh = get_by_seq (db, 1);
  g_assert_cmpstr (fresh->data->clientmsgid, ==, "new");
  return TRUE;
}

static gboolean
test_local (OpenimDb *db, gpointer job, GError **error)
{
  g_autoptr (GError) refused = NULL;
  g_autoptr (GError) unknown = NULL;
  g_autoptr (OpenimMsgData) again = world_message (ID, WORLD_SELF, 0, 9000);

  put_local (db, ID, 1000);
  g_assert_false (openim_messages_put_local (db, WORLD_CHAT, again, &refused));
  g_assert_error (refused, OPENIM_ERROR, OPENIM_ERROR_MSG_REPEAT);
  g_assert_true (openim_messages_set_status (db, WORLD_CHAT, ID, OPENIM_STATUS_FAILED, error));
  g_assert_true (openim_messages_put_local (db, WORLD_CHAT, again, error));
  g_autoptr (OpenimStoredMessage) sending = get (db, ID);
  g_assert_cmpint (sending->data->status, ==, OPENIM_STATUS_SENDING);
  g_assert_cmpint (sending->data->seq, ==, 0);

  g_assert_true (openim_messages_set_sent (db, WORLD_CHAT, ID, ID, 9500, error));
  g_autoptr (OpenimStoredMessage) sent = get (db, ID);
  g_assert_cmpint (sent->data->status, ==, OPENIM_STATUS_SENT);
  g_assert_cmpint (sent->data->sendtime, ==, 9500);
  g_assert_cmpint (sent->data->createtime, ==, 8997);
  g_assert_cmpstr (sent->data->servermsgid, ==, ID);

  g_assert_true (openim_messages_set_content (db, WORLD_CHAT, ID, 110, "{\"content\":\"x\"}", error));
  g_autoptr (OpenimStoredMessage) changed = get (db, ID);
  g_assert_cmpint (changed->data->contenttype, ==, 110);
  g_assert_cmpmem (changed->data->content.data, changed->data->content.len, "{\"content\":\"x\"}", 15);

  g_assert_false (openim_messages_set_status (db, WORLD_CHAT, "nobody", OPENIM_STATUS_SENT, &unknown));
  g_assert_error (unknown, OPENIM_ERROR, OPENIM_ERROR_NOT_FOUND);
  return TRUE;
}

static gboolean
test_pages (OpenimDb *db, gpointer job, GError **error)
{
  /* By time, then by seq; a row without a seq goes before one with, in the order of its making. */
  put (db, "c", "bob", 3, 3000);
  put (db, "a", "bob", 1, 1000);
  put (db, "b", "bob", 2, 1000);
  put (db, "z", "bob", 4, 500);
  put_local (db, "y", 3000);
  put_local (db, "x", 3000);
  put_local (db, "w", 4000);
  put (db, "gone", "bob", 5, 3500);
  openim_messages_set_status (db, WORLD_CHAT, "gone", OPENIM_STATUS_DELETED, error);

  assert_page (db, NULL, 10, FALSE, "z a b y x c w");
  assert_page (db, NULL, 10, TRUE, "z a b y x c w");
  assert_page (db, NULL, 2, FALSE, "c w");
  assert_page (db, NULL, 2, TRUE, "z a");
  assert_page (db, "c", 2, FALSE, "y x");
  assert_page (db, "y", 2, FALSE, "a b");
  assert_page (db, "b", 10, FALSE, "z a");
  assert_page (db, "b", 3, TRUE, "y x c");
  assert_page (db, "w", 10, TRUE, "");
  assert_page (db, "z", 10, FALSE, "");
  assert_page (db, "gone", 1, FALSE, "c");
  g_autoptr (OpenimStoredMessage) latest = openim_messages_latest (db, WORLD_CHAT, error);
  g_assert_cmpstr (latest->data->clientmsgid, ==, "w");

  g_autoptr (GPtrArray) nothing = openim_messages_page (db, "si_alice_zoe", NULL, 5, FALSE, error);
  g_assert_cmpuint (nothing->len, ==, 0);
  return TRUE;
}

static void
assert_unread (OpenimDb *db, gint64 max_seq, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) seqs = openim_messages_unread_seqs (db, WORLD_CHAT, WORLD_SELF, max_seq, &error);
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < seqs->len; i++)
    g_string_append_printf (text, "%d ", (int) g_array_index (seqs, gint64, i));
  g_assert_cmpstr (text->str, ==, expected);
}

static gboolean
test_read_marks (OpenimDb *db, gpointer job, GError **error)
{
  const gint64 some[] = { 1, 2, 3, 99, 0, -5 };
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  put (db, "b1", "bob", 1, 1000);
  put (db, "a2", WORLD_SELF, 2, 2000);
  put (db, "b3", "bob", 3, 3000);
  put (db, ID, "bob", 4, 4000);
  put_local (db, "a5", 5000);
  assert_unread (db, 100, "1 3 4 ");
  assert_unread (db, 3, "1 3 ");

  /* bob's receipt lists his own messages too. */
  g_assert_true (openim_messages_mark_read (db, WORLD_CHAT, WORLD_SELF, TRUE, some, 6, ids, error));
  g_assert_cmpuint (ids->len, ==, 1);
  g_assert_cmpstr (ids->pdata[0], ==, "a2");
  g_assert_true (openim_messages_mark_read (db, WORLD_CHAT, WORLD_SELF, TRUE, some, 6, ids, error));
  g_assert_cmpuint (ids->len, ==, 1);
  assert_unread (db, 100, "1 3 4 ");

  g_assert_true (openim_messages_mark_read (db, WORLD_CHAT, WORLD_SELF, FALSE, some, 1, NULL, error));
  assert_unread (db, 100, "3 4 ");
  g_assert_true (openim_messages_mark_read_up_to (db, WORLD_CHAT, WORLD_SELF, 3, error));
  assert_unread (db, 100, "4 ");
  g_autoptr (OpenimStoredMessage) local = get (db, "a5");
  g_assert_false (local->data->isread);
  return TRUE;
}

static void
check_sender (OpenimDb *db, const char *id, const char *name, const char *face)
{
  g_autoptr (OpenimStoredMessage) message = get (db, id);

  g_assert_cmpstr (message->data->sendernickname, ==, name);
  g_assert_cmpstr (message->data->senderfaceurl, ==, face);
}

static gboolean
test_rename_sender (OpenimDb *db, gpointer job, GError **error)
{
  static const struct {
    const char *id, *sender, *name;
  } rows[] = { { "a", WORLD_SELF, "Alice" }, { "b", WORLD_SELF, "Captain" }, { "c", "bob", "Alice" } };
  g_autoptr (OpenimUser) before = openim_pb_new (&openim__sdk__shared__imuser__descriptor);
  g_autoptr (OpenimUser) now = openim_pb_new (&openim__sdk__shared__imuser__descriptor);
  OpenimStoredKind kind;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (OpenimMsgData) data = world_message (rows[i].id, rows[i].sender, i + 1, 1000);

    openim_pb_set (&data->sendernickname, rows[i].name);
    openim_pb_set (&data->senderfaceurl, "old.png");
    g_assert_true (openim_messages_put (db, WORLD_CHAT, WORLD_SELF, data, &kind, error));
  }
  openim_pb_set (&before->userid, WORLD_SELF);
  openim_pb_set (&before->nickname, "Alice");
  openim_pb_set (&before->faceurl, "old.png");
  openim_pb_set (&now->userid, WORLD_SELF);
  openim_pb_set (&now->nickname, "Alicia");
  openim_pb_set (&now->faceurl, "new.png");
  g_assert_true (openim_messages_rename_sender (db, before, now, error));
  check_sender (db, "a", "Alicia", "new.png");
  check_sender (db, "b", "Captain", "new.png");
  check_sender (db, "c", "Alice", "old.png");
  return TRUE;
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  world_add_job_test ("/store/messages/round-trip", test_round_trip);
  world_add_job_test ("/store/messages/left-out", test_left_out);
  world_add_job_test ("/store/messages/new-and-known", test_new_and_known);
  world_add_job_test ("/store/messages/echo", test_echo);
  world_add_job_test ("/store/messages/updated", test_updated);
  world_add_job_test ("/store/messages/duplicate", test_duplicate);
  world_add_job_test ("/store/messages/deleted", test_deleted);
  world_add_job_test ("/store/messages/seq-taken", test_seq_taken);
  world_add_job_test ("/store/messages/local", test_local);
  world_add_job_test ("/store/messages/pages", test_pages);
  world_add_job_test ("/store/messages/read-marks", test_read_marks);
  world_add_job_test ("/store/messages/rename-sender", test_rename_sender);
  return g_test_run ();
}
