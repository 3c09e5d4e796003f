/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "model.h"

#include "base/clock.h"
#include "base/id.h"
#include "msg.pb-c.h"

#define AGE (3 * 60 * 60 * 1000) /* ms since the first message */

gboolean
model_chance (Model *model, int percent)
{
  return g_rand_int_range (model->rand, 0, 100) < percent;
}

guint
model_dice (Model *model, guint sides)
{
  return (guint) g_rand_int_range (model->rand, 0, (gint32) sides);
}

static Talk *
find_talk (Model *model, const char *id)
{
  for (guint i = 0; i < CONVERSATIONS; i++)
    if (g_str_equal (model->talks[i].id, id))
      return &model->talks[i];
  return NULL;
}

static OpenimMsgData *
add (Model *model, Talk *talk, gboolean own, const char *client_id, Content content)
{
  return talk_add (talk, ++model->time, own, client_id, content);
}

/* ---- the server's answers

 * Of a conversation without messages it says nothing. */

static gpointer
answer_newest (Model *model)
{
  Openim__Sdkws__GetMaxSeqResp *answer = openim_pb_new (&openim__sdkws__get_max_seq_resp__descriptor);

  for (guint i = 0; i < CONVERSATIONS; i++) {
    Openim__Sdkws__GetMaxSeqResp__MaxSeqsEntry *entry;

    if (model->talks[i].messages->len == 0)
      continue;
    entry = openim_pb_new (&openim__sdkws__get_max_seq_resp__max_seqs_entry__descriptor);
    openim_pb_set (&entry->key, model->talks[i].id);
    entry->value = model->talks[i].messages->len;
    openim_pb_append (&answer->n_maxseqs, &answer->maxseqs, entry);
  }
  return answer;
}

static gpointer
answer_marks (Model *model)
{
  Openim__Msg__GetConversationsHasReadAndMaxSeqResp *answer =
      openim_pb_new (&openim__msg__get_conversations_has_read_and_max_seq_resp__descriptor);

  for (guint i = 0; i < CONVERSATIONS; i++) {
    Openim__Msg__GetConversationsHasReadAndMaxSeqResp__SeqsEntry *entry;

    if (model->talks[i].messages->len == 0)
      continue;
    entry = openim_pb_new (&openim__msg__get_conversations_has_read_and_max_seq_resp__seqs_entry__descriptor);
    openim_pb_set (&entry->key, model->talks[i].id);
    entry->value = openim_pb_new (&openim__msg__seqs__descriptor);
    entry->value->maxseq = model->talks[i].messages->len;
    entry->value->hasreadseq = model->talks[i].read;
    openim_pb_append (&answer->n_seqs, &answer->seqs, entry);
  }
  return answer;
}

static gpointer
answer_pull (Model *model, const Openim__Msg__GetSeqMessageReq *request)
{
  Openim__Msg__GetSeqMessageResp *answer;

  /* Never twice in a row: then somebody would have to wait. */
  model->failed_last = !model->reliable && !model->failed_last && model_chance (model, 10);
  if (model->failed_last)
    return NULL;
  answer = openim_pb_new (&openim__msg__get_seq_message_resp__descriptor);
  for (size_t i = 0; i < request->n_conversations; i++) {
    const Openim__Msg__ConversationSeqs *seqs = request->conversations[i];
    Openim__Msg__GetSeqMessageResp__MsgsEntry *entry =
        openim_pb_new (&openim__msg__get_seq_message_resp__msgs_entry__descriptor);
    Talk *talk = find_talk (model, seqs->conversationid);

    g_assert_cmpuint (seqs->n_seqs, <=, 51);
    openim_pb_set (&entry->key, seqs->conversationid);
    entry->value = openim_pb_new (&openim__sdkws__pull_msgs__descriptor);
    for (size_t k = 0; k < seqs->n_seqs; k++) {
      g_assert_cmpint (seqs->seqs[k], >=, 1);
      /* Seqs of before a server was set up anew, and those that hold nothing, are left out. */
      if (seqs->seqs[k] <= talk->messages->len && talk_content (talk, seqs->seqs[k]) != UNTOLD)
        openim_pb_append (&entry->value->n_msgs, &entry->value->msgs,
                          openim_pb_copy (talk->messages->pdata[seqs->seqs[k] - 1]));
    }
    openim_pb_append (&answer->n_msgs, &answer->msgs, entry);
  }
  return answer;
}

static void push (Model *model, Talk *talk, const OpenimMsgData *data);

static gpointer
answer_send (Model *model, const OpenimMsgData *request)
{
  Openim__Msg__SendMsgResp *answer = openim_pb_new (&openim__msg__send_msg_resp__descriptor);
  g_autofree char *id = openim_id_conversation (
      request->sessiontype, SELF, request->groupid[0] != '\0' ? request->groupid : request->recvid);
  OpenimMsgData *data = add (model, find_talk (model, id), TRUE, request->clientmsgid, PLAIN);

  g_assert_cmpint (request->sendtime, ==, 0);
  openim_pb_set (&answer->clientmsgid, data->clientmsgid);
  openim_pb_set (&answer->servermsgid, data->servermsgid);
  answer->sendtime = data->sendtime;
  push (model, find_talk (model, id), data);
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
  Model *model = owner;
  JsonObject *answer = json_object_new ();

  if (g_str_equal (path, "/group/get_incremental_join_groups") ||
      g_str_equal (path, "/conversation/get_incremental_conversations")) {
    json_object_set_boolean_member (answer, "full", openim_json_uint (body, "version") == 0);
    json_object_set_int_member (answer, "version", 1);
    json_object_set_string_member (answer, "versionID", "0123456789abcdef01234567");
  } else if (g_str_equal (path, "/group/get_joined_group_list")) {
    JsonArray *groups = json_array_new ();

    for (guint i = 0; i < CONVERSATIONS; i++)
      if (model->talks[i].group)
        json_array_add_object_element (groups,
                                       openim_json_build ("groupID", 's', model->talks[i].peer, NULL));
    json_object_set_array_member (answer, "groups", groups);
  } else if (g_str_equal (path, "/conversation/get_owner_conversation")) {
    JsonArray *conversations = json_array_new ();

    for (guint i = 0; i < CONVERSATIONS; i++) {
      const Talk *talk = &model->talks[i];

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
deliver (Model *model, GBytes *body)
{
  if (model->net.connected)
    openim_sync_push (model->sync, OPENIM_GATEWAY_PUSH, body);
}

static void
push (Model *model, Talk *talk, const OpenimMsgData *data)
{
  Openim__Sdkws__PushMessages *message = openim_pb_new (&openim__sdkws__push_messages__descriptor);
  Openim__Sdkws__PushMessages__MsgsEntry *entry =
      openim_pb_new (&openim__sdkws__push_messages__msgs_entry__descriptor);
  g_autoptr (GBytes) body = NULL;
  int fate = g_rand_int_range (model->rand, 0, 100);

  openim_pb_set (&entry->key, talk->id);
  entry->value = openim_pb_new (&openim__sdkws__pull_msgs__descriptor);
  openim_pb_append (&entry->value->n_msgs, &entry->value->msgs, openim_pb_copy (data));
  openim_pb_append (&message->n_msgs, &message->msgs, entry);
  body = openim_pb_pack (message);
  openim_pb_free (message);

  if (fate < 10)
    return; /* lost */
  if (fate < 25 || data->senderplatformid == 7)
    g_ptr_array_add (model->late, g_bytes_ref (body));
  if (fate >= 15 && data->senderplatformid != 7)
    deliver (model, body); /* fate 15…24: and once more later */
}

static void
push_read_mark (Model *model, Talk *talk)
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
  if (model_chance (model, 80))
    deliver (model, body);
}

/* ---- what is told */

static void
hear_event (gpointer owner, OpenimFunction event, gpointer data)
{
  Model *model = owner;

  if (event == OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__EventOnTotalUnreadMessageCountChanged)
    model->total = ((Openim__Event__EventOnTotalUnreadMessageCountChangedData *) data)->totalunreadcount;
  else if (event == OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__EventOnSyncServerStart)
    g_assert_cmpuint (model->syncing++, ==, 0);
  else if (event == OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__EventOnSyncServerFinish ||
           event == OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__EventOnSyncServerFailed)
    g_assert_cmpuint (model->syncing--, ==, 1);
  openim_pb_free (data);
}

static void
hear_message (gpointer owner, OpenimFunction event, const OpenimStoredMessage *message)
{
  Model *model = owner;

  g_assert_cmpint (event, ==, OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__EventOnRecvNewMessage);
  talk_hear (find_talk (model, message->conversation_id), message->data, !model->unordered);
}

static void
hear_conversations (gpointer owner, OpenimFunction event, GPtrArray *rows)
{
  g_assert_cmpuint (rows->len, >, 0);
}

static const OpenimSyncSink sink = { hear_event, hear_message, hear_conversations };

/* ---- whoever is logged in */

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

void
model_run (Model *model, OpenimStoreFunc func, gpointer job)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  openim_store_run_async (model->store, OPENIM_STORE_WRITE, func, job, NULL, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  openim_store_run_finish (model->store, result, &error);
  g_assert_no_error (error);
}

void
model_settle (Model *model)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (model->net.pending->len, ==, 0);
  g_assert_true (near_store_is_idle (model->store));
}

void
model_connect (Model *model)
{
  model->net.connected = TRUE;
  openim_sync_connected (model->sync);
}

void
model_disconnect (Model *model)
{
  g_ptr_array_set_size (model->late, 0);
  model->net.connected = FALSE;
  openim_sync_disconnected (model->sync);
  fake_net_disconnect (&model->net);
}

static gboolean
read_total (OpenimDb *db, gpointer job, GError **error)
{
  *(gint64 *) job = openim_conversations_total_unread (db, error);
  return *(gint64 *) job >= 0;
}

/* Who logs in reads the count; from then on he is told. */
void
model_restart (Model *model)
{
  if (model->net.connected)
    model_disconnect (model);
  openim_sync_stop (model->sync);
  g_clear_object (&model->sync);
  model->syncing = 0;
  model_run (model, read_total, &model->total);
  model->sync = openim_sync_new (model->api, model->gateway, model->store, SELF, 7, &sink, model);
}

void
model_begin (Model *model, guint32 seed)
{
  *model = (Model){ .rand = g_rand_new_with_seed (seed), .time = openim_clock_now () - AGE };
  model->late = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  fake_net_begin (&model->net, model->rand, answer_gateway, answer_api, model);
  for (guint i = 0; i < CONVERSATIONS; i++) {
    Talk *talk = &model->talks[i];

    talk_begin (talk, i);
    for (guint n = model_dice (model, 80); n > 0; n--)
      add (model, talk, model_chance (model, 20), NULL, PLAIN);
    talk_read (talk, model_dice (model, talk->messages->len + 1));
    talk->silent = talk->messages->len;
    talk->told = talk->silent;
  }
  model->store = near_store_new (model->rand);
  model->api = fake_net_api (&model->net);
  model->gateway = fake_net_gateway (&model->net);
  model->sync = openim_sync_new (model->api, model->gateway, model->store, SELF, 7, &sink, model);
  model_connect (model);
  model_settle (model);
}

void
model_end (Model *model)
{
  openim_sync_stop (model->sync);
  model_settle (model);
  g_assert_cmpuint (model->answers, ==, model->sends);
  g_assert_cmpuint (G_OBJECT (model->sync)->ref_count, ==, 1);
  g_clear_object (&model->sync);
  g_clear_object (&model->api);
  g_clear_object (&model->gateway);
  g_clear_object (&model->store);
  fake_net_end (&model->net);
  for (guint i = 0; i < CONVERSATIONS; i++)
    talk_end (&model->talks[i]);
  g_ptr_array_unref (model->late);
  g_rand_free (model->rand);
}

/* ---- what happens */

void
model_write (Model *model, Talk *talk, gboolean own, Content content)
{
  const char *id = NULL;
  OpenimMsgData *data;

  /* Again what somebody else wrote before; which of the two is told depends on which comes first. */
  if (content == REPEATED && model->unordered)
    return;
  if (content == REPEATED) {
    for (guint i = talk->silent; i < talk->messages->len && id == NULL; i++) {
      const OpenimMsgData *before = talk->messages->pdata[i];

      if (talk_content (talk, i + 1) == PLAIN && !g_str_equal (before->sendid, SELF))
        id = before->clientmsgid;
    }
    if (id == NULL)
      return;
  }
  data = add (model, talk, own, id, content);
  if (content == PLAIN || content == REPEATED)
    push (model, talk, data);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OpenimMsgData) data = openim_sync_send_finish (OPENIM_SYNC (source), result, &error);

  g_assert_true ((data == NULL) == (error != NULL));
  ((Model *) user_data)->answers++;
}

void
model_send (Model *model, Talk *talk)
{
  static const char text[] = "{\"content\":\"mine\"}";
  g_autoptr (OpenimMsgData) data = openim_pb_new (&openim__sdkws__msg_data__descriptor);
  OpenimOutgoing outgoing = { talk->id, data, FALSE };

  openim_pb_set (&data->sendid, SELF);
  openim_pb_set (talk->group ? &data->groupid : &data->recvid, talk->peer);
  openim_pb_take (&data->clientmsgid, openim_id_message (SELF));
  data->sessiontype = talk->group ? OPENIM_SESSION_GROUP : OPENIM_SESSION_SINGLE;
  data->contenttype = TEXT;
  data->content.data = (guint8 *) g_strdup (text);
  data->content.len = sizeof text - 1;
  data->senderplatformid = 7;
  openim_sync_send_async (model->sync, &outgoing, NULL, on_sent, model);
  model->sends++;
}

void
model_mark_read (Model *model, Talk *talk)
{
  talk_read (talk, model_dice (model, talk->messages->len + 1));
  push_read_mark (model, talk);
}

void
model_deliver_late (Model *model)
{
  g_autoptr (GBytes) body = NULL;

  if (model->late->len == 0)
    return;
  body = g_ptr_array_steal_index (model->late, model_dice (model, model->late->len));
  deliver (model, body);
}

static void
on_filled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  /* Without a connection it fails, and that is all. */
  openim_sync_fill_finish (OPENIM_SYNC (source), result, NULL, &error);
}

typedef struct {
  const char *id;
  gint64 max;
} Newest;

static gboolean
read_newest (OpenimDb *db, gpointer job, GError **error)
{
  Newest *newest = job;
  g_autoptr (OpenimConversationRow) row = openim_conversations_get (db, newest->id, NULL);

  newest->max = row != NULL ? row->max_seq : 0;
  return TRUE;
}

/* As far as is known here. */
void
model_look_back (Model *model, Talk *talk)
{
  Newest newest = { talk->id, 0 };

  model_run (model, read_newest, &newest);
  if (newest.max > 0)
    openim_sync_fill_async (model->sync, talk->id, newest.max - model_dice (model, 20), newest.max,
                            model_chance (model, 50), NULL, on_filled, NULL);
}
