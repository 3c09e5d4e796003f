/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Two people and the local server, over real sockets. */

#include <stdio.h>

#include "base/id.h"
#include "person.h"
#include "store/lists.h"

typedef struct {
  Host *host;
  Person *ann, *bob;
} Pair;

static void
set_up (Pair *pair, gconstpointer data)
{
  pair->host = host_new ();
  pair->ann = person_new (pair->host, "ann");
  pair->bob = person_new (pair->host, "bob");
}

static void
tear_down (Pair *pair, gconstpointer data)
{
  person_free (pair->ann);
  person_free (pair->bob);
  host_free (pair->host);
}

static void
test_first_login (Pair *pair, gconstpointer data)
{
  Person *ann = pair->ann;

  host_befriend (pair->host, "ann", "bob");
  person_login (ann);
  g_assert_cmpuint (person_place (ann, "ConnectSuccess"), <,
                    person_place (ann, "SyncServerStart {\"reinstalled\":true}"));
  g_assert_cmpuint (person_place (ann, "SyncServerProgress {\"progress\":1}"), <,
                    person_place (ann, "SyncServerProgress {\"progress\":4}"));
  g_assert_cmpuint (person_place (ann, "SyncServerProgress {\"progress\":100}"), <,
                    person_place (ann, "SyncServerFinish {\"reinstalled\":true}"));
  g_assert_cmpuint (person_count (ann, "Friend*"), ==, 0);

  person_logout (ann);
  person_forget (ann);
  guint calls = openim_api_get_call_count (ann->api);
  person_login (ann);
  g_assert_nonnull (ann->lines->pdata[person_place (ann, "SyncServerStart {}")]);
  calls = openim_api_get_call_count (ann->api) - calls + openim_gateway_get_request_count (ann->gateway);
  g_test_message ("a warm login costs %u requests", calls);
  g_assert_cmpuint (calls, <=, 16);
}

static void
test_talk (Pair *pair, gconstpointer data)
{
  Person *ann = pair->ann, *bob = pair->bob;

  person_login (ann);
  person_login (bob);
  g_assert_cmpint (person_say (ann, "bob", NULL, "one"), ==, 0);
  person_wait (bob, "RecvNewMessage si_ann_bob 1 one");
  person_wait (bob, "NewConversation si_ann_bob unread 1 latest one status 2*");
  person_wait (bob, "TotalUnreadMessageCountChanged {\"totalUnreadCount\":1}");
  person_wait (bob, "ConversationChanged si_ann_bob unread 1 latest one status 2 name Nick ann");
  person_wait (ann, "ConversationChanged * latest one status 2 name Nick bob");
  g_assert_cmpuint (person_place (ann, "NewConversation si_ann_bob unread 0 latest one status 1*"), <,
                    person_place (ann, "ConversationChanged si_ann_bob unread 0 latest one status 2*"));
  g_assert_cmpuint (person_count (ann, "Recv*"), ==, 0);

  g_assert_cmpint (person_say (bob, "ann", NULL, "two"), ==, 0);
  person_wait (ann, "RecvNewMessage si_ann_bob 2 two");
  person_wait (ann, "ConversationChanged si_ann_bob unread 1 latest two*");
}

/* What came while away: once, in order, and counted. */
static void
test_away (Pair *pair, gconstpointer data)
{
  Person *ann = pair->ann, *bob = pair->bob;

  person_login (ann);
  person_login (bob);
  g_assert_cmpint (person_say (bob, "ann", NULL, "first"), ==, 0);
  person_wait (ann, "RecvNewMessage si_ann_bob 1 first");
  person_logout (ann);
  person_forget (ann);
  for (guint i = 0; i < 70; i++) {
    g_autofree char *text = g_strdup_printf ("m%u", i);

    g_assert_cmpint (person_say (bob, "ann", NULL, text), ==, 0);
  }
  person_login (ann);
  /* The newest fifty; the rest is history. */
  g_assert_cmpuint (person_count (ann, "RecvNewMessage *"), ==, 50);
  for (guint i = 20; i < 70; i++) {
    g_autofree char *line = g_strdup_printf ("RecvNewMessage si_ann_bob %u m%u", i + 2, i);

    g_assert_cmpuint (person_place (ann, line), ==, person_place (ann, "RecvNewMessage *") + i - 20);
  }
  person_place (ann, "ConversationChanged si_ann_bob unread 71 latest m69*");
  g_assert_cmpuint (person_count (ann, "TotalUnread*"), >=, 1);
}

static void
test_read (Pair *pair, gconstpointer data)
{
  Person *ann = pair->ann, *bob = pair->bob;

  person_login (ann);
  person_login (bob);
  g_assert_cmpint (person_say (ann, "bob", NULL, "one"), ==, 0);
  person_wait (bob, "TotalUnreadMessageCountChanged {\"totalUnreadCount\":1}");
  JsonArray *seqs = json_array_new ();
  json_array_add_int_element (seqs, 1);
  json_object_unref (host_call (bob->api, "/msg/mark_conversation_as_read",
                                openim_json_build ("conversationID", 's', "si_ann_bob", "userID", 's', "bob",
                                                   "hasReadSeq", 'i', (gint64) 1, "seqs", 'a', seqs, NULL),
                                NULL));
  person_wait (bob, "ConversationChanged si_ann_bob unread 0*");
  person_wait (bob, "TotalUnreadMessageCountChanged {}");
  const char *line = person_wait (ann, "RecvC2CReadReceipt *");
  g_assert_nonnull (strstr (line, "\"userID\":\"bob\""));
  /* Once more says nothing new. */
  guint n = person_count (ann, "RecvC2CReadReceipt *");
  seqs = json_array_new ();
  json_array_add_int_element (seqs, 1);
  json_object_unref (host_call (bob->api, "/msg/mark_conversation_as_read",
                                openim_json_build ("conversationID", 's', "si_ann_bob", "userID", 's', "bob",
                                                   "hasReadSeq", 'i', (gint64) 1, "seqs", 'a', seqs, NULL),
                                NULL));
  g_assert_cmpint (person_say (bob, "ann", NULL, "fence"), ==, 0);
  person_wait (ann, "RecvNewMessage * fence");
  g_assert_cmpuint (person_count (ann, "RecvC2CReadReceipt *"), ==, n);
}

static void
test_friends (Pair *pair, gconstpointer data)
{
  Person *ann = pair->ann;

  person_login (ann);
  host_befriend (pair->host, "ann", "bob");
  person_wait (ann, "FriendAdded *\"friendUserID\":\"bob\"*");
  json_object_unref (host_call (ann->api, "/friend/set_friend_remark",
                                openim_json_build ("ownerUserID", 's', "ann", "friendUserID", 's', "bob",
                                                   "remark", 's', "Robert", NULL),
                                NULL));
  person_wait (ann, "FriendInfoChanged *Robert*");
  json_object_unref (
      host_call (ann->api, "/friend/delete_friend",
                 openim_json_build ("ownerUserID", 's', "ann", "friendUserID", 's', "bob", NULL), NULL));
  person_wait (ann, "FriendDeleted *");

  /* What happened meanwhile is found by version. */
  person_logout (ann);
  person_forget (ann);
  host_befriend (pair->host, "ann", "bob");
  person_login (ann);
  g_assert_cmpuint (person_count (ann, "FriendAdded *"), ==, 1);
}

static void
test_group (Pair *pair, gconstpointer data)
{
  Person *ann = pair->ann, *bob = pair->bob;
  const char *members[] = { "bob", NULL };

  person_login (ann);
  person_login (bob);
  json_object_unref (host_call (
      ann->api, "/group/create_group",
      openim_json_build ("ownerUserID", 's', "ann", "memberUserIDs", 'S', members, "groupInfo", 'o',
                         openim_json_build ("groupID", 's', "g1", "groupName", 's', "Club", "groupType", 'i',
                                            (gint64) 2, NULL),
                         NULL),
      NULL));
  person_wait (bob, "JoinedGroupAdded *Club*");
  person_wait (bob, "RecvNewMessage sg_g1 1 (1501)");
  g_assert_cmpuint (person_place (bob, "JoinedGroupAdded *"), <,
                    person_place (bob, "RecvNewMessage sg_g1 *"));
  person_wait (bob, "NewConversation sg_g1 * name Club");
  person_wait (ann, "JoinedGroupAdded *Club*");

  g_assert_cmpint (person_say (bob, NULL, "g1", "hello all"), ==, 0);
  person_wait (ann, "RecvNewMessage sg_g1 2 hello all");

  Person *carl = person_new (pair->host, "carl");
  const char *invited[] = { "carl", NULL };
  int code;
  JsonObject *answer =
      host_call (ann->api, "/group/invite_user_to_group",
                 openim_json_build ("groupID", 's', "g1", "invitedUserIDs", 'S', invited, NULL), &code);
  if (answer != NULL)
    json_object_unref (answer);
  person_wait (bob, "GroupMemberAdded *\"userID\":\"carl\"*");
  person_wait (bob, "GroupInfoChanged *\"memberCount\":3*");

  person_login (carl);
  g_assert_cmpint (person_say (carl, NULL, "g1", "here I am"), ==, 0);
  person_wait (bob, "RecvNewMessage sg_g1 * here I am");

  json_object_unref (host_call (carl->api, "/group/quit_group",
                                openim_json_build ("groupID", 's', "g1", "userID", 's', "carl", NULL),
                                &code));
  person_wait (bob, "GroupMemberDeleted *carl*");
  person_wait (carl, "JoinedGroupDeleted *");

  json_object_unref (host_call (ann->api, "/group/dismiss_group",
                                openim_json_build ("groupID", 's', "g1", "deleteMember", 'b', FALSE, NULL),
                                NULL));
  person_wait (bob, "GroupDismissed *");
  person_wait (bob, "JoinedGroupDeleted *");
  g_assert_cmpuint (person_count (bob, "GroupDismissed *"), ==, 1);
  person_free (carl);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
await (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static void
say_typing (Person *person, const char *peer, const char *tips)
{
  static const char *const keys[] = {
    "history",     "persistent", "senderSync", "conversationUpdate", "senderConversationUpdate",
    "unreadCount", "offlinePush"
  };
  g_autoptr (OpenimMsgData) data = person_message (person, peer, NULL, "");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  data->contenttype = OPENIM_CONTENT_TYPING;
  g_free (data->content.data);
  data->content.data = (guint8 *) g_strdup_printf ("{\"msgTips\":\"%s\"}", tips);
  data->content.len = strlen ((char *) data->content.data);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    Openim__Sdkws__MsgData__OptionsEntry *entry =
        openim_pb_new (&openim__sdkws__msg_data__options_entry__descriptor);

    openim_pb_set (&entry->key, keys[i]);
    openim_pb_append (&data->n_options, &data->options, entry);
  }
  openim_sync_send_transient_async (person->sync, data, NULL, on_done, &result);
  openim_sync_send_transient_finish (person->sync, await (&result), &error);
  g_assert_no_error (error);
}

static void
test_typing (Pair *pair, gconstpointer data)
{
  Person *ann = pair->ann, *bob = pair->bob;

  person_login (ann);
  person_login (bob);
  say_typing (ann, "bob", "yes");
  person_wait (bob, "ConversationUserInputStatusChanged *\"userID\":\"ann\",\"platformIDs\":[7]*");
  say_typing (ann, "bob", "no");
  person_wait (bob,
               "ConversationUserInputStatusChanged {\"conversationID\":\"si_ann_bob\",\"userID\":\"ann\"}");
  say_typing (ann, "bob", "yes");
  person_wait (bob, "ConversationUserInputStatusChanged *[7]*");
  /* A message ends it, after everything that the message causes. */
  g_assert_cmpint (person_say (ann, "bob", NULL, "there"), ==, 0);
  person_wait (bob, "RecvNewMessage *");
  person_wait (bob, "TotalUnread*");
  person_wait (bob, "ConversationUserInputStatusChanged *");
  g_assert_cmpuint (person_count (ann, "ConversationUserInput*"), ==, 0);
}

static void
test_presence (Pair *pair, gconstpointer data)
{
  Person *ann = pair->ann, *bob = pair->bob;
  const char *who[] = { "bob", NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GHashTable) status = NULL;

  person_login (ann);
  openim_sync_subscribe_async (ann->sync, who, NULL, on_done, &result);
  status = openim_sync_subscribe_finish (ann->sync, await (&result), NULL);
  g_assert_nonnull (status);
  g_assert_cmpuint (((GArray *) g_hash_table_lookup (status, "bob"))->len, ==, 0);
  person_wait (ann, "UserStatusChanged {\"userID\":\"bob\"}");
  person_login (bob);
  person_wait (ann, "UserStatusChanged {\"userID\":\"bob\",\"platformIDs\":[7]}");

  /* Renewed with the connection. */
  person_reconnect (ann);
  person_wait (ann, "ConnectSuccess");
  person_logout (bob);
  person_wait (ann, "UserStatusChanged {\"userID\":\"bob\"}");
}

/* What was sent into a connection that broke off arrives once. */
static void
test_broken (Pair *pair, gconstpointer data)
{
  Person *ann = pair->ann, *bob = pair->bob;
  g_autoptr (GPtrArray) results = g_ptr_array_new ();

  person_login (ann);
  person_login (bob);
  for (guint i = 0; i < 12; i++) {
    g_autofree char *text = g_strdup_printf ("m%02u", i);
    g_autoptr (OpenimMsgData) message = person_message (ann, "bob", NULL, text);
    OpenimOutgoing outgoing = { "si_ann_bob", message, FALSE };
    GAsyncResult **result = g_new0 (GAsyncResult *, 1);

    g_ptr_array_add (results, result);
    openim_sync_send_async (ann->sync, &outgoing, NULL, on_done, result);
    if (i % 4 == 3) {
      while (person_count (bob, "RecvNewMessage *") < i - 2)
        g_main_context_iteration (NULL, TRUE);
      person_reconnect (ann);
      person_wait (ann, "ConnectSuccess");
    }
  }
  for (guint i = 0; i < results->len; i++) {
    GAsyncResult **result = results->pdata[i];
    g_autoptr (GError) error = NULL;
    g_autoptr (OpenimMsgData) sent = openim_sync_send_finish (ann->sync, await (result), &error);

    g_assert_no_error (error);
    g_object_unref (*result);
    g_free (result);
  }
  g_assert_cmpint (person_say (ann, "bob", NULL, "end"), ==, 0);
  person_wait (bob, "RecvNewMessage * end");
  g_assert_cmpuint (person_count (bob, "RecvNewMessage *"), ==, 13);
  for (guint i = 0; i < 12; i++) {
    g_autofree char *pattern = g_strdup_printf ("RecvNewMessage * m%02u", i);

    g_assert_cmpuint (person_count (bob, pattern), ==, 1);
    g_assert_cmpuint (person_place (bob, pattern), <, person_place (bob, "RecvNewMessage * end"));
  }
}

/* Stopped with a message on its way: the next start finishes it, and it arrives once. */
static void
test_restart (Pair *pair, gconstpointer data)
{
  Person *ann = pair->ann, *bob = pair->bob;

  person_login (ann);
  person_login (bob);
  for (guint i = 0; i < 4; i++) {
    g_autofree char *text = g_strdup_printf ("m%u", i);
    g_autofree char *pattern = g_strdup_printf ("RecvNewMessage * %s", text);
    g_autoptr (OpenimMsgData) message = person_message (ann, "bob", NULL, text);
    OpenimOutgoing outgoing = { "si_ann_bob", message, FALSE };
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (OpenimMsgData) sent = NULL;
    guint turns = i * 3;
    g_autoptr (OpenimSync) sync = g_object_ref (ann->sync);

    openim_sync_send_async (ann->sync, &outgoing, NULL, on_done, &result);
    /* As far as it gets. */
    while (turns-- > 0)
      g_main_context_iteration (NULL, TRUE);
    person_logout (ann);
    sent = openim_sync_send_finish (sync, await (&result), &error);
    g_assert_true (sent != NULL || g_error_matches (error, OPENIM_ERROR, OPENIM_ERROR_LOGIN_OUT));
    person_login (ann);
    person_wait (bob, pattern);
  }
  g_assert_cmpint (person_say (ann, "bob", NULL, "end"), ==, 0);
  person_wait (bob, "RecvNewMessage * end");
  g_assert_cmpuint (person_count (bob, "RecvNewMessage *"), ==, 5);
}

/* In the background others are told of; back in the foreground a look at the server comes first. */
static void
test_background (Pair *pair, gconstpointer data)
{
  Person *ann = pair->ann, *bob = pair->bob;

  person_login (ann);
  person_login (bob);
  openim_sync_set_background (ann->sync, TRUE);
  g_assert_cmpint (person_say (bob, "ann", NULL, "asleep?"), ==, 0);
  person_wait (ann, "RecvOfflineNewMessage si_ann_bob 1 asleep*");
  person_wait (ann, "TotalUnreadMessageCountChanged {\"totalUnreadCount\":1}");
  openim_sync_set_background (ann->sync, FALSE);
  g_assert_cmpint (person_say (bob, "ann", NULL, "good morning"), ==, 0);
  person_wait (ann, "RecvNewMessage si_ann_bob 2 good morning");
  g_assert_cmpuint (person_count (ann, "SyncServerStart *"), ==, 1);
}

/* Both write while connections break off by chance: everything arrives once, in the order in which it was
 * written, and each hears the other's seqs ascending. */
static void
on_chaos_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OpenimMsgData) sent = openim_sync_send_finish (OPENIM_SYNC (source), result, &error);

  g_assert_no_error (error);
  ++*(guint *) user_data;
}

static void
check_chaos (Person *hearer, const char *writer, guint n)
{
  gint64 last = 0;

  for (guint i = 0; i < n; i++) {
    g_autofree char *pattern = g_strdup_printf ("RecvNewMessage * %s%03u", writer, i);

    g_assert_cmpuint (person_count (hearer, pattern), ==, 1);
    if (i > 0) {
      g_autofree char *before = g_strdup_printf ("RecvNewMessage * %s%03u", writer, i - 1);

      g_assert_cmpuint (person_place (hearer, before), <, person_place (hearer, pattern));
    }
  }
  for (guint i = 0; i < hearer->lines->len; i++) {
    gint64 seq = 0;

    if (sscanf (hearer->lines->pdata[i], "RecvNewMessage si_ann_bob %" G_GINT64_FORMAT, &seq) == 1) {
      g_assert_cmpint (seq, >, last);
      last = seq;
    }
  }
}

static void
test_chaos (Pair *pair, gconstpointer data)
{
  Person *people[] = { pair->ann, pair->bob };
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  guint written[2] = { 0, 0 };
  guint sent = 0;
  gint64 start = g_get_monotonic_time ();

  person_login (people[0]);
  person_login (people[1]);
  for (guint i = 0; i < 150; i++) {
    guint who = (guint) g_rand_int_range (rand, 0, 2);
    int act = g_rand_int_range (rand, 0, 100);

    if (act < 60) {
      g_autofree char *text = g_strdup_printf ("%s%03u", people[who]->id, written[who]++);
      g_autoptr (OpenimMsgData) message = person_message (people[who], people[!who]->id, NULL, text);
      OpenimOutgoing outgoing = { "si_ann_bob", message, FALSE };

      openim_sync_send_async (people[who]->sync, &outgoing, NULL, on_chaos_sent, &sent);
    } else if (act < 66) {
      person_reconnect (people[who]);
    } else {
      wait_idle ((guint) g_rand_int_range (rand, 1, 60));
    }
  }
  while (sent < written[0] + written[1]) {
    g_assert_cmpint (g_get_monotonic_time () - start, <, 60 * G_USEC_PER_SEC);
    g_main_context_iteration (NULL, TRUE);
  }
  g_assert_cmpint (person_say (people[0], "bob", NULL, "end"), ==, 0);
  person_wait (people[1], "RecvNewMessage * end");
  g_assert_cmpint (person_say (people[1], "ann", NULL, "end"), ==, 0);
  person_wait (people[0], "RecvNewMessage * end");
  check_chaos (people[0], "bob", written[1]);
  check_chaos (people[1], "ann", written[0]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/sync/server/" path, Pair, NULL, set_up, func, tear_down)
  ADD ("first-login", test_first_login);
  ADD ("talk", test_talk);
  ADD ("away", test_away);
  ADD ("read", test_read);
  ADD ("friends", test_friends);
  ADD ("group", test_group);
  ADD ("typing", test_typing);
  ADD ("presence", test_presence);
  ADD ("broken", test_broken);
  ADD ("restart", test_restart);
  ADD ("background", test_background);
  ADD ("chaos", test_chaos);
  return g_test_run ();
}
