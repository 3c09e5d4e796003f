/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The rows of functions.def and events.def. Any thread. */

#include "base/pb.h"

G_BEGIN_DECLS

typedef struct _OpenimCall OpenimCall;

/* Takes the call (transfer full) and gives it up with openim_call_answer or openim_call_fail, now or later.
 */
typedef void (*OpenimHandler) (OpenimCall *call);

typedef enum { OPENIM_NEEDS_NOTHING, OPENIM_NEEDS_INIT, OPENIM_NEEDS_LOGIN } OpenimNeeds;

typedef struct {
  int number;
  const char *name;
  OpenimNeeds needs;
  const ProtobufCMessageDescriptor *request;  /* (nullable) */
  const ProtobufCMessageDescriptor *response; /* (nullable) */
  OpenimHandler handler;                      /* (nullable) not built */
} OpenimFunctionRow;

typedef struct {
  int number;
  const char *name;
  const ProtobufCMessageDescriptor *data;
  const char *signal;
} OpenimEventRow;

const OpenimFunctionRow *openim_function_find (int number); /* (nullable) */
const OpenimEventRow *openim_event_find (int number);       /* (nullable) */

/* All rows, for tests. */
const OpenimFunctionRow *openim_functions_get_rows (guint *n);

G_END_DECLS
