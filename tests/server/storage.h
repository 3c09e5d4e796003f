/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Where files lie: in place of the storage that a real server hands its clients to. It stands on the API's
 * port, under /storage, and believes signatures alone: it knows no tokens. Files are asked for under /object.
 */

#include "http.h"

/* Parts are taken while they come, on server->api. */
void storage_listen (Server *server);
gboolean storage_serve (Server *server, SoupServerMessage *message, const char *path, GHashTable *query);

/* All (transfer full). */
char *storage_base (SoupServerMessage *message); /* "http://HOST", no slash */
char *storage_download_url (Server *server,
                            const char *base,
                            const char *name,
                            gint64 *expires); /* NULL: no such file */
char *storage_put_url (const char *base, const char *upload);
char *storage_sign (const char *text);
char *storage_sign_part (const char *upload, gint64 number, const char *date);

/* (transfer full) (nullable) MD5 of a part, and its size. */
char *storage_part_md5 (Server *server, const char *upload, int number, gint64 *size);

/* For how long what is signed is good, in ms: a week. */
gint64 storage_lifetime (Server *server);
