/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Files whose way is cut off: by the network, or because the program ends. */

#include "desk.h"

/* The network is cut within a part: it is sent once more, with what else there is. */
static void
test_cut (void)
{
  Far *self = far_new ();
  Desk desk = { .folder = self->folder };
  g_autofree char *path = desk_fill (&desk, "big.bin", 2 * PART + 77);
  g_autoptr (OpenimMessage) message = visitor_make_file (self->ann, path, "");
  gpointer response;
  guint64 handle;

  fault_set (self->fault, "api rate 8000000");
  handle = far_send (self, message);
  openim_pb_free (visitor_hear (self->ann, EVENT (SendMsgProgress), has_begun, GINT_TO_POINTER (20)));
  fault_set (self->fault, "api reset");
  fault_set (self->fault, "api rate 0");
  g_assert_cmpint (visitor_answer (self->ann, handle, FUNCTION (SendMessage), &response), ==, 0);
  assert_stored (((Openim__Sdk__Message__SendMessageResp *) response)->message->fileelem->sourceurl, path,
                 NULL);
  openim_pb_free (response);
  openim_pb_free (visitor_hear (self->ann, EVENT (SendMsgProgress), has_begun, GINT_TO_POINTER (100)));

  far_free (self);
}

/* Logging out while a file is on its way: the message fails, at the latest when one is back. */
static void
test_logout (void)
{
  Far *self = far_new ();
  Desk desk = { .folder = self->folder };
  g_autofree char *path = desk_fill (&desk, "big.bin", 2 * PART);
  g_autoptr (OpenimMessage) message = visitor_make_file (self->ann, path, "");
  g_autofree char *token = NULL;
  g_autoptr (OpenimMessage) failed = NULL;
  guint64 handle;

  fault_set (self->fault, "api rate 1000000");
  handle = far_send (self, message);
  openim_pb_free (visitor_hear (self->ann, EVENT (SendMsgProgress), has_begun, GINT_TO_POINTER (1)));
  visitor_do (self->ann, FUNCTION (Logout), NULL);
  g_assert_cmpint (visitor_answer (self->ann, handle, FUNCTION (SendMessage), NULL), ==,
                   OPENIM_ERROR_LOGIN_OUT);
  fault_set (self->fault, "clear");
  token = server_token (self->server, "ann", PLATFORM_LINUX);
  visitor_enter (self->ann, &self->through, "ann", token);
  openim_pb_free (visitor_hear (self->ann, EVENT (ConversationChanged), latest_is,
                                GINT_TO_POINTER (OPENIM_STATUS_FAILED)));
  failed = latest_stored (self->ann);
  g_assert_cmpstr (failed->clientmsgid, ==, message->clientmsgid);
  openim_pb_free (visitor_send (self->ann, failed, "bob", "", FALSE));

  far_free (self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/door/interrupted/cut", test_cut);
  g_test_add_func ("/door/interrupted/logout", test_logout);
  return g_test_run ();
}
