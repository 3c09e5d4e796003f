/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A story is a test that a person could tell: who logs in, who says what, what is seen. Each runs in a
 * process of its own for each persona, so that a crash or a hang ends that one only. The program that holds
 * the stories prints TAP.
 *
 * Nothing here sleeps: stories wait for a thing, with a deadline, and fail when it does not come. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  const char *persona;   /* pidgin, finch or bitlbee */
  const char *directory; /* an empty folder of this story's own, removed afterwards */
} Stage;

enum {
  STORY_PIDGIN = 1 << 0,
  STORY_FINCH = 1 << 1,
  STORY_BITLBEE = 1 << 2,
  STORY_ALL = STORY_PIDGIN | STORY_FINCH | STORY_BITLBEE,
};

typedef struct {
  const char *name;
  void (*run) (Stage *stage);
  guint personas;    /* STORY_… */
  guint deadline_ms; /* for the whole story; 0: STORY_DEADLINE_MS */
} Story;

#define STORY_DEADLINE_MS 60000
#define STORY_WAIT_MS 15000

/* Runs the stories named in @argv ("name" or "name/persona"), all without names; @stories ends with { NULL }.
 * With --list it says which there are. What main returns. */
int story_main (int argc, char **argv, const Story *stories);

/* Ends the story as failed; but where something was to happen to the host in the middle of it (story_ending),
 * no story can go on as it is told, and the referee says whether the host came through: the process's status.
 */
typedef int (*StoryReferee) (void);
void story_set_referee (StoryReferee referee);
const char *story_ending (void); /* (nullable) "ACTION@TURN", from the environment: OPENIM_HOST_END */
void story_fail (const char *format, ...) G_GNUC_PRINTF (1, 2) G_GNUC_NORETURN;

/* Says in the log of the tests that this story has shown a function or an event of the interface to work;
 * counted only when the story passes. */
void story_proves_function (int number);
void story_proves_event (int number);
/* The same for a promise to users: a name of tests/proofs.list. */
void story_keeps_promise (const char *name);

/* Runs the main context until @holds, at most @ms (0: STORY_WAIT_MS). Slow builds (sanitizers, valgrind) get
 * more time. FALSE: it did not come. */
typedef gboolean (*StoryCondition) (gpointer data);
gboolean story_wait (StoryCondition holds, gpointer data, guint ms);
guint story_scaled (guint ms);

/* Where the build put a program: story_program ("tests/server/openim-test-server"). (transfer full) */
char *story_program (const char *path);

/* A new folder inside the stage's own. (transfer full) */
char *story_folder (Stage *stage, const char *name);

G_END_DECLS
