/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What is in files: a folder beside the data file, or one that goes when the server ends. A content is a
 * folder there with its parts, 1, 2, 3 …, as they have come: what is complete only gets another name. Runs of
 * zeros take no room. A disk that fails ends the program. */

#include <glib.h>

typedef struct _Blobs Blobs;
typedef struct _BlobPart BlobPart;

Blobs *blobs_new (const char *data); /* @data (nullable): name of the data file */
void blobs_free (Blobs *blobs);

/* A part on its way in; the newest of those that are finished counts. @blob and @number have been signed for
 * by this server. */
BlobPart *blob_part_new (Blobs *blobs, const char *blob, gint64 number);
void blob_part_write (BlobPart *part, const void *data, gsize length);
char *blob_part_end (BlobPart *part, gint64 *size); /* (transfer full) MD5 of it */
void blob_part_drop (BlobPart *part);               /* it never came to its end */

void blobs_rename (Blobs *blobs, const char *from, const char *to);
/* (transfer full) GBytes, one after the other: of @length bytes from @offset on. */
GPtrArray *blobs_read (Blobs *blobs, const char *blob, gint64 offset, gint64 length);
