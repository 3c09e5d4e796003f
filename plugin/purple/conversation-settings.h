/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* How a conversation is set, at the server and so on all of a person's devices: notices of it, a place at the
 * top, messages that vanish when they are read; and its end. */

#include "purple/commands.h"

G_BEGIN_DECLS

typedef enum {
  OPENIM_CHANGE_MUTE,
  OPENIM_CHANGE_UNMUTE,
  OPENIM_CHANGE_PIN,
  OPENIM_CHANGE_UNPIN,
  OPENIM_CHANGE_HIDE,   /* from the list of conversations, until something is said there */
  OPENIM_CHANGE_CLEAR,  /* all that was said, here and at the server */
  OPENIM_CHANGE_DELETE, /* the same, and the conversation with it */
} OpenimChange;

/* What goes wrong is said in a dialog. */
void openim_conversation_change (OpenimConnection *self, const OpenimPeer *peer, OpenimChange change);
/* @seconds: after a message has been read; 0: messages stay. */
void openim_conversation_burn (OpenimConnection *self, const OpenimPeer *peer, guint seconds);
/* Of the account: everything is read; nothing disturbs, or what is not muted does. */
void openim_conversation_read_all (OpenimConnection *self);
void openim_conversation_toggle_quiet (OpenimConnection *self);

/* Handlers of commands. */
void openim_conversation_run_notices (OpenimConnection *self, OpenimCommandLine *command);
void openim_conversation_run_pin (OpenimConnection *self, OpenimCommandLine *command);
void openim_conversation_run_hide (OpenimConnection *self, OpenimCommandLine *command);
void openim_conversation_run_clear (OpenimConnection *self, OpenimCommandLine *command);
void openim_conversation_run_delete (OpenimConnection *self, OpenimCommandLine *command);
void openim_conversation_run_burn (OpenimConnection *self, OpenimCommandLine *command);
void openim_conversation_run_read_all (OpenimConnection *self, OpenimCommandLine *command);
void openim_conversation_run_quiet (OpenimConnection *self, OpenimCommandLine *command);

G_END_DECLS
