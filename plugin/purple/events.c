/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/events.h"

void
openim_events_register (PurplePlugin *plugin)
{
  guint n = 0;
  const OpenimFunction *events = openim_events_get_all (&n);

  for (guint i = 0; i < n; i++)
    purple_signal_register (plugin, openim_event_get_signal (events[i]), purple_marshal_VOID__POINTER_POINTER,
                            NULL, 2, purple_value_new (PURPLE_TYPE_SUBTYPE, PURPLE_SUBTYPE_CONNECTION),
                            purple_value_new (PURPLE_TYPE_POINTER));
}

void
openim_events_connect (PurplePlugin *plugin, const OpenimHandler *handlers, guint n)
{
  for (guint i = 0; i < n; i++)
    purple_signal_connect (plugin, openim_event_get_signal (handlers[i].event), plugin, handlers[i].handler,
                           NULL);
}

static void
on_event (
    OpenimSdk *sdk, OpenimFunction event, guint64 handle, const ProtobufCMessage *data, gpointer user_data)
{
  g_autoptr (OpenimConnection) self = openim_connection_ref (user_data);

  if (openim_connection_is_open (self))
    purple_signal_emit (purple_connection_get_prpl (self->gc), openim_event_get_signal (event), self->gc,
                        data);
}

void
openim_events_listen (OpenimConnection *self)
{
  openim_sdk_listen (self->sdk, on_event, self);
}
