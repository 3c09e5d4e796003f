/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fill.h"

#include <stdio.h>
#include <string.h>

#include "base/pb.h"

#include "friends.h"
#include "members.h"
#include "messages.h"
#include "notifications.h"
#include "users.h"
#include "versions.h"

#define GROUP "crowd"
#define MANY 1000000
#define TYPE_TEXT 101
#define TEXT_LENGTH 40

static char *
person (int i)
{
  return g_strdup_printf ("p%06d", i);
}

static GPtrArray *
make_people (Server *server, int n)
{
  GPtrArray *people = g_ptr_array_new_null_terminated (n, g_free, TRUE);

  for (int i = 0; i < n; i++) {
    char *id = person (i);
    g_autofree char *name = g_strdup_printf ("Person %d", i);
    g_autofree char *face = g_strdup_printf ("http://127.0.0.1/object/%s/face.png", id);

    user_create (server, id, name, face, 0);
    g_ptr_array_add (people, id);
  }
  return people;
}

static void
fill_friends (Server *server, int n, int ignored)
{
  g_autoptr (GPtrArray) people = make_people (server, n);

  for (int i = 0; i < n; i++)
    friend_add (server, FILL_USER, g_ptr_array_index (people, i), FRIEND_IMPORTED, SERVER_ADMIN);
  log_changes (server, LOG_FRIENDS, FILL_USER, CHANGE_INSERT, (char **) people->pdata);
}

static void
add_group (Server *server, const char *id, const char *name, const char *owner)
{
  db_run (
      server->db,
      "INSERT INTO groups (id, name, notification, introduction, face, ex, created, status, creator, type, "
      "verification, look, apply, owner) VALUES (?, ?, '', '', '', '', ?, 0, ?, 2, 0, 0, 0, ?)",
      "ssiss", id, name, now_ms (), SERVER_ADMIN, owner);
}

/* Nobody is told: that alone would be as many conversations as people. */
static void
fill_members (Server *server, int n, int ignored)
{
  g_autoptr (GPtrArray) people = make_people (server, n - 1);
  Entry entry = { GROUP, ROLE_OWNER, SOURCE_INVITED, SERVER_ADMIN, SERVER_ADMIN };

  g_ptr_array_add (people, g_strdup (FILL_USER));
  add_group (server, GROUP, "Crowd", g_ptr_array_index (people, 0));
  for (int i = 0; i < n; i++) {
    member_insert (server, &entry, g_ptr_array_index (people, i));
    entry.role = ROLE_ORDINARY;
  }
  log_changes (server, LOG_MEMBERS, GROUP, CHANGE_INSERT, (char **) people->pdata);
}

static void
fill_groups (Server *server, int n, int ignored)
{
  for (int i = 0; i < n; i++) {
    g_autofree char *id = g_strdup_printf ("group%06d", i);
    g_autofree char *name = g_strdup_printf ("Group %d", i);
    const char *people[] = { SERVER_ADMIN, FILL_USER, NULL };
    Entry entry = { id, ROLE_OWNER, SOURCE_INVITED, SERVER_ADMIN, SERVER_ADMIN };

    add_group (server, id, name, SERVER_ADMIN);
    for (const char **someone = people; *someone; someone++) {
      member_insert (server, &entry, *someone);
      entry.role = ROLE_ORDINARY;
    }
    log_changes (server, LOG_MEMBERS, id, CHANGE_INSERT, (char **) people);
  }
}

/* As a client's: 40 characters. */
static void
say (Server *server, GRand *rand, const char *from, const char *to)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  MsgData *message = openim_pb_new (&openim__sdkws__msg_data__descriptor);
  char text[TEXT_LENGTH + 1] = "";

  for (int i = 0; i < TEXT_LENGTH; i++)
    text[i] = letters[g_rand_int_range (rand, 0, strlen (letters))];
  openim_pb_set (&message->sendid, from);
  openim_pb_set (&message->recvid, to);
  openim_pb_take (&message->sendernickname, user_nickname (server, from));
  openim_pb_take (&message->senderfaceurl, g_strdup_printf ("http://127.0.0.1/object/%s/face.png", from));
  openim_pb_take (&message->clientmsgid, notification_id ());
  openim_pb_set (&message->attachedinfo, "null");
  message->sessiontype = SESSION_SINGLE;
  message->contenttype = TYPE_TEXT;
  message->msgfrom = 100;
  message->senderplatformid = 7;
  message->status = 1;
  message->createtime = now_ms ();
  message->content.data = (guint8 *) g_strdup_printf ("{\"content\":\"%s\"}", text);
  message->content.len = strlen ((char *) message->content.data);
  message_send (server, message, from);
  openim_pb_free (message);
}

static void
fill_chats (Server *server, int n, int each)
{
  g_autoptr (GPtrArray) people = make_people (server, n);
  g_autoptr (GRand) rand = g_rand_new_with_seed (n);

  for (int i = 0; i < n; i++)
    for (int k = 0; k < each; k++)
      say (server, rand, g_ptr_array_index (people, i), FILL_USER);
}

static const struct {
  const char *word;
  void (*fill) (Server *server, int n, int each);
} fills[] = {
  { "friends", fill_friends }, { "members", fill_members }, { "groups", fill_groups }, { "chats", fill_chats }
};

gboolean
fill (Server *server, char **wants, GError **error)
{
  if (wants)
    user_create (server, FILL_USER, "Bench", "", 0);
  for (char **want = wants; want && *want; want++) {
    gboolean done = FALSE;
    char word[16];
    int n, each = 1;

    if (sscanf (*want, "%15[a-z]=%dx%d", word, &n, &each) < 2 || n < 1 || n > MANY || each < 1 ||
        each > MANY / n)
      word[0] = '\0';
    for (guint i = 0; i < G_N_ELEMENTS (fills); i++)
      if (g_str_equal (fills[i].word, word)) {
        fills[i].fill (server, n, each);
        done = TRUE;
      }
    if (!done) {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "not to be filled with: %s", *want);
      return FALSE;
    }
  }
  return TRUE;
}
