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

static gboolean
has_failed (gconstpointer data, gconstpointer message)
{
  const Openim__Event__EventOnConversationChangedData *list = data;

  for (size_t i = 0; i < list->n_conversationlist; i++) {
    const OpenimMessage *latest = list->conversationlist[i]->latestmsg;

    if (latest != NULL && (int) latest->status == OPENIM_STATUS_FAILED &&
        g_str_equal (latest->clientmsgid, ((const OpenimMessage *) message)->clientmsgid))
      return TRUE;
  }
  return FALSE;
}

/* (transfer full) @message, which has failed, as it is stored. */
static OpenimMessage *
fails (Far *self, const OpenimMessage *message)
{
  OpenimMessage *failed;

  openim_pb_free (visitor_hear (self->ann, EVENT (ConversationChanged), has_failed, message));
  failed = latest_stored (self->ann);
  g_assert_cmpstr (failed->clientmsgid, ==, message->clientmsgid);
  g_assert_cmpint (failed->status, ==, OPENIM_STATUS_FAILED);
  return failed;
}

/* Cut again and again, a little later each time: of what has arrived nothing is sent twice. */
static void
test_cuts (void)
{
  static const int percents[] = { 1, 15, 30, 45, 60, 75, 90 };
  const gsize size = 6 * PART + 77;
  Far *self = far_new ();
  Desk desk = { .folder = self->folder };
  g_autofree char *path = desk_fill (&desk, "big.bin", size);
  g_autoptr (OpenimMessage) message = visitor_make_file (self->ann, path, "");
  gint64 before = fault_count (self->fault, "api", "up");
  gpointer response;
  guint64 handle;

  fault_set (self->fault, "api rate 20000000");
  handle = far_send (self, message);
  for (guint i = 0; i < G_N_ELEMENTS (percents); i++) {
    openim_pb_free (
        visitor_hear (self->ann, EVENT (SendMsgProgress), has_begun, GINT_TO_POINTER (percents[i])));
    fault_set (self->fault, "api reset");
  }
  fault_set (self->fault, "api rate 0");
  g_assert_cmpint (visitor_answer (self->ann, handle, FUNCTION (SendMessage), &response), ==, 0);
  assert_stored (((Openim__Sdk__Message__SendMessageResp *) response)->message->fileelem->sourceurl, path,
                 NULL);
  openim_pb_free (response);
  /* Three parts are on their way at a time. */
  g_assert_cmpint (fault_count (self->fault, "api", "up") - before, <,
                   (gint64) (size + G_N_ELEMENTS (percents) * 3 * PART));

  far_free (self);
}

/* The program is killed in the middle. When it is back, the message counts as failed; sent again it needs
 * only what had not arrived. */
static void
test_killed (void)
{
  const gsize size = 9 * PART;
  Far *self = far_new ();
  Desk desk = { .folder = self->folder };
  g_autofree char *path = desk_fill (&desk, "big.bin", size);
  g_autoptr (OpenimMessage) message = visitor_make_file (self->ann, path, "");
  g_autoptr (OpenimMessage) failed = NULL;
  g_autoptr (OpenimMessage) sent = NULL;
  gint64 before;

  fault_set (self->fault, "api rate 20000000");
  far_send (self, message);
  openim_pb_free (visitor_hear (self->ann, EVENT (SendMsgProgress), has_begun, GINT_TO_POINTER (70)));
  visitor_kill (self->ann);
  visitor_free (self->ann);

  fault_set (self->fault, "clear");
  far_come_back (self);
  failed = fails (self, message);
  before = fault_count (self->fault, "api", "up");
  sent = visitor_send (self->ann, failed, "bob", "", FALSE);
  /* 70 % are more than six parts, of which three may have been on their way. */
  g_assert_cmpint (fault_count (self->fault, "api", "up") - before, <, (gint64) (size - 3 * PART + PART / 2));
  assert_stored (sent->fileelem->sourceurl, path, NULL);

  far_free (self);
}

/* The same for one who logs out, at any moment. */
static void
test_logouts (void)
{
  static const int percents[] = { 1, 50, 99 };

  for (guint i = 0; i < G_N_ELEMENTS (percents); i++) {
    Far *self = far_new ();
    Desk desk = { .folder = self->folder };
    g_autofree char *path = desk_fill (&desk, "big.bin", 4 * PART);
    g_autoptr (OpenimMessage) message = visitor_make_file (self->ann, path, "");
    g_autofree char *token = NULL;
    g_autoptr (OpenimMessage) failed = NULL;
    g_autoptr (OpenimMessage) sent = NULL;
    guint64 handle;

    fault_set (self->fault, "api rate 20000000");
    handle = far_send (self, message);
    openim_pb_free (
        visitor_hear (self->ann, EVENT (SendMsgProgress), has_begun, GINT_TO_POINTER (percents[i])));
    visitor_do (self->ann, FUNCTION (Logout), NULL);
    g_assert_cmpint (visitor_answer (self->ann, handle, FUNCTION (SendMessage), NULL), ==,
                     OPENIM_ERROR_LOGIN_OUT);
    fault_set (self->fault, "clear");
    /* A new one ends what the old one began. */
    token = server_token (self->server, "ann", PLATFORM_LINUX);
    visitor_enter (self->ann, &self->through, "ann", token);
    failed = fails (self, message);
    sent = visitor_send (self->ann, failed, "bob", "", FALSE);
    assert_stored (sent->fileelem->sourceurl, path, NULL);
    far_free (self);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/door/interrupted/cut", test_cut);
  g_test_add_func ("/door/interrupted/logout", test_logout);
  g_test_add_func ("/door/interrupted/cuts", test_cuts);
  g_test_add_func ("/door/interrupted/killed", test_killed);
  g_test_add_func ("/door/interrupted/logouts", test_logouts);
  return g_test_run ();
}
