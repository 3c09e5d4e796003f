/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The HTTP API of the IM server (and, with another base address, of the chat server): POST, JSON both ways,
 * an envelope around the answer. Source: open-im-server 3.8, internal/api; the envelope is {errCode, errMsg,
 * errDlt, data}. Main thread. */

#include "base/json.h"

G_BEGIN_DECLS

#define OPENIM_TYPE_API (openim_api_get_type ())
G_DECLARE_FINAL_TYPE (OpenimApi, openim_api, OPENIM, API, GObject)

/* @base_url: http(s)://host[:port][/prefix]; checked here, NULL with OPENIM_ERROR_SDK_ARGS and a sentence.
 * One SoupSession inside; @proxy (nullable) resolves proxies. Plain http is allowed: self-hosted servers are
 * the normal case. */
OpenimApi *openim_api_new (const char *base_url, GProxyResolver *proxy, GError **error);
const char *openim_api_get_base_url (OpenimApi *self);
void openim_api_set_token (OpenimApi *self, const char *token); /* (nullable) */

/* Called (main thread) when any answer has a code of the token family 1501–1507, before that call finishes.
 */
typedef void (*OpenimApiTokenFunc) (gpointer owner, const GError *error);
void openim_api_set_token_func (OpenimApi *self, OpenimApiTokenFunc func, gpointer owner);

/* Posts @body ((transfer full), NULL means {}) to @path ("/friend/get_friend_list"). Deadline 10 s →
 * OPENIM_ERROR_TIMEOUT. Bodies over 64 KiB are parsed on a worker thread. */
void openim_api_call_async (OpenimApi *self,
                            const char *path,
                            JsonObject *body,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
/* (transfer full) The envelope's data, an empty object when it has none. Errors: the server's errCode with
 * errMsg and errDlt; OPENIM_ERROR_NETWORK with a sentence (also for answers that are no OpenIM envelope: "the
 * address answers, but not as an OpenIM server"), OPENIM_ERROR_TIMEOUT. */
JsonObject *openim_api_call_finish (OpenimApi *self, GAsyncResult *result, GError **error);

guint
openim_api_get_call_count (OpenimApi *self); /* calls made so far; for tests of how little a login costs */
void openim_api_abort (OpenimApi *self); /* cancels what is under way; their callbacks come with CANCELLED */

G_END_DECLS
