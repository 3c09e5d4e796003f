/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A program that stands beside a story: it prints one line of JSON when it is ready and ends when its
 * standard input does. What goes wrong with it fails the story. */

#include <json-glib/json-glib.h>

#include "story.h"

G_BEGIN_DECLS

typedef struct _Program Program;

/* @words: the program's path and its arguments, NULL-terminated. */
Program *program_start (const char *const *words);
JsonObject *program_ready (Program *program);           /* its first line */
char *program_say (Program *program, const char *line); /* (transfer full) the line it answers */
void program_stop (Program *program);                   /* end of input; must end with status 0 */
void program_kill (Program *program);                   /* as by kill -9 */
guint program_pid (Program *program);

/* openim-test-server. Addresses are URLs. */
typedef struct {
  Program *program;
  const char *api;
  const char *ws;
  const char *chat;
  char *admin; /* a token of the administrator, once there was need of one */
} Server;

/* @data: file that keeps what the server knows, NULL for memory only. @demo: with the people of the
 * demonstration. */
Server *server_start (const char *data, gboolean demo);
/* In memory, with a large world around the user "bench": "members=10000", see tests/server/fill.h. */
Server *server_start_filled (const char *fill);
/* In memory, with options of its own: "--slow-parts", …; NULL at the end. */
Server *server_start_with (const char *const *options);
void server_stop (Server *server);
void server_kill (Server *server);

/* openim-fault-proxy in front of a server; its addresses take the place of the server's. */
typedef struct {
  Program *program;
  char *api;
  char *ws;
  char *chat;
} Fault;

Fault *fault_start (const Server *server, guint seed);
/* One line for the proxy: "ws latency 200", "reset", "clear". */
void fault_set (Fault *fault, const char *format, ...) G_GNUC_PRINTF (2, 3);
gint64 fault_count (Fault *fault, const char *route, const char *what); /* of its "stats" */
void fault_stop (Fault *fault);

G_END_DECLS
