/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Where the stories of the plugin take place: a local server, a host with the plugin, and alice, who uses it.
 * The others (person.h) have another program. */

#include "crook.h"
#include "host.h"
#include "person.h"
#include "program.h"
#include "story.h"

G_BEGIN_DECLS

#define OPENIM "prpl-openim"

typedef struct {
  Stage *stage;
  Server *server;
  Host *host;
} Scene;

/* A server in memory that knows nobody, and a host. */
void scene_open (Scene *scene, Stage *stage);
void scene_open_with (Scene *scene, Stage *stage, const char *const *options); /* see server_start_with */
void scene_close (Scene *scene);

/* Path of the plugin as built. (transfer full) */
char *scene_plugin (void);

/* Makes an account in @host for @server; the chat server's address is left out when there is a token. */
void
scene_account (Host *host, const Server *server, const char *name, const char *password, const char *token);
/* The same behind a bad network. */
void scene_account_through (Host *host, const Fault *fault, const char *name, const char *token);

/* Registers alice at the server, and makes her account by token. */
void scene_alice (Scene *scene);
/* Logs in and waits, in any order, until the sync is over and lines have come that match; then forgets all
 * lines. */
void scene_login_until (Scene *scene, const char *account, const char *first, ...) G_GNUC_NULL_TERMINATED;
void scene_login (Scene *scene); /* alice, until she is connected */
void scene_logout (Scene *scene, const char *account);
/* alice types "/command" into an open window; in bitlbee, whose users cannot, "?command". */
void scene_type (Scene *scene, const char *conversation, const char *command);
/* Somebody is put into a group, which is a line in it; this says that alice has read it on her telephone. */
void scene_group_is_read (Scene *scene, const char *conversation);

/* host_expect with two shorthands: "{bob|Bob}" is bob for bitlbee and "Bob" in quotes' stead for the others,
 * and a line that begins with "(pidgin) ", "(finch) ", "(bitlbee) " or "(!…) " is expected there (not there)
 * only. */
void scene_expect (Scene *scene, ...) G_GNUC_NULL_TERMINATED;
void scene_expect_unordered (Scene *scene, ...) G_GNUC_NULL_TERMINATED;
const HostLine *scene_wait_for (Scene *scene, const char *pattern);

/* The longest turn of the host's main loop from here on: less than @most_ms of work. What a sanitizer or
 * valgrind takes says nothing. */
void scene_forget_work (Scene *scene);
void scene_expect_work (Scene *scene, const char *what, guint most_ms);

gboolean scene_is (Scene *scene, const char *persona);

G_END_DECLS
