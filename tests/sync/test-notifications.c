/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Notifications as the server words them: what each does to the store and who hears of it, without a network.
 */

#include <glib/gstdio.h>

#include "base/clock.h"
#include "base/id.h"
#include "fake-net.h"
#include "store/lists.h"
#include "store/rows.h"
#include "sync/effects.h"
#include "sync/sync.h"

#define TALK "si_ann_bob"

typedef struct {
  FakeNet net;
  GRand *rand;
  char *dir;
  OpenimApi *api;
  OpenimGateway *gateway;
  OpenimStore *store;
  OpenimSync *sync;
  GString *heard;  /* names of events, and what is worth knowing of them */
  GString *called; /* paths */
} Fixture;

/* Answers of lists: nothing there, nothing new. */
static JsonObject *
answer_api (gpointer owner, const char *path, JsonObject *body)
{
  g_string_append_printf (((Fixture *) owner)->called, "%s ", path);
  return json_object_new ();
}

static gpointer
answer_gateway (gpointer owner, guint id, const ProtobufCMessage *request)
{
  return NULL;
}

static void
hear_event (gpointer owner, OpenimFunction event, gpointer data)
{
  const ProtobufCEnumValue *value =
      protobuf_c_enum_descriptor_get_value (&openim__event__func_request_event_name__descriptor, (int) event);
  g_autoptr (JsonObject) object = openim_json_from_message (data, NULL, TRUE);
  g_autofree char *text = openim_json_print (object);

  g_string_append_printf (((Fixture *) owner)->heard, "%s%s ", value->name + strlen ("EventOn"), text);
  openim_pb_free (data);
}

static void
hear_message (gpointer owner, OpenimFunction event, const OpenimStoredMessage *message)
{
  g_string_append_printf (((Fixture *) owner)->heard, "message %d %" G_GINT64_FORMAT " ", event,
                          message->data->seq);
}

static void
hear_conversations (gpointer owner, OpenimFunction event, GPtrArray *rows)
{
  const OpenimConversationRow *row = rows->pdata[0];

  g_string_append_printf (((Fixture *) owner)->heard, "conversation %d unread %d at %d ", event,
                          row->info->unreadcount, row->info->groupattype);
}

static const OpenimSyncSink sink = { hear_event, hear_message, hear_conversations };

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
run_job (Fixture *fixture, OpenimStoreFunc func, gpointer job)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  openim_store_run_async (fixture->store, OPENIM_STORE_WRITE, func, job, NULL, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  openim_store_run_finish (fixture->store, result, &error);
  g_assert_no_error (error);
}

static gboolean
do_nothing (OpenimDb *db, gpointer job, GError **error)
{
  return TRUE;
}

static void
settle (Fixture *fixture)
{
  for (guint quiet = 0; quiet < 8; quiet++) {
    while (fixture->net.pending->len > 0 || g_main_context_pending (NULL)) {
      g_main_context_iteration (NULL, TRUE);
      quiet = 0;
    }
    run_job (fixture, do_nothing, NULL);
  }
}

/* Two friends, a group, a talk: ann's 1 and 3, bob's 2 and 4, of which ann has read 2. */
static gboolean
fill (OpenimDb *db, gpointer job, GError **error)
{
  g_autoptr (OpenimFriend) bob = openim_pb_new (&openim__sdk__shared__imfriend__descriptor);
  g_autoptr (OpenimGroup) group = openim_pb_new (&openim__sdk__shared__imgroup__descriptor);
  OpenimConversationChange change;

  openim_pb_set (&bob->owneruserid, "ann");
  openim_pb_set (&bob->frienduserid, "bob");
  openim_pb_set (&bob->nickname, "Bob");
  openim_pb_set (&group->groupid, "g");
  openim_pb_set (&group->groupname, "Club");
  if (!openim_rows_put (db, &openim_table_friends, bob, NULL, error) ||
      !openim_rows_put (db, &openim_table_groups, group, NULL, error) ||
      !openim_conversations_ensure (db, TALK, OPENIM_SESSION_SINGLE, "bob", "", NULL, error) ||
      !openim_conversations_ensure (db, "sg_g", OPENIM_SESSION_GROUP, "", "g", NULL, error))
    return FALSE;
  for (gint64 seq = 1; seq <= 5; seq++) {
    g_autoptr (OpenimMsgData) data = openim_pb_new (&openim__sdkws__msg_data__descriptor);
    OpenimStoredKind kind;

    data->seq = seq < 5 ? seq : 1;
    data->sendtime = 1000000 + seq;
    data->sessiontype = seq < 5 ? OPENIM_SESSION_SINGLE : OPENIM_SESSION_GROUP;
    data->contenttype = 101;
    data->status = 2;
    openim_pb_set (&data->sendid, seq % 2 == 1 ? "ann" : "bob");
    openim_pb_set (&data->recvid, seq % 2 == 1 ? "bob" : "ann");
    openim_pb_set (&data->groupid, seq < 5 ? "" : "g");
    openim_pb_take (&data->clientmsgid, g_strdup_printf ("m%d", (int) seq));
    data->content.data = (guint8 *) g_strdup ("{\"content\":\"x\"}");
    data->content.len = strlen ((char *) data->content.data);
    if (!openim_messages_put (db, seq < 5 ? TALK : "sg_g", "ann", data, &kind, error))
      return FALSE;
  }
  return openim_conversations_set_seqs (db, TALK, 4, 2, NULL, error) &&
         openim_conversations_set_seqs (db, "sg_g", 1, 1, NULL, error) &&
         openim_conversations_refresh (db, TALK, &change, error) &&
         openim_conversations_refresh (db, "sg_g", &change, error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  fixture->rand = g_rand_new_with_seed (1);
  fixture->heard = g_string_new (NULL);
  fixture->called = g_string_new (NULL);
  fixture->dir = g_dir_make_tmp ("openim-notice-XXXXXX", NULL);
  fake_net_begin (&fixture->net, fixture->rand, answer_gateway, answer_api, fixture);
  fixture->net.connected = TRUE;
  openim_store_open_async (fixture->dir, "http://model", "ann", NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  fixture->store = openim_store_open_finish (result, &error);
  g_assert_no_error (error);
  run_job (fixture, fill, NULL);
  fixture->api = fake_net_api (&fixture->net);
  fixture->gateway = fake_net_gateway (&fixture->net);
  fixture->sync = openim_sync_new (fixture->api, fixture->gateway, fixture->store, "ann", 7, &sink, fixture);
  settle (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GDir) dir = NULL;
  const char *name;

  openim_sync_stop (fixture->sync);
  settle (fixture);
  g_clear_object (&fixture->sync);
  g_clear_object (&fixture->api);
  g_clear_object (&fixture->gateway);
  openim_store_close_async (fixture->store, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_clear_object (&fixture->store);
  dir = g_dir_open (fixture->dir, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (fixture->dir, name, NULL);

    g_unlink (path);
  }
  g_rmdir (fixture->dir);
  fake_net_end (&fixture->net);
  g_string_free (fixture->heard, TRUE);
  g_string_free (fixture->called, TRUE);
  g_rand_free (fixture->rand);
  g_free (fixture->dir);
}

/* Pushes one; @seq 0 is a fleeting one. What is heard begins anew. */
static void
notify_content (
    Fixture *fixture, const char *channel, const char *sender, int number, gint64 seq, char *content)
{
  Openim__Sdkws__PushMessages *message = openim_pb_new (&openim__sdkws__push_messages__descriptor);
  Openim__Sdkws__PushMessages__NotificationMsgsEntry *entry =
      openim_pb_new (&openim__sdkws__push_messages__notification_msgs_entry__descriptor);
  OpenimMsgData *data = openim_pb_new (&openim__sdkws__msg_data__descriptor);
  g_autoptr (GBytes) body = NULL;

  g_string_truncate (fixture->heard, 0);
  g_string_truncate (fixture->called, 0);
  data->contenttype = number;
  data->seq = seq;
  data->sendtime = 2000000;
  data->msgfrom = 200;
  openim_pb_set (&data->sendid, sender);
  data->content.data = (guint8 *) content;
  data->content.len = strlen (content);
  openim_pb_set (&entry->key, channel);
  entry->value = openim_pb_new (&openim__sdkws__pull_msgs__descriptor);
  openim_pb_append (&entry->value->n_msgs, &entry->value->msgs, data);
  openim_pb_append (&message->n_notificationmsgs, &message->notificationmsgs, entry);
  body = openim_pb_pack (message);
  openim_pb_free (message);
  openim_sync_push (fixture->sync, OPENIM_GATEWAY_PUSH, body);
  settle (fixture);
}

static void
notify (Fixture *fixture, const char *channel, const char *sender, int number, gint64 seq, const char *detail)
{
  g_autoptr (JsonObject) content = openim_json_build ("detail", 's', detail, NULL);

  notify_content (fixture, channel, sender, number, seq, openim_json_print (content));
}

#define assert_heard(fixture, part)                                                                          \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    if (strstr ((fixture)->heard->str, (part)) == NULL)                                                      \
      g_error ("\"%s\" is not in: %s", (part), (fixture)->heard->str);                                       \
  }                                                                                                          \
  G_STMT_END

/* In this order. */
static void
assert_order (Fixture *fixture, const char *first, const char *second)
{
  assert_heard (fixture, first);
  assert_heard (fixture, second);
  g_assert_true (strstr (fixture->heard->str, first) < strstr (fixture->heard->str, second));
}

static void
test_receipt (Fixture *fixture, gconstpointer data)
{
  notify (fixture, "n_ann_bob", "bob", 2200, 1,
          "{\"markAsReadUserID\":\"bob\",\"conversationID\":\"" TALK "\",\"seqs\":[1,2,3],\"hasReadSeq\":3}");
  assert_heard (fixture,
                "RecvC2CReadReceipt{\"msgReceiptList\":[{\"userID\":\"bob\",\"msgIDList\":[\"m1\",\"m3\"],"
                "\"readTime\":2000000,\"sessionType\":1}]}");
  /* The same again, and one without seqs, say nothing. */
  notify (fixture, "n_ann_bob", "bob", 2200, 1,
          "{\"markAsReadUserID\":\"bob\",\"conversationID\":\"" TALK "\",\"seqs\":[1,3]}");
  g_assert_cmpstr (fixture->heard->str, ==, "");
  notify (fixture, "n_ann_bob", "bob", 2200, 2,
          "{\"markAsReadUserID\":\"bob\",\"conversationID\":\"" TALK "\",\"seqs\":null}");
  g_assert_cmpstr (fixture->heard->str, ==, "");
  /* Somebody who is not in this talk reads nothing of it. */
  notify (fixture, "n_ann_bob", "eve", 2200, 3,
          "{\"markAsReadUserID\":\"eve\",\"conversationID\":\"" TALK "\",\"seqs\":[1]}");
  g_assert_cmpstr (fixture->heard->str, ==, "");
}

static void
test_own_mark (Fixture *fixture, gconstpointer data)
{
  notify (fixture, "n_ann_ann", "ann", 2200, 0,
          "{\"markAsReadUserID\":\"ann\",\"conversationID\":\"" TALK "\",\"seqs\":null,\"hasReadSeq\":4}");
  assert_order (fixture, "conversation 26 unread 0", "TotalUnreadMessageCountChanged{}");
  /* Never lowered. */
  notify (fixture, "n_ann_ann", "ann", 2200, 0,
          "{\"markAsReadUserID\":\"ann\",\"conversationID\":\"" TALK "\",\"seqs\":null,\"hasReadSeq\":1}");
  g_assert_cmpstr (fixture->heard->str, ==, "");
}

static void
test_revoked (Fixture *fixture, gconstpointer data)
{
  const char *detail =
      "{\"revokerUserID\":\"bob\",\"clientMsgID\":\"m4\",\"revokeTime\":1700000000000,"
      "\"sesstionType\":1,\"seq\":4,\"conversationID\":\"" TALK "\",\"isAdminRevoke\":false}";

  notify (fixture, "n_ann_bob", "bob", 2101, 1, detail);
  assert_order (fixture, "conversation 26", "NewRecvMessageRevoked{\"revoked\":{\"revokerID\":\"bob\"");
  assert_heard (fixture, "\"clientMsgID\":\"m4\"");
  assert_heard (fixture, "\"sourceMessageSendID\":\"bob\"");
  notify (fixture, "n_ann_bob", "bob", 2101, 2, detail);
  g_assert_cmpstr (fixture->heard->str, ==, "");
}

static void
test_deleted (Fixture *fixture, gconstpointer data)
{
  notify (fixture, "n_ann_bob", "bob", 2102, 1,
          "{\"userID\":\"bob\",\"conversationID\":\"" TALK "\",\"seqs\":[4,9]}");
  assert_order (fixture, "conversation 26", "message 33 4");
  notify (fixture, "n_ann_bob", "bob", 2102, 2,
          "{\"userID\":\"bob\",\"conversationID\":\"" TALK "\",\"seqs\":[4]}");
  g_assert_cmpstr (fixture->heard->str, ==, "");
}

static void
test_business (Fixture *fixture, gconstpointer data)
{
  notify (fixture, "n_ann_ops", "ops", 2001, 0, "{\"key\":\"k\",\"data\":\"d\"}");
  assert_heard (
      fixture,
      "RecvCustomBusinessMessage{\"businessMessage\":\"{\\\"key\\\":\\\"k\\\",\\\"data\\\":\\\"d\\\"}\"}");
}

static void
test_applications (Fixture *fixture, gconstpointer data)
{
  notify (
      fixture, "n_ann_carl", "carl", 1203, 0,
      "{\"fromToUserID\":{\"fromUserID\":\"carl\",\"toUserID\":\"ann\"},\"request\":{\"fromUserID\":\"carl\","
      "\"toUserID\":\"ann\",\"handleResult\":0,\"reqMsg\":\"hi\",\"createTime\":5}}");
  assert_heard (fixture, "FriendApplicationAdded{\"request\":{\"fromUserID\":\"carl\"");
  g_assert_cmpstr (fixture->called->str, ==, "");
  notify (fixture, "n_ann_carl", "ann", 1202, 0,
          "{\"request\":{\"fromUserID\":\"carl\",\"toUserID\":\"ann\",\"handleResult\":-1}}");
  assert_heard (fixture, "FriendApplicationRejected");
  /* Older servers send none: the lists tell. */
  notify (fixture, "n_ann_carl", "carl", 1203, 0,
          "{\"fromToUserID\":{\"fromUserID\":\"carl\",\"toUserID\":\"ann\"}}");
  g_assert_nonnull (strstr (fixture->called->str, "/friend/get_friend_apply_list"));

  notify (
      fixture, "n_g", "carl", 1503, 0,
      "{\"group\":{\"groupID\":\"g\",\"groupName\":\"Club\"},\"reqMsg\":\"me\",\"uuid\":\"u\",\"request\":"
      "{\"userInfo\":{\"userID\":\"carl\",\"nickname\":\"C\"},\"groupInfo\":null,\"handleResult\":0}}");
  assert_heard (fixture, "GroupApplicationAdded{\"request\":{\"groupID\":\"g\",\"groupName\":\"Club\"");
  /* The same notice comes several times. */
  notify (
      fixture, "n_g", "carl", 1503, 0,
      "{\"group\":{\"groupID\":\"g\",\"groupName\":\"Club\"},\"reqMsg\":\"me\",\"uuid\":\"u\",\"request\":"
      "{\"userInfo\":{\"userID\":\"carl\",\"nickname\":\"C\"},\"groupInfo\":null,\"handleResult\":0}}");
  g_assert_cmpstr (fixture->heard->str, ==, "");
}

/* Notices about others say nothing here. */
static void
test_concerns (Fixture *fixture, gconstpointer data)
{
  static const int numbers[] = { 1205, 1206, 1207, 1208 };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    notify (fixture, "n_ann_bob", "bob", numbers[i], 0,
            "{\"fromToUserID\":{\"fromUserID\":\"bob\",\"toUserID\":\"ann\"}}");
    g_assert_cmpstr (fixture->called->str, ==, "");
    notify (fixture, "n_ann_bob", "ann", numbers[i], 0,
            "{\"fromToUserID\":{\"fromUserID\":\"ann\",\"toUserID\":\"bob\"}}");
    g_assert_cmpstr (fixture->called->str, !=, "");
  }
  notify (fixture, "n_ann_eve", "eve", 1209, 0, "{\"userID\":\"eve\"}");
  g_assert_cmpstr (fixture->called->str, ==, "");
  notify (fixture, "n_ann_bob", "bob", 1209, 0, "{\"userID\":\"bob\"}");
  g_assert_nonnull (strstr (fixture->called->str, "/friend/get_incremental_friends"));
  notify (fixture, "n_ann_ann", "x", 1303, 0, "{\"userID\":\"bob\"}");
  g_assert_cmpstr (fixture->called->str, ==, "");
  notify (fixture, "n_ann_ann", "x", 1303, 0, "{\"userID\":\"ann\"}");
  g_assert_cmpstr (fixture->called->str, ==, "/user/get_users_info ");
}

static void
test_group (Fixture *fixture, gconstpointer data)
{
  notify (fixture, "n_g", "bob", 1519, 0, "{\"group\":{\"groupID\":\"g\",\"notification\":\"news\"}}");
  assert_heard (fixture, "conversation 26 unread 0 at 4");
  g_assert_nonnull (strstr (fixture->called->str, "/group/get_incremental_group_members"));
  /* Leaving oneself concerns the list of groups. */
  notify (fixture, "n_g", "bob", 1504, 0,
          "{\"group\":{\"groupID\":\"g\"},\"quitUser\":{\"userID\":\"bob\"}}");
  g_assert_null (strstr (fixture->called->str, "join_groups"));
  notify (fixture, "n_g", "bob", 1508, 0,
          "{\"group\":{\"groupID\":\"g\"},\"kickedUserList\":[{\"userID\":\"ann\"}]}");
  g_assert_cmpstr (fixture->called->str, ==, "/group/get_incremental_join_groups ");
  /* Whatever the status in the notice, the group is no more. */
  notify (fixture, "n_g", "bob", 1511, 0, "{\"group\":{\"groupID\":\"g\",\"status\":0}}");
  assert_heard (fixture, "GroupDismissed{\"group\":{\"groupID\":\"g\"");
  notify (fixture, "n_g", "bob", 1511, 0, "{\"group\":{\"groupID\":\"g\",\"status\":0}}");
  g_assert_null (strstr (fixture->heard->str, "GroupDismissed"));
}

/* Every number with details that make no sense: nothing is heard, nothing breaks. */
static void
test_garbage (Fixture *fixture, gconstpointer data)
{
  static const char *const details[] = {
    "",
    "null",
    "[]",
    "{}",
    "7",
    "{\"group\":7,\"request\":[],\"seqs\":{},\"fromToUserID\":\"x\"}",
    "{\"group\":{\"groupID\":\"a b\"},\"conversationID\":\"\",\"seqs\":[null,\"x\",-1,{}],\"hasReadSeq\":-5}",
    "{\"request\":{},\"kickedUserList\":[1,null],\"invitedUserList\":{},\"quitUser\":[]}",
    "{\"conversationID\":\"" TALK "\",\"markAsReadUserID\":\"ann\",\"hasReadSeq\":9223372036854775807}",
  };
  static const char *const contents[] = { "", "x", "{}", "{\"detail\":{}}", "{\"detail\":\"{\"}" };

  for (int number = 1200; number < 2300; number++) {
    if (number == 1308)
      number = 1400;
    for (guint i = 0; i < G_N_ELEMENTS (details); i++) {
      notify (fixture, "n_ann_bob", "bob", number, 0, details[i]);
      if (number != 2001)
        g_assert_cmpstr (fixture->heard->str, ==, "");
    }
    for (guint i = 0; i < G_N_ELEMENTS (contents); i++) {
      notify_content (fixture, "n_ann_bob", "bob", number, 0, g_strdup (contents[i]));
      g_assert_cmpstr (fixture->heard->str, ==, "");
    }
    if (number == 1525)
      number = 1700;
    else if (number == 1710)
      number = 2000;
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/sync/notifications/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("receipt", test_receipt);
  ADD ("own-mark", test_own_mark);
  ADD ("revoked", test_revoked);
  ADD ("deleted", test_deleted);
  ADD ("business", test_business);
  ADD ("applications", test_applications);
  ADD ("concerns", test_concerns);
  ADD ("group", test_group);
  ADD ("garbage", test_garbage);
  return g_test_run ();
}
