/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The wall: OpenIM's SDK as functions and events by number (see functions.def and events.def, which are the
 * reference). One object an account; nothing global. Main thread only. */

#include "base/error.h"
#include "base/pb.h"

G_BEGIN_DECLS
#pragma GCC visibility push(default) /* these are part of libopenim-sdk */

#define OPENIM_TYPE_SDK (openim_sdk_get_type ())
G_DECLARE_FINAL_TYPE (OpenimSdk, openim_sdk, OPENIM, SDK, GObject)

/* Exactly one of @error and @response is non-NULL; both are valid during the callback only. error->code is
 * the SDK's error number (openim_error_code). */
typedef void (*OpenimAnswerFunc) (OpenimSdk *sdk,
                                  guint64 handle,
                                  const GError *error,
                                  const ProtobufCMessage *response,
                                  gpointer user_data);

/* @handle: the call's for the progress events 12–14, a fresh number otherwise. @data is valid during the
 * callback only. */
typedef void (*OpenimEventFunc) (
    OpenimSdk *sdk, OpenimFunction event, guint64 handle, const ProtobufCMessage *data, gpointer user_data);

OpenimSdk *openim_sdk_new (void);

/* Used for HTTP and gateway of the next Login; (nullable). */
void openim_sdk_set_proxy (OpenimSdk *self, GProxyResolver *proxy);

/* Calls @function. The request is copied. Returns the call's handle, never 0. The answer comes exactly once,
 * on the main loop, never before this call has returned, also on logout and close. Answers and events come
 * one at a time in the order in which they were made.
 * @answer NULL: nobody wants to know. @request NULL: an empty request. After openim_sdk_close nothing is
 * called any more: 0, and no answer. */
guint64 openim_sdk_call (OpenimSdk *self,
                         OpenimFunction function,
                         const ProtobufCMessage *request,
                         OpenimAnswerFunc answer,
                         gpointer user_data);
/* With a handle of the caller's own choice: honoured when it is not 0 and not in use. */
guint64 openim_sdk_call_with_handle (OpenimSdk *self,
                                     guint64 handle,
                                     OpenimFunction function,
                                     const ProtobufCMessage *request,
                                     OpenimAnswerFunc answer,
                                     gpointer user_data);
/* The same with the request in its byte form; bytes that are none are answered with 10002. */
guint64 openim_sdk_call_bytes (OpenimSdk *self,
                               guint64 handle,
                               OpenimFunction function,
                               const guint8 *request,
                               gsize length,
                               OpenimAnswerFunc answer,
                               gpointer user_data);
/* Gives a call up: it is answered with OPENIM_ERROR_LOGIN_OUT (10101) if it has not been answered. What was
 * stored or sent stays so. */
void openim_sdk_cancel (OpenimSdk *self, guint64 handle);

/* How far a call with a file has come: bytes of all that there are (-1: not known). @user_data is the
 * answer's. Between the call and its answer, from the main loop. Finer than events 12 and 13, which say
 * percents. */
typedef void (*OpenimWatchFunc) (
    OpenimSdk *sdk, guint64 handle, gint64 done, gint64 total, gpointer user_data);
void openim_sdk_watch (OpenimSdk *self, guint64 handle, OpenimWatchFunc watch);

/* One listener; NULL takes it away. */
void openim_sdk_listen (OpenimSdk *self, OpenimEventFunc event, gpointer user_data);

/* Ends everything for good: calls that are outstanding are answered with 10101 from inside this call,
 * afterwards neither answers nor events come. The logout frame is written, the connection is closed after at
 * most 1 s, the store finishes its writes; all that goes on in the background and needs no owner. */
void openim_sdk_close (OpenimSdk *self);

/* Rows of the tables, for the door, the face and tests. */
const char *openim_function_get_name (OpenimFunction function); /* (nullable) "GetFriends" */
const ProtobufCMessageDescriptor *openim_function_get_request (OpenimFunction function);  /* (nullable) */
const ProtobufCMessageDescriptor *openim_function_get_response (OpenimFunction function); /* (nullable) */
const char *openim_event_get_name (OpenimFunction event);   /* (nullable) "EventOnFriendAdded" */
const char *openim_event_get_signal (OpenimFunction event); /* (nullable) "openim-friend-added" */
const ProtobufCMessageDescriptor *openim_event_get_descriptor (OpenimFunction event); /* (nullable) */
const OpenimFunction *openim_events_get_all (guint *n); /* all fifty event numbers */

/* Plain text of a message in any content type, for people: one or several lines, never empty, translated
 * where it is our own words.
 * @self_id (nullable) lets it say "you". (transfer full) */
char *openim_message_get_text (const OpenimMessage *message, const char *self_id);
/* TRUE for lines that no person wrote: group created, joined, left, muted, … (content type ≥ 1000 except OA
 * notices). */
gboolean openim_message_is_notice (const OpenimMessage *message);
/* TRUE when the own user or everybody is mentioned by ID. */
gboolean openim_message_mentions (const OpenimMessage *message, const char *self_id);

#pragma GCC visibility pop
G_END_DECLS
