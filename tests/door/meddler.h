/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Somebody between a door and the gateway who passes everything on, and now and then an answer that is not
 * what the server has said. Main thread. */

#include "world.h"

G_BEGIN_DECLS

typedef enum {
  MEDDLE_TWICE,
  MEDDLE_LATE,   /* others overtake it */
  MEDDLE_ASTRAY, /* to a question that nobody has asked */
  MEDDLE_NEVER,
  MEDDLE_REFUSE,  /* an error code, whatever the server has done */
  MEDDLE_GARBAGE, /* a body that is none */
  MEDDLE_EMPTY,   /* without a body */
  MEDDLE_BROKEN,  /* no frame at all */
  N_MEDDLES,
} Meddle;

typedef struct _Meddler Meddler;

Meddler *meddler_new (Server *server);
void meddler_free (Meddler *meddler);
const char *meddler_ws (Meddler *meddler);
/* The next frame of that reqIdentifier becomes @how. */
void meddler_order (Meddler *meddler, gint64 id, Meddle how);
/* It has. */
gboolean meddler_is_done (Meddler *meddler);

G_END_DECLS
