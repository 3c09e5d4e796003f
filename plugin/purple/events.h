/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Each event of the SDK is a purple signal of the plugin, named by openim_event_get_signal(), with
 * (PurpleConnection *, const ProtobufCMessage *data); @data is valid during the signal only. The rooms of
 * this floor are listeners like any other plugin. */

#include "purple/connection.h"

G_BEGIN_DECLS

/* In the plugin's load. libpurple drops the signals and their handlers itself when the plugin goes. */
void openim_events_register (PurplePlugin *plugin);

typedef struct {
  OpenimFunction event;
  PurpleCallback handler; /* void (PurpleConnection *, const Openim__Event__EventOn…Data *, gpointer) */
} OpenimHandler;

void openim_events_connect (PurplePlugin *plugin, const OpenimHandler *handlers, guint n);

/* From now on the events of this connection's SDK are emitted. */
void openim_events_listen (OpenimConnection *self);

G_END_DECLS
