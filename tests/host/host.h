/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* clang-format off */
/* Drives one openim-test-host: the real libpurple with a plugin, in a process of its own, as Pidgin, Finch or
 * bitlbee would run it.
 *
 * The record is a list of lines, one for each effect that a person would see, in the order in which they
 * happened:
 *
 *   alice: progress 2/5 "Connecting"
 *   alice: connected
 *   alice: error NETWORK_ERROR "…"
 *   alice: disconnected
 *   alice: buddy+ bob "Bob" in "OpenIM"
 *   alice: buddy bob online available
 *   alice: buddy- bob
 *   alice: room+ "Demo group" in "OpenIM" group=1234
 *   alice: im bob opened "Bob"
 *   alice: im bob RECV "Bob": "hi"
 *   alice: typing bob TYPING
 *   alice: chat 1234 opened "Demo group"
 *   alice: chat 1234 joined
 *   alice: chat 1234 member+ bob "Bob" OP
 *   alice: request 1 input "title" "primary" "secondary" default ""
 *   alice: signal openim-friend-added { … }      (only those asked for with host_watch_signals)
 *
 * Lines are taken by the functions below and each only once. Patterns are globs (* and ?). What is expected
 * and does not come fails the story, and so does a line that nobody took when the host is freed. */
/* clang-format on */

#include <gio/gio.h>

#include "story.h"

G_BEGIN_DECLS

typedef struct _Host Host;

typedef struct {
  char *text;
  gint64 at;    /* monotonic µs, in the host */
  gint64 mtime; /* for messages: said to be from, s since 1970; else 0 */
} HostLine;

/* Starts the host with a folder of its own inside the stage's. @name tells hosts apart (and names the
 * folder). The plugin is installed in that folder as a person would do it, and loaded; the story fails when
 * libpurple refuses it. */
Host *host_new (Stage *stage, const char *name, const char *plugin);
Host *host_new_as (Stage *stage, const char *name, const char *plugin, const char *persona);

/* Ends libpurple in good order; fails the story when the process does not end with status 0 or lines are
 * left. */
void host_free (Host *host);
void host_quit (Host *host);  /* the same, but host_start() can follow: lines are kept */
void host_start (Host *host); /* again, with the folder as it was left */
void host_kill (Host *host);  /* as by kill -9 */
/* From the next start on libpurple's debug log goes into a file; its path. (transfer full) */
char *host_keep_log (Host *host);
gboolean host_is_running (Host *host);
const char *host_folder (Host *host);

/* One command (see commands.c); the words end with NULL. Fails the story when the host refuses. */
void host_do (Host *host, ...) G_GNUC_NULL_TERMINATED;
char *host_ask (Host *host, ...) G_GNUC_NULL_TERMINATED; /* (transfer full) its answer */
char *host_refused (Host *host,
                    ...) G_GNUC_NULL_TERMINATED; /* (transfer full) why; fails the story when it works */

void host_account_new (Host *host, const char *account, const char *protocol, const char *password);
void host_account_option (Host *host, const char *account, const char *key, const char *value);
void host_login (Host *host, const char *account);
void host_logout (Host *host, const char *account);
void host_send_im (Host *host, const char *account, const char *who, const char *text);
void host_join_chat (Host *host, const char *account, const char *name);
void host_chat_send (Host *host, const char *account, const char *chat, const char *text);
void host_focus (Host *host, const char *account, const char *conversation, gboolean focus);
void host_answer_request (Host *host, guint request, const char *answer);
void host_watch_signals (Host *host, const char *plugin, const char *const *names);
void host_unwatch_signals (Host *host, const char *plugin, const char *const *names);

/* Lines that match are not recorded from here on. */
void host_ignore (Host *host, const char *pattern);

/* The next lines, exactly these, in this order. */
void host_expect (Host *host, ...) G_GNUC_NULL_TERMINATED;
/* The next lines, exactly these, in any order. */
void host_expect_unordered (Host *host, ...) G_GNUC_NULL_TERMINATED;
/* The same with a list that ends with NULL. */
void host_expect_lines (Host *host, const char *const *patterns);
void host_expect_lines_unordered (Host *host, const char *const *patterns);
/* Takes the first line that matches and leaves all others. @ms: 0 for STORY_WAIT_MS. The line belongs to the
 * host until the next call. */
const HostLine *host_wait_for (Host *host, const char *pattern, guint ms);
/* Takes all lines up to one that matches, and that. */
const HostLine *host_run_until (Host *host, const char *pattern, guint ms);
/* No line is left that nobody took. What is still on its way is not seen: wait for the last thing first. */
void host_expect_nothing (Host *host);
void host_forget (Host *host);                       /* takes all lines that are there */
gboolean host_has (Host *host, const char *pattern); /* among the lines not taken yet */
guint host_count (Host *host, const char *pattern);

/* Asks again and again, each time after something has happened, until the answer matches. */
void host_wait_answer (Host *host, const char *pattern, guint ms, ...) G_GNUC_NULL_TERMINATED;

G_END_DECLS
