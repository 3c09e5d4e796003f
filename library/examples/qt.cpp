/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The library in a program of Qt's, whose event loop is GLib's on Linux: logs in with a token, prints the
 * friends and then what comes.
 *
 *   c++ -fPIC qt.cpp $(pkg-config --cflags --libs openim-sdk Qt6Core) -o qt
 *   ./qt API GATEWAY USER TOKEN FOLDER
 */

#include <openim-sdk.h> /* before Qt, to which "signals" is a keyword */
#include <QCoreApplication>
#include <QTextStream>
#include <memory>

static void
say (const QString &line)
{
  QTextStream (stdout) << line << Qt::endl;
}

/* What one person sees. */
class Talk
{
public:
  Talk () : sdk (openim_sdk_new (), g_object_unref)
  {
    openim_sdk_listen (sdk.get (), onEvent, this);
  }

  ~Talk ()
  {
    openim_sdk_close (sdk.get ());
  }

  void
  login (const QStringList &words)
  {
    const QByteArray api = words[1].toUtf8 (), gateway = words[2].toUtf8 (), user = words[3].toUtf8 (),
                     token = words[4].toUtf8 (), folder = words[5].toUtf8 ();
    Openim__Init__IMConfig config = OPENIM__INIT__IMCONFIG__INIT;
    Openim__Init__InitSDKReq init = OPENIM__INIT__INIT_SDKREQ__INIT;
    Openim__Init__LoginReq login = OPENIM__INIT__LOGIN_REQ__INIT;

    config.platform = OPENIM__SDK__COMMON__PLATFORM__Linux;
    config.apiaddr = const_cast<char *> (api.data ());
    config.wsaddr = const_cast<char *> (gateway.data ());
    config.datadir = const_cast<char *> (folder.data ());
    init.config = &config;
    login.userid = const_cast<char *> (user.data ());
    login.token = const_cast<char *> (token.data ());
    /* Requests are copied. */
    openim_sdk_call (sdk.get (), OPENIM_FUNCTION (InitSDK), &init.base, onAnswer, this);
    openim_sdk_call (sdk.get (), OPENIM_FUNCTION (Login), &login.base, onAnswer, this);
  }

private:
  static void
  onAnswer (OpenimSdk *, guint64, const GError *error, const ProtobufCMessage *, gpointer)
  {
    if (error == nullptr)
      return;
    say (QStringLiteral ("error: ") + QString::fromUtf8 (error->message));
    QCoreApplication::exit (1);
  }

  static void
  onEvent (OpenimSdk *sdk, OpenimFunction event, guint64, const ProtobufCMessage *data, gpointer self)
  {
    if (event == OPENIM_EVENT (SyncServerFinish))
      openim_sdk_call (sdk, OPENIM_FUNCTION (GetFriends), nullptr, onFriends, self);
    if (event == OPENIM_EVENT (RecvNewMessage)) {
      auto message = reinterpret_cast<const Openim__Event__EventOnRecvNewMessageData *> (data)->message;
      std::unique_ptr<char, decltype (&g_free)> text (openim_message_get_text (message, nullptr), g_free);
      say (QString::fromUtf8 (message->sendernickname) + ": " + QString::fromUtf8 (text.get ()));
    }
  }

  static void
  onFriends (OpenimSdk *, guint64, const GError *, const ProtobufCMessage *response, gpointer)
  {
    auto friends = reinterpret_cast<const Openim__Sdk__Relation__GetFriendsResp *> (response);
    for (size_t n = 0; friends != nullptr && n < friends->n_friends; n++)
      say (QStringLiteral ("friend: ") + QString::fromUtf8 (friends->friends[n]->nickname));
  }

  std::unique_ptr<OpenimSdk, decltype (&g_object_unref)> sdk;
};

int
main (int argc, char **argv)
{
  QCoreApplication app (argc, argv);
  if (app.arguments ().size () != 6)
    return 2;
  Talk talk;
  talk.login (app.arguments ());
  return app.exec ();
}
