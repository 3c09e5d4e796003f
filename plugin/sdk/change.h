/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The way of functions that change something at the server: it is asked first, then the list that shows the
 * change is brought up to date, so that its events come before the answer. Main thread. */

#include "sdk/call.h"

G_BEGIN_DECLS

/* Posts @body (transfer full), then as openim_change_settle. A refusal of the server ends the call. Takes the
 * call's reference. */
void
openim_change (OpenimCall *call, const char *path, JsonObject *body, OpenimList list, const char *entity);

/* The server has done it: brings @list (of @entity, nullable) up to date and answers with an empty response.
 * If that fails the call is a success all the same, and the list is asked for once more. Takes the call's
 * reference. */
void openim_change_settle (OpenimCall *call, OpenimList list, const char *entity);

/* Posts @body (transfer full), then makes the same change here, whose events come before the empty response.
 * Takes the call's reference. */
void openim_change_here (OpenimCall *call, const char *path, JsonObject *body, OpenimCallChange change);

/* Posts @body (transfer full) and answers with an empty response: nothing here shows the change now. Takes
 * the call's reference. */
void openim_change_tell (OpenimCall *call, const char *path, JsonObject *body);

/* No change, but the same way: brings @list up to date, then @read answers from the store. What is here will
 * do when the server cannot be reached. Takes the call's reference. */
void openim_change_read (OpenimCall *call, OpenimList list, OpenimCallJob read);

G_END_DECLS
