/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scene.h"

#include <string.h>

/* Conversations that disturb nobody, keep nothing, or are put away; who is spoken to in a group; what text
 * looks like on either side; and that a window never stands still. */

#define TEXT 101
#define AT_TEXT 106
#define MARKDOWN 118

/* alice knows bob; both and carol are in the group "Team", which is alice's when @own. */
typedef struct {
  Scene scene;
  Person *bob;
  Person *carol;
} Calm;

static void
calm_open (Calm *calm, Stage *stage, const char *owner)
{
  Scene *scene = &calm->scene;
  g_autoptr (JsonNode) data = NULL;

  scene_open (scene, stage);
  scene_alice (scene);
  calm->bob = person_new (scene->server, "bob", "Bob");
  calm->carol = person_new (scene->server, "carol", "Carol Two");
  person_connect (calm->bob);
  person_connect (calm->carol);
  person_befriend (calm->bob, "alice");
  person_found (calm->bob, "team", "Team", "alice", "carol", NULL);
  if (g_str_equal (owner, "alice"))
    data = person_call (calm->bob, "/group/transfer_group",
                        "{'groupID':'team','oldOwnerUserID':'bob','newOwnerUserID':'alice'}");
  {
    Person *phone = person_device (scene->server, "alice", PLATFORM_ANDROID);

    person_read (phone, "sg_team", data != NULL || g_str_equal (owner, "alice") ? 2 : 1);
    person_free (phone);
  }
  scene_login_until (scene, "alice", "alice: connected", "alice: buddy bob online *",
                     "(!bitlbee) alice: room+ \"Team\" *", NULL);
  host_do (scene->host, "option", "alice", "int", "history", "0", NULL);
}

static void
calm_close (Calm *calm)
{
  host_quit (calm->scene.host);
  host_forget (calm->scene.host);
  person_free (calm->bob);
  person_free (calm->carol);
  scene_close (&calm->scene);
}

static void
open_team (Calm *calm)
{
  host_do (calm->scene.host, "join", "alice", "team", NULL);
  host_wait_answer (calm->scene.host, "*Carol*", 0, "members", "alice", "team", NULL);
  host_wait_answer (calm->scene.host, "*bob*", 0, "members", "alice", "team", NULL);
  host_forget (calm->scene.host);
}

static void
open_bob (Calm *calm)
{
  host_do (calm->scene.host, "im", "alice", "bob", NULL);
  host_forget (calm->scene.host);
}

static const char *
mention_of_alice (void)
{
  return "{\"text\":\"@alice look\",\"atUserList\":[\"alice\"],\"atUsersInfo\":[{\"atUserID\":\"alice\","
         "\"groupNickname\":\"Alice\"}],\"isAtSelf\":false}";
}

/* A muted group stays closed, also over a new login, until somebody mentions her. */
static void
run_muted (Stage *stage)
{
  Calm calm = { 0 };
  Scene *scene = &calm.scene;

  calm_open (&calm, stage, "bob");
  open_team (&calm);
  scene_type (scene, "team", "/notify off");
  scene_expect (scene,
                "alice: chat team *SYSTEM|NO_LOG { |}: \"This conversation stays closed now when somebody "
                "writes.\"",
                NULL);
  host_do (scene->host, "close", "alice", "team", NULL);
  host_run_until (scene->host, "alice: chat team closed", 0);
  host_forget (scene->host);
  person_say_in (calm.bob, "team", "noise");
  person_say (calm.bob, "alice", "not noise");
  scene_wait_for (scene, "alice: im bob RECV {bob|Bob}: \"not noise\"");
  g_assert_cmpuint (host_count (scene->host, "*chat team*"), ==, 0);

  scene_logout (scene, "alice");
  person_say_in (calm.bob, "team", "more noise");
  scene_login (scene);
  person_say (calm.bob, "alice", "again");
  host_run_until (scene->host, "*\"again\"", 0);
  g_assert_cmpuint (host_count (scene->host, "*chat team*"), ==, 0);
  g_assert_cmpuint (host_count (scene->host, "*notify*"), ==, 0);

  person_send (calm.carol, NULL, "team", AT_TEXT, mention_of_alice ());
  scene_wait_for (scene, "alice: chat team opened \"Team\"");
  scene_wait_for (scene, "alice: chat team RECV|NICK *: \"@Alice look\"");
  story_keeps_promise ("muted-is-quiet");
  calm_close (&calm);
}

/* Not even then, if she does not want it; and nothing at all when nothing shall disturb. */
static void
run_disturbed_by_nothing (Stage *stage)
{
  static const char *const watched[] = { "openim-recv-new-message", NULL };
  Calm calm = { 0 };
  Scene *scene = &calm.scene;

  calm_open (&calm, stage, "bob");
  host_do (scene->host, "option", "alice", "bool", "mentions", "no", NULL);
  open_bob (&calm);
  scene_type (scene, "bob", "/dnd on");
  host_wait_for (scene->host, "*Conversations stay closed now when somebody writes.*", 0);
  host_do (scene->host, "close", "alice", "bob", NULL);
  host_forget (scene->host);
  host_watch_signals (scene->host, OPENIM, watched);
  person_send (calm.carol, NULL, "team", AT_TEXT, mention_of_alice ());
  person_say_in (calm.bob, "team", "noise");
  person_say (calm.bob, "alice", "noise too");
  host_wait_for (scene->host, "alice: signal openim-recv-new-message *noise too*", 0);
  host_unwatch_signals (scene->host, OPENIM, watched);
  g_assert_cmpuint (host_count (scene->host, "* RECV *noise*"), ==, 0);
  open_bob (&calm); /* which shows what has been said there */
  scene_type (scene, "bob", "/dnd off");
  host_wait_for (scene->host, "*Conversations open again when somebody writes.*", 0);
  g_assert_cmpuint (host_count (scene->host, "*chat team*"), ==, 0);
  person_say_in (calm.bob, "team", "no noise");
  scene_wait_for (scene, "alice: chat team RECV {bob|Bob}: \"no noise\"");
  calm_close (&calm);
}

static void
wait_for_background (Scene *scene, const char *answer)
{
  g_autofree char *pattern = g_strdup_printf ("*\"isBackground\":%s*", answer);
  gint64 end = g_get_monotonic_time () + (gint64) story_scaled (STORY_WAIT_MS) * 1000;
  gboolean known = FALSE;

  while (!known) {
    g_autoptr (JsonNode) data =
        server_call (scene->server, "/user/get_users_online_status", "{'userIDs':['alice']}");
    g_autofree char *text = json_to_string (data, FALSE);

    known = g_pattern_match_simple (pattern, text);
    if (!known && g_get_monotonic_time () > end)
      story_fail ("the server does not know that alice is away: %s", text);
  }
}

/* The server hears that nobody sits here; what is muted waits for her return. */
static void
run_absent (Stage *stage)
{
  static const char *const watched[] = { "openim-recv-offline-new-message", NULL };
  Calm calm = { 0 };
  Scene *scene = &calm.scene;

  calm_open (&calm, stage, "bob");
  open_team (&calm);
  host_ignore (scene->host, "alice: own-status *");
  scene_type (scene, "team", "/notify off");
  host_wait_for (scene->host, "*This conversation stays closed now when somebody writes.*", 0);
  person_say_in (calm.bob, "team", "before");
  scene_expect (scene, "alice: chat team RECV {bob|Bob}: \"before\"", NULL);
  host_do (scene->host, "status", "alice", "away", NULL);
  wait_for_background (scene, "true");
  host_watch_signals (scene->host, OPENIM, watched);
  person_say_in (calm.bob, "team", "while she is away");
  person_say (calm.bob, "alice", "are you there?");
  host_wait_for (scene->host, "alice: signal openim-recv-offline-new-message *are you there*", 0);
  host_unwatch_signals (scene->host, OPENIM, watched);
  scene_wait_for (scene, "alice: im bob RECV {bob|Bob}: \"are you there?\"");
  g_assert_cmpuint (host_count (scene->host, "*chat team*"), ==, 0);
  host_forget (scene->host);
  host_do (scene->host, "status", "alice", "available", NULL);
  scene_expect (scene, "alice: chat team *RECV* {bob|Bob}: \"while she is away\"", NULL);
  wait_for_background (scene, "false");
  person_say_in (calm.bob, "team", "back");
  scene_expect (scene, "alice: chat team RECV {bob|Bob}: \"back\"", NULL);
  story_proves_function (107);
  story_proves_event (32);

  /* And so it is after a new login; bitlbee begins with another account, and sets it itself. */
  if (!scene_is (scene, "bitlbee")) {
    host_do (scene->host, "status", "alice", "away", NULL);
    wait_for_background (scene, "true");
    scene_logout (scene, "alice");
    scene_login (scene);
    wait_for_background (scene, "true");
  }
  calm_close (&calm);
}

static void
run_settings (Stage *stage)
{
  Calm calm = { 0 };
  Scene *scene = &calm.scene;

  calm_open (&calm, stage, "bob");
  open_bob (&calm);
  person_say (calm.bob, "alice", "to be deleted");
  scene_wait_for (scene, "alice: im bob RECV {bob|Bob}: \"to be deleted\"");
  scene_type (scene, "bob", "/pin on");
  scene_expect (
      scene, "alice: im bob SYSTEM|NO_LOG {bob|}: \"This conversation stands at the top of the list now.\"",
      NULL);
  scene_type (scene, "bob", "/conversations bob");
  host_wait_for (scene->host, "*\"Bob (bob): *pinned\"", 0);
  scene_type (scene, "bob", "/pin");
  scene_expect (scene, "alice: im bob SYSTEM|NO_LOG {bob|}: \"It is on. ?pin off switches it off.\"", NULL);
  scene_type (scene, "bob", "/readall");
  scene_expect (scene, "alice: im bob SYSTEM|NO_LOG {bob|}: \"Everything is marked as read.\"", NULL);
  scene_type (scene, "bob", "/hide");
  scene_expect (scene,
                "alice: im bob SYSTEM|NO_LOG {bob|}: \"This conversation is not in the list until somebody "
                "writes.\"",
                NULL);
  scene_type (scene, "bob", "/clearhistory");
  host_wait_for (scene->host, "*If you are sure, type ?clearhistory yes*", 0);
  scene_type (scene, "bob", "/clearhistory yes");
  scene_expect (scene, "alice: im bob SYSTEM|NO_LOG {bob|}: \"All that was said here is deleted, for you.\"",
                NULL);
  scene_type (scene, "bob", "/history");
  scene_expect (scene, "alice: im bob SYSTEM|NO_LOG {bob|}: \"Nothing was said here before that.\"", NULL);
  host_forget (scene->host);
  calm_close (&calm);
}

/* The same from the menus of the buddy list. */
static void
run_menus (Stage *stage)
{
  Calm calm = { 0 };
  Scene *scene = &calm.scene;
  g_autofree char *buddy = NULL;
  g_autofree char *room = NULL;

  calm_open (&calm, stage, "bob");
  open_bob (&calm);
  person_say (calm.bob, "alice", "hello");
  scene_wait_for (scene, "alice: im bob RECV \"Bob\": \"hello\"");
  buddy = host_ask (scene->host, "buddy-menu", "alice", "bob", NULL);
  g_assert_nonnull (strstr (buddy, "_Pin Conversation"));
  g_assert_nonnull (strstr (buddy, "Messages That _Vanish…"));
  room = host_ask (scene->host, "room-menu", "alice", "Team", NULL);
  g_assert_nonnull (strstr (room, "Clear Histor_y…"));
  g_assert_null (strstr (room, "_Vanish"));
  host_do (scene->host, "buddy-menu", "alice", "bob", "_Pin Conversation", NULL);
  host_wait_answer (scene->host, "*Un_pin Conversation*", 0, "buddy-menu", "alice", "bob", NULL);
  host_do (scene->host, "buddy-menu", "alice", "bob", "Stay _Closed When Somebody Writes", NULL);
  host_wait_answer (scene->host, "*_Open When Somebody Writes*", 0, "buddy-menu", "alice", "bob", NULL);
  host_do (scene->host, "buddy-menu", "alice", "bob", "_Delete Conversation…", NULL);
  host_wait_for (scene->host, "*request 1 action*", 0);
  host_answer_request (scene->host, 1, "_Delete");
  host_do (scene->host, "im", "alice", "bob", NULL);
  host_wait_answer (scene->host, "*", 0, "conversations", "alice", NULL);
  calm_close (&calm);
}

/* How often @text stands in the logs that libpurple has written. */
static guint
count_in_logs (const char *folder, const char *text)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name = NULL;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autofree char *content = NULL;

    n += count_in_logs (path, text);
    if (g_file_test (path, G_FILE_TEST_IS_REGULAR) && g_file_get_contents (path, &content, NULL, NULL))
      for (const char *p = content; (p = strstr (p, text)) != NULL; p++)
        n++;
  }
  return n;
}

/* What vanishes is not in the log, and gone when its time has come. */
static void
run_burn (Stage *stage)
{
  static const char *const deleted[] = { "openim-message-deleted", NULL };
  g_autofree char *logs = NULL;
  Calm calm = { 0 };
  Scene *scene = &calm.scene;

  calm_open (&calm, stage, "bob");
  host_do (scene->host, "option", "alice", "string", "read-marks", "at-once", NULL);
  open_bob (&calm);
  scene_type (scene, "bob", "/burn 1");
  host_wait_for (scene->host, "*\"What is said here vanishes 1 second after it has been read.\"", 0);
  host_wait_for (scene->host, "*From now on, messages vanish some time after they are read.*", 0);
  host_forget (scene->host);
  host_do (scene->host, "say", "alice", "bob", "secret of hers", NULL);
  scene_expect (scene, "(!bitlbee) alice: im bob SEND \"*\": \"secret of hers\"", NULL);
  person_hear (calm.bob, "alice", TEXT, "*secret of hers*");
  person_whisper (calm.bob, "alice", "secret of his", 1);
  host_watch_signals (scene->host, OPENIM, deleted);
  host_wait_for (scene->host, "*secret of his*", 0);
  host_wait_for (scene->host, "alice: signal openim-message-deleted *secret of his*", 0);
  person_read (calm.bob, "si_alice_bob", 3);
  host_wait_for (scene->host, "alice: signal openim-message-deleted *secret of hers*", 0);
  host_unwatch_signals (scene->host, OPENIM, deleted);
  host_forget (scene->host);
  /* Nobody says so, and it is not there any more. */
  scene_type (scene, "bob", "/list");
  person_say (calm.bob, "alice", "the end");
  scene_wait_for (scene, "alice: im bob RECV {bob|Bob}: \"the end\"");
  g_assert_cmpuint (host_count (scene->host, "*secret*"), ==, 0);
  logs = g_build_filename (host_folder (scene->host), "logs", NULL);
  g_assert_cmpuint (count_in_logs (logs, "secret of hers"), ==, 0);
  scene_type (scene, "bob", "/burn off");
  host_wait_for (scene->host, "*What is said here stays.*", 0);
  calm_close (&calm);
}

/* --- in groups --- */

static void
run_typing (Stage *stage)
{
  Calm calm = { 0 };
  Scene *scene = &calm.scene;

  calm_open (&calm, stage, "bob");
  open_team (&calm);
  person_type_in (calm.bob, "team", TRUE);
  host_wait_for (scene->host, "alice: chat team member= bob \"Bob\" *TYPING*", 0);
  person_type_in (calm.bob, "team", FALSE);
  host_wait_for (scene->host, "alice: chat team member= bob \"Bob\" FOUNDER", 0);
  calm_close (&calm);
}

static void
run_mentions (Stage *stage)
{
  Calm calm = { 0 };
  Scene *scene = &calm.scene;

  calm_open (&calm, stage, "bob");
  open_team (&calm);
  host_do (scene->host, "say", "alice", "team", "hi @Bob, look", NULL);
  person_hear (calm.bob, "alice", AT_TEXT, "*\"text\":\"hi @bob , look\"*\"atUserList\":[\"bob\"]*");
  host_do (scene->host, "say", "alice", "team", "and @\"Carol Two\" too", NULL);
  person_hear (calm.bob, "alice", AT_TEXT, "*@carol too*\"atUserList\":[\"carol\"]*");
  host_do (scene->host, "say", "alice", "team", "bob: hello", NULL);
  person_hear (calm.bob, "alice", AT_TEXT, "*\"text\":\"@bob hello\"*\"atUserList\":[\"bob\"]*");
  host_do (scene->host, "say", "alice", "team", "mail to x@bob.example, @nobody", NULL);
  person_hear (calm.bob, "alice", TEXT, "*mail to x@bob.example, @nobody*");
  /* She is nobody who may call everybody. */
  host_do (scene->host, "say", "alice", "team", "@all come", NULL);
  person_hear (calm.bob, "alice", TEXT, "*@all come*");
  /* Her name in a text alone is no mention. */
  host_forget (scene->host);
  person_say_in (calm.bob, "team", "Alice is not meant");
  scene_wait_for (scene, "alice: chat team RECV {bob|Bob}: \"Alice is not meant\"");
  person_send (calm.carol, NULL, "team", AT_TEXT, mention_of_alice ());
  scene_wait_for (scene, "alice: chat team RECV|NICK *: \"@Alice look\"");
  calm_close (&calm);
}

static void
run_mention_all (Stage *stage)
{
  Calm calm = { 0 };
  Scene *scene = &calm.scene;

  calm_open (&calm, stage, "alice");
  open_team (&calm);
  host_do (scene->host, "say", "alice", "team", "@all come", NULL);
  person_hear (calm.bob, "alice", AT_TEXT, "*\"text\":\"@AtAllTag come\"*\"atUserList\":[\"AtAllTag\"]*");
  story_proves_function (2002);
  calm_close (&calm);
}

/* --- texts --- */

static void
run_plain (Stage *stage)
{
  Calm calm = { 0 };
  Scene *scene = &calm.scene;

  calm_open (&calm, stage, "bob");
  open_bob (&calm);
  host_do (scene->host, "html", "alice", "bob",
           "<font color=\"#ff0000\"><b>1 &lt; 2 &amp;amp; so</b></font> &quot;on&quot;", NULL);
  person_hear (calm.bob, "alice", TEXT, "{\"content\":\"1 < 2 &amp; so \\\"on\\\"\"}");
  host_do (scene->host, "html", "alice", "bob",
           "one<br>two<ul><li>a</li><li>b</li></ul><a href=\"https://e.org/?a=1&amp;b\">here</a>", NULL);
  person_hear (calm.bob, "alice", TEXT,
               "{\"content\":\"one\\ntwo\\n- a\\n- b\\nhere (https://e.org/?a=1&b)\"}");
  host_do (scene->host, "html", "alice", "bob", "<a href=\"https://e.org/\">https://e.org/</a>", NULL);
  person_hear (calm.bob, "alice", TEXT, "{\"content\":\"https://e.org/\"}");
  host_do (scene->host, "html", "alice", "bob", "/me waves", NULL);
  person_hear (calm.bob, "alice", TEXT, "{\"content\":\"/me waves\"}");
  story_keeps_promise ("plain-text-on-the-wire");
  calm_close (&calm);
}

static void
run_hostile (Stage *stage)
{
  Calm calm = { 0 };
  Scene *scene = &calm.scene;

  calm_open (&calm, stage, "bob");
  open_bob (&calm);
  person_say (calm.bob, "alice", "<img src=x><a href=\"javascript:x\">y</a>&lt;b&gt;");
  scene_expect (scene,
                "(pidgin) alice: im bob RECV \"Bob\": \"&lt;img src=x&gt;&lt;a "
                "href=&quot;javascript:x&quot;&gt;y&lt;/a&gt;&amp;lt;b&amp;gt;\"",
                "(!pidgin) alice: im bob RECV {bob|Bob}: \"<img src=x><a "
                "href=\\\"javascript:x\\\">y</a>&lt;b&gt;\"",
                NULL);
  person_send (calm.bob, "alice", NULL, MARKDOWN,
               "{\"content\":\"**bold** [x](javascript:alert(1)) <script>y</script> [z](https://e.org/)\"}");
  scene_expect (scene,
                "(pidgin) alice: im bob RECV \"Bob\": \"<b>bold</b> [x](javascript:alert(1)) "
                "&lt;script&gt;y&lt;/script&gt; <a href=\\\"https://e.org/\\\">z</a> (https://e.org/)\"",
                "(!pidgin) alice: im bob RECV {bob|Bob}: \"bold [x](javascript:alert(1)) "
                "<script>y</script> z (https://e.org/)*\"",
                NULL);
  host_expect_nothing (scene->host);
  story_keeps_promise ("hostile-markup-harmless");
  calm_close (&calm);
}

/* In parts, in order, none cut through a character. */
static void
run_long (Stage *stage)
{
  Calm calm = { 0 };
  Scene *scene = &calm.scene;
  GString *text = g_string_new (NULL);

  calm_open (&calm, stage, "bob");
  open_bob (&calm);
  for (guint i = 0; i < 9000; i++)
    g_string_append (text, i < 3000 ? "一" : i < 6000 ? "二" : "三");
  host_do (scene->host, "say", "alice", "bob", text->str, NULL);
  person_hear (calm.bob, "alice", TEXT, "{\"content\":\"一*二\"}");
  person_hear (calm.bob, "alice", TEXT, "{\"content\":\"二*三\"}");
  person_hear (calm.bob, "alice", TEXT, "{\"content\":\"三*三\"}");
  host_forget (scene->host);
  g_string_free (text, TRUE);
  calm_close (&calm);
}

/* --- speed --- */

/* What a sanitizer takes says nothing; there it is a crash that is looked for. */
#define MANY (story_scaled (1) == 1 ? 5000 : 500)
#define TURN_MS 50 /* a window that does not move for so long is felt */

static void
run_many (Stage *stage)
{
  Calm calm = { 0 };
  Scene *scene = &calm.scene;
  GString *members = g_string_new (NULL);
  g_autofree char *last = g_strdup_printf ("*u%04u*", MANY - 1);

  calm_open (&calm, stage, "bob");
  scene_logout (scene, "alice");
  for (guint i = 0; i < MANY; i++) {
    g_autoptr (JsonNode) data = NULL;

    g_string_append_printf (members, "%s{'userID':'u%04u','nickname':'User %04u'}", i % 500 > 0 ? "," : "", i,
                            i);
    if (i % 500 == 499) {
      data = server_call (scene->server, "/user/user_register", "{'users':[%s]}", members->str);
      g_string_truncate (members, 0);
    }
  }
  for (guint i = 0; i < MANY; i += 500) {
    g_autoptr (JsonNode) data = NULL;

    for (guint j = i; j < i + 500; j++)
      g_string_append_printf (members, "%s'u%04u'", j > i ? "," : "", j);
    data = server_call (scene->server, "/friend/import_friend",
                        "{'ownerUserID':'alice','friendUserIDs':[%s]}", members->str);
    g_string_truncate (members, 0);
  }
  host_ignore (scene->host, "alice: buddy*");
  scene_forget_work (scene);
  scene_login (scene);
  host_wait_answer (scene->host, last, 60000, "roster", "alice", NULL);
  scene_expect_work (scene, "a login with many friends", TURN_MS);

  host_do (scene->host, "im", "alice", "bob", NULL);
  host_forget (scene->host);
  scene_forget_work (scene);
  for (guint i = 0; i < MANY; i++)
    person_say (calm.bob, "alice", "one of very many");
  person_say (calm.bob, "alice", "the last");
  host_run_until (scene->host, "*the last*", 120000);
  scene_expect_work (scene, "many messages", 2 * TURN_MS);
  story_keeps_promise ("never-freezes");
  g_string_free (members, TRUE);
  calm_close (&calm);
}

static const Story stories[] = {
  { "muted", run_muted, STORY_ALL },
  { "disturbed-by-nothing", run_disturbed_by_nothing, STORY_ALL },
  { "absent", run_absent, STORY_ALL },
  { "settings", run_settings, STORY_ALL },
  { "menus", run_menus, STORY_PIDGIN | STORY_FINCH },
  { "burn", run_burn, STORY_ALL },
  { "typing", run_typing, STORY_PIDGIN | STORY_FINCH },
  { "mentions", run_mentions, STORY_ALL },
  { "mention-all", run_mention_all, STORY_ALL },
  { "plain", run_plain, STORY_PIDGIN | STORY_FINCH },
  { "hostile", run_hostile, STORY_ALL },
  { "long", run_long, STORY_ALL },
  { "many", run_many, STORY_PIDGIN, 240000 },
  { NULL },
};

int
main (int argc, char **argv)
{
  return story_main (argc, argv, stories);
}
