/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* One call of a function, from openim_sdk_call to its answer: what a handler works with. Main thread, except
 * where it says so.
 *
 * A handler owns the reference that it gets. It passes it on as user_data from step to step, and the last
 * step gives it up with openim_call_answer, openim_call_fail or openim_call_take_error. A call can be over
 * before (cancelled, logged out, closed): it has been answered then, and what the handler still says is
 * dropped; the handler need not know. */

#include "sdk/resources.h"
#include "sdk/table.h"
#include "sync/effects.h"

G_BEGIN_DECLS

gconstpointer openim_call_get_request (OpenimCall *call); /* any thread */
OpenimSdk *openim_call_get_sdk (OpenimCall *call);        /* (nullable) NULL when the call is over */
/* What the login has; not NULL in functions that need a login, also when the call is over. */
OpenimResources *openim_call_get_resources (OpenimCall *call);
const char *openim_call_get_user_id (OpenimCall *call); /* of the login; any thread */
GCancellable *openim_call_get_cancellable (OpenimCall *call);
gboolean openim_call_is_over (OpenimCall *call);

/* An event with the call's handle, before its answer; dropped when there is an answer already. @data:
 * (transfer full). */
void openim_call_emit (OpenimCall *call, OpenimFunction event, gpointer data);

/* Whoever watches the call hears how far it has come, in bytes. @total: -1 when it is not known. */
void openim_call_tell (OpenimCall *call, gint64 done, gint64 total);

/* Something of the handler's own that goes with the call; replaces what was there. State may be read on the
 * store's thread while a job of the call runs. */
void openim_call_set_state (OpenimCall *call, gpointer state, GDestroyNotify destroy);
gpointer openim_call_get_state (OpenimCall *call);

/* The end of a call; all of these take the reference. @response: (transfer full), NULL for an empty one. */
void openim_call_answer (OpenimCall *call, gpointer response);
void openim_call_fail (OpenimCall *call, int code, const char *format, ...) G_GNUC_PRINTF (3, 4);
void openim_call_take_error (OpenimCall *call, GError *error);

/* A step on the store's thread. @response is a fresh response of the function. */
typedef gboolean (*OpenimCallJob) (OpenimDb *db, OpenimCall *call, gpointer response, GError **error);
typedef void (*OpenimCallNext) (OpenimCall *call, gpointer response /* (transfer full) */);

/* Runs @job, then @next on the main thread (NULL: openim_call_answer). A job that fails ends the call. Takes
 * the reference. */
void openim_call_run (OpenimCall *call, OpenimStoreMode mode, OpenimCallJob job, OpenimCallNext next);

/* A step that changes the store: what @change notes for those who listen is told before @next, in the order
 * of the contract. */
typedef gboolean (*OpenimCallChange) (
    OpenimDb *db, OpenimCall *call, OpenimEffects *effects, gpointer response, GError **error);
void openim_call_change (OpenimCall *call, OpenimCallChange change, OpenimCallNext next);

/* Answers when everything that the store was asked before is done, so that events which come of it are made
 * before the answer. Takes the reference. */
void openim_call_answer_after_events (OpenimCall *call, gpointer response);

/* RequestPagination: pageNumber counts from 1. FALSE, and the call is ended with 10002, when it is none. */
gboolean openim_call_get_page (OpenimCall *call,
                               const Openim__Sdk__Common__RequestPagination *pagination,
                               gint64 *offset,
                               gint64 *count);

G_END_DECLS
