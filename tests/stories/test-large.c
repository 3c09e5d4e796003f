/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scene.h"

#include <string.h>

/* Many people and many groups. */

#define CROWD 10000
#define TURN_MS 50 /* a window that does not move for so long is felt */

static void
run_crowd (Stage *stage)
{
  Scene scene = { 0 };
  g_autofree char *plugin = scene_plugin ();
  g_autofree char *fill = g_strdup_printf ("members=%d", CROWD);
  g_autofree char *token = NULL;
  guint shown = 0;

  scene.stage = stage;
  scene.server = server_start_filled (fill);
  scene.host = host_new (stage, "alice", plugin);
  token = server_token (scene.server, "bench", PLATFORM_LINUX);
  scene_account (scene.host, scene.server, "bench", NULL, token);
  scene_login_until (&scene, "bench", "bench: connected", NULL);
  host_ignore (scene.host, "bench: room+ *");
  host_do (scene.host, "join", "bench", "crowd", NULL);
  scene_wait_for (&scene, "bench: chat crowd joined");
  while (shown < CROWD) {
    const HostLine *line = host_wait_for (scene.host, "bench: chat crowd members+ *", 60000);

    shown += (guint) g_ascii_strtoull (strrchr (line->text, ' '), NULL, 10);
  }
  g_assert_cmpuint (shown, ==, CROWD);
  scene_expect_work (&scene, "opening a group", TURN_MS);
  story_keeps_promise ("large-groups");
  host_forget (scene.host);
  scene_close (&scene);
}

/* A long list of friends and groups comes in slices, at the first start and at the next one. */
static void
run_lists (Stage *stage)
{
  static const char *const options[] = { "--fill", "friends=5000", "--fill", "groups=500", NULL };
  Scene scene = { 0 };

  scene_open_with (&scene, stage, options);
  for (guint start = 0; start < 2; start++) {
    g_autofree char *token = server_token (scene.server, "bench", PLATFORM_LINUX);

    scene_account (scene.host, scene.server, "bench", NULL, token);
    scene_forget_work (&scene);
    host_login (scene.host, "bench");
    host_wait_for (scene.host, "bench: connected", 60000);
    host_wait_answer (scene.host, "*4999*", 60000, "roster", "bench", NULL);
    host_wait_answer (scene.host, "*group000499*", 60000, "roster", "bench", NULL);
    scene_expect_work (&scene, "a login", TURN_MS);
    host_forget (scene.host);
    host_quit (scene.host);
    host_forget (scene.host);
    host_start (scene.host);
  }
  scene_close (&scene);
}

static const Story stories[] = {
  { "crowd", run_crowd, STORY_ALL, 180000 },
  { "lists", run_lists, STORY_PIDGIN | STORY_BITLBEE, 240000 },
  { NULL },
};

int
main (int argc, char **argv)
{
  return story_main (argc, argv, stories);
}
