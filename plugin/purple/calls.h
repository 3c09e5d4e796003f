/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* For other people's plugins: the functions of the SDK by number, as a command of purple's plugin IPC. It is
 * called
 *
 *   gboolean called = GPOINTER_TO_INT (purple_plugin_ipc_call (openim, "call", &ok, gc, function, request,
 *                                                              answer, data));
 *
 * with (PurpleConnection *, int function, const ProtobufCMessage *request, answer, gpointer data). @function:
 * OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__… of event.pb-c.h. @request (nullable) is copied. FALSE: the
 * connection is not one of ours, or is closed; nothing happens then. TRUE: @answer runs once, later, in the
 * main loop, or not at all when the connection has been closed by then. */

#include "purple/connection.h"

G_BEGIN_DECLS

#define OPENIM_CALLS_COMMAND "call"

/* @error: 0, or the number of what went wrong; then @response is NULL. It is valid during the callback. */
typedef void (*OpenimCallsAnswer) (PurpleConnection *gc,
                                   int error,
                                   const ProtobufCMessage *response,
                                   gpointer data);

/* In the plugin's load and unload. */
void openim_calls_register (PurplePlugin *plugin);
void openim_calls_unregister (PurplePlugin *plugin);

G_END_DECLS
