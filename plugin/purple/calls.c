/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/calls.h"

#include "base/error.h"

typedef struct {
  OpenimCallsAnswer answer;
  gpointer data;
} Call;

static void
on_answer (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Call *call = data;

  if (call->answer != NULL)
    call->answer (self->gc, openim_error_code (error), response, call->data);
}

static gboolean
run (PurpleConnection *gc,
     int function,
     const ProtobufCMessage *request,
     OpenimCallsAnswer answer,
     gpointer data)
{
  OpenimConnection *self = openim_connection_get (gc);
  Call *call = NULL;

  if (self == NULL || (request != NULL && request->descriptor != openim_function_get_request (function)))
    return FALSE;
  call = g_new0 (Call, 1);
  call->answer = answer;
  call->data = data;
  openim_connection_call (self, (OpenimFunction) function, request, on_answer, call, g_free);
  return TRUE;
}

/* purple has none for these types. */
static void
marshal (PurpleCallback callback, va_list args, void *data, void **result)
{
  PurpleConnection *gc = va_arg (args, void *);
  int function = va_arg (args, int);
  const ProtobufCMessage *request = va_arg (args, void *);
  gpointer answer = va_arg (args, void *);
  gpointer user_data = va_arg (args, void *);
  gboolean called = ((gboolean (*) (PurpleConnection *, int, const ProtobufCMessage *, gpointer,
                                    gpointer)) callback) (gc, function, request, answer, user_data);

  if (result != NULL)
    *result = GINT_TO_POINTER (called);
}

void
openim_calls_register (PurplePlugin *plugin)
{
  purple_plugin_ipc_register (plugin, OPENIM_CALLS_COMMAND, PURPLE_CALLBACK (run), marshal,
                              purple_value_new (PURPLE_TYPE_BOOLEAN), 5,
                              purple_value_new (PURPLE_TYPE_SUBTYPE, PURPLE_SUBTYPE_CONNECTION),
                              purple_value_new (PURPLE_TYPE_INT), purple_value_new (PURPLE_TYPE_POINTER),
                              purple_value_new (PURPLE_TYPE_POINTER), purple_value_new (PURPLE_TYPE_POINTER));
}

void
openim_calls_unregister (PurplePlugin *plugin)
{
  purple_plugin_ipc_unregister_all (plugin);
}
