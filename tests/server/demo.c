/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "demo.h"

#include <string.h>

#include "base/pb.h"

#include "chat.h"
#include "friends.h"
#include "groups.h"
#include "messages.h"
#include "notifications.h"
#include "users.h"

#define ECHO "echo"
#define GROUP "demo"
#define TYPE_TEXT 101
#define TYPE_AT 106

static const struct {
  const char *id;
  const char *nickname;
} people[] = { { "alice", "Alice" }, { "bob", "Bob" }, { "carol", "Carol" }, { ECHO, "Echo" } };

static void
say (Server *server, const char *from, const char *to, gboolean group, const char *text)
{
  MsgData *message = openim_pb_new (&openim__sdkws__msg_data__descriptor);
  g_autofree char *nickname = user_nickname (server, from);
  g_autofree char *id = notification_id ();
  GString *content = g_string_new (NULL);

  out_begin (content, NULL, '{');
  out_string (content, "content", text);
  out_end (content, '}');
  openim_pb_set (&message->sendid, from);
  openim_pb_set (group ? &message->groupid : &message->recvid, to);
  openim_pb_set (&message->sendernickname, nickname);
  openim_pb_set (&message->clientmsgid, id);
  message->sessiontype = group ? SESSION_GROUP : SESSION_SINGLE;
  message->contenttype = TYPE_TEXT;
  message->msgfrom = 100;
  message->senderplatformid = 7;
  message->status = 1;
  message->createtime = now_ms ();
  message->content.len = content->len;
  message->content.data = (guint8 *) g_string_free (content, FALSE);
  message_send (server, message, from);
  openim_pb_free (message);
}

void
demo_fill (Server *server)
{
  char *of_alice[] = { (char *) "bob", (char *) "carol", (char *) ECHO, NULL };
  char *of_bob[] = { (char *) ECHO, NULL };
  g_autoptr (JsonObject) info =
      openim_json_build ("groupName", 's', "Demo group", "groupType", 'i', (gint64) 2, "introduction", 's',
                         "Everybody of the demo", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (people); i++) {
    user_create (server, people[i].id, people[i].nickname, "", 0);
    chat_add (server, people[i].id, people[i].id, people[i].id, people[i].nickname);
  }
  friends_import (server, "alice", of_alice);
  friends_import (server, "bob", of_bob);
  group_create (server, &(NewGroup){ GROUP, "alice", "alice", NULL, of_alice, info, FALSE });
  say (server, "bob", "alice", FALSE, "Hello Alice, are you there?");
  say (server, "alice", "bob", FALSE, "Yes, since this morning.");
  say (server, "bob", "alice", FALSE, "Then see you in the group.");
  say (server, "carol", GROUP, TRUE, "Hello everybody");
  say (server, "bob", GROUP, TRUE, "Hello Carol");
  say (server, ECHO, "alice", FALSE, "Write to me and I answer.");
}

/* ---- echo */

typedef struct {
  Server *server;
  char *to;
  gboolean group;
  char *text;
} Answer;

static gboolean
answer_now (gpointer data)
{
  Answer *answer = data;

  say (answer->server, ECHO, answer->to, answer->group, answer->text);
  return G_SOURCE_REMOVE;
}

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  g_free (answer->to);
  g_free (answer->text);
  g_free (answer);
}

static gboolean
mentioned (const MsgData *message, const char *text)
{
  for (gsize i = 0; i < message->n_atuseridlist; i++)
    if (g_str_equal (message->atuseridlist[i], ECHO) || g_str_equal (message->atuseridlist[i], AT_ALL))
      return TRUE;
  return strstr (text, "@" ECHO) != NULL || strstr (text, "@Echo") != NULL;
}

static void
heard (Server *server, const MsgData *message)
{
  gboolean group = message->sessiontype == SESSION_GROUP;
  g_autoptr (JsonObject) content = NULL;
  const char *text;
  Answer *answer;

  if (message->contenttype != TYPE_TEXT && message->contenttype != TYPE_AT)
    return;
  if (g_str_equal (message->sendid, ECHO) || (!group && !g_str_equal (message->recvid, ECHO)))
    return;
  content = openim_json_parse ((const char *) message->content.data, message->content.len, G_MAXINT32, NULL);
  text = openim_json_string (content, message->contenttype == TYPE_AT ? "text" : "content");
  if (!*text || (group && (!mentioned (message, text) || !group_has (server, message->groupid, ECHO))))
    return;
  answer = g_new0 (Answer, 1);
  answer->server = server;
  answer->to = g_strdup (group ? message->groupid : message->sendid);
  answer->group = group;
  answer->text = g_strconcat ("echo: ", text, NULL);
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, answer_now, answer, answer_free);
}

void
demo_listen (Server *server)
{
  if (user_exists (server, ECHO)) {
    server->heard = heard;
    server->resident = ECHO;
  }
}
