/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Where files lie: in place of the storage that a real server hands its clients to. It stands on the API's
 * port, under /storage, and believes signatures alone: it knows no tokens. Files are asked for under /object.
 */

#include "http.h"

gboolean storage_serve (Server *server, SoupServerMessage *message, const char *path, GHashTable *query);

/* Signed things are good for a week. All (transfer full). */
char *storage_base (SoupServerMessage *message); /* "http://HOST", no slash */
char *storage_download_url (Server *server,
                            const char *base,
                            const char *name,
                            gint64 *expires); /* NULL: no such file */
char *storage_put_url (const char *base, const char *upload);
char *storage_sign (const char *text);

/* (transfer full) (nullable) MD5 of a part, and its size. */
char *storage_part_md5 (Server *server, const char *upload, int number, gint64 *size);

#define STORAGE_LIFETIME (G_GINT64_CONSTANT (7) * 24 * 3600 * 1000) /* ms */
