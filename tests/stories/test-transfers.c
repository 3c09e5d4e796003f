/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "show.h"

#include <string.h>

#include <glib/gstdio.h>

/* Files with a transfer window of their own, and what can become of it. */

#define SIZE 300000
#define BIG (8 * 1024 * 1024) /* two parts, several seconds where the storage is slow */

/* --- files that come --- */

/* bob shows the file at @path of the shelf. */
static const char *
send_file (Show *show, const char *to, const char *group, const char *name, const char *path)
{
  g_autofree char *url = shelf_url (show->shelf, path);
  g_autofree char *content = g_strdup_printf (
      "{\"filePath\":\"\",\"uuid\":\"u\",\"sourceUrl\":\"%s\",\"fileName\":\"%s\",\"fileSize\":%d,"
      "\"fileType\":\"application/pdf\"}",
      url, name, SIZE);

  return person_send (show->bob, to, group, FILE_MESSAGE, content);
}

static GBytes *
make_bytes (gsize length)
{
  guint8 *bytes = g_malloc (length);

  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8) (i * 31 + i / 977);
  return g_bytes_new_take (bytes, length);
}

static char *
target_of (Show *show)
{
  return g_build_filename (show->scene.stage->directory, "received.pdf", NULL);
}

static gboolean
nothing_is_left (gpointer data)
{
  const Show *show = data;
  g_autoptr (GDir) dir = g_dir_open (show->scene.stage->directory, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, "received"))
      return FALSE;
  return TRUE;
}

static gboolean
on_look (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* Where the file would have been saved; what is being written just then goes when the disk has taken it. */
static void
check_nothing_left (Show *show)
{
  guint timer = g_timeout_add (20, on_look, NULL);

  if (!story_wait (nothing_is_left, show, 0))
    story_fail ("something of the file is left");
  g_source_remove (timer);
}

/* The offer: its line and the question. */
static void
offer (Show *show, gsize hold)
{
  shelf_put (show->shelf, "/report.pdf", make_bytes (SIZE));
  if (hold > 0)
    shelf_hold (show->shelf, "/report.pdf", hold);
  send_file (show, "alice", NULL, "report.pdf", "/report.pdf");
  scene_expect (&show->scene,
                "alice: im bob RECV {bob|Bob}: \"[file] report.pdf 300*kB http://*/report.pdf\"", NULL);
  if (!scene_is (&show->scene, "bitlbee"))
    scene_expect (&show->scene, "alice: transfer 1 new receive bob",
                  "alice: im bob SYSTEM \"\": \"Bob is offering to send file report.pdf\"",
                  "alice: request 1 action *Bob wants to send you report.pdf (*", NULL);
}

/* … accepted, until the first bytes are there. */
static void
accept (Show *show)
{
  g_autofree char *path = target_of (show);

  host_do (show->scene.host, "answer", "1", "_Accept", NULL);
  host_run_until (show->scene.host, "alice: request 2 save \"report.pdf\"", 0);
  host_answer_request (show->scene.host, 2, path);
  host_run_until (show->scene.host, "alice: transfer 1 receive \"report.pdf\" started *", 0);
}

static void
run_receive (Stage *stage)
{
  Show show = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *bytes = NULL;
  gsize length = 0;
  g_autoptr (GBytes) expected = make_bytes (SIZE);

  show_open (&show, stage);
  show_window (&show);
  offer (&show, 0);
  if (!scene_is (&show.scene, "bitlbee")) {
    path = target_of (&show);
    accept (&show);
    host_run_until (show.scene.host, "alice: transfer 1 receive \"report.pdf\" done 300000/300000", 0);
    g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
    g_assert_cmpmem (bytes, length, g_bytes_get_data (expected, NULL), SIZE);
    story_proves_function (2233);
  } else {
    host_expect_nothing (show.scene.host);
  }
  host_forget (show.scene.host);
  show_close (&show);
}

/* In a group it is a line with a link, everywhere. */
static void
run_receive_in_group (Stage *stage)
{
  Show show = { 0 };

  show_open (&show, stage);
  host_do (show.scene.host, "join", "alice", "team", NULL);
  host_wait_answer (show.scene.host, "*bob*", 0, "members", "alice", "team", NULL);
  host_forget (show.scene.host);
  shelf_put (show.shelf, "/report.pdf", make_bytes (SIZE));
  send_file (&show, NULL, "team", "../../r\\u202efdp.exe", "/report.pdf");
  scene_expect (&show.scene, "alice: chat team RECV {bob|Bob}: \"[file] *http://*/report.pdf\"", NULL);
  person_say_in (show.bob, "team", "that was it");
  scene_expect (&show.scene, "alice: chat team RECV {bob|Bob}: \"that was it\"", NULL);
  host_expect_nothing (show.scene.host);
  show_close (&show);
}

/* A name that would be a way to somewhere else is none. */
static void
run_hostile_name (Stage *stage)
{
  Show show = { 0 };

  show_open (&show, stage);
  show_window (&show);
  shelf_put (show.shelf, "/x", make_bytes (10));
  send_file (&show, "alice", NULL, "../../.ssh/r\\u202efdp.exe", "/x");
  host_run_until (show.scene.host, "alice: request 1 action *Bob wants to send you _.._.._.ssh_rfdp.exe (*",
                  0);
  host_do (show.scene.host, "answer", "1", "_Cancel", NULL);
  host_forget (show.scene.host);
  show_close (&show);
}

static void
run_deny (Stage *stage)
{
  Show show = { 0 };

  show_open (&show, stage);
  show_window (&show);
  offer (&show, 0);
  host_do (show.scene.host, "answer", "1", "_Cancel", NULL);
  host_wait_for (show.scene.host, "alice: transfer 1 receive \"report.pdf\" cancelled-here 0/*", 0);
  person_say (show.bob, "alice", "never mind");
  host_run_until (show.scene.host, "alice: im bob RECV \"Bob\": \"never mind\"", 0);
  check_nothing_left (&show);
  show_close (&show);
}

static void
run_cancel_choosing (Stage *stage)
{
  Show show = { 0 };

  show_open (&show, stage);
  show_window (&show);
  offer (&show, 0);
  host_do (show.scene.host, "answer", "1", "_Accept", NULL);
  host_run_until (show.scene.host, "alice: request 2 save \"report.pdf\"", 0);
  host_do (show.scene.host, "cancel", "2", NULL);
  host_wait_for (show.scene.host, "alice: transfer 1 receive \"report.pdf\" cancelled-here 0/*", 0);
  host_forget (show.scene.host);
  check_nothing_left (&show);
  show_close (&show);
}

static void
run_cancel_receiving (Stage *stage)
{
  Show show = { 0 };

  show_open (&show, stage);
  show_window (&show);
  offer (&show, 100000);
  accept (&show);
  host_do (show.scene.host, "transfer", "1", "cancel", NULL);
  host_wait_for (show.scene.host, "alice: transfer 1 receive \"report.pdf\" cancelled-here *", 0);
  host_wait_for (show.scene.host, "alice: im bob SYSTEM \"\": \"You cancelled the transfer of report.pdf\"",
                 0);
  shelf_release (show.shelf, "/report.pdf");
  person_say (show.bob, "alice", "never mind");
  host_run_until (show.scene.host, "alice: im bob RECV \"Bob\": \"never mind\"", 0);
  check_nothing_left (&show);
  show_close (&show);
}

/* The sender takes the message back while … */
static void
take_back (Show *show, const char *id)
{
  g_autoptr (JsonNode) data = person_call (show->bob, "/msg/revoke_msg",
                                           "{'userID':'bob','conversationID':'si_alice_bob','seq':%s}", id);

  host_run_until (show->scene.host, "alice: transfer 1 receive \"report.pdf\" cancelled-there *", 0);
  host_wait_for (show->scene.host, "alice: im bob SYSTEM \"\": \"Bob withdrew *\"", 0);
  host_forget (show->scene.host);
  check_nothing_left (show);
}

static void
run_revoked_offer (Stage *stage)
{
  Show show = { 0 };

  show_open (&show, stage);
  show_window (&show);
  offer (&show, 0);
  take_back (&show, "2");
  show_close (&show);
}

static void
run_revoked_receiving (Stage *stage)
{
  Show show = { 0 };

  show_open (&show, stage);
  show_window (&show);
  offer (&show, 100000);
  accept (&show);
  take_back (&show, "2");
  show_close (&show);
}

/* It is not there any more. */
static void
run_gone (Stage *stage)
{
  Show show = { 0 };

  show_open (&show, stage);
  show_window (&show);
  send_file (&show, "alice", NULL, "report.pdf", "/not-there.pdf");
  host_run_until (show.scene.host, "alice: request 1 action *", 0);
  g_autofree char *path = target_of (&show);
  host_do (show.scene.host, "answer", "1", "_Accept", NULL);
  host_run_until (show.scene.host, "alice: request 2 save \"report.pdf\"", 0);
  host_answer_request (show.scene.host, 2, path);
  host_run_until (show.scene.host, "alice: im bob ERROR \"\": \"The file “report.pdf” was not received. *\"",
                  0);
  host_run_until (show.scene.host, "alice: transfer 1 receive \"report.pdf\" cancelled-here *", 0);
  host_forget (show.scene.host);
  check_nothing_left (&show);
  show_close (&show);
}

static void
logout_now (Show *show)
{
  host_logout (show->scene.host, "alice");
  host_run_until (show->scene.host, "alice: disconnected", 0);
  host_forget (show->scene.host);
  check_nothing_left (show);
}

static void
run_logout_offer (Stage *stage)
{
  Show show = { 0 };

  show_open (&show, stage);
  show_window (&show);
  offer (&show, 0);
  logout_now (&show);
  show_close (&show);
}

static void
run_logout_choosing (Stage *stage)
{
  Show show = { 0 };

  show_open (&show, stage);
  show_window (&show);
  offer (&show, 0);
  host_do (show.scene.host, "answer", "1", "_Accept", NULL);
  host_run_until (show.scene.host, "alice: request 2 save \"report.pdf\"", 0);
  logout_now (&show);
  show_close (&show);
}

static void
run_logout_receiving (Stage *stage)
{
  Show show = { 0 };

  show_open (&show, stage);
  show_window (&show);
  offer (&show, 100000);
  accept (&show);
  logout_now (&show);
  shelf_release (show.shelf, "/report.pdf");
  story_keeps_promise ("transfers-end-safely");
  show_close (&show);
}

/* --- files that go --- */

static const char wav[] =
    "RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data\0\0\0\0";

static void
send_one (Show *show, const char *name, gconstpointer bytes, gsize length)
{
  g_autofree char *path = show_write (show, name, bytes, length);

  host_do (show->scene.host, "send-file", "alice", "bob", path, NULL);
}

/* Each kind becomes the message that OpenIM has for it. */
static void
run_send (Stage *stage)
{
  Show show = { 0 };
  g_autoptr (GBytes) png = shelf_png (30, 20, 100);

  show_open (&show, stage);
  show_window (&show);
  send_one (&show, "notes.txt", "some notes", 10);
  person_hear (show.bob, "alice", FILE_MESSAGE, "*\"fileName\":\"notes.txt\"*");
  host_run_until (show.scene.host, "alice: im bob SEND|REMOTE_SEND * \"[file] notes.txt 10*bytes http://*\"",
                  0);
  if (!scene_is (&show.scene, "bitlbee"))
    host_run_until (show.scene.host, "alice: transfer 1 send \"notes.txt\" done 10/10", 0);
  send_one (&show, "no-picture.png", "no picture", 10);
  person_hear (show.bob, "alice", FILE_MESSAGE, "*\"fileName\":\"no-picture.png\"*");
  send_one (&show, "picture.dat", g_bytes_get_data (png, NULL), g_bytes_get_size (png));
  person_hear (show.bob, "alice", PICTURE, "*\"width\":30,\"height\":20,*");
  send_one (&show, "voice.wav", wav, sizeof wav - 1);
  person_hear (show.bob, "alice", SOUND, "*");
  send_one (&show, "film.mp4",
            "\0\0\0\x18"
            "ftypmp42\0\0\0\0mp42isom",
            24);
  person_hear (show.bob, "alice", VIDEO, "*");
  host_wait_for (show.scene.host, "alice: im bob SEND|REMOTE_SEND * \"[video] *http://*\"", 0);
  host_wait_for (show.scene.host, "alice: transfer 5 send \"film.mp4\" done *", 0);
  host_forget (show.scene.host);
  show_close (&show);
}

static void
run_send_to_group (Stage *stage)
{
  Show show = { 0 };
  g_autofree char *path = NULL;

  show_open (&show, stage);
  host_do (show.scene.host, "join", "alice", "team", NULL);
  host_wait_answer (show.scene.host, "*bob*", 0, "members", "alice", "team", NULL);
  host_forget (show.scene.host);
  path = show_write (&show, "notes.txt", "some notes", 10);
  host_do (show.scene.host, "chat-send-file", "alice", "team", path, NULL);
  person_hear (show.bob, "alice", FILE_MESSAGE, "*\"fileName\":\"notes.txt\"*");
  host_run_until (show.scene.host,
                  "alice: chat team SEND|REMOTE_SEND * \"[file] notes.txt 10*bytes http://*\"", 0);
  host_run_until (show.scene.host, "alice: transfer 1 send \"notes.txt\" done 10/10", 0);
  host_forget (show.scene.host);
  show_close (&show);
}

static void
run_send_nothing (Stage *stage)
{
  Show show = { 0 };

  show_open (&show, stage);
  show_window (&show);
  host_do (show.scene.host, "send-file", "alice", "bob", "/no/such/file", NULL);
  host_forget (show.scene.host);
  person_say (show.bob, "alice", "well?");
  host_run_until (show.scene.host, "alice: im bob RECV * \"well?\"", 0);
  host_forget (show.scene.host);
  show_close (&show);
}

static const char *const slow[] = { "--slow-parts", NULL };
static const char *const refusing[] = { "--fail-part", "1", NULL };

static void
begin_big (Show *show)
{
  g_autoptr (GBytes) bytes = make_bytes (BIG);

  send_one (show, "big.bin", g_bytes_get_data (bytes, NULL), BIG);
  scene_wait_for (&show->scene, scene_is (&show->scene, "bitlbee")
                                    ? "alice: transfer 1 new send bob"
                                    : "alice: transfer 1 send \"big.bin\" started *");
}

static void
check_not_sent (Show *show)
{
  g_autofree char *heard = NULL;

  host_do (show->scene.host, "say", "alice", "bob", "the last word", NULL);
  person_hear (show->bob, "alice", TEXT, "*the last word*");
  heard = person_heard (show->bob, "alice");
  if (strstr (heard, "105") != NULL)
    story_fail ("bob has it all the same: %s", heard);
}

static void
run_cancel_sending (Stage *stage)
{
  Show show = { 0 };

  show_open_with (&show, stage, slow);
  show_window (&show);
  begin_big (&show);
  host_do (show.scene.host, "transfer", "1", "cancel", NULL);
  host_wait_for (show.scene.host, "alice: transfer 1 send \"big.bin\" cancelled-here *", 0);
  check_not_sent (&show);
  host_forget (show.scene.host);
  show_close (&show);
}

static void
run_logout_sending (Stage *stage)
{
  Show show = { 0 };

  show_open_with (&show, stage, slow);
  show_window (&show);
  begin_big (&show);
  host_logout (show.scene.host, "alice");
  host_run_until (show.scene.host, "alice: disconnected", 0);
  host_login (show.scene.host, "alice");
  host_run_until (show.scene.host, "alice: connected", 0);
  host_wait_for (show.scene.host, "alice: buddy bob online *", 0);
  show_window (&show);
  check_not_sent (&show);
  host_forget (show.scene.host);
  show_close (&show);
}

static void
run_refused (Stage *stage)
{
  Show show = { 0 };

  show_open_with (&show, stage, refusing);
  show_window (&show);
  send_one (&show, "notes.txt", "some notes", 10);
  host_run_until (show.scene.host, "alice: im bob ERROR * \"The file “notes.txt” was not sent. *\"", 30000);
  host_run_until (show.scene.host, "alice: transfer 1 send \"notes.txt\" cancelled-here *", 0);
  host_forget (show.scene.host);
  show_close (&show);
}

/* --- by command --- */

/* Where there is no dialog. On bitlbee's computer it has to be switched on first, and whoever asks for it is
 * not a user of that computer. */
static void
run_command (Stage *stage)
{
  Show show = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *command = NULL;

  show_open (&show, stage);
  show_window (&show);
  path = show_write (&show, "my notes.txt", "some notes", 10);
  command = g_strdup_printf ("/send %s", path);
  if (scene_is (&show.scene, "bitlbee")) {
    scene_type (&show.scene, "bob", command);
    scene_expect (&show.scene, "alice: im bob ERROR*\"Sending files from this computer is switched off. *\"",
                  NULL);
    host_do (show.scene.host, "option", "alice", "bool", "send-files", "1", NULL);
    g_chmod (path, 0600);
    scene_type (&show.scene, "bob", command);
    scene_expect (&show.scene,
                  "alice: im bob ERROR*\"*is not a file that everybody on this computer may read.\"", NULL);
    g_chmod (path, 0644);
    g_chmod (stage->directory, 0755);
  }
  scene_type (&show.scene, "bob", command);
  person_hear (show.bob, "alice", FILE_MESSAGE, "*\"fileName\":\"my notes.txt\"*");
  scene_expect (&show.scene,
                "alice: im bob SEND|REMOTE_SEND {bob|Alice}: \"[file] my notes.txt 10*bytes http://*\"",
                NULL);
  scene_type (&show.scene, "bob", "/send notes.txt");
  scene_expect (&show.scene, "alice: im bob ERROR*\"Name the file with its whole path*\"", NULL);
  if (!scene_is (&show.scene, "bitlbee")) {
    scene_type (&show.scene, "bob", "/send /no/such/file");
    scene_expect (&show.scene, "alice: im bob ERROR*\"*file*\"", NULL);
    scene_type (&show.scene, "bob", "/send /");
    scene_expect (&show.scene, "alice: im bob ERROR*\"*file*\"", NULL);
  }
  host_expect_nothing (show.scene.host);
  show_close (&show);
}

static void
run_command_in_group (Stage *stage)
{
  Show show = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *command = NULL;

  show_open (&show, stage);
  host_do (show.scene.host, "option", "alice", "bool", "send-files", "1", NULL);
  g_chmod (stage->directory, 0755);
  host_do (show.scene.host, "join", "alice", "team", NULL);
  host_wait_answer (show.scene.host, "*bob*", 0, "members", "alice", "team", NULL);
  host_forget (show.scene.host);
  path = show_write (&show, "notes.txt", "some notes", 10);
  command = g_strdup_printf ("/send %s", path);
  scene_type (&show.scene, "team", command);
  person_hear (show.bob, "alice", FILE_MESSAGE, "*\"fileName\":\"notes.txt\"*");
  scene_expect (&show.scene,
                "alice: chat team SEND|REMOTE_SEND {alice|Alice}: \"[file] notes.txt 10*bytes http://*\"",
                NULL);
  host_expect_nothing (show.scene.host);
  show_close (&show);
}

static const Story stories[] = {
  { "receive", run_receive, STORY_ALL },
  { "receive-in-group", run_receive_in_group, STORY_ALL },
  { "hostile-name", run_hostile_name, STORY_PIDGIN | STORY_FINCH },
  { "deny", run_deny, STORY_PIDGIN | STORY_FINCH },
  { "cancel-choosing", run_cancel_choosing, STORY_PIDGIN | STORY_FINCH },
  { "cancel-receiving", run_cancel_receiving, STORY_PIDGIN | STORY_FINCH },
  { "revoked-offer", run_revoked_offer, STORY_PIDGIN | STORY_FINCH },
  { "revoked-receiving", run_revoked_receiving, STORY_PIDGIN | STORY_FINCH },
  { "gone", run_gone, STORY_PIDGIN | STORY_FINCH },
  { "logout-offer", run_logout_offer, STORY_PIDGIN | STORY_FINCH },
  { "logout-choosing", run_logout_choosing, STORY_PIDGIN | STORY_FINCH },
  { "logout-receiving", run_logout_receiving, STORY_PIDGIN | STORY_FINCH },
  { "send", run_send, STORY_ALL },
  { "send-to-group", run_send_to_group, STORY_PIDGIN },
  { "send-nothing", run_send_nothing, STORY_PIDGIN | STORY_FINCH },
  { "cancel-sending", run_cancel_sending, STORY_PIDGIN | STORY_FINCH },
  { "logout-sending", run_logout_sending, STORY_ALL },
  { "refused", run_refused, STORY_ALL },
  { "command", run_command, STORY_ALL },
  { "command-in-group", run_command_in_group, STORY_ALL },
  { NULL },
};

int
main (int argc, char **argv)
{
  return story_main (argc, argv, stories);
}
