/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The requests of one gateway: those that wait for a connection, and those on the wire by their msgIncr. Each
 * ends exactly once, by an answer, its deadline, its cancellable, or one of the fail functions. Private to
 * this floor. Main thread only. */

#include <gio/gio.h>

#include "net/frame.h"

G_BEGIN_DECLS

#define OPENIM_REQUESTS_FRAME_MAX 51200 /* bytes; the server drops whoever sends more in one frame */
#define OPENIM_REQUESTS_MAX 1000

typedef struct _OpenimRequests OpenimRequests;

/* @source (unowned) is the source object of the tasks. */
OpenimRequests *openim_requests_new (GObject *source, const char *user_id);
void openim_requests_free (OpenimRequests *self);

/* Queues a request; @task (transfer full) answers a GBytes. What cannot be queued ends with
 * OPENIM_ERROR_SDK_ARGS. */
void openim_requests_add (OpenimRequests *self, GTask *task, guint id, GBytes *body, guint timeout_ms);

/* Hands all waiting requests to @send, in the order in which they were added. */
typedef void (*OpenimRequestsSend) (gpointer link, GBytes *frame);
void openim_requests_flush (OpenimRequests *self, OpenimRequestsSend send, gpointer link);

/* FALSE when nobody waits for that answer. */
gboolean openim_requests_answer (OpenimRequests *self, const OpenimFrame *frame);

void openim_requests_fail_sent (OpenimRequests *self, const GError *error);
void openim_requests_fail_all (OpenimRequests *self, const GError *error);

guint openim_requests_count (OpenimRequests *self);

G_END_DECLS
