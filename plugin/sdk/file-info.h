/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The file that a message carries. */

#include "base/types.h"

G_BEGIN_DECLS

typedef enum {
  OPENIM_FILE_PICTURE, /* stickers too, when they say where they are */
  OPENIM_FILE_SOUND,
  OPENIM_FILE_VIDEO,
  OPENIM_FILE_OTHER,
} OpenimFileKind;

typedef struct {
  OpenimFileKind kind;
  char *url;     /* see openim_link_clean */
  char *preview; /* (nullable) a smaller picture of it */
  char *name;    /* see openim_disk_clean_name; never NULL */
  gint64 size;   /* bytes, as the sender claims; 0: not known */
} OpenimFileInfo;

/* FALSE for messages without a file, and for files that cannot be followed to. */
gboolean openim_file_info_read (const OpenimMessage *message, OpenimFileInfo *info);
void openim_file_info_clear (OpenimFileInfo *info);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OpenimFileInfo, openim_file_info_clear)

G_END_DECLS
