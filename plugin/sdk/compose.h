/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What all functions that make a message share. Main thread. */

#include "sdk/call.h"

G_BEGIN_DECLS

/* Gives a message its body: OPENIM_NEW_BODY (message, textelem, TEXT_ELEM, text_elem). */
#define OPENIM_NEW_BODY(message, member, CASE, stem)                                                         \
  ((message)->content_case = OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_##CASE,                                 \
   (message)->member = openim_pb_new (&openim__sdk__shared__##stem##__descriptor))

/* A message of the own user with what all of them have in common, but the sender's name. (transfer full) */
OpenimMessage *openim_compose_new (OpenimCall *call, int content_type);

/* Answers the call with @message (transfer full) and the sender's name. Takes the call's reference. */
void openim_compose_answer (OpenimCall *call, OpenimMessage *message);

G_END_DECLS
