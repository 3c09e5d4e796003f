/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What files.c (one upload from its file to its address) and parts.c (its parts on their way) share. */

#include <libsoup/soup.h>

#include "net/files.h"
#include "net/source.h"

G_BEGIN_DECLS

#define OPENIM_UPLOAD_SIGNED_AT_ONCE 20 /* parts */
#define OPENIM_UPLOAD_TRIES 5           /* for one part, or one question */

struct _OpenimFiles {
  GObject parent_instance;

  OpenimApi *api;
  SoupSession *session;
  guint stall;
  guint pause;

  /* what the server allows; 0: not asked yet */
  gint64 part_min;
  gint64 part_max;
  gint64 count_max;
};

typedef enum {
  OPENIM_PART_WAITING,
  OPENIM_PART_GOING,
  OPENIM_PART_RESTING, /* until it is tried again */
  OPENIM_PART_DONE,
} OpenimPartState;

typedef struct _OpenimUploading OpenimUploading;

typedef struct {
  OpenimUploading *upload;
  guint number; /* from 1 */
  OpenimPartState state;
  guint tries;
  gint64 sent; /* bytes */

  JsonObject *sign; /* (nullable) for all parts, */
  JsonObject *own;  /* (nullable) and for this one */
  gint64 signed_at; /* monotonic ms */

  GCancellable *cancellable; /* of the exchange under way */
  SoupMessage *message;
  gint64 moved; /* when it last got on, monotonic ms */
  guint timer;  /* going: looks whether it gets on; resting: until it goes on */
  gboolean stalled;
} OpenimPart;

struct _OpenimUploading {
  OpenimFiles *files;
  GTask *task;
  char *path;
  char *name;
  char *type;
  char *cause;
  OpenimFilesProgress progress;
  gpointer owner;
  gint64 told; /* bytes; -1: nothing yet */

  GCancellable *cancellable; /* of everything under way */
  GCancellable *caller;
  gulong caller_handler;
  guint given_up; /* source: the caller has cancelled */

  OpenimSource *source;
  gint64 part_size; /* as the server wants it; the last part is smaller */
  char *id;         /* (nullable) of the upload, at the server */
  OpenimPart *parts;
  guint n_parts;
  gint64 sent; /* bytes of all parts */
  guint rounds;
  guint tries; /* of the present question */
  guint timer; /* until it is asked again */
  gboolean asking;

  guint pending; /* steps that call back */
  char *url;
  GError *error;
};

/* ---- files.c */

/* Ends the upload once nothing calls back any more. @error: (transfer full); the first one counts. */
void openim_upload_fail (OpenimUploading *upload, GError *error);
/* A step has called back. FALSE: the upload is over, @error is taken, and there is nothing more to do. */
gboolean openim_upload_step_done (OpenimUploading *upload, GError *error);
/* A question that got lost when parts are there already is worth asking again. @error: (transfer full) */
void openim_upload_ask_again (OpenimUploading *upload, GError *error);
gboolean openim_upload_is_network (const GError *error);
guint openim_upload_pause_before (OpenimUploading *upload, guint tries); /* ms */
void openim_upload_tell (OpenimUploading *upload, gint64 sent); /* bytes; less than before is not told */
void openim_upload_initiate (OpenimUploading *upload);
void openim_upload_complete (OpenimUploading *upload); /* all parts are there */

/* ---- parts.c */

/* An upload is begun, as @answer says. FALSE: the upload is over. */
gboolean openim_upload_begin_parts (OpenimUploading *upload, JsonObject *answer);
void openim_upload_drop_parts (OpenimUploading *upload);
/* Does what can be done next. */
void openim_upload_pump (OpenimUploading *upload);

G_END_DECLS
