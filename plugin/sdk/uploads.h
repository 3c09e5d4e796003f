/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Lets uploads remember in the store how far they have come. */

#include "net/files.h"

G_BEGIN_DECLS

/* Its owner is an OpenimStore. Main thread. */
extern const OpenimUploadMemory openim_uploads_memory;

G_END_DECLS
