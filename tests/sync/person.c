/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "person.h"

#include <glib/gstdio.h>

#include "base/clock.h"
#include "base/id.h"
#include "store/rows.h"

#define DEADLINE 10000 /* ms */

/* ---- waiting */

static gboolean
on_late (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

void
wait_for (const gboolean *flag)
{
  gboolean late = FALSE;
  guint timer = g_timeout_add (DEADLINE, on_late, &late);

  while (!*flag && !late)
    g_main_context_iteration (NULL, TRUE);
  if (late)
    g_error ("nothing came in time");
  g_source_remove (timer);
}

void
wait_idle (guint ms)
{
  gboolean late = FALSE;

  g_timeout_add (ms, on_late, &late);
  while (!late)
    g_main_context_iteration (NULL, TRUE);
}

typedef struct {
  GAsyncResult *result;
  gboolean done;
} Await;

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Await *await = user_data;

  await->result = g_object_ref (result);
  await->done = TRUE;
}

/* ---- the server */

Host *
host_new (void)
{
  Host *host = g_new0 (Host, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDataInputStream) lines = NULL;
  g_autofree char *line = NULL;
  g_autoptr (JsonObject) addresses = NULL;
  g_autoptr (JsonObject) token = NULL;

  host->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                                    g_getenv ("OPENIM_TEST_SERVER"), "--api-port", "0", "--ws-port", "0",
                                    "--chat-port", "0", NULL);
  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (host->process));
  line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  addresses = openim_json_parse (line, strlen (line), 4096, &error);
  g_assert_no_error (error);
  host->api = g_strdup (openim_json_string (addresses, "api"));
  host->ws = g_strdup (openim_json_string (addresses, "ws"));

  host->admin = openim_api_new (host->api, NULL, &error);
  g_assert_no_error (error);
  token = host_call (host->admin, "/auth/get_admin_token",
                     openim_json_build ("secret", 's', "openIM123", "userID", 's', "imAdmin", NULL), NULL);
  openim_api_set_token (host->admin, openim_json_string (token, "token"));
  return host;
}

void
host_free (Host *host)
{
  g_clear_object (&host->admin);
  g_subprocess_send_signal (host->process, 15);
  g_subprocess_wait (host->process, NULL, NULL);
  g_clear_object (&host->process);
  g_free (host->api);
  g_free (host->ws);
  g_free (host);
}

JsonObject *
host_call (OpenimApi *api, const char *path, JsonObject *body, int *code)
{
  Await await = { NULL, FALSE };
  g_autoptr (GError) error = NULL;
  JsonObject *data;

  openim_api_call_async (api, path, body, NULL, on_result, &await);
  wait_for (&await.done);
  data = openim_api_call_finish (api, await.result, &error);
  g_object_unref (await.result);
  if (code != NULL)
    *code = error != NULL ? error->code : 0;
  else
    g_assert_no_error (error);
  return data;
}

void
host_register (Host *host, const char *user_id, const char *nickname)
{
  JsonArray *users = json_array_new ();

  json_array_add_object_element (
      users, openim_json_build ("userID", 's', user_id, "nickname", 's', nickname, "faceURL", 's', "", NULL));
  json_object_unref (host_call (host->admin, "/user/user_register",
                                openim_json_build ("secret", 's', "openIM123", "users", 'a', users, NULL),
                                NULL));
}

void
host_befriend (Host *host, const char *user_id, const char *friend_id)
{
  const char *friends[] = { friend_id, NULL };

  json_object_unref (
      host_call (host->admin, "/friend/import_friend",
                 openim_json_build ("ownerUserID", 's', user_id, "friendUserIDs", 'S', friends, NULL), NULL));
}

/* ---- what a person hears */

static const char *
event_name (OpenimFunction event)
{
  const ProtobufCEnumValue *value =
      protobuf_c_enum_descriptor_get_value (&openim__event__func_request_event_name__descriptor, (int) event);

  g_assert_nonnull (value);
  return value->name + strlen ("EventOn");
}

static char *
text_of (const OpenimMsgData *data)
{
  g_autoptr (JsonObject) object =
      openim_json_parse ((const char *) data->content.data, data->content.len, 1 << 20, NULL);

  if (object != NULL && json_object_has_member (object, "content"))
    return g_strdup (openim_json_string (object, "content"));
  return g_strdup_printf ("(%d)", data->contenttype);
}

static void
add_line (Person *person, char *line)
{
  if (g_getenv ("OPENIM_TEST_VERBOSE") != NULL)
    g_printerr ("%s: %s\n", person->id, line);
  if (person->quiet)
    g_free (line);
  else
    g_ptr_array_add (person->lines, line);
}

static void
hear_event (gpointer owner, OpenimFunction event, gpointer data)
{
  g_autoptr (JsonObject) object = openim_json_from_message (data, NULL, TRUE);
  g_autofree char *text = openim_json_print (object);

  add_line (owner, g_strdup_printf ("%s %s", event_name (event), text));
  openim_pb_free (data);
}

static void
hear_message (gpointer owner, OpenimFunction event, const OpenimStoredMessage *message)
{
  g_autofree char *text = text_of (message->data);

  add_line (owner, g_strdup_printf ("%s %s %" G_GINT64_FORMAT " %s", event_name (event),
                                    message->conversation_id, message->data->seq, text));
}

static void
hear_conversations (gpointer owner, OpenimFunction event, GPtrArray *rows)
{
  g_assert_cmpuint (rows->len, >, 0);
  for (guint i = 0; i < rows->len; i++) {
    const OpenimConversationRow *row = rows->pdata[i];
    g_autofree char *text = row->latest != NULL ? text_of (row->latest->data) : g_strdup ("-");

    add_line (owner,
              g_strdup_printf ("%s %s unread %d latest %s status %d name %s", event_name (event),
                               row->info->conversationid, row->info->unreadcount, text,
                               row->latest != NULL ? row->latest->data->status : 0, row->info->showname));
  }
}

static const OpenimSyncSink sink = { hear_event, hear_message, hear_conversations };

static void
on_connected (gpointer owner)
{
  add_line (owner, g_strdup ("ConnectSuccess"));
  openim_sync_connected (((Person *) owner)->sync);
}

static void
on_failed (gpointer owner, const GError *error)
{
  add_line (owner, g_strdup_printf ("ConnectFailed %d", error->code));
  openim_sync_disconnected (((Person *) owner)->sync);
}

static void
on_connecting (gpointer owner)
{
}

static void
on_push (gpointer owner, guint id, GBytes *body)
{
  openim_sync_push (((Person *) owner)->sync, id, body);
}

static const OpenimGatewayListener listener = { on_connecting, on_connected, on_failed, on_failed, on_push };

/* ---- a person */

Person *
person_new (Host *host, const char *id)
{
  Person *person = g_new0 (Person, 1);
  g_autoptr (JsonObject) token = NULL;
  g_autofree char *nickname = g_strdup_printf ("Nick %s", id);

  host_register (host, id, nickname);
  person->host = host;
  person->id = g_strdup (id);
  person->dir = g_dir_make_tmp ("openim-sync-XXXXXX", NULL);
  person->lines = g_ptr_array_new_with_free_func (g_free);
  token = host_call (host->admin, "/auth/get_user_token",
                     openim_json_build ("userID", 's', id, "platformID", 'i', (gint64) 7, NULL), NULL);
  person->token = g_strdup (openim_json_string (token, "token"));
  person->api = openim_api_new (host->api, NULL, NULL);
  openim_api_set_token (person->api, person->token);
  return person;
}

static void
connect_gateway (Person *person)
{
  OpenimGatewayConfig config = { person->host->ws, person->id, person->token, 7, NULL };
  g_autoptr (GError) error = NULL;

  person->gateway = openim_gateway_new (&config, &listener, person, &error);
  g_assert_no_error (error);
}

void
person_start (Person *person)
{
  Await await = { NULL, FALSE };
  g_autoptr (GError) error = NULL;

  openim_store_open_async (person->dir, person->host->api, person->id, NULL, on_result, &await);
  wait_for (&await.done);
  person->store = openim_store_open_finish (await.result, &error);
  g_object_unref (await.result);
  g_assert_no_error (error);
  connect_gateway (person);
  person->sync = openim_sync_new (person->api, person->gateway, person->store, person->id, 7, &sink, person);
  openim_gateway_start (person->gateway);
}

void
person_login (Person *person)
{
  person_start (person);
  person_wait (person, "SyncServerFinish*");
}

void
person_logout (Person *person)
{
  Await await = { NULL, FALSE };

  if (person->sync == NULL)
    return;
  openim_sync_stop (person->sync);
  openim_gateway_stop (person->gateway);
  openim_store_close_async (person->store, on_result, &await);
  wait_for (&await.done);
  g_assert_true (openim_store_close_finish (person->store, await.result, NULL));
  g_object_unref (await.result);
  g_clear_object (&person->sync);
  g_clear_object (&person->gateway);
  g_clear_object (&person->store);
}

void
person_free (Person *person)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  person_logout (person);
  dir = g_dir_open (person->dir, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (person->dir, name, NULL);

    g_unlink (path);
  }
  g_rmdir (person->dir);
  g_clear_object (&person->api);
  g_ptr_array_unref (person->lines);
  g_free (person->token);
  g_free (person->dir);
  g_free (person->id);
  g_free (person);
}

void
person_reconnect (Person *person)
{
  openim_sync_disconnected (person->sync);
  openim_gateway_reconnect (person->gateway);
}

void
person_forget (Person *person)
{
  g_ptr_array_set_size (person->lines, 0);
  person->heard = 0;
}

const char *
person_wait (Person *person, const char *pattern)
{
  gboolean late = FALSE;
  guint timer = g_timeout_add (DEADLINE, on_late, &late);

  for (;;) {
    while (person->heard < person->lines->len) {
      const char *line = person->lines->pdata[person->heard++];

      if (g_pattern_match_simple (pattern, line)) {
        g_source_remove (timer);
        return line;
      }
    }
    if (late) {
      for (guint i = 0; i < person->lines->len; i++)
        g_printerr ("# %s heard: %s\n", person->id, (char *) person->lines->pdata[i]);
      g_error ("%s did not hear: %s", person->id, pattern);
    }
    g_main_context_iteration (NULL, TRUE);
  }
}

guint
person_count (Person *person, const char *pattern)
{
  guint n = 0;

  for (guint i = 0; i < person->lines->len; i++)
    n += g_pattern_match_simple (pattern, person->lines->pdata[i]);
  return n;
}

guint
person_place (Person *person, const char *pattern)
{
  for (guint i = 0; i < person->lines->len; i++)
    if (g_pattern_match_simple (pattern, person->lines->pdata[i]))
      return i;
  g_error ("%s never heard: %s", person->id, pattern);
}

OpenimMsgData *
person_message (Person *person, const char *peer, const char *group, const char *text)
{
  OpenimMsgData *data = openim_pb_new (&openim__sdkws__msg_data__descriptor);
  g_autoptr (JsonObject) body = openim_json_build ("content", 's', text, NULL);
  char *content = openim_json_print (body);

  openim_pb_set (&data->sendid, person->id);
  openim_pb_set (&data->recvid, peer);
  openim_pb_set (&data->groupid, group);
  openim_pb_take (&data->clientmsgid, openim_id_message (person->id));
  openim_pb_set (&data->sendernickname, person->id);
  data->senderplatformid = 7;
  data->sessiontype = group != NULL ? OPENIM_SESSION_GROUP : OPENIM_SESSION_SINGLE;
  data->msgfrom = 100;
  data->contenttype = 101;
  data->content.len = strlen (content);
  data->content.data = (guint8 *) content;
  data->createtime = openim_clock_now ();
  return data;
}

int
person_say (Person *person, const char *peer, const char *group, const char *text)
{
  Await await = { NULL, FALSE };
  g_autoptr (GError) error = NULL;
  g_autoptr (OpenimMsgData) data = person_message (person, peer, group, text);
  g_autofree char *id = openim_id_conversation (data->sessiontype, person->id, group != NULL ? group : peer);
  OpenimOutgoing outgoing = { id, data, FALSE };
  g_autoptr (OpenimMsgData) sent = NULL;

  openim_sync_send_async (person->sync, &outgoing, NULL, on_result, &await);
  wait_for (&await.done);
  sent = openim_sync_send_finish (person->sync, await.result, &error);
  g_object_unref (await.result);
  g_assert_true ((sent == NULL) == (error != NULL));
  return error != NULL ? error->code : 0;
}

void
person_list (Person *person, OpenimList list, const char *entity)
{
  Await await = { NULL, FALSE };
  g_autoptr (GError) error = NULL;

  openim_sync_list_async (person->sync, list, entity, NULL, on_result, &await);
  wait_for (&await.done);
  openim_sync_list_finish (person->sync, await.result, &error);
  g_object_unref (await.result);
  g_assert_no_error (error);
}

void
person_query (Person *person, OpenimStoreFunc func, gpointer job)
{
  Await await = { NULL, FALSE };
  g_autoptr (GError) error = NULL;

  openim_store_run_async (person->store, OPENIM_STORE_WRITE, func, job, NULL, NULL, on_result, &await);
  wait_for (&await.done);
  openim_store_run_finish (person->store, await.result, &error);
  g_object_unref (await.result);
  g_assert_no_error (error);
}
