/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* One gateway frame: the JSON envelope and its base64 body. Pure functions, any thread. */

#include "base/pb.h"

G_BEGIN_DECLS

typedef struct {
  guint id;
  char *msg_incr; /* "" in pushes */
  char *operation_id;
  int err_code;
  char *err_msg;
  GBytes *body; /* never NULL */
} OpenimFrame;

void openim_frame_free (OpenimFrame *frame);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenimFrame, openim_frame_free)

OpenimFrame *openim_frame_parse (const char *data, gsize length, GError **error); /* (transfer full) */
GBytes *openim_frame_build (guint id,
                            const char *user_id,
                            const char *operation_id,
                            const char *msg_incr,
                            GBytes *body); /* (transfer full) */

G_END_DECLS
