/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Notifications as the server words them: what each does to the store and who hears of it. */

#include "stage.h"
#include "store/rows.h"

#define TALK "si_ann_bob"

static gpointer
answer_gateway (gpointer owner, guint id, const ProtobufCMessage *request, int *code)
{
  return NULL;
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
    g_autofree char *id = g_strdup_printf ("m%d", (int) seq);
    const char *sender = seq % 2 == 1 ? "ann" : "bob";
    g_autoptr (OpenimMsgData) data =
        stage_message (sender, seq % 2 == 1 ? "bob" : "ann", seq < 5 ? NULL : "g", id, seq < 5 ? seq : 1);
    OpenimStoredKind kind;

    if (!openim_messages_put (db, seq < 5 ? TALK : "sg_g", "ann", data, &kind, error))
      return FALSE;
  }
  return openim_conversations_set_seqs (db, TALK, 4, 2, NULL, error) &&
         openim_conversations_set_seqs (db, "sg_g", 1, 1, NULL, error) &&
         openim_conversations_refresh (db, TALK, &change, error) &&
         openim_conversations_refresh (db, "sg_g", &change, error);
}

static void
set_up (Stage *stage, gconstpointer data)
{
  stage_set_up (stage, fill, answer_gateway, NULL);
}

static void
tear_down (Stage *stage, gconstpointer data)
{
  stage_tear_down (stage);
}

/* Pushes one; @seq 0 is a fleeting one. What is heard begins anew. @content: (transfer full). */
static void
notify_content (Stage *stage, const char *channel, const char *sender, int number, gint64 seq, char *content)
{
  OpenimMsgData *data = stage_message (sender, "", NULL, "", seq);

  data->contenttype = number;
  data->sendtime = 2000000;
  data->msgfrom = 200;
  g_free (data->content.data);
  data->content.data = (guint8 *) content;
  data->content.len = strlen (content);
  stage_forget (stage);
  stage_push (stage, channel, TRUE, data);
  stage_settle (stage);
}

static void
notify (Stage *stage, const char *channel, const char *sender, int number, gint64 seq, const char *detail)
{
  g_autoptr (JsonObject) content = openim_json_build ("detail", 's', detail, NULL);

  notify_content (stage, channel, sender, number, seq, openim_json_print (content));
}

static void
test_receipt (Stage *stage, gconstpointer data)
{
  notify (stage, "n_ann_bob", "bob", 2200, 1,
          "{\"markAsReadUserID\":\"bob\",\"conversationID\":\"" TALK "\",\"seqs\":[1,2,3],\"hasReadSeq\":3}");
  stage_assert_heard (
      stage, "RecvC2CReadReceipt{\"msgReceiptList\":[{\"userID\":\"bob\",\"msgIDList\":[\"m1\",\"m3\"],"
             "\"readTime\":2000000,\"sessionType\":1}]}");
  /* The same again, and one without seqs, say nothing. */
  notify (stage, "n_ann_bob", "bob", 2200, 1,
          "{\"markAsReadUserID\":\"bob\",\"conversationID\":\"" TALK "\",\"seqs\":[1,3]}");
  g_assert_cmpstr (stage->heard->str, ==, "");
  notify (stage, "n_ann_bob", "bob", 2200, 2,
          "{\"markAsReadUserID\":\"bob\",\"conversationID\":\"" TALK "\",\"seqs\":null}");
  g_assert_cmpstr (stage->heard->str, ==, "");
  /* Somebody who is not in this talk reads nothing of it. */
  notify (stage, "n_ann_bob", "eve", 2200, 3,
          "{\"markAsReadUserID\":\"eve\",\"conversationID\":\"" TALK "\",\"seqs\":[1]}");
  g_assert_cmpstr (stage->heard->str, ==, "");
}

static void
test_own_mark (Stage *stage, gconstpointer data)
{
  notify (stage, "n_ann_ann", "ann", 2200, 0,
          "{\"markAsReadUserID\":\"ann\",\"conversationID\":\"" TALK "\",\"seqs\":null,\"hasReadSeq\":4}");
  stage_assert_order (stage, "conversation 26 unread 0", "TotalUnreadMessageCountChanged{}");
  /* Never lowered. */
  notify (stage, "n_ann_ann", "ann", 2200, 0,
          "{\"markAsReadUserID\":\"ann\",\"conversationID\":\"" TALK "\",\"seqs\":null,\"hasReadSeq\":1}");
  g_assert_cmpstr (stage->heard->str, ==, "");
}

static void
test_revoked (Stage *stage, gconstpointer data)
{
  const char *detail =
      "{\"revokerUserID\":\"bob\",\"clientMsgID\":\"m4\",\"revokeTime\":1700000000000,"
      "\"sesstionType\":1,\"seq\":4,\"conversationID\":\"" TALK "\",\"isAdminRevoke\":false}";

  notify (stage, "n_ann_bob", "bob", 2101, 1, detail);
  stage_assert_order (stage, "conversation 26", "NewRecvMessageRevoked{\"revoked\":{\"revokerID\":\"bob\"");
  stage_assert_heard (stage, "\"clientMsgID\":\"m4\"");
  stage_assert_heard (stage, "\"sourceMessageSendID\":\"bob\"");
  notify (stage, "n_ann_bob", "bob", 2101, 2, detail);
  g_assert_cmpstr (stage->heard->str, ==, "");
}

static void
test_deleted (Stage *stage, gconstpointer data)
{
  notify (stage, "n_ann_bob", "bob", 2102, 1,
          "{\"userID\":\"bob\",\"conversationID\":\"" TALK "\",\"seqs\":[4,9]}");
  stage_assert_order (stage, "conversation 26", "message 33 4");
  notify (stage, "n_ann_bob", "bob", 2102, 2,
          "{\"userID\":\"bob\",\"conversationID\":\"" TALK "\",\"seqs\":[4]}");
  g_assert_cmpstr (stage->heard->str, ==, "");
}

/* By oneself on another device, or by the other one for both. */
static void
test_cleared (Stage *stage, gconstpointer data)
{
  const char *detail = "{\"userID\":\"bob\",\"conversationIDs\":[\"" TALK "\",\"" TALK "\",\"si_ann_eve\"]}";

  notify (stage, "n_ann_bob", "bob", 1703, 0, detail);
  stage_assert_heard (stage, "conversation 26 unread 0 at 0 status 0");
  notify (stage, "n_ann_bob", "bob", 1703, 0, detail);
  g_assert_cmpstr (stage->heard->str, ==, "");
}

static void
test_conversation_deleted (Stage *stage, gconstpointer data)
{
  notify (stage, "n_ann_ann", "ann", 1704, 0, "{\"userID\":\"ann\",\"conversationIDs\":[\"" TALK "\"]}");
  g_assert_null (strstr (stage->heard->str, "conversation"));
  stage_assert_heard (stage, "TotalUnreadMessageCountChanged{}");
}

/* A message that comes in pieces. */
static void
test_stream (Stage *stage, gconstpointer data)
{
  OpenimMsgData *message = stage_message ("bob", "ann", NULL, "m5", 5);

  message->contenttype = 123;
  g_free (message->content.data);
  message->content.data = (guint8 *) g_strdup ("{\"type\":\"t\",\"content\":\"a\",\"packets\":[\"b\"]}");
  message->content.len = strlen ((char *) message->content.data);
  stage_push (stage, TALK, FALSE, message);
  stage_settle (stage);

#define PIECE(start, packets, end)                                                                           \
  notify (stage, "n_ann_bob", "bob", 2300, 0,                                                                \
          "{\"conversationID\":\"" TALK "\",\"clientMsgID\":\"m5\",\"startIndex\":" start                    \
          ",\"packets\":[" packets "],\"end\":" end "}")
  PIECE ("1", "\"c\",\"d\"", "false");
  stage_assert_order (stage, "conversation 26", "message 35 5");
  PIECE ("4", "\"f\"", "false"); /* the one before is missing */
  g_assert_cmpstr (stage->heard->str, ==, "");
  PIECE ("3", "\"e\"", "true");
  stage_assert_heard (stage, "message 35 5");
  PIECE ("4", "\"f\"", "true"); /* it has ended */
  g_assert_cmpstr (stage->heard->str, ==, "");
#undef PIECE
}

static void
test_business (Stage *stage, gconstpointer data)
{
  notify (stage, "n_ann_ops", "ops", 2001, 0, "{\"key\":\"k\",\"data\":\"d\"}");
  stage_assert_heard (
      stage,
      "RecvCustomBusinessMessage{\"businessMessage\":\"{\\\"key\\\":\\\"k\\\",\\\"data\\\":\\\"d\\\"}\"}");
}

static void
test_applications (Stage *stage, gconstpointer data)
{
  notify (
      stage, "n_ann_carl", "carl", 1203, 0,
      "{\"fromToUserID\":{\"fromUserID\":\"carl\",\"toUserID\":\"ann\"},\"request\":{\"fromUserID\":\"carl\","
      "\"toUserID\":\"ann\",\"handleResult\":0,\"reqMsg\":\"hi\",\"createTime\":5}}");
  stage_assert_heard (stage, "FriendApplicationAdded{\"request\":{\"fromUserID\":\"carl\"");
  g_assert_cmpstr (stage->called->str, ==, "");
  notify (stage, "n_ann_carl", "ann", 1202, 0,
          "{\"request\":{\"fromUserID\":\"carl\",\"toUserID\":\"ann\",\"handleResult\":-1}}");
  stage_assert_heard (stage, "FriendApplicationRejected");
  /* Older servers send none: the lists tell. */
  notify (stage, "n_ann_carl", "carl", 1203, 0,
          "{\"fromToUserID\":{\"fromUserID\":\"carl\",\"toUserID\":\"ann\"}}");
  g_assert_nonnull (strstr (stage->called->str, "/friend/get_friend_apply_list"));

  notify (
      stage, "n_g", "carl", 1503, 0,
      "{\"group\":{\"groupID\":\"g\",\"groupName\":\"Club\"},\"reqMsg\":\"me\",\"uuid\":\"u\",\"request\":"
      "{\"userInfo\":{\"userID\":\"carl\",\"nickname\":\"C\"},\"groupInfo\":null,\"handleResult\":0}}");
  stage_assert_heard (stage, "GroupApplicationAdded{\"request\":{\"groupID\":\"g\",\"groupName\":\"Club\"");
  /* The same notice comes several times. */
  notify (
      stage, "n_g", "carl", 1503, 0,
      "{\"group\":{\"groupID\":\"g\",\"groupName\":\"Club\"},\"reqMsg\":\"me\",\"uuid\":\"u\",\"request\":"
      "{\"userInfo\":{\"userID\":\"carl\",\"nickname\":\"C\"},\"groupInfo\":null,\"handleResult\":0}}");
  g_assert_cmpstr (stage->heard->str, ==, "");
}

/* Notices about others say nothing here. */
static void
test_concerns (Stage *stage, gconstpointer data)
{
  static const int numbers[] = { 1205, 1206, 1207, 1208 };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    notify (stage, "n_ann_bob", "bob", numbers[i], 0,
            "{\"fromToUserID\":{\"fromUserID\":\"bob\",\"toUserID\":\"ann\"}}");
    g_assert_cmpstr (stage->called->str, ==, "");
    notify (stage, "n_ann_bob", "ann", numbers[i], 0,
            "{\"fromToUserID\":{\"fromUserID\":\"ann\",\"toUserID\":\"bob\"}}");
    g_assert_cmpstr (stage->called->str, !=, "");
  }
  notify (stage, "n_ann_eve", "eve", 1209, 0, "{\"userID\":\"eve\"}");
  g_assert_cmpstr (stage->called->str, ==, "");
  notify (stage, "n_ann_bob", "bob", 1209, 0, "{\"userID\":\"bob\"}");
  g_assert_nonnull (strstr (stage->called->str, "/friend/get_incremental_friends"));
  notify (stage, "n_ann_ann", "x", 1303, 0, "{\"userID\":\"bob\"}");
  g_assert_cmpstr (stage->called->str, ==, "");
  notify (stage, "n_ann_ann", "x", 1303, 0, "{\"userID\":\"ann\"}");
  g_assert_cmpstr (stage->called->str, ==, "/user/get_users_info ");
}

static void
test_group (Stage *stage, gconstpointer data)
{
  notify (stage, "n_g", "bob", 1519, 0, "{\"group\":{\"groupID\":\"g\",\"notification\":\"news\"}}");
  stage_assert_heard (stage, "conversation 26 unread 0 at 4");
  g_assert_nonnull (strstr (stage->called->str, "/group/get_incremental_group_members"));
  /* Leaving oneself concerns the list of groups. */
  notify (stage, "n_g", "bob", 1504, 0, "{\"group\":{\"groupID\":\"g\"},\"quitUser\":{\"userID\":\"bob\"}}");
  g_assert_null (strstr (stage->called->str, "join_groups"));
  notify (stage, "n_g", "bob", 1508, 0,
          "{\"group\":{\"groupID\":\"g\"},\"kickedUserList\":[{\"userID\":\"ann\"}]}");
  g_assert_cmpstr (stage->called->str, ==, "/group/get_incremental_join_groups ");
  /* Whatever the status in the notice, the group is no more. */
  notify (stage, "n_g", "bob", 1511, 0, "{\"group\":{\"groupID\":\"g\",\"status\":0}}");
  stage_assert_heard (stage, "GroupDismissed{\"group\":{\"groupID\":\"g\"");
  notify (stage, "n_g", "bob", 1511, 0, "{\"group\":{\"groupID\":\"g\",\"status\":0}}");
  g_assert_null (strstr (stage->heard->str, "GroupDismissed"));
}

/* Every number with details that make no sense: nothing is heard, nothing breaks. */
static void
test_garbage (Stage *stage, gconstpointer data)
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

  for (int number = 1200; number <= 2300; number++) {
    if (number == 1308)
      number = 1400;
    for (guint i = 0; i < G_N_ELEMENTS (details); i++) {
      notify (stage, "n_ann_bob", "bob", number, 0, details[i]);
      if (number != 2001)
        g_assert_cmpstr (stage->heard->str, ==, "");
    }
    for (guint i = 0; i < G_N_ELEMENTS (contents); i++) {
      notify_content (stage, "n_ann_bob", "bob", number, 0, g_strdup (contents[i]));
      g_assert_cmpstr (stage->heard->str, ==, "");
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
#define ADD(path, func) g_test_add ("/sync/notifications/" path, Stage, NULL, set_up, func, tear_down)
  ADD ("receipt", test_receipt);
  ADD ("own-mark", test_own_mark);
  ADD ("revoked", test_revoked);
  ADD ("deleted", test_deleted);
  ADD ("cleared", test_cleared);
  ADD ("conversation-deleted", test_conversation_deleted);
  ADD ("stream", test_stream);
  ADD ("business", test_business);
  ADD ("applications", test_applications);
  ADD ("concerns", test_concerns);
  ADD ("group", test_group);
  ADD ("garbage", test_garbage);
  return g_test_run ();
}
