/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The tables, in numbered steps: step n leads from user_version n - 1 to n. Any thread that owns the
 * connection. */

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

#define OPENIM_SCHEMA_APPLICATION 0x4f494d31

/* The files schema/0001.sql … in order. (transfer full) */
GStrv openim_schema_steps (void);

/* Takes the file from its user_version through the steps that are missing, each in a transaction of its own;
 * what fails is rolled back and leaves the file as it was. Error as openim_db_open, also when the file is
 * newer than @steps. */
gboolean openim_schema_migrate (sqlite3 *sqlite, const char *const *steps, GError **error);

G_END_DECLS
