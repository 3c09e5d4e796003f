/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "show.h"

#include <string.h>

#include <glib/gstdio.h>

/* Pictures, sounds, films and files, as they are seen and sent. */

#define WORDS "[picture] *"

static void
send_picture_url (Show *show, const char *url, const char *preview, gint64 size)
{
  g_autofree char *content =
      g_strdup_printf ("{\"sourcePath\":\"\",\"sourcePicture\":{\"uuid\":\"u\",\"type\":\"image/"
                       "png\",\"size\":%" G_GINT64_FORMAT
                       ",\"width\":2,\"height\":1,\"url\":\"%s\"},\"bigPicture\":{\"url\":\"%s\"},"
                       "\"snapshotPicture\":{\"url\":\"%s\"}}",
                       size, url, url, preview);

  person_send (show->bob, "alice", NULL, PICTURE, content);
}

static void
send_picture (Show *show, const char *path)
{
  g_autofree char *url = shelf_url (show->shelf, path);
  g_autofree char *preview = g_strconcat (url, "?type=image&width=640&height=640", NULL);

  send_picture_url (show, url, preview, 1000);
}

/* bob's line with that picture, or its words. */
static void
expect_picture (Show *show)
{
  scene_expect (&show->scene,
                "(pidgin) alice: im bob RECV|IMAGES \"Bob\": \"<img id=\\\"*\\\"><br>" WORDS "http://*\"",
                "(!pidgin) alice: im bob RECV {bob|Bob}: \"" WORDS "http://*\"", NULL);
}

static void
expect_words (Show *show, const char *words)
{
  g_autofree char *line = g_strdup_printf ("alice: im bob RECV {bob|Bob}: \"%s\"", words);

  scene_expect (&show->scene, line, NULL);
}

static char *
write_picture (Show *show, const char *name, guint side)
{
  g_autoptr (GBytes) png = shelf_png (side, side, 100);

  return show_write (show, name, g_bytes_get_data (png, NULL), g_bytes_get_size (png));
}

/* --- pictures that come --- */

static void
run_picture (Stage *stage)
{
  Show show = { 0 };
  g_autofree char *count = NULL;

  show_open (&show, stage);
  show_window (&show);
  shelf_put (show.shelf, "/object/bob/a.png", shelf_png (640, 480, 2000));
  send_picture (&show, "/object/bob/a.png");
  expect_picture (&show);
  host_expect_nothing (show.scene.host);
  /* Once it has been had it is not fetched again. */
  send_picture (&show, "/object/bob/a.png");
  expect_picture (&show);
  g_assert_cmpuint (shelf_count (show.shelf, "/object/bob/a.png"), ==, scene_is (&show.scene, "pidgin"));
  count = host_ask (show.scene.host, "measure", "pictures", NULL);
  g_assert_cmpstr (count, ==, "0");
  story_keeps_promise ("pictures-have-words");
  show_close (&show);
}

/* In a group as well. */
static void
run_picture_in_group (Stage *stage)
{
  Show show = { 0 };
  g_autofree char *url = NULL;
  g_autofree char *content = NULL;

  show_open (&show, stage);
  shelf_put (show.shelf, "/a.png", shelf_png (640, 480, 2000));
  url = shelf_url (show.shelf, "/a.png");
  content = g_strdup_printf ("{\"sourcePath\":\"\",\"sourcePicture\":{\"url\":\"%s\",\"size\":10}}", url);
  host_do (show.scene.host, "join", "alice", "team", NULL);
  host_wait_answer (show.scene.host, "*bob*", 0, "members", "alice", "team", NULL);
  host_forget (show.scene.host);
  person_send (show.bob, NULL, "team", PICTURE, content);
  scene_expect (&show.scene,
                "(pidgin) alice: chat team RECV|IMAGES \"Bob\": \"<img id=\\\"*\\\"><br>" WORDS "http://*\"",
                "(!pidgin) alice: chat team RECV {bob|Bob}: \"" WORDS "http://*\"", NULL);
  show_close (&show);
}

/* What is said after a picture waits for it. */
static void
run_picture_order (Stage *stage)
{
  Show show = { 0 };

  show_open (&show, stage);
  show_window (&show);
  shelf_put (show.shelf, "/slow.png", shelf_png (64, 64, 20000));
  shelf_hold (show.shelf, "/slow.png", 10000);
  shelf_put (show.shelf, "/quick.png", shelf_png (64, 64, 2000));
  person_say (show.bob, "alice", "first");
  send_picture (&show, "/slow.png");
  person_say (show.bob, "alice", "second");
  send_picture (&show, "/quick.png");
  person_say (show.bob, "alice", "third");
  expect_words (&show, "first");
  if (scene_is (&show.scene, "pidgin")) {
    host_wait_answer (show.scene.host, "connected", 0, "state", "alice", NULL);
    host_expect_nothing (show.scene.host);
  }
  shelf_release (show.shelf, "/slow.png");
  expect_picture (&show);
  expect_words (&show, "second");
  expect_picture (&show);
  expect_words (&show, "third");
  show_close (&show);
}

/* … but not for long; and then nothing waits for the next ones either. */
static void
run_picture_too_slow (Stage *stage)
{
  Show show = { 0 };

  show_open (&show, stage);
  show_window (&show);
  shelf_put (show.shelf, "/slow.png", shelf_png (64, 64, 20000));
  shelf_hold (show.shelf, "/slow.png", 10000);
  send_picture (&show, "/slow.png");
  person_say (show.bob, "alice", "later");
  send_picture (&show, "/slow.png");
  person_say (show.bob, "alice", "at once");
  expect_words (&show, WORDS);
  expect_words (&show, "later");
  expect_words (&show, WORDS);
  expect_words (&show, "at once");
  host_expect_nothing (show.scene.host);
  show_close (&show);
}

/* What is no picture that a decoder should see is a line of words. */
static void
run_hostile_pictures (Stage *stage)
{
  Show show = { 0 };
  static const char page[] = "<html><script>alert(1)</script></html>";
  g_autoptr (GBytes) whole = shelf_png (64, 64, 5000);

  show_open (&show, stage);
  show_window (&show);
  shelf_put (show.shelf, "/huge.png", shelf_png (30000, 30000, 100));
  shelf_put (show.shelf, "/wide.png", shelf_png (60000, 1, 100));
  shelf_put (show.shelf, "/heavy.png", shelf_png (64, 64, 3 * 1024 * 1024));
  shelf_put (show.shelf, "/cut.png", g_bytes_new_from_bytes (whole, 0, 3000));
  shelf_put (show.shelf, "/page.png", g_bytes_new_static (page, sizeof page - 1));
  shelf_put (show.shelf, "/empty.png", g_bytes_new_static ("", 0));
  send_picture (&show, "/huge.png");
  send_picture (&show, "/wide.png");
  send_picture (&show, "/heavy.png");
  send_picture (&show, "/cut.png");
  send_picture (&show, "/page.png");
  send_picture (&show, "/empty.png");
  send_picture (&show, "/not-there.png");
  for (guint i = 0; i < 7; i++)
    expect_words (&show, WORDS "http://*.png");
  /* Addresses of other kinds are not even shown. */
  send_picture_url (&show, "javascript:alert(1)", "file:///etc/passwd", 10);
  expect_words (&show, "[picture] 10*bytes");
  send_picture_url (&show, "http://u:p@127.0.0.1/x.png", "data:text/html,x", 10);
  expect_words (&show, "[picture] x.png 10*bytes");
  send_picture_url (&show, "http://127.0.0.1:1/x\\\"><b>y</b>.png", "", 10);
  scene_expect (&show.scene,
                "alice: im bob RECV {bob|Bob}: \"*http://127.0.0.1:1/x%22%3E%3Cb%3Ey%3C/b%3E.png\"", NULL);
  host_expect_nothing (show.scene.host);
  show_close (&show);
}

/* The network of the person's own machine is none of bob's business, unless the server is in it. */
static void
run_other_kinds (Stage *stage)
{
  Show show = { 0 };
  g_autofree char *sticker = NULL;

  show_open (&show, stage);
  show_window (&show);
  shelf_put (show.shelf, "/sticker.png", shelf_png (64, 64, 200));
  sticker = shelf_url (show.shelf, "/sticker.png");
  g_autofree char *face = g_strdup_printf ("{\"index\":7,\"data\":\"{\\\"url\\\":\\\"%s\\\"}\"}", sticker);
  person_send (show.bob, "alice", NULL, FACE, face);
  scene_expect (&show.scene,
                "(pidgin) alice: im bob RECV|IMAGES \"Bob\": \"<img id=\\\"*\\\"><br>[sticker 7] http://*\"",
                "(!pidgin) alice: im bob RECV {bob|Bob}: \"[sticker 7] http://*\"", NULL);
  person_send (show.bob, "alice", NULL, FACE, "{\"index\":3,\"data\":\"smile\"}");
  expect_words (&show, "[sticker 3]");
  person_send (show.bob, "alice", NULL, SOUND,
               "{\"sourceUrl\":\"https://h/o/v.ogg\",\"dataSize\":20480,\"duration\":75}");
  expect_words (&show, "[voice message] v.ogg 1:15 20*kB https://h/o/v.ogg");
  person_send (show.bob, "alice", NULL, VIDEO,
               "{\"videoUrl\":\"https://h/o/v v.mp4\",\"videoSize\":2048000,\"duration\":5,"
               "\"snapshotUrl\":\"https://h/o/v.png\"}");
  expect_words (&show, "[video] v v.mp4 0:05 2*MB https://h/o/v%20v.mp4");
  host_expect_nothing (show.scene.host);
  show_close (&show);
}

#define MANY 60

/* Pictures leave libpurple's store with their line. */
static void
run_many_pictures (Stage *stage)
{
  Show show = { 0 };
  g_autofree char *count = NULL;

  show_open (&show, stage);
  show_window (&show);
  for (guint i = 0; i < MANY; i++) {
    g_autofree char *path = g_strdup_printf ("/%u.png", i);

    shelf_put (show.shelf, path, shelf_png (64, 64, 20000));
    send_picture (&show, path);
  }
  for (guint i = 0; i < MANY; i++)
    expect_picture (&show);
  count = host_ask (show.scene.host, "measure", "pictures", NULL);
  g_assert_cmpstr (count, ==, "0");
  story_keeps_promise ("memory-bounded");
  show_close (&show);
}

/* The account goes while a picture is on its way. */
static void
run_picture_logout (Stage *stage)
{
  Show show = { 0 };

  show_open (&show, stage);
  show_window (&show);
  shelf_put (show.shelf, "/slow.png", shelf_png (64, 64, 20000));
  shelf_hold (show.shelf, "/slow.png", 10000);
  send_picture (&show, "/slow.png");
  person_say (show.bob, "alice", "later");
  host_wait_answer (show.scene.host, "connected", 0, "state", "alice", NULL);
  host_logout (show.scene.host, "alice");
  host_run_until (show.scene.host, "alice: disconnected", 0);
  shelf_release (show.shelf, "/slow.png");
  host_forget (show.scene.host);
  show_close (&show);
}

/* --- pictures that go --- */

static char *
picture_id (Show *show, const char *name, guint side)
{
  g_autofree char *path = write_picture (show, name, side);

  return host_ask (show->scene.host, "picture", path, NULL);
}

/* Two pictures and three pieces of text in one message, as Pidgin's entry makes them. */
static void
send_mixed (Show *show, const char *conversation)
{
  g_autofree char *first = picture_id (show, "one.png", 10);
  g_autofree char *second = picture_id (show, "two.png", 20);
  g_autofree char *html = g_strdup_printf (
      "before <IMG ID=\"%s\"> between<br>lines <img alt='x' id=\"%s\">after &amp; out", first, second);
  g_autofree char *types = NULL;

  host_do (show->scene.host, "html", "alice", conversation, html, NULL);
  /* Pidgin needs them no longer. */
  host_do (show->scene.host, "picture-gone", first, NULL);
  host_do (show->scene.host, "picture-gone", second, NULL);
  host_do (show->scene.host, "say", "alice", conversation, "said at once", NULL);
  person_hear (show->bob, "alice", TEXT, "{*said at once*}");
  types = person_heard (show->bob, "alice");
  if (!g_str_has_suffix (types, "101 102 101 102 101"))
    story_fail ("bob has heard %s", types);
  person_hear (show->bob, "alice", TEXT, "{*\"before\"*}");
  person_hear (show->bob, "alice", PICTURE, "*\"width\":10,*");
  person_hear (show->bob, "alice", TEXT, "{*\"between\\nlines\"*}");
  person_hear (show->bob, "alice", PICTURE, "*\"width\":20,*");
  person_hear (show->bob, "alice", TEXT, "{*\"after & out\"*}");
}

static void
run_mixed (Stage *stage)
{
  Show show = { 0 };
  g_autofree char *count = NULL;

  show_open (&show, stage);
  show_window (&show);
  send_mixed (&show, "bob");
  scene_expect (&show.scene, "alice: im bob SEND \"*\": \"before <IMG*\"",
                "alice: im bob SEND \"*\": \"said at once\"", NULL);
  host_expect_nothing (show.scene.host);
  count = host_ask (show.scene.host, "measure", "pictures", NULL);
  g_assert_cmpstr (count, ==, "0");
  show_close (&show);
}

static void
run_mixed_in_group (Stage *stage)
{
  Show show = { 0 };

  show_open (&show, stage);
  host_do (show.scene.host, "join", "alice", "team", NULL);
  host_wait_answer (show.scene.host, "*bob*", 0, "members", "alice", "team", NULL);
  host_forget (show.scene.host);
  send_mixed (&show, "team");
  scene_expect (&show.scene, "alice: chat team SEND \"Alice\": \"before <IMG*\"",
                "alice: chat team SEND \"Alice\": \"said at once\"", NULL);
  host_expect_nothing (show.scene.host);
  show_close (&show);
}

/* One that is no picture after all is a file; the rest goes all the same. */
static void
run_mixed_wrong (Stage *stage)
{
  Show show = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *id = NULL;
  g_autofree char *html = NULL;

  show_open (&show, stage);
  show_window (&show);
  path = show_write (&show, "x.png", "no picture at all", 17);
  id = host_ask (show.scene.host, "picture", path, NULL);
  html = g_strdup_printf ("<img id=\"%s\">after", id);
  host_do (show.scene.host, "html", "alice", "bob", html, NULL);
  person_hear (show.bob, "alice", FILE_MESSAGE, "*");
  person_hear (show.bob, "alice", TEXT, "*after*");
  host_forget (show.scene.host);
  show_close (&show);
}

/* --- people and groups --- */

/* A picture on the list, which changes, goes, and is not fetched again by the next login. */
static void
run_icons (Stage *stage)
{
  Show show = { 0 };
  Host *host = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autoptr (JsonNode) a = NULL, b = NULL, c = NULL, d = NULL;

  show_open (&show, stage);
  host = show.scene.host;
  shelf_put (show.shelf, "/bob.png", shelf_png (64, 64, 1000));
  shelf_put (show.shelf, "/bob2.png", shelf_png (64, 64, 2000));
  shelf_put (show.shelf, "/huge.png", shelf_png (30000, 30000, 100));
  shelf_put (show.shelf, "/team.png", shelf_png (64, 64, 3000));
  first = shelf_url (show.shelf, "/bob.png");
  second = shelf_url (show.shelf, "/bob2.png");
  a = person_call (show.bob, "/user/update_user_info_ex", "{'userInfo':{'userID':'bob','faceURL':'%s'}}",
                   first);
  host_wait_answer (host, "1057", 0, "icon", "alice", "bob", NULL);
  b = person_call (show.bob, "/user/update_user_info_ex", "{'userInfo':{'userID':'bob','faceURL':'%s'}}",
                   second);
  host_wait_answer (host, "2057", 0, "icon", "alice", "bob", NULL);
  {
    g_autofree char *team = shelf_url (show.shelf, "/team.png");

    c = person_call (show.bob, "/group/set_group_info",
                     "{'groupInfoForSet':{'groupID':'team','faceURL':'%s'}}", team);
    host_wait_answer (host, "3057", 0, "icon", "alice", "team", NULL);
  }
  scene_logout (&show.scene, "alice");
  host_login (host, "alice");
  host_run_until (host, "alice: connected", 0);
  host_wait_answer (host, "2057", 0, "icon", "alice", "bob", NULL);
  g_assert_cmpuint (shelf_count (show.shelf, "/bob.png"), ==, 1);
  d = person_call (show.bob, "/user/update_user_info_ex", "{'userInfo':{'userID':'bob','faceURL':''}}");
  host_wait_answer (host, "0", 0, "icon", "alice", "bob", NULL);
  g_assert_cmpuint (shelf_count (show.shelf, "/bob2.png"), ==, 1);
  g_assert_cmpuint (shelf_count (show.shelf, "/team.png"), ==, 1);
  host_forget (host);
  show_close (&show);
}

static char *
ask_face (Show *show, const char *path, const char *body, const char *list, const char *member)
{
  g_autoptr (JsonNode) data = person_call (show->bob, path, "%s", body);
  JsonObject *first =
      json_array_get_object_element (json_object_get_array_member (json_node_get_object (data), list), 0);

  return g_strdup (json_object_get_string_member_with_default (first, member, ""));
}

typedef struct {
  Show *show;
  gboolean group;
  const char *pattern;
} Face;

static gboolean
has_face (gpointer data)
{
  const Face *face = data;
  g_autofree char *url =
      face->group
          ? ask_face (face->show, "/group/get_groups_info", "{'groupIDs':['team']}", "groupInfos", "faceURL")
          : ask_face (face->show, "/user/get_users_info", "{'userIDs':['alice']}", "usersInfo", "faceURL");

  return g_pattern_match_simple (face->pattern, url);
}

static void
wait_for_face (Show *show, gboolean group, const char *pattern)
{
  Face face = { show, group, pattern };

  if (!story_wait (has_face, &face, 0))
    story_fail ("the picture is not %s", pattern);
}

/* alice's own, as others see it: from the account's window, and by command where there is none. */
static void
run_own_picture (Stage *stage)
{
  Show show = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *command = NULL;

  show_open (&show, stage);
  show_window (&show);
  g_chmod (stage->directory, 0755);
  host_do (show.scene.host, "option", "alice", "bool", "send-files", "1", NULL);
  path = write_picture (&show, "me.png", 64);
  if (scene_is (&show.scene, "pidgin")) {
    host_do (show.scene.host, "own-icon", "alice", path, NULL);
    wait_for_face (&show, FALSE, "http://*/object/alice/picture-*.png");
    host_do (show.scene.host, "own-icon", "alice", NULL);
    wait_for_face (&show, FALSE, "");
  }
  command = g_strdup_printf ("/avatar %s", path);
  scene_type (&show.scene, "bob", command);
  host_wait_for (show.scene.host, "alice: im bob *SYSTEM*: \"The picture has been changed.\"", 0);
  wait_for_face (&show, FALSE, "http://*/object/alice/me.png");
  host_forget (show.scene.host);
  show_close (&show);
}

static void
run_group_picture (Stage *stage)
{
  Show show = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *command = NULL;
  g_autoptr (JsonNode) data = NULL;

  show_open (&show, stage);
  g_chmod (stage->directory, 0755);
  host_do (show.scene.host, "option", "alice", "bool", "send-files", "1", NULL);
  host_do (show.scene.host, "join", "alice", "team", NULL);
  host_wait_answer (show.scene.host, "*bob*", 0, "members", "alice", "team", NULL);
  path = write_picture (&show, "team.png", 64);
  command = g_strdup_printf ("/picture %s", path);
  /* An ordinary member may not. */
  scene_type (&show.scene, "team", command);
  host_wait_for (show.scene.host, "alice: chat team *ERROR*", 0);
  data = person_call (show.bob, "/group/set_group_member_info",
                      "{'members':[{'groupID':'team','userID':'alice','roleLevel':60}]}");
  scene_type (&show.scene, "team", command);
  host_wait_for (show.scene.host, "alice: chat team *SYSTEM*: \"The picture has been changed.\"", 0);
  wait_for_face (&show, TRUE, "http://*/object/alice/team.png");
  if (!scene_is (&show.scene, "bitlbee")) {
    g_autofree char *other = write_picture (&show, "other.png", 32);

    host_do (show.scene.host, "room-menu", "alice", "Team", "_Picture…", NULL);
    host_wait_for (show.scene.host, "alice: request 1 open *", 0);
    host_answer_request (show.scene.host, 1, other);
    wait_for_face (&show, TRUE, "http://*/object/alice/other.png");
  }
  host_forget (show.scene.host);
  show_close (&show);
}

static const Story stories[] = {
  { "picture", run_picture, STORY_ALL },
  { "picture-in-group", run_picture_in_group, STORY_ALL },
  { "picture-order", run_picture_order, STORY_ALL },
  { "picture-too-slow", run_picture_too_slow, STORY_PIDGIN },
  { "picture-logout", run_picture_logout, STORY_PIDGIN },
  { "hostile-pictures", run_hostile_pictures, STORY_ALL },
  { "other-kinds", run_other_kinds, STORY_ALL },
  { "many-pictures", run_many_pictures, STORY_ALL },
  { "mixed", run_mixed, STORY_PIDGIN },
  { "mixed-in-group", run_mixed_in_group, STORY_PIDGIN },
  { "mixed-wrong", run_mixed_wrong, STORY_PIDGIN },
  { "icons", run_icons, STORY_PIDGIN },
  { "own-picture", run_own_picture, STORY_ALL },
  { "group-picture", run_group_picture, STORY_ALL },
  { NULL },
};

int
main (int argc, char **argv)
{
  return story_main (argc, argv, stories);
}
