/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What people type instead of saying it. The rows of commands.def drive libpurple's commands, their help and
 * the text form: hosts without commands (bitlbee, spectrum) pass "/word" and "?word" on like any text, so
 * there a known word at the beginning of a line is a command. Unknown words are text as any other; "//word"
 * and "??word" say "/word" and "?word". */

#include <stdarg.h>

#include "purple/line.h"

G_BEGIN_DECLS

#define OPENIM_COMMAND_ARGS 4

/* One command as it was typed. Counted, since its handler may have to wait for an answer. */
typedef struct {
  const char *name;                /* "add" */
  OpenimPeer peer;                 /* where it was typed */
  char *args[OPENIM_COMMAND_ARGS]; /* trimmed, not empty; NULL: left out */
} OpenimCommandLine;

OpenimCommandLine *openim_command_ref (OpenimCommandLine *command);
void openim_command_unref (gpointer command);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenimCommandLine, openim_command_unref)

/* A line for the person where the command was typed; plain text. */
void openim_command_say (OpenimConnection *self, const OpenimCommandLine *command, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
void openim_command_say_error (OpenimConnection *self, const OpenimCommandLine *command, const GError *error);

/* The first argument as a switch: "on", "off" or neither; how it stands @now is said then: -1. */
int openim_command_read_switch (OpenimConnection *self, const OpenimCommandLine *command, gboolean now);
void openim_command_say_switch (OpenimConnection *self, const OpenimCommandLine *command, gboolean now);

/* For handlers: calls a function of the SDK. Its error is said, and @done (nullable) does not run then;
 * @response is valid during @done only. */
typedef void (*OpenimCommandFunc) (OpenimConnection *self,
                                   OpenimCommandLine *command,
                                   const ProtobufCMessage *response);
void openim_command_call (OpenimConnection *self,
                          OpenimCommandLine *command,
                          OpenimFunction function,
                          gconstpointer request,
                          OpenimCommandFunc done);

/* What stands before a command in this host: "/", or "?" where people's own programs keep "/" to themselves.
 */
const char *openim_commands_get_mark (void);

/* In the plugin's load and unload. */
void openim_commands_register (void);
void openim_commands_unregister (void);

/* Text on its way to @peer. TRUE: it was a command and has been dealt with; else *@text is what is to be
 * sent. */
gboolean openim_commands_take (OpenimConnection *self, const OpenimPeer *peer, char **text);

/* As if @line, a command and its arguments, had been typed to @peer. */
void openim_commands_run (OpenimConnection *self, const OpenimPeer *peer, const char *line);

/* A handler like the others. */
void openim_commands_help (OpenimConnection *self, OpenimCommandLine *command);

G_END_DECLS
