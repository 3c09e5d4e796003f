/* SPDX-License-Identifier: GPL-3.0-or-later */

/* With each release of the server that the local one can pass for: somebody logs in, talks, brings a third
 * one along, loses the connection, is sent away and comes back. What differs is the answer to a good login,
 * the frame of a kick, the answer to an invitation, which requests there are, and more. */

#include "groups.h"

static const char *const versions[] = { "3.8.2", "3.8.3", "3.8.3-patch.13", "3.8.3-patch.16", "main" };

static int
login_status (Visitor *visitor)
{
  Openim__Init__GetLoginStatusResp *response = visitor_call (visitor, FUNCTION (GetLoginStatus), NULL);
  int status = response->status;

  openim_pb_free (response);
  return status;
}

static void
hear_text (Visitor *visitor, const char *text)
{
  openim_pb_free (visitor_hear (visitor, EVENT (RecvNewMessage), message_says, text));
}

static gboolean
is_from (gconstpointer data, gconstpointer user)
{
  const Openim__Event__EventOnRecvC2CReadReceiptData *receipts = data;

  return receipts->n_msgreceiptlist > 0 && g_str_equal (receipts->msgreceiptlist[0]->userid, user);
}

static void
mark_read (Visitor *visitor, const char *conversation_id)
{
  Openim__Sdk__Conversation__MarkConversationMessageAsReadReq request =
      OPENIM__SDK__CONVERSATION__MARK_CONVERSATION_MESSAGE_AS_READ_REQ__INIT;

  request.conversationid = (char *) conversation_id;
  visitor_do (visitor, FUNCTION (MarkConversationMessageAsRead), &request);
}

static void
assert_history (Visitor *visitor, const char *conversation_id, const char *expected)
{
  g_autofree char *history = visitor_history (visitor, conversation_id);

  g_assert_cmpstr (history, ==, expected);
}

static void
talk (Trio *trio)
{
  g_free (visitor_say (trio->ann, "bob", "", "one"));
  hear_text (trio->bob, "one");
  g_free (visitor_say (trio->bob, "ann", "", "two"));
  hear_text (trio->ann, "two");
  mark_read (trio->ann, CHAT);
  openim_pb_free (visitor_hear (trio->bob, EVENT (RecvC2CReadReceipt), is_from, "ann"));
  assert_history (trio->ann, CHAT, "one|two");
  assert_history (trio->bob, CHAT, "one|two");
}

static void
talk_in_group (Trio *trio)
{
  invite (trio->ann, "team", "carl");
  openim_pb_free (hear_group (trio->carl, EVENT (JoinedGroupAdded), "team"));
  openim_pb_free (hear_member (trio->bob, EVENT (GroupMemberAdded), "carl"));
  g_free (visitor_say (trio->carl, "", "team", "hello all"));
  hear_text (trio->ann, "hello all");
  hear_text (trio->bob, "hello all");
}

/* The connection is another one; the chat goes on. */
static void
lose_connection (Trio *trio)
{
  guint before = visitor_count (trio->bob, EVENT (ConnectSuccess));

  visitor_do (trio->bob, FUNCTION (NetworkStatusChanged), NULL);
  g_free (visitor_say (trio->ann, "bob", "", "three"));
  hear_text (trio->bob, "three");
  while (visitor_count (trio->bob, EVENT (ConnectSuccess)) == before)
    visitor_heard (trio->bob, EVENT (ConnectSuccess));
  g_free (visitor_say (trio->bob, "ann", "", "four"));
  hear_text (trio->ann, "four");
  assert_history (trio->bob, CHAT, "one|two|three|four");
}

/* It is said once, and nobody comes back by himself. */
static void
send_away (Trio *trio)
{
  guint attempts;

  server_call (trio->world->server, "/auth/force_logout", "{'platformID':%d,'userID':'bob'}", PLATFORM_LINUX);
  visitor_heard (trio->bob, EVENT (KickedOffline));
  attempts = visitor_count (trio->bob, EVENT (Connecting));
  g_assert_cmpint (login_status (trio->bob), ==, OPENIM__INIT__LOGIN_STATUS__Default);
  g_free (visitor_say (trio->ann, "bob", "", "five"));
  g_assert_cmpint (visitor_refused (trio->bob, FUNCTION (GetFriends), NULL), ==, OPENIM_ERROR_NOT_LOGIN);
  g_assert_cmpuint (visitor_count (trio->bob, EVENT (Connecting)), ==, attempts);
  g_assert_cmpuint (visitor_count (trio->bob, EVENT (KickedOffline)), ==, 1);
  g_assert_cmpuint (visitor_count (trio->bob, EVENT (UserTokenInvalid)), ==, 0);
  g_assert_cmpuint (visitor_count (trio->bob, EVENT (UserTokenExpired)), ==, 0);

  visitor_login (trio->bob, trio->world->server, "bob");
  hear_text (trio->bob, "five");
  assert_history (trio->bob, CHAT, "one|two|three|four|five");
}

static void
test_version (gconstpointer version)
{
  Trio *trio = trio_new (server_start_option ("--behave", version), TRUE);

  talk (trio);
  talk_in_group (trio);
  lose_connection (trio);
  send_away (trio);
  trio_free (trio);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (versions); i++) {
    g_autofree char *path = g_strconcat ("/door/versions/", versions[i], NULL);

    g_test_add_data_func (path, versions[i], test_version);
  }

  return g_test_run ();
}
