/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Signatures: how the IM server lets a client put a part of a file into a storage. Storages differ in what
 * they sign; therefore the request is built of what the server says and of nothing else. Private to this
 * floor. Source: open-im-server 3.8, protocol third/third.proto, AuthSignParts. Any thread. */

#include <libsoup/soup.h>

#include "base/json.h"

G_BEGIN_DECLS

/* (transfer full) A PUT without a body. @sign: what all parts have in common; @part: an element of its
 * "parts". NULL with OPENIM_ERROR_INTERNAL and a sentence when they make no request over http or https. */
SoupMessage *openim_sign_put (JsonObject *sign, JsonObject *part, GError **error);

G_END_DECLS
