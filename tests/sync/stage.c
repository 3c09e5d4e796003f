/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "stage.h"

#include <glib/gstdio.h>

/* Lists: nothing there, nothing new. */
static JsonObject *
answer_api (gpointer owner, const char *path, JsonObject *body)
{
  g_string_append_printf (((Stage *) owner)->called, "%s ", path);
  return json_object_new ();
}

static void
hear_event (gpointer owner, OpenimFunction event, gpointer data)
{
  const ProtobufCEnumValue *value =
      protobuf_c_enum_descriptor_get_value (&openim__event__func_request_event_name__descriptor, (int) event);
  g_autoptr (JsonObject) object = openim_json_from_message (data, NULL, TRUE);
  g_autofree char *text = openim_json_print (object);

  g_string_append_printf (((Stage *) owner)->heard, "%s%s ", value->name + strlen ("EventOn"), text);
  openim_pb_free (data);
}

static void
hear_message (gpointer owner, OpenimFunction event, const OpenimStoredMessage *message)
{
  g_string_append_printf (((Stage *) owner)->heard, "message %d %" G_GINT64_FORMAT " ", event,
                          message->data->seq);
}

static void
hear_conversations (gpointer owner, OpenimFunction event, GPtrArray *rows)
{
  const OpenimConversationRow *row = rows->pdata[0];

  g_string_append_printf (((Stage *) owner)->heard, "conversation %d unread %d at %d status %d ", event,
                          row->info->unreadcount, row->info->groupattype,
                          row->latest != NULL ? row->latest->data->status : 0);
}

static const OpenimSyncSink sink = { hear_event, hear_message, hear_conversations };

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

void
stage_run (Stage *stage, OpenimStoreFunc func, gpointer job)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  openim_store_run_async (stage->store, OPENIM_STORE_WRITE, func, job, NULL, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  openim_store_run_finish (stage->store, result, &error);
  g_assert_no_error (error);
}

static gboolean
do_nothing (OpenimDb *db, gpointer job, GError **error)
{
  return TRUE;
}

void
stage_settle (Stage *stage)
{
  for (guint quiet = 0; quiet < 8; quiet++) {
    while (stage->net.pending->len > 0 || g_main_context_pending (NULL)) {
      g_main_context_iteration (NULL, TRUE);
      quiet = 0;
    }
    stage_run (stage, do_nothing, NULL);
  }
}

void
stage_set_up (Stage *stage, OpenimStoreFunc fill, FakeGatewayFunc gateway, gpointer state)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  stage->state = state;
  stage->rand = g_rand_new_with_seed (1);
  stage->heard = g_string_new (NULL);
  stage->called = g_string_new (NULL);
  stage->dir = g_dir_make_tmp ("openim-notice-XXXXXX", NULL);
  fake_net_begin (&stage->net, stage->rand, gateway, answer_api, stage);
  stage->net.connected = TRUE;
  openim_store_open_async (stage->dir, "http://model", "ann", NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  stage->store = openim_store_open_finish (result, &error);
  g_assert_no_error (error);
  if (fill != NULL)
    stage_run (stage, fill, NULL);
  stage->api = fake_net_api (&stage->net);
  stage->gateway = fake_net_gateway (&stage->net);
  stage->sync = openim_sync_new (stage->api, stage->gateway, stage->store, "ann", 7, &sink, stage);
  stage_settle (stage);
}

void
stage_tear_down (Stage *stage)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GDir) dir = NULL;
  const char *name;

  openim_sync_stop (stage->sync);
  stage_settle (stage);
  g_clear_object (&stage->sync);
  g_clear_object (&stage->api);
  g_clear_object (&stage->gateway);
  openim_store_close_async (stage->store, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_clear_object (&stage->store);
  dir = g_dir_open (stage->dir, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (stage->dir, name, NULL);

    g_unlink (path);
  }
  g_rmdir (stage->dir);
  fake_net_end (&stage->net);
  g_string_free (stage->heard, TRUE);
  g_string_free (stage->called, TRUE);
  g_rand_free (stage->rand);
  g_free (stage->dir);
}

void
stage_forget (Stage *stage)
{
  g_string_truncate (stage->heard, 0);
  g_string_truncate (stage->called, 0);
}

void
stage_push (Stage *stage, const char *id, gboolean notification, OpenimMsgData *data)
{
  Openim__Sdkws__PushMessages *message = openim_pb_new (&openim__sdkws__push_messages__descriptor);
  Openim__Sdkws__PullMsgs *pulled = openim_pb_new (&openim__sdkws__pull_msgs__descriptor);
  g_autoptr (GBytes) body = NULL;

  openim_pb_append (&pulled->n_msgs, &pulled->msgs, data);
  if (notification) {
    Openim__Sdkws__PushMessages__NotificationMsgsEntry *entry =
        openim_pb_new (&openim__sdkws__push_messages__notification_msgs_entry__descriptor);

    openim_pb_set (&entry->key, id);
    entry->value = pulled;
    openim_pb_append (&message->n_notificationmsgs, &message->notificationmsgs, entry);
  } else {
    Openim__Sdkws__PushMessages__MsgsEntry *entry =
        openim_pb_new (&openim__sdkws__push_messages__msgs_entry__descriptor);

    openim_pb_set (&entry->key, id);
    entry->value = pulled;
    openim_pb_append (&message->n_msgs, &message->msgs, entry);
  }
  body = openim_pb_pack (message);
  openim_pb_free (message);
  openim_sync_push (stage->sync, OPENIM_GATEWAY_PUSH, body);
}

OpenimMsgData *
stage_message (const char *sender, const char *peer, const char *group, const char *client_id, gint64 seq)
{
  OpenimMsgData *data = openim_pb_new (&openim__sdkws__msg_data__descriptor);

  data->seq = seq;
  data->sendtime = seq > 0 ? 1000000 + seq : 0;
  data->sessiontype = group != NULL ? OPENIM_SESSION_GROUP : OPENIM_SESSION_SINGLE;
  data->contenttype = 101;
  data->status = 2;
  openim_pb_set (&data->sendid, sender);
  openim_pb_set (&data->recvid, peer);
  openim_pb_set (&data->groupid, group);
  openim_pb_set (&data->clientmsgid, client_id);
  data->content.data = (guint8 *) g_strdup ("{\"content\":\"x\"}");
  data->content.len = strlen ((char *) data->content.data);
  return data;
}

void
stage_assert_heard (Stage *stage, const char *part)
{
  if (strstr (stage->heard->str, part) == NULL)
    g_error ("\"%s\" is not in: %s", part, stage->heard->str);
}

void
stage_assert_order (Stage *stage, const char *first, const char *second)
{
  stage_assert_heard (stage, first);
  stage_assert_heard (stage, second);
  g_assert_true (strstr (stage->heard->str, first) < strstr (stage->heard->str, second));
}
