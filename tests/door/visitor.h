/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Somebody who uses the SDK through a door of his own: calls in, answers and events out, as bytes. What
 * should not happen fails the story. Main thread. */

#include "base/pb.h"
#include "person.h"
#include "sdk/sdk.h"

#include "conversation.pb-c.h"
#include "group.pb-c.h"
#include "init.pb-c.h"
#include "message.pb-c.h"
#include "relation.pb-c.h"
#include "third.pb-c.h"
#include "user.pb-c.h"

G_BEGIN_DECLS

#define FUNCTION(name) OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__##name
#define EVENT(name) OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__EventOn##name

typedef struct _Visitor Visitor;

/* Opens a door. @directory is for what the SDK keeps; NULL: one that goes with the visitor. */
Visitor *visitor_new (const char *directory);
/* End of input: the door must end with status 0. */
void visitor_leave (Visitor *visitor);
/* End of input, whatever comes of it. */
void visitor_end (Visitor *visitor);
/* The same with something more in its environment, NAME and value one after the other, NULL at the end. */
Visitor *visitor_new_with (const char *directory, const char *const *environment);
/* As by kill -9; then visitor_free. */
void visitor_kill (Visitor *visitor);
/* From now on the door may end at any moment: then what is written to it is lost, and VISITOR_GONE is what
 * visitor_answer answers. */
#define VISITOR_GONE (-1)
void visitor_may_go (Visitor *visitor);
gboolean visitor_is_gone (Visitor *visitor);
int visitor_pid (Visitor *visitor);
/* What the door ended with, after waiting for it. */
int visitor_status (Visitor *visitor);
void visitor_free (Visitor *visitor);

/* InitSDK and Login as that user; returns when the first sync is over. */
void visitor_init (Visitor *visitor, const char *api, const char *ws);
void visitor_login (Visitor *visitor, Server *server, const char *user_id);
void visitor_enter (Visitor *visitor, Server *server, const char *user_id, const char *token);

/* The answer must be a success. (transfer full) the function's response. @request: message or NULL. */
gpointer visitor_call (Visitor *visitor, int function, gconstpointer request);
void visitor_do (Visitor *visitor, int function, gconstpointer request); /* whose response says nothing */
/* The answer must be an error; its code. */
int visitor_refused (Visitor *visitor, int function, gconstpointer request);
int visitor_refused_bytes (Visitor *visitor, int function, const void *bytes, gsize length);

/* Without waiting; the handle. */
guint64 visitor_ask (Visitor *visitor, int function, gconstpointer request);
/* Waits for that answer: its error code, and (transfer full) its response in @response (nullable) if that is
 * 0. */
int visitor_answer (Visitor *visitor, guint64 handle, int function, gpointer *response);

/* Has that answer come? */
gboolean visitor_has_answered (Visitor *visitor, guint64 handle);
/* The sentence of the error that visitor_answer told last. */
const char *visitor_error_text (Visitor *visitor);

/* Raw frames. */
void visitor_write (Visitor *visitor, const void *bytes, gsize length);

/* Waits for the next event of that number that @wanted (nullable) takes. Events are looked at in the order in
 * which they came, each number for itself. (transfer full) its data. */
typedef gboolean (*VisitorWants) (gconstpointer data, gconstpointer what);
gpointer visitor_hear (Visitor *visitor, int event, VisitorWants wanted, gconstpointer what);
/* The same, for whom the data does not matter. */
void visitor_heard (Visitor *visitor, int event);

/* The same without waiting: NULL when none has come. */
gpointer visitor_take (Visitor *visitor, int event);

/* The handle of the event that was taken last: for progress events that of their call. */
guint64 visitor_heard_handle (Visitor *visitor);

/* The numbers of all that came so far, in order: answers as their function, events as their event. */
const GArray *visitor_order (Visitor *visitor);
/* Where the newest of that number stands among them, from 1; 0: nowhere. */
guint visitor_place (Visitor *visitor, int number);
guint visitor_count (Visitor *visitor, int number); /* how many of that number came */

/* The code of the next answer that belongs to no question. */
int visitor_stray (Visitor *visitor);

/* Removes a folder and the files in it. */
void folder_remove (const char *path);

/* Says in the log what a test has shown, for each number up to 0; counted only when the test passes. */
void proves_functions (int number, ...);
void proves_events (int number, ...);

G_END_DECLS
