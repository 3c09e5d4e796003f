/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A web server with files that people name in their messages. It stands on 127.0.0.1 as the local server
 * does, and hands out what it is told to, at the pace it is told to. Main thread. */

#include "story.h"

G_BEGIN_DECLS

typedef struct _Shelf Shelf;

Shelf *shelf_new (void);
void shelf_free (Shelf *shelf);

/* @path: "/a.png". @bytes: (transfer full) */
void shelf_put (Shelf *shelf, const char *path, GBytes *bytes);
/* From now on, @path stops after so many bytes and goes on when it is released. */
void shelf_hold (Shelf *shelf, const char *path, gsize after);
void shelf_release (Shelf *shelf, const char *path);
/* … breaks off there, each time. */
void shelf_break (Shelf *shelf, const char *path, gsize after);

char *shelf_url (Shelf *shelf, const char *path);   /* (transfer full) */
guint shelf_count (Shelf *shelf, const char *path); /* how often it has been asked for */

/* A PNG as large as that, of at least @bytes. (transfer full) */
GBytes *shelf_png (guint width, guint height, gsize bytes);

G_END_DECLS
