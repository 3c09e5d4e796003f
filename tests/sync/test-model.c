/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Random histories against a small model: pushes that come late, twice or never, seqs without a message, lost
 * connections, restarts, answers out of order. At the end every message has been told once and in order, all
 * is stored, and the unread counts are the model's. One seed is one history; OPENIM_TEST_SEED runs a single
 * one. */

#include <glib/gstdio.h>

#include "base/clock.h"
#include "base/id.h"
#include "fake-net.h"
#include "msg.pb-c.h"
#include "store/ranges.h"
#include "sync/sync.h"

#define SELF "me"
#define CONVERSATIONS 4
#define STEPS 120
/* Messages of one conversation between two connections: more are history and not told. */
#define AWAY 40

typedef struct {
  char *id;
  char *peer; /* user or group */
  gboolean group;
  GPtrArray *messages; /* OpenimMsgData by seq - 1; status 4: a seq without a message */
  gint64 read;
  guint away;        /* since the last connection */
  gint64 silent;     /* seqs up to this one were there at the first login */
  gint64 told;       /* last seq that was told */
  GHashTable *heard; /* seqs (as pointers) that were told */
} Talk;

typedef struct {
  FakeNet net;
  GRand *rand;
  char *dir;
  OpenimApi *api;
  OpenimGateway *gateway;
  OpenimStore *store;
  OpenimSync *sync;
  Talk talks[CONVERSATIONS];
  GPtrArray *late; /* pushes that have not come yet */
  gboolean failed_last;
  gint64 total; /* as told last */
  guint sends, answers;
  guint syncing; /* SyncServerStart without an end */
} World;

static gboolean
chance (World *world, int percent)
{
  return g_rand_int_range (world->rand, 0, 100) < percent;
}

/* ---- the server */

/* Somebody reads on another device. */
static void
raise_mark (World *world, Talk *talk)
{
  gint64 mark = g_rand_int_range (world->rand, 0, (gint32) talk->messages->len + 1);

  talk->read = MAX (talk->read, mark);
}

static OpenimMsgData *
add_message (World *world, Talk *talk, gboolean own, const char *client_id)
{
  OpenimMsgData *data = openim_pb_new (&openim__sdkws__msg_data__descriptor);

  g_ptr_array_add (talk->messages, data);
  data->seq = talk->messages->len;
  data->sendtime = openim_clock_now () + data->seq;
  openim_pb_set (&data->sendid, own ? SELF : talk->group ? "someone" : talk->peer);
  openim_pb_set (&data->recvid, talk->group ? "" : own ? talk->peer : SELF);
  openim_pb_set (&data->groupid, talk->group ? talk->peer : "");
  openim_pb_take (&data->clientmsgid, client_id != NULL ? g_strdup (client_id) : openim_id_message (SELF));
  openim_pb_set (&data->servermsgid, data->clientmsgid);
  data->sessiontype = talk->group ? OPENIM_SESSION_GROUP : OPENIM_SESSION_SINGLE;
  data->contenttype = 101;
  data->content.data = (guint8 *) g_strdup ("{\"content\":\"x\"}");
  data->content.len = strlen ((char *) data->content.data);
  data->status = 2;
  data->senderplatformid = own && client_id == NULL ? 1 : 7;
  if (own)
    talk->read = data->seq;
  return data;
}

static Talk *
find_talk (World *world, const char *id)
{
  for (guint i = 0; i < CONVERSATIONS; i++)
    if (g_str_equal (world->talks[i].id, id))
      return &world->talks[i];
  return NULL;
}

static gpointer
answer_newest (World *world)
{
  Openim__Sdkws__GetMaxSeqResp *answer = openim_pb_new (&openim__sdkws__get_max_seq_resp__descriptor);

  for (guint i = 0; i < CONVERSATIONS; i++) {
    Openim__Sdkws__GetMaxSeqResp__MaxSeqsEntry *entry =
        openim_pb_new (&openim__sdkws__get_max_seq_resp__max_seqs_entry__descriptor);

    openim_pb_set (&entry->key, world->talks[i].id);
    entry->value = world->talks[i].messages->len;
    openim_pb_append (&answer->n_maxseqs, &answer->maxseqs, entry);
  }
  return answer;
}

static gpointer
answer_marks (World *world)
{
  Openim__Msg__GetConversationsHasReadAndMaxSeqResp *answer =
      openim_pb_new (&openim__msg__get_conversations_has_read_and_max_seq_resp__descriptor);

  for (guint i = 0; i < CONVERSATIONS; i++) {
    Openim__Msg__GetConversationsHasReadAndMaxSeqResp__SeqsEntry *entry =
        openim_pb_new (&openim__msg__get_conversations_has_read_and_max_seq_resp__seqs_entry__descriptor);

    openim_pb_set (&entry->key, world->talks[i].id);
    entry->value = openim_pb_new (&openim__msg__seqs__descriptor);
    entry->value->maxseq = world->talks[i].messages->len;
    entry->value->hasreadseq = world->talks[i].read;
    openim_pb_append (&answer->n_seqs, &answer->seqs, entry);
  }
  return answer;
}

static gpointer
answer_pull (World *world, const Openim__Msg__GetSeqMessageReq *request)
{
  Openim__Msg__GetSeqMessageResp *answer;

  /* Never twice in a row: then a hole would be left, and rightly so. */
  world->failed_last = !world->failed_last && chance (world, 10);
  if (world->failed_last)
    return NULL;
  answer = openim_pb_new (&openim__msg__get_seq_message_resp__descriptor);
  for (size_t i = 0; i < request->n_conversations; i++) {
    const Openim__Msg__ConversationSeqs *seqs = request->conversations[i];
    Openim__Msg__GetSeqMessageResp__MsgsEntry *entry =
        openim_pb_new (&openim__msg__get_seq_message_resp__msgs_entry__descriptor);
    Talk *talk = find_talk (world, seqs->conversationid);

    g_assert_cmpuint (seqs->n_seqs, <=, 50);
    openim_pb_set (&entry->key, seqs->conversationid);
    entry->value = openim_pb_new (&openim__sdkws__pull_msgs__descriptor);
    for (size_t k = 0; k < seqs->n_seqs; k++) {
      g_assert_cmpint (seqs->seqs[k], >=, 1);
      g_assert_cmpint (seqs->seqs[k], <=, talk->messages->len);
      openim_pb_append (&entry->value->n_msgs, &entry->value->msgs,
                        openim_pb_copy (talk->messages->pdata[seqs->seqs[k] - 1]));
    }
    openim_pb_append (&answer->n_msgs, &answer->msgs, entry);
  }
  return answer;
}

static void push (World *world, Talk *talk, const OpenimMsgData *data);

static gpointer
answer_send (World *world, const OpenimMsgData *request)
{
  Openim__Msg__SendMsgResp *answer = openim_pb_new (&openim__msg__send_msg_resp__descriptor);
  g_autofree char *id = openim_id_conversation (
      request->sessiontype, SELF, request->groupid[0] != '\0' ? request->groupid : request->recvid);
  OpenimMsgData *data = add_message (world, find_talk (world, id), TRUE, request->clientmsgid);

  g_assert_cmpint (request->sendtime, ==, 0);
  openim_pb_set (&answer->clientmsgid, data->clientmsgid);
  openim_pb_set (&answer->servermsgid, data->servermsgid);
  answer->sendtime = data->sendtime;
  push (world, find_talk (world, id), data);
  return answer;
}

static gpointer
answer_gateway (gpointer owner, guint id, const ProtobufCMessage *request, int *code)
{
  switch (id) {
  case OPENIM_GATEWAY_NEWEST_SEQS:
    return answer_newest (owner);
  case OPENIM_GATEWAY_READ_SEQS:
    return answer_marks (owner);
  case OPENIM_GATEWAY_PULL_SEQS:
    return answer_pull (owner, (gconstpointer) request);
  case OPENIM_GATEWAY_SEND:
    return answer_send (owner, (gconstpointer) request);
  default:
    g_assert_not_reached ();
  }
}

/* Lists do not change in these histories: two groups, no friends. */
static JsonObject *
answer_api (gpointer owner, const char *path, JsonObject *body)
{
  World *world = owner;
  JsonObject *answer = json_object_new ();

  if (g_str_equal (path, "/group/get_incremental_join_groups") ||
      g_str_equal (path, "/conversation/get_incremental_conversations")) {
    json_object_set_boolean_member (answer, "full", openim_json_uint (body, "version") == 0);
    json_object_set_int_member (answer, "version", 1);
    json_object_set_string_member (answer, "versionID", "0123456789abcdef01234567");
  } else if (g_str_equal (path, "/group/get_joined_group_list")) {
    JsonArray *groups = json_array_new ();

    for (guint i = 0; i < CONVERSATIONS; i++)
      if (world->talks[i].group)
        json_array_add_object_element (groups,
                                       openim_json_build ("groupID", 's', world->talks[i].peer, NULL));
    json_object_set_array_member (answer, "groups", groups);
  } else if (g_str_equal (path, "/conversation/get_owner_conversation")) {
    JsonArray *conversations = json_array_new ();

    for (guint i = 0; i < CONVERSATIONS; i++) {
      const Talk *talk = &world->talks[i];

      if (talk->messages->len > 0)
        json_array_add_object_element (
            conversations, openim_json_build ("conversationID", 's', talk->id, "conversationType", 'i',
                                              (gint64) (talk->group ? 3 : 1),
                                              talk->group ? "groupID" : "userID", 's', talk->peer, NULL));
    }
    json_object_set_array_member (answer, "conversations", conversations);
  }
  return answer;
}

/* ---- pushes */

static void
deliver (World *world, GBytes *body)
{
  if (world->net.connected)
    openim_sync_push (world->sync, OPENIM_GATEWAY_PUSH, body);
}

static void
push (World *world, Talk *talk, const OpenimMsgData *data)
{
  Openim__Sdkws__PushMessages *message = openim_pb_new (&openim__sdkws__push_messages__descriptor);
  Openim__Sdkws__PushMessages__MsgsEntry *entry =
      openim_pb_new (&openim__sdkws__push_messages__msgs_entry__descriptor);
  g_autoptr (GBytes) body = NULL;
  int fate = g_rand_int_range (world->rand, 0, 100);

  openim_pb_set (&entry->key, talk->id);
  entry->value = openim_pb_new (&openim__sdkws__pull_msgs__descriptor);
  openim_pb_append (&entry->value->n_msgs, &entry->value->msgs, openim_pb_copy (data));
  openim_pb_append (&message->n_msgs, &message->msgs, entry);
  body = openim_pb_pack (message);
  openim_pb_free (message);

  if (fate < 10)
    return; /* lost */
  if (fate < 25 || data->senderplatformid == 7)
    g_ptr_array_add (world->late, g_bytes_ref (body));
  if (fate >= 15 && data->senderplatformid != 7)
    deliver (world, body); /* fate 15…24: and once more later */
}

static void
push_read_mark (World *world, Talk *talk)
{
  Openim__Sdkws__PushMessages *message = openim_pb_new (&openim__sdkws__push_messages__descriptor);
  Openim__Sdkws__PushMessages__NotificationMsgsEntry *entry =
      openim_pb_new (&openim__sdkws__push_messages__notification_msgs_entry__descriptor);
  OpenimMsgData *data = openim_pb_new (&openim__sdkws__msg_data__descriptor);
  g_autofree char *detail =
      g_strdup_printf ("{\"markAsReadUserID\":\"" SELF
                       "\",\"conversationID\":\"%s\",\"seqs\":null,\"hasReadSeq\":%" G_GINT64_FORMAT "}",
                       talk->id, talk->read);
  g_autoptr (JsonObject) content = openim_json_build ("detail", 's', detail, NULL);
  g_autoptr (GBytes) body = NULL;

  data->contenttype = 2200;
  openim_pb_set (&data->sendid, SELF);
  data->content.data = (guint8 *) openim_json_print (content);
  data->content.len = strlen ((char *) data->content.data);
  openim_pb_set (&entry->key, "n_" SELF "_" SELF);
  entry->value = openim_pb_new (&openim__sdkws__pull_msgs__descriptor);
  openim_pb_append (&entry->value->n_msgs, &entry->value->msgs, data);
  openim_pb_append (&message->n_notificationmsgs, &message->notificationmsgs, entry);
  body = openim_pb_pack (message);
  openim_pb_free (message);
  if (chance (world, 80))
    deliver (world, body);
}

/* ---- what is told */

static void
hear_event (gpointer owner, OpenimFunction event, gpointer data)
{
  World *world = owner;

  if (event == OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__EventOnTotalUnreadMessageCountChanged)
    world->total = ((Openim__Event__EventOnTotalUnreadMessageCountChangedData *) data)->totalunreadcount;
  else if (event == OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__EventOnSyncServerStart)
    g_assert_cmpuint (world->syncing++, ==, 0);
  else if (event == OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__EventOnSyncServerFinish ||
           event == OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__EventOnSyncServerFailed)
    g_assert_cmpuint (world->syncing--, ==, 1);
  openim_pb_free (data);
}

static void
hear_message (gpointer owner, OpenimFunction event, const OpenimStoredMessage *message)
{
  World *world = owner;
  Talk *talk = find_talk (world, message->conversation_id);

  g_assert_cmpint (event, ==, OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__EventOnRecvNewMessage);
  g_assert_cmpint (message->data->seq, >, talk->told); /* in order, and never twice */
  talk->told = message->data->seq;
  g_hash_table_add (talk->heard, GINT_TO_POINTER ((int) message->data->seq));
}

static void
hear_conversations (gpointer owner, OpenimFunction event, GPtrArray *rows)
{
  g_assert_cmpuint (rows->len, >, 0);
}

static const OpenimSyncSink sink = { hear_event, hear_message, hear_conversations };

/* ---- one history */

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
run_job (World *world, OpenimStoreFunc func, gpointer job)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  openim_store_run_async (world->store, OPENIM_STORE_WRITE, func, job, NULL, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  openim_store_run_finish (world->store, result, &error);
  g_assert_no_error (error);
}

static gboolean
do_nothing (OpenimDb *db, gpointer job, GError **error)
{
  return TRUE;
}

/* Until nothing is under way: a chain of store jobs without a request between them is shorter than eight. */
static void
settle (World *world)
{
  for (guint quiet = 0; quiet < 8; quiet++) {
    while (world->net.pending->len > 0 || g_main_context_pending (NULL)) {
      g_main_context_iteration (NULL, TRUE);
      quiet = 0;
    }
    run_job (world, do_nothing, NULL);
  }
}

static void
connect_world (World *world)
{
  for (guint i = 0; i < CONVERSATIONS; i++)
    world->talks[i].away = 0;
  world->net.connected = TRUE;
  openim_sync_connected (world->sync);
}

static void
disconnect_world (World *world)
{
  g_ptr_array_set_size (world->late, 0);
  world->net.connected = FALSE;
  openim_sync_disconnected (world->sync);
  fake_net_disconnect (&world->net);
}

static gboolean
read_total (OpenimDb *db, gpointer job, GError **error)
{
  *(gint64 *) job = openim_conversations_total_unread (db, error);
  return *(gint64 *) job >= 0;
}

/* Who logs in reads the count; from then on he is told. */
static void
restart (World *world)
{
  if (world->net.connected)
    disconnect_world (world);
  openim_sync_stop (world->sync);
  g_clear_object (&world->sync);
  world->syncing = 0;
  run_job (world, read_total, &world->total);
  world->sync = openim_sync_new (world->api, world->gateway, world->store, SELF, 7, &sink, world);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OpenimMsgData) data = openim_sync_send_finish (OPENIM_SYNC (source), result, &error);

  g_assert_true ((data == NULL) == (error != NULL));
  ((World *) user_data)->answers++;
}

static void
send (World *world, Talk *talk)
{
  g_autoptr (OpenimMsgData) data = openim_pb_new (&openim__sdkws__msg_data__descriptor);
  OpenimOutgoing outgoing = { talk->id, data, FALSE };

  openim_pb_set (&data->sendid, SELF);
  openim_pb_set (talk->group ? &data->groupid : &data->recvid, talk->peer);
  openim_pb_take (&data->clientmsgid, openim_id_message (SELF));
  data->sessiontype = talk->group ? OPENIM_SESSION_GROUP : OPENIM_SESSION_SINGLE;
  data->contenttype = 101;
  data->content.data = (guint8 *) g_strdup ("{\"content\":\"mine\"}");
  data->content.len = strlen ((char *) data->content.data);
  data->senderplatformid = 7;
  openim_sync_send_async (world->sync, &outgoing, NULL, on_sent, world);
  world->sends++;
}

static void
step (World *world)
{
  Talk *talk = &world->talks[g_rand_int_range (world->rand, 0, CONVERSATIONS)];
  int act = g_rand_int_range (world->rand, 0, 100);

  if (act < 50) {
    if (world->net.connected || talk->away++ < AWAY)
      push (world, talk, add_message (world, talk, chance (world, 10), NULL));
  } else if (act < 55) {
    if (world->net.connected || talk->away++ < AWAY)
      add_message (world, talk, FALSE, NULL)->status = 4;
  } else if (act < 62) {
    raise_mark (world, talk);
    push_read_mark (world, talk);
  } else if (act < 72) {
    if (world->late->len > 0) {
      g_autoptr (GBytes) body = g_ptr_array_steal_index (
          world->late, (guint) g_rand_int_range (world->rand, 0, (gint32) world->late->len));

      deliver (world, body);
    }
  } else if (act < 76) {
    if (world->net.connected)
      disconnect_world (world);
    else
      connect_world (world);
  } else if (act < 78) {
    restart (world);
  } else if (act < 82) {
    if (world->net.connected)
      send (world, talk);
  } else {
    guint turns = (guint) g_rand_int_range (world->rand, 0, 30);

    while (turns-- > 0 && g_main_context_iteration (NULL, FALSE))
      ;
  }
}

static guint
count_messages (World *world)
{
  guint n = 0;

  for (guint i = 0; i < CONVERSATIONS; i++)
    n += world->talks[i].messages->len;
  return n;
}

typedef struct {
  World *world;
  gint64 total;
} Check;

/* Behind the mark, and something to be read. */
static guint
count_unread (const Talk *talk)
{
  guint n = 0;

  for (guint seq = (guint) talk->read + 1; seq <= talk->messages->len; seq++)
    n += ((OpenimMsgData *) talk->messages->pdata[seq - 1])->status < 4;
  return n;
}

static gboolean
check_store (OpenimDb *db, gpointer job, GError **error)
{
  Check *check = job;

  for (guint i = 0; i < CONVERSATIONS; i++) {
    const Talk *talk = &check->world->talks[i];
    g_autoptr (OpenimConversationRow) row = openim_conversations_get (db, talk->id, error);

    if (talk->messages->len == 0)
      continue;
    g_assert_nonnull (row);
    g_assert_cmpint (row->max_seq, ==, talk->messages->len);
    g_assert_cmpint (row->info->unreadcount, ==, count_unread (talk));
    check->total += row->info->latestmsgsendtime != 0 ? row->info->unreadcount : 0;

    for (gint64 seq = talk->silent + 1; seq <= talk->messages->len; seq++) {
      const OpenimMsgData *data = talk->messages->pdata[seq - 1];
      g_autoptr (OpenimStoredMessage) stored = openim_messages_get_by_seq (db, talk->id, seq, error);

      g_assert_nonnull (stored);
      if (data->status < 4) {
        g_assert_cmpstr (stored->data->clientmsgid, ==, data->clientmsgid);
        g_assert_cmpint (stored->data->status, ==, OPENIM_STATUS_SENT);
      }
    }
  }
  return TRUE;
}

/* Own messages of this device are not told; everything else is. */
static void
check_heard (World *world)
{
  for (guint i = 0; i < CONVERSATIONS; i++) {
    const Talk *talk = &world->talks[i];

    for (gint64 seq = talk->silent + 1; seq <= talk->messages->len; seq++) {
      const OpenimMsgData *data = talk->messages->pdata[seq - 1];
      gboolean mine = data->senderplatformid == 7 && g_str_equal (data->sendid, SELF);

      g_assert_cmpint (g_hash_table_contains (talk->heard, GINT_TO_POINTER ((int) seq)), ==,
                       data->status < 4 && !mine);
    }
  }
}

static void
open_store (World *world)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  openim_store_open_async (world->dir, "http://model", SELF, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  world->store = openim_store_open_finish (result, &error);
  g_assert_no_error (error);
}

static void
close_store (World *world)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GDir) dir = NULL;
  const char *name;

  openim_store_close_async (world->store, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_clear_object (&world->store);
  dir = g_dir_open (world->dir, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (world->dir, name, NULL);

    g_unlink (path);
  }
  g_rmdir (world->dir);
}

static void
run_history (guint32 seed)
{
  World world = { 0 };
  Check check = { &world, 0 };

  world.rand = g_rand_new_with_seed (seed);
  world.late = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  world.dir = g_dir_make_tmp ("openim-model-XXXXXX", NULL);
  fake_net_begin (&world.net, world.rand, answer_gateway, answer_api, &world);
  for (guint i = 0; i < CONVERSATIONS; i++) {
    Talk *talk = &world.talks[i];

    talk->group = i % 2 == 1;
    talk->peer = g_strdup_printf ("%s%u", talk->group ? "g" : "p", i);
    talk->id = openim_id_conversation (talk->group ? 3 : 1, SELF, talk->peer);
    talk->messages = g_ptr_array_new_with_free_func (openim_pb_free);
    talk->heard = g_hash_table_new (NULL, NULL);
    for (gint32 n = g_rand_int_range (world.rand, 0, 80); n > 0; n--)
      add_message (&world, talk, chance (&world, 20), NULL);
    raise_mark (&world, talk);
    talk->silent = talk->messages->len;
    talk->told = talk->silent;
  }
  open_store (&world);
  world.api = fake_net_api (&world.net);
  world.gateway = fake_net_gateway (&world.net);
  world.sync = openim_sync_new (world.api, world.gateway, world.store, SELF, 7, &sink, &world);
  connect_world (&world);
  settle (&world);

  for (guint i = 0; i < STEPS; i++)
    step (&world);
  settle (&world);
  /* A last look at the server finds what no push has told; messages that waited for a connection go out. */
  for (guint before = G_MAXUINT; before != count_messages (&world);) {
    before = count_messages (&world);
    if (world.net.connected)
      disconnect_world (&world);
    settle (&world);
    connect_world (&world);
    settle (&world);
  }

  check_heard (&world);
  run_job (&world, check_store, &check);
  g_assert_cmpuint (world.syncing, ==, 0);
  g_assert_cmpint (world.total, ==, check.total);

  openim_sync_stop (world.sync);
  settle (&world);
  g_assert_cmpuint (world.answers, ==, world.sends);
  g_assert_cmpuint (G_OBJECT (world.sync)->ref_count, ==, 1);
  g_clear_object (&world.sync);
  g_clear_object (&world.api);
  g_clear_object (&world.gateway);
  close_store (&world);
  fake_net_end (&world.net);
  for (guint i = 0; i < CONVERSATIONS; i++) {
    g_free (world.talks[i].id);
    g_free (world.talks[i].peer);
    g_ptr_array_unref (world.talks[i].messages);
    g_hash_table_unref (world.talks[i].heard);
  }
  g_ptr_array_unref (world.late);
  g_rand_free (world.rand);
  g_free (world.dir);
}

static void
test_histories (void)
{
  const char *one = g_getenv ("OPENIM_TEST_SEED");
  guint n = g_test_thorough () ? 3000 : 150;

  if (one != NULL) {
    run_history ((guint32) g_ascii_strtoull (one, NULL, 10));
    return;
  }
  for (guint32 seed = 1; seed <= n; seed++) {
    g_test_message ("seed %u", seed); /* the last one is that of a failure */
    run_history (seed);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/model/histories", test_histories);
  return g_test_run ();
}
