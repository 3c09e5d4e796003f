/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BUILD_FACTOR 4
#else
#define BUILD_FACTOR 1
#endif

static const struct {
  guint bit;
  const char *name;
} personas[] = {
  { STORY_PIDGIN, "pidgin" },
  { STORY_FINCH, "finch" },
  { STORY_BITLBEE, "bitlbee" },
};

static StoryReferee the_referee;

void
story_set_referee (StoryReferee referee)
{
  the_referee = referee;
}

const char *
story_ending (void)
{
  return g_getenv ("OPENIM_HOST_END");
}

guint
story_scaled (guint ms)
{
  const char *factor = g_getenv ("OPENIM_TEST_FACTOR"); /* for valgrind and crowded machines */

  return ms * BUILD_FACTOR * (factor != NULL ? MAX (1, (guint) g_ascii_strtoull (factor, NULL, 10)) : 1);
}

void
story_fail (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (story_ending () != NULL && the_referee != NULL) {
    StoryReferee referee = g_steal_pointer (&the_referee);
    int status = referee ();

    if (status == 0) {
      printf ("# broken off\n");
      fflush (stdout);
      _exit (0);
    }
  }
  fprintf (stderr, "FAILED: %s\n", text);
  fflush (stderr);
  /* The programs that this one has started end with their standard input. */
  _exit (1);
}

void
story_proves_function (int number)
{
  printf ("# proves: function %d\n", number);
}

void
story_proves_event (int number)
{
  printf ("# proves: event %d\n", number);
}

void
story_keeps_promise (const char *name)
{
  printf ("# proves: promise %s\n", name);
}

static gboolean
on_deadline (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_CONTINUE;
}

gboolean
story_wait (StoryCondition holds, gpointer data, guint ms)
{
  gboolean over = FALSE;
  guint timer = 0;
  gboolean good = holds (data);

  if (good)
    return TRUE;
  timer = g_timeout_add (story_scaled (ms != 0 ? ms : STORY_WAIT_MS), on_deadline, &over);
  while (!good && !over) {
    g_main_context_iteration (NULL, TRUE);
    good = holds (data);
  }
  g_source_remove (timer);
  return good;
}

char *
story_program (const char *path)
{
  const char *root = g_getenv ("OPENIM_BUILD");

  return g_build_filename (root != NULL ? root : OPENIM_BUILD_ROOT, path, NULL);
}

char *
story_folder (Stage *stage, const char *name)
{
  char *path = g_build_filename (stage->directory, name, NULL);

  g_mkdir_with_parents (path, 0700);
  return path;
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = NULL;
  const char *name = NULL;

  if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    dir = g_dir_open (path, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_remove (path);
}

/* --- one story, in the child --- */

static int
run_one (const Story *stories, const char *name, const char *persona)
{
  for (const Story *story = stories; story->name != NULL; story++) {
    g_autofree char *directory = NULL;
    Stage stage = { 0 };

    if (!g_str_equal (story->name, name))
      continue;
    directory = g_dir_make_tmp ("openim-story-XXXXXX", NULL);
    if (directory == NULL)
      story_fail ("no folder for temporary files");
    stage.persona = persona;
    stage.directory = directory;
    printf ("directory %s\n", directory);
    fflush (stdout);
    story->run (&stage);
    fflush (stdout);
    return 0;
  }
  return 2;
}

/* --- all stories, in the parent --- */

typedef struct {
  GSubprocess *process;
  gboolean over;
} Watch;

static gboolean
on_overdue (gpointer data)
{
  Watch *watch = data;

  watch->over = TRUE;
  g_subprocess_force_exit (watch->process);
  return G_SOURCE_REMOVE;
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  char **output = data;
  g_autoptr (GError) error = NULL;

  if (!g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, &output[0], NULL, &error))
    output[0] = g_strdup ("");
  output[1] = output[0];
}

/* Keeps "# proves:" lines of a story that passed, takes the folder out and removes it. */
static void
report_output (const char *output, gboolean good)
{
  g_auto (GStrv) lines = g_strsplit (output, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    if (g_str_has_prefix (lines[i], "directory ")) {
      const char *path = lines[i] + strlen ("directory ");

      if (g_getenv ("OPENIM_KEEP") != NULL)
        printf ("# kept %s\n", path);
      else if (strstr (path, "openim-story-") != NULL)
        remove_tree (path);
    } else if (g_str_has_prefix (lines[i], "# proves:")) {
      if (good)
        printf ("%s\n", lines[i]);
    } else if (*lines[i] != '\0') {
      printf ("# %s\n", lines[i]);
    }
  }
}

static gboolean
run_apart (const char *self, const Story *story, const char *persona, guint number)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, self, "--run", story->name, persona, NULL);
  char *output[2] = { NULL, NULL };
  Watch watch = { process, FALSE };
  gboolean good = FALSE;
  gint64 began = g_get_monotonic_time ();
  guint timer = 0;

  if (process == NULL)
    g_error ("%s: %s", self, error->message);
  timer = g_timeout_add (story_scaled (story->deadline_ms != 0 ? story->deadline_ms : STORY_DEADLINE_MS),
                         on_overdue, &watch);
  g_subprocess_communicate_utf8_async (process, NULL, NULL, on_done, output);
  while (output[1] == NULL)
    g_main_context_iteration (NULL, TRUE);
  if (!watch.over)
    g_source_remove (timer);
  g_subprocess_wait (process, NULL, NULL);
  good = !watch.over && g_subprocess_get_if_exited (process) && g_subprocess_get_exit_status (process) == 0;
  report_output (output[0], good);
  if (watch.over)
    printf ("# not over in time\n");
  else if (g_subprocess_get_if_signaled (process))
    printf ("# ended by signal %d\n", g_subprocess_get_term_sig (process));
  printf ("%s %u - %s/%s # %" G_GINT64_FORMAT " ms\n", good ? "ok" : "not ok", number, story->name, persona,
          (g_get_monotonic_time () - began) / 1000);
  fflush (stdout);
  g_free (output[0]);
  return good;
}

static gboolean
is_wanted (int argc, char **argv, const char *name, const char *persona)
{
  g_autofree char *both = g_strdup_printf ("%s/%s", name, persona);

  if (argc < 2)
    return TRUE;
  for (int i = 1; i < argc; i++)
    if (g_str_equal (argv[i], name) || g_str_equal (argv[i], both) || g_str_equal (argv[i], persona))
      return TRUE;
  return FALSE;
}

static int
list (const Story *stories)
{
  for (const Story *story = stories; story->name != NULL; story++)
    for (guint i = 0; i < G_N_ELEMENTS (personas); i++)
      if ((story->personas & personas[i].bit) != 0)
        printf ("%s %s\n", story->name, personas[i].name);
  return 0;
}

int
story_main (int argc, char **argv, const Story *stories)
{
  guint number = 0;
  guint failed = 0;

  if (argc == 4 && g_str_equal (argv[1], "--run"))
    return run_one (stories, argv[2], argv[3]);

  if (argc == 2 && g_str_equal (argv[1], "--list"))
    return list (stories);
  for (const Story *story = stories; story->name != NULL; story++)
    for (guint i = 0; i < G_N_ELEMENTS (personas); i++) {
      if ((story->personas & personas[i].bit) == 0 || !is_wanted (argc, argv, story->name, personas[i].name))
        continue;
      if (!run_apart ("/proc/self/exe", story, personas[i].name, ++number))
        failed++;
    }
  printf ("1..%u\n", number);
  return failed > 0 ? 1 : 0;
}
