/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What api and link share of HTTP: addresses, one bounded exchange with a deadline, and sentences for what
 * can go wrong. Private to this floor. Main thread. */

#include <libsoup/soup.h>

#include "base/error.h"

G_BEGIN_DECLS

/* (transfer full) Few connections, no timeouts of its own, no cookies. @proxy (nullable): the system's. */
SoupSession *openim_http_session_new (GProxyResolver *proxy);

/* (transfer full) @text as an address of http or https, without slashes at the end of its path. @plain and
 * @secure are the two schemes that a person may write ("ws" and "wss" stand for http and https). NULL with
 * OPENIM_ERROR_SDK_ARGS and a sentence for anything else, also for addresses with a query or a password. */
GUri *openim_http_address (const char *text, const char *plain, const char *secure, GError **error);

/* Sends @message and reads the body of the answer, whatever its status. Redirects are not followed: the token
 * must not travel to an address that nobody chose. @cancellable belongs to this exchange alone; it is
 * cancelled here too, when @timeout_ms (in all) has passed or the body grows over @max_bytes. */
void openim_http_fetch_async (SoupSession *session,
                              SoupMessage *message,
                              gsize max_bytes,
                              guint timeout_ms,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
/* (transfer full) Errors: OPENIM_ERROR_TIMEOUT, G_IO_ERROR_CANCELLED, else OPENIM_ERROR_NETWORK and a
 * sentence. */
GBytes *openim_http_fetch_finish (SoupSession *session, GAsyncResult *result, GError **error);

/* (transfer full) @error of GIO or libsoup as OPENIM_ERROR_NETWORK and a sentence; for certificates as
 * openim_error_new_certificate(), with the reasons that @message knows. */
GError *openim_http_network_error (SoupMessage *message, const GError *error);

/* (transfer full) OPENIM_ERROR_NETWORK and a sentence for an answer that carries no envelope. */
GError *openim_http_status_error (SoupMessage *message);

/* (transfer full) The error in an envelope: errCode, and errMsg with errDlt behind a colon, without secrets.
 */
GError *openim_http_envelope_error (gint64 code, const char *text, const char *detail);

G_END_DECLS
