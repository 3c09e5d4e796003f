/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Logs in, says one line to somebody, prints what comes until it is stopped:
 *
 *   cc talk.c $(pkg-config --cflags --libs openim-sdk) -o talk
 *   ./talk CHAT-SERVER API GATEWAY NAME PASSWORD FOLDER TO TEXT */

#include <openim-sdk.h>
#include <stdlib.h>

static char **words;

static void
end_on (const GError *error)
{
  if (error == NULL)
    return;
  g_printerr ("%s\n", error->message);
  exit (1);
}

static void
on_sent (OpenimSdk *sdk, guint64 handle, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  end_on (error);
}

static void
on_made (OpenimSdk *sdk, guint64 handle, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  Openim__Sdk__Message__SendMessageReq send = OPENIM__SDK__MESSAGE__SEND_MESSAGE_REQ__INIT;

  end_on (error);
  send.message = ((const Openim__Sdk__Message__CreateTextMessageResp *) response)->message;
  send.recvid = words[7];
  openim_sdk_call (sdk, OPENIM_FUNCTION (SendMessage), &send.base, on_sent, NULL);
}

static void
on_login (
    OpenimSdk *sdk, guint64 handle, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  Openim__Sdk__Message__CreateTextMessageReq make = OPENIM__SDK__MESSAGE__CREATE_TEXT_MESSAGE_REQ__INIT;

  end_on (error);
  make.text = words[8];
  openim_sdk_call (sdk, OPENIM_FUNCTION (CreateTextMessage), &make.base, on_made, NULL);
}

static void
on_event (OpenimSdk *sdk, OpenimFunction event, guint64 handle, const ProtobufCMessage *data, gpointer user)
{
  if (event == OPENIM_EVENT (RecvNewMessage)) {
    const OpenimMessage *message = ((const Openim__Event__EventOnRecvNewMessageData *) data)->message;
    g_autofree char *text = openim_message_get_text (message, NULL);

    g_print ("%s: %s\n", message->sendernickname, text);
  }
}

static void
on_account (GObject *source, GAsyncResult *result, gpointer sdk)
{
  OpenimAccount *account = OPENIM_ACCOUNT (source);
  Openim__Init__IMConfig config = OPENIM__INIT__IMCONFIG__INIT;
  Openim__Init__InitSDKReq init = OPENIM__INIT__INIT_SDKREQ__INIT;
  Openim__Init__LoginReq login = OPENIM__INIT__LOGIN_REQ__INIT;
  g_autoptr (GError) error = NULL;

  openim_account_login_finish (account, result, &error);
  end_on (error);
  config.platform = OPENIM__SDK__COMMON__PLATFORM__Linux;
  config.apiaddr = words[2];
  config.wsaddr = words[3];
  config.datadir = words[6];
  init.config = &config;
  login.userid = (char *) openim_account_get_user_id (account);
  login.token = (char *) openim_account_get_token (account);
  openim_sdk_call (sdk, OPENIM_FUNCTION (InitSDK), &init.base, NULL, NULL);
  openim_sdk_call (sdk, OPENIM_FUNCTION (Login), &login.base, on_login, NULL);
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (OpenimAccount) account = NULL;
  g_autoptr (OpenimSdk) sdk = openim_sdk_new ();
  g_autoptr (GError) error = NULL;

  if (argc != 9)
    return 2;
  words = argv;
  account = openim_account_new (words[1], words[4], OPENIM__SDK__COMMON__PLATFORM__Linux, NULL, &error);
  end_on (error);
  openim_sdk_listen (sdk, on_event, NULL);
  openim_account_login_async (account, words[5], NULL, NULL, on_account, sdk);
  g_main_loop_run (loop);
}
