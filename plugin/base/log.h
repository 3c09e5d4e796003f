/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Log lines. Domains are "openim-net", "openim-store", "openim-sync", "openim-sdk", "openim-purple".
 * Values that identify people or hold secrets are never written as they are: user IDs, names and addresses go
 * through openim_log_id(), tokens, passwords and message texts are not logged at all. As a second guard every
 * line is searched for JWTs and "token="/"password" values, which are masked. openim_log may be used on any
 * thread; lines go to GLib's structured log, as debug or info whatever their level (trouble from outside is
 * no bug of ours), and to the sinks that were added. */

#include <glib.h>

G_BEGIN_DECLS

typedef enum { OPENIM_LOG_ERROR, OPENIM_LOG_WARNING, OPENIM_LOG_INFO, OPENIM_LOG_DEBUG } OpenimLogLevel;

void openim_log (const char *domain, OpenimLogLevel level, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* Called with the finished line (secrets masked) on the thread that logged, one call at a time; must not log
 * itself. */
typedef void (*OpenimLogSink) (const char *domain,
                               OpenimLogLevel level,
                               const char *line,
                               gpointer user_data);
guint openim_log_add_sink (OpenimLogSink sink, gpointer user_data); /* a handle, never 0 */
void openim_log_remove_sink (guint handle); /* after it has returned the sink is not called any more */

/* A short stub that tells two values apart without telling what they are: "si#3f2a". (transfer full) */
char *openim_log_id (const char *value);

/* The line with secrets masked. (transfer full) Exposed for its test. */
char *openim_log_redact (const char *line);

G_END_DECLS
