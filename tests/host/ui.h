/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The inside of the headless host: a libpurple user interface without a screen. libpurple's UI ops carry no
 * user data and there is one libpurple in a process, so the rooms share one Ui. Main thread only.
 *
 * Every effect that a person would see is one line of the record: "<account>: <what>". What the chosen
 * persona would not show is not recorded; it goes to the debug stream (standard error) when --debug is given.
 */

#include <stdio.h>
#include <time.h>

#include <glib.h>
#include <purple.h>

#include "persona.h"

G_BEGIN_DECLS

typedef struct {
  const Persona *persona;
  GMainLoop *loop;
  gboolean debug;        /* hidden effects and libpurple's debug lines on standard error */
  gboolean sending_file; /* inside the protocol's send_file */
  GSList *room_lists;    /* PurpleRoomlist, owned */
} Ui;

extern Ui ui;

/* record.c */
void ui_record (PurpleAccount *account, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* A line with the time that it is said to be from; @mtime in seconds since 1970. */
void ui_record_at (PurpleAccount *account, time_t mtime, const char *format, ...) G_GNUC_PRINTF (3, 4);
void ui_answer (gboolean good, const char *text); /* to the command that is being carried out */
void ui_hidden (const char *format, ...) G_GNUC_PRINTF (1, 2);
char *ui_quote (const char *text); /* (transfer full) in double quotes on one line; NULL gives "" */
char *
ui_escape_id (const char *text); /* (transfer full) as it is, or quoted when it has blanks or is empty */
char *ui_flag_names (guint flags, const GFlagsValue *names); /* (transfer full) "A|B" */

/* Where one shows a person's text: with markup or without. (transfer full) */
char *ui_shown_text (const char *html);

/* loop.c */
PurpleEventLoopUiOps *ui_loop_ops (void);
void ui_loop_watch (void);     /* measure how long one turn of the main loop takes */
gint64 ui_loop_longest (void); /* µs, since the last call */
gint64 ui_loop_hardest (void); /* the same in time of the processor */
guint ui_loop_sources (void);  /* timeouts and inputs of libpurple that are alive */

/* One room each: installs its ops for the persona. Called from the core's ui_init. */
void ui_connections_init (void);
void ui_conversations_init (void);
void ui_roster_init (void);
void ui_requests_init (void);
void ui_notices_init (void);
void ui_transfers_init (void);
void ui_rooms_init (void);
void ui_signals_init (void); /* libpurple's signals; after the core is up */

/* Records every emission of a signal (PurpleConnection *, const ProtobufCMessage *) of @plugin; FALSE when it
 * has none of that name. */
gboolean ui_signals_watch (PurplePlugin *plugin, const char *name);
void ui_signals_unwatch (PurplePlugin *plugin, const char *name);

/* conversations.c */
typedef struct {
  char *name;
  char *title; /* as last shown; NULL before the window opens */
  char *topic; /* (nullable) */
  gboolean focus;
} UiWindow;

UiWindow *ui_window (PurpleConversation *conversation);
void ui_conversation_focus (PurpleConversation *conversation, gboolean focus);
gboolean ui_conversation_type (PurpleConversation *conversation, const char *text, GError **error);

/* roster.c */
char *ui_roster_text (PurpleAccount *account); /* (transfer full) one line a node, sorted */

/* requests.c */
gboolean ui_request_answer (guint id, char **values, GError **error); /* @values: per kind, see commands.c */
gboolean ui_request_cancel (guint id, GError **error);
void *ui_request_authorize (PurpleAccount *account,
                            const char *who,
                            const char *id,
                            const char *alias,
                            const char *message,
                            gboolean on_list,
                            PurpleAccountRequestAuthorizationCb accept,
                            PurpleAccountRequestAuthorizationCb deny,
                            void *data);
void ui_request_authorize_close (void *handle);

/* transfers.c */
gboolean ui_transfer_do (guint id, const char *verb, const char *path, GError **error);

/* rooms.c */
gboolean ui_rooms_list (PurpleAccount *account, GError **error);

/* accounts.c: accounts as commands name them */
gboolean ui_account_add (const char *name, const char *protocol, const char *password, GError **error);
gboolean
ui_account_option (const char *name, const char *type, const char *key, const char *value, GError **error);
gboolean ui_account_password (const char *name, const char *password, GError **error);
gboolean ui_account_login (const char *name, GError **error);
gboolean ui_account_logout (const char *name, GError **error);
PurpleAccount *ui_account_get (const char *name, GError **error);           /* (nullable) */
PurpleConnection *ui_account_connection (const char *name, GError **error); /* (nullable) */
void ui_accounts_free (void);

/* endings.c */
gboolean ui_ending_plan (const char *words); /* "ACTION@TURN"; FALSE: not of that form */
void ui_ending_count (void);                 /* one turn of the main loop */

/* sanitizer.c */
void ui_sanitizer_settle (void); /* last thing before the process ends */

/* commands.c */
void ui_commands_run (const char *line); /* one line of standard input */

G_END_DECLS
