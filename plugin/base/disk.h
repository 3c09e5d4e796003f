/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Files that a person wants to send. Any thread, but better none that must not wait for a disk. */

#include "base/error.h"

G_BEGIN_DECLS

/* Opens a regular file for reading: a descriptor, and its @size in bytes. -1 with OPENIM_ERROR_FILE_NOT_FOUND
 * and a sentence for what is not there, no file or not allowed; with OPENIM_ERROR_SDK_ARGS for an empty path
 * and an empty file. */
int openim_disk_open (const char *path, gint64 *size, GError **error);

/* Reads up to @length bytes at @offset: how many, fewer only at the end of the file; -1 with
 * OPENIM_ERROR_FILE_NOT_FOUND when the disk fails. */
gssize openim_disk_read (int fd, gpointer buffer, gsize length, gint64 offset, GError **error);

/* (transfer full) What a file is, as a MIME type, by its first bytes and its name; never NULL. */
char *openim_disk_guess_type (const char *name, const guint8 *head, gsize length);

/* (transfer full) @name as the last part of a name on a server: one line of UTF-8 without characters that
 * mean something in a path or an address, nor such that hide what it is; no device's name, at most 200 bytes
 * with its suffix; never empty. */
char *openim_disk_clean_name (const char *name);

/* TRUE for a file that everybody on this machine may read, whoever this process runs as. */
gboolean openim_disk_is_public (const char *path);

G_END_DECLS
