/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sdk/table.h"

#include "conversation.pb-c.h"
#include "group.pb-c.h"
#include "init.pb-c.h"
#include "message.pb-c.h"
#include "relation.pb-c.h"
#include "third.pb-c.h"
#include "user.pb-c.h"

#include "sdk/handlers.h"
#include "sdk/sdk.h"

static const OpenimFunctionRow functions[] = {
#define FUNCTION_WITH(number, name, needs, package, request, response, handler)                              \
  { number,                                                                                                  \
    #name,                                                                                                   \
    OPENIM_NEEDS_##needs,                                                                                    \
    &openim__##package##__##request##__descriptor,                                                           \
    &openim__##package##__##response##__descriptor,                                                          \
    handler },
#define FUNCTION(number, name, needs, package, stem, handler)                                                \
  FUNCTION_WITH (number, name, needs, package, stem##_req, stem##_resp, handler)
#define FUNCTION_WITHOUT_MESSAGES(number, name) { number, #name, OPENIM_NEEDS_NOTHING, NULL, NULL, NULL },
#define INTERNAL_FUNCTION FUNCTION
#include "sdk/functions.def"
#undef INTERNAL_FUNCTION
#undef FUNCTION_WITHOUT_MESSAGES
#undef FUNCTION
#undef FUNCTION_WITH
};

static const OpenimEventRow events[] = {
#define EVENT(number, name, stem, signal)                                                                    \
  { number, #name, &openim__event__##stem##_data__descriptor, signal },
#include "sdk/events.def"
#undef EVENT
};

static const OpenimFunction event_numbers[] = {
#define EVENT(number, name, stem, signal) OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__##name,
#include "sdk/events.def"
#undef EVENT
};

/* The numbers of the tables are those of the interface. */
#define SAME(number, name) G_STATIC_ASSERT (number == OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__##name);
#define FUNCTION_WITH(number, name, needs, package, request, response, handler) SAME (number, name)
#define FUNCTION(number, name, needs, package, stem, handler) SAME (number, name)
#define FUNCTION_WITHOUT_MESSAGES(number, name) SAME (number, name)
#define INTERNAL_FUNCTION(number, name, needs, package, stem, handler)                                       \
  G_STATIC_ASSERT (number == OPENIM__SDK__INTERNAL__INTERNAL_FUNCTION__##name);
#include "sdk/functions.def"
#define EVENT(number, name, stem, signal) SAME (number, name)
#include "sdk/events.def"
#undef EVENT
#undef INTERNAL_FUNCTION
#undef FUNCTION_WITHOUT_MESSAGES
#undef FUNCTION
#undef FUNCTION_WITH
#undef SAME

const OpenimFunctionRow *
openim_function_find (int number)
{
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++) {
    if (functions[i].number == number)
      return &functions[i];
  }
  return NULL;
}

const OpenimEventRow *
openim_event_find (int number)
{
  for (guint i = 0; i < G_N_ELEMENTS (events); i++) {
    if (events[i].number == number)
      return &events[i];
  }
  return NULL;
}

const OpenimFunctionRow *
openim_functions_get_rows (guint *n)
{
  *n = G_N_ELEMENTS (functions);
  return functions;
}

const char *
openim_function_get_name (OpenimFunction function)
{
  const OpenimFunctionRow *row = openim_function_find (function);

  return row == NULL ? NULL : row->name;
}

const ProtobufCMessageDescriptor *
openim_function_get_request (OpenimFunction function)
{
  const OpenimFunctionRow *row = openim_function_find (function);

  return row == NULL ? NULL : row->request;
}

const ProtobufCMessageDescriptor *
openim_function_get_response (OpenimFunction function)
{
  const OpenimFunctionRow *row = openim_function_find (function);

  return row == NULL ? NULL : row->response;
}

const char *
openim_event_get_name (OpenimFunction event)
{
  const OpenimEventRow *row = openim_event_find (event);

  return row == NULL ? NULL : row->name;
}

const char *
openim_event_get_signal (OpenimFunction event)
{
  const OpenimEventRow *row = openim_event_find (event);

  return row == NULL ? NULL : row->signal;
}

const ProtobufCMessageDescriptor *
openim_event_get_descriptor (OpenimFunction event)
{
  const OpenimEventRow *row = openim_event_find (event);

  return row == NULL ? NULL : row->data;
}

const OpenimFunction *
openim_events_get_all (guint *n)
{
  *n = G_N_ELEMENTS (event_numbers);
  return event_numbers;
}
