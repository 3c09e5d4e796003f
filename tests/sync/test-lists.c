/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Lists that are read whole: what counts as news, in which order it is told, and what happens to a
 * notification that comes while the list is on its way. */

#include "msg.pb-c.h"
#include "stage.h"
#include "store/rows.h"
#include "store/settings.h"

/* What the server answers. */
typedef struct {
  const char *received; /* friend requests, JSON */
  const char *friends;  /* changes of the list of friends, JSON */
} Answers;

static JsonObject *
parse (const char *text)
{
  g_autofree char *json = g_strdelimit (g_strdup (text), "'", '"');
  g_autoptr (GError) error = NULL;
  JsonObject *object = openim_json_parse (json, strlen (json), 65536, &error);

  g_assert_no_error (error);
  return object;
}

static JsonObject *
answer_api (gpointer owner, const char *path, JsonObject *body)
{
  Stage *stage = owner;
  const Answers *answers = stage->state;

  g_string_append_printf (stage->called, "%s ", path);
  if (g_str_equal (path, "/friend/get_friend_apply_list"))
    return parse (answers->received);
  if (g_str_equal (path, "/friend/get_incremental_friends"))
    return parse (answers->friends);
  return json_object_new ();
}

static gpointer
answer_gateway (gpointer owner, guint id, const ProtobufCMessage *request, int *code)
{
  return NULL;
}

/* No messages. */
static gpointer
answer_seqs (gpointer owner, guint id, const ProtobufCMessage *request, int *code)
{
  if (id == OPENIM_GATEWAY_NEWEST_SEQS)
    return openim_pb_new (&openim__sdkws__get_max_seq_resp__descriptor);
  if (id == OPENIM_GATEWAY_READ_SEQS)
    return openim_pb_new (&openim__msg__get_conversations_has_read_and_max_seq_resp__descriptor);
  return NULL;
}

/* The list of friends has been read before. */
static gboolean
fill (OpenimDb *db, gpointer job, GError **error)
{
  const OpenimVersion version = { 1, "v" };

  return openim_versions_set (db, "friends", "ann", &version, error);
}

static void
set_up (Stage *stage, gconstpointer data)
{
  Answers *answers = g_new (Answers, 1);

  *answers = (Answers){ "{}", "{'version':1,'versionID':'v'}" };
  stage_set_up (stage, fill, answer_gateway, answers);
  stage->net.api = answer_api;
}

static void
tear_down (Stage *stage, gconstpointer data)
{
  stage_tear_down (stage);
  g_free (stage->state);
}

static void
ask (Stage *stage)
{
  stage_forget (stage);
  openim_sync_list_async (stage->sync, OPENIM_LIST_FRIEND_REQUESTS, NULL, NULL, NULL, NULL);
}

#define REQUEST(name, result, created, handled)                                                              \
  "{'fromUserID':'bob','fromNickname':'" name "','toUserID':'ann','handleResult':" result                    \
  ",'reqMsg':'hello','createTime':" created ",'handleTime':" handled "}"
#define LIST(rows) "{'FriendRequests':[" rows "],'total':1}"

/* A request that comes while the list without it is on its way is neither lost nor told twice. */
static void
test_overtaken (Stage *stage, gconstpointer data)
{
  OpenimMsgData *notice = stage_message ("bob", "ann", NULL, "", 0);
  g_autoptr (JsonObject) detail =
      parse ("{'fromToUserID':{'fromUserID':'bob','toUserID':'ann'},'request':" REQUEST ("Bob", "0", "5000",
                                                                                         "0") "}");
  g_autofree char *text = openim_json_print (detail);
  g_autoptr (JsonObject) content = openim_json_build ("detail", 's', text, NULL);

  fake_net_hold (&stage->net, TRUE);
  ask (stage);
  while (stage->net.pending->len == 0)
    g_main_context_iteration (NULL, TRUE);

  notice->contenttype = 1203;
  g_free (notice->content.data);
  notice->content.data = (guint8 *) openim_json_print (content);
  notice->content.len = strlen ((const char *) notice->content.data);
  stage_push (stage, "n_ann_bob", TRUE, notice);
  while (stage->heard->len == 0)
    g_main_context_iteration (NULL, TRUE);
  stage_assert_heard (stage, "FriendApplicationAdded");

  stage_forget (stage);
  fake_net_hold (&stage->net, FALSE);
  stage_settle (stage);
  g_assert_cmpstr (stage->heard->str, ==, "");

  /* What the next list does not have is gone. */
  ask (stage);
  stage_settle (stage);
  stage_assert_heard (stage, "FriendApplicationDeleted{\"request\":{\"fromUserID\":\"bob\"");
}

/* Friends first, then what made them so. */
static void
test_accepted (Stage *stage, gconstpointer data)
{
  Answers *answers = stage->state;

  answers->received = LIST (REQUEST ("Bob", "1", "5000", "6000"));
  answers->friends =
      "{'version':2,'versionID':'v','insert':[{'ownerUserID':'ann','friendUser':{'userID':'bob'}}]}";
  ask (stage);
  stage_settle (stage);
  stage_assert_order (stage, "FriendAdded{\"friend\":{\"ownerUserID\":\"ann\",\"friendUserID\":\"bob\"",
                      "FriendApplicationAccepted{\"request\":{\"fromUserID\":\"bob\"");

  /* Known since: nothing is told, and the friends are nobody's concern. */
  ask (stage);
  stage_settle (stage);
  g_assert_cmpstr (stage->heard->str, ==, "");
  g_assert_null (strstr (stage->called->str, "/friend/get_incremental_friends"));
}

/* A new name in an old request is no news; a request made again is. */
static void
test_news (Stage *stage, gconstpointer data)
{
  Answers *answers = stage->state;

  answers->received = LIST (REQUEST ("Bob", "0", "5000", "0"));
  ask (stage);
  stage_settle (stage);
  stage_assert_heard (stage, "FriendApplicationAdded");
  answers->received = LIST (REQUEST ("Robert", "0", "5000", "0"));
  ask (stage);
  stage_settle (stage);
  g_assert_cmpstr (stage->heard->str, ==, "");
  answers->received = LIST (REQUEST ("Robert", "-1", "5000", "6000"));
  ask (stage);
  stage_settle (stage);
  stage_assert_heard (stage, "FriendApplicationRejected");
  answers->received = LIST (REQUEST ("Rob", "-1", "5000", "6000"));
  ask (stage);
  stage_settle (stage);
  g_assert_cmpstr (stage->heard->str, ==, "");
  /* Made and refused again in the meantime. */
  answers->received = LIST (REQUEST ("Rob", "-1", "7000", "8000"));
  ask (stage);
  stage_settle (stage);
  stage_assert_heard (stage, "FriendApplicationRejected");
  answers->received = LIST (REQUEST ("Rob", "0", "9000", "8000"));
  ask (stage);
  stage_settle (stage);
  stage_assert_heard (stage, "FriendApplicationAdded");
}

/* What a list has gained in a connection that broke off soon after a sync is told without another one. */
static void
test_blip (Stage *stage, gconstpointer data)
{
  Answers *answers = stage->state;

  stage->net.gateway = answer_seqs;
  openim_sync_connected (stage->sync);
  stage_settle (stage);
  stage_assert_heard (stage, "SyncServerFinish");

  stage_forget (stage);
  fake_net_disconnect (&stage->net);
  openim_sync_disconnected (stage->sync);
  answers->friends =
      "{'version':2,'versionID':'v','insert':[{'ownerUserID':'ann','friendUser':{'userID':'bob'}}]}";
  stage->net.connected = TRUE;
  openim_sync_connected (stage->sync);
  stage_settle (stage);
  g_assert_null (strstr (stage->called->str, "/friend/get_incremental_friends"));

  while (strstr (stage->heard->str, "FriendAdded") == NULL)
    g_main_context_iteration (NULL, TRUE);
  stage_settle (stage);
  g_assert_null (strstr (stage->heard->str, "SyncServer"));
}

static gboolean
set_synced (OpenimDb *db, gpointer job, GError **error)
{
  return openim_settings_set (db, "synced", "1", error);
}

/* Who was here before has all that it takes to begin: the sync starts, and the account counts as connected,
 * while nothing is answered yet. */
static void
test_warm (Stage *stage, gconstpointer data)
{
  stage->net.gateway = answer_seqs;
  stage_run (stage, set_synced, NULL);
  fake_net_hold (&stage->net, TRUE);
  openim_sync_connected (stage->sync);
  while (strstr (stage->heard->str, "SyncServerStart{}") == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (strstr (stage->heard->str, "SyncServerFinish"));
  fake_net_hold (&stage->net, FALSE);
  stage_settle (stage);
  stage_assert_order (stage, "SyncServerStart{}", "SyncServerFinish{}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/sync/lists/overtaken", Stage, NULL, set_up, test_overtaken, tear_down);
  g_test_add ("/sync/lists/accepted", Stage, NULL, set_up, test_accepted, tear_down);
  g_test_add ("/sync/lists/news", Stage, NULL, set_up, test_news, tear_down);
  g_test_add ("/sync/lists/warm", Stage, NULL, set_up, test_warm, tear_down);
  g_test_add ("/sync/lists/blip", Stage, NULL, set_up, test_blip, tear_down);

  return g_test_run ();
}
