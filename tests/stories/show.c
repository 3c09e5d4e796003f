/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "show.h"

#include <glib/gstdio.h>

void
show_open (Show *show, Stage *stage)
{
  static const char *const none[] = { NULL };

  show_open_with (show, stage, none);
}

void
show_open_with (Show *show, Stage *stage, const char *const *options)
{
  scene_open_with (&show->scene, stage, options);
  scene_alice (&show->scene);
  show->bob = person_new (show->scene.server, "bob", "Bob");
  person_connect (show->bob);
  person_befriend (show->bob, "alice");
  person_found (show->bob, "team", "Team", "alice", NULL);
  scene_group_is_read (&show->scene, "sg_team");
  show->shelf = shelf_new ();
  scene_login_until (&show->scene, "alice", "alice: connected", "alice: buddy bob online *", NULL);
}

void
show_close (Show *show)
{
  host_quit (show->scene.host);
  person_free (show->bob);
  shelf_free (show->shelf);
  scene_close (&show->scene);
}

void
show_window (Show *show)
{
  host_do (show->scene.host, "im", "alice", "bob", NULL);
  host_forget (show->scene.host);
}

char *
show_write (Show *show, const char *name, gconstpointer bytes, gsize length)
{
  char *path = g_build_filename (show->scene.stage->directory, name, NULL);
  g_autoptr (GError) error = NULL;

  if (!g_file_set_contents (path, bytes, (gssize) length, &error))
    story_fail ("%s", error->message);
  g_chmod (path, 0644);
  return path;
}
