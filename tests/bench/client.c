/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client.h"

#include "init.pb-c.h"

#define DEADLINE 300 /* s */

typedef struct {
  OpenimFunction function;
  ClientAnswered answered;
  gpointer data;
  gboolean *done; /* (nullable) */
} Question;

static void
on_answer (
    OpenimSdk *sdk, guint64 handle, const GError *error, const ProtobufCMessage *response, gpointer user_data)
{
  g_autofree Question *question = user_data;

  if (error != NULL)
    bench_fail ("%s: %d %s", openim_function_get_name (question->function), error->code, error->message);
  if (question->answered != NULL)
    question->answered (question->data, response);
  if (question->done != NULL)
    *question->done = TRUE;
}

static void
ask (Client *client, int function, gconstpointer request, const Question *question)
{
  openim_sdk_call (client->sdk, function, request, on_answer, g_memdup2 (question, sizeof *question));
}

void
client_ask (Client *client, int function, gconstpointer request, ClientAnswered answered, gpointer data)
{
  ask (client, function, request, &(Question){ function, answered, data, NULL });
}

void
client_call (Client *client, int function, gconstpointer request, ClientAnswered answered, gpointer data)
{
  gboolean done = FALSE;

  ask (client, function, request, &(Question){ function, answered, data, &done });
  bench_wait_flag (&done, DEADLINE, openim_function_get_name (function));
}

static void
on_event (
    OpenimSdk *sdk, OpenimFunction event, guint64 handle, const ProtobufCMessage *data, gpointer user_data)
{
  Client *client = user_data;

  switch ((int) event) {
  case EVENT (SyncServerFinish):
    client->synced = TRUE;
    break;
  case EVENT (SyncServerFailed):
  case EVENT (ConnectFailed):
    bench_fail ("%s", openim_event_get_name (event));
  case EVENT (RecvNewMessage):
    if (client->heard != NULL)
      client->heard (client, ((const Openim__Event__EventOnRecvNewMessageData *) data)->message);
    break;
  default:
    break;
  }
}

Client *
client_new (const Bench *bench)
{
  Openim__Init__IMConfig config = OPENIM__INIT__IMCONFIG__INIT;
  Openim__Init__InitSDKReq init = OPENIM__INIT__INIT_SDKREQ__INIT;
  Openim__Init__LoginReq login = OPENIM__INIT__LOGIN_REQ__INIT;
  Client *client = g_new0 (Client, 1);

  client->sdk = openim_sdk_new ();
  openim_sdk_listen (client->sdk, on_event, client);
  config.platform = OPENIM__SDK__COMMON__PLATFORM__Linux;
  config.apiaddr = bench->api;
  config.wsaddr = bench->ws;
  config.datadir = bench->dir;
  init.config = &config;
  client_call (client, FUNCTION (InitSDK), &init, NULL, NULL);
  login.userid = bench->user;
  login.token = bench->token;
  client_call (client, FUNCTION (Login), &login, NULL, NULL);
  bench_wait_flag (&client->synced, DEADLINE, "the first sync");
  return client;
}

void
client_free (Client *client)
{
  client_call (client, FUNCTION (Logout), NULL, NULL, NULL);
  openim_sdk_close (client->sdk);
  g_object_unref (client->sdk);
  g_free (client);
}
