/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The log as a file, for those who ask for one in InitSDK. It has all lines of the process, as the log
 * itself; secrets are masked before they come here. When it is full it becomes the older one of two. */

#include "base/log.h"

G_BEGIN_DECLS

typedef struct _OpenimLogfile OpenimLogfile;

/* Makes @directory if need be. Lines of a higher level than @level are left out. NULL with
 * OPENIM_ERROR_UNKNOWN and a sentence. Main thread. */
OpenimLogfile *openim_logfile_new (const char *directory, OpenimLogLevel level, GError **error);
void openim_logfile_free (OpenimLogfile *self);

/* (transfer full) Both files, the older one first; they need not exist. */
GStrv openim_logfile_get_paths (OpenimLogfile *self);

G_END_DECLS
