/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* libopenim-sdk: OpenIM for programs of any kind. Functions and events by number (docs/sdk.md lists them with
 * their fields), protobuf-c structs as requests, responses and data. Everything happens on the main thread,
 * on GLib's main loop. A translated program calls bindtextdomain ("purple-openim", …) for the library's
 * sentences. */

#include "sdk/sdk.h"
#include "sdk/account.h"

#include "conversation.pb-c.h"
#include "ffi.pb-c.h"
#include "group.pb-c.h"
#include "init.pb-c.h"
#include "message.pb-c.h"
#include "relation.pb-c.h"
#include "third.pb-c.h"
#include "user.pb-c.h"

/* OPENIM_FUNCTION (SendMessage), OPENIM_EVENT (RecvNewMessage) */
#define OPENIM_FUNCTION(name) OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__##name
#define OPENIM_EVENT(name) OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__EventOn##name
