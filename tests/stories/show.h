/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Where stories of pictures and files take place: alice, bob, who is her friend and with her in a group, and
 * a shelf with what bob shows. */

#include "scene.h"
#include "shelf.h"

G_BEGIN_DECLS

#define TEXT 101
#define PICTURE 102
#define SOUND 103
#define VIDEO 104
#define FILE_MESSAGE 105
#define FACE 115

typedef struct {
  Scene scene;
  Person *bob;
  Shelf *shelf;
} Show;

void show_open (Show *show, Stage *stage);
void show_open_with (Show *show, Stage *stage, const char *const *options); /* see server_start_with */
void show_close (Show *show);
void show_window (Show *show); /* alice's with bob */

/* A file that everybody may read in the folder of the story; its path. (transfer full) */
char *show_write (Show *show, const char *name, gconstpointer bytes, gsize length);

G_END_DECLS
