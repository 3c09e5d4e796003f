/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* One upload, which three files share: upload.c (from the file to its address), parts.c (the parts on their
 * way) and resume.c (what was there before). */

#include <libsoup/soup.h>

#include "net/files.h"
#include "net/source.h"

G_BEGIN_DECLS

#define OPENIM_UPLOAD_SIGNED_AT_ONCE 20 /* parts */

struct _OpenimFiles {
  GObject parent_instance;

  OpenimApi *api;
  SoupSession *session;
  guint stall; /* ms, as are these */
  guint pause;
  guint away;
  const OpenimUploadMemory *memory; /* (nullable) */
  gpointer memory_owner;

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
  gint64 expires;   /* when the server forgets that, ms since 1970 */
  OpenimPart *parts;
  guint n_parts;
  gint64 sent;      /* bytes of all parts */
  gint64 arrived;   /* when something last went through, monotonic ms; 0: nothing has */
  gboolean resumed; /* goes on with an upload of before, which may be good for nothing */
  gboolean anew;    /* … and is: when nothing is under way any more, another one is begun */
  gboolean kept;    /* somebody remembers it */
  guint rounds;     /* begun at the server so often */
  guint tries;      /* of the present question */
  guint timer;      /* until it is asked again, by */
  void (*ask) (OpenimUploading *upload);
  gboolean asking;

  guint pending; /* steps that call back */
  char *url;
  GError *error;
};

/* ---- upload.c */

/* Ends the upload once nothing calls back any more. @error: (transfer full); the first one counts. */
void openim_upload_fail (OpenimUploading *upload, GError *error);
/* A step has called back. FALSE: the upload is over, or begins anew; @error is taken, and there is nothing
 * more to do. */
gboolean openim_upload_step_done (OpenimUploading *upload, GError *error);
/* Asks the server. @body: (transfer full); @again: asks once more, when the answer is lost. */
void openim_upload_ask (OpenimUploading *upload,
                        const char *path,
                        JsonObject *body,
                        void (*again) (OpenimUploading *upload),
                        GAsyncReadyCallback callback);
/* (transfer full) (nullable) What it says. NULL: there is nothing more to do. */
JsonObject *openim_upload_answer (OpenimUploading *upload, GObject *source, GAsyncResult *result);
/* Whether something that went wrong for the @tries-th time is worth another one. */
gboolean openim_upload_tries_again (OpenimUploading *upload, guint tries, const GError *error);
gboolean openim_upload_is_network (const GError *error);
guint openim_upload_pause_before (OpenimUploading *upload, guint tries); /* ms */
void openim_upload_tell (OpenimUploading *upload); /* how much is sent; less than before is not told */
/* The server or the storage knows nothing of the upload that was to be gone on with: when nothing is under
 * way any more, another one is begun. To be called before openim_upload_step_done(). */
void openim_upload_begin_anew (OpenimUploading *upload);
void openim_upload_initiate (OpenimUploading *upload);
void openim_upload_complete (OpenimUploading *upload); /* all parts are there */

/* ---- parts.c */

/* @id: (nullable) of the upload, at the server. Of parts that went to one before nothing is left. */
void openim_upload_make_parts (OpenimUploading *upload, const char *id, gint64 expires);
/* FALSE, and the upload is over, when not one that was missing came. */
gboolean openim_upload_take_signatures (OpenimUploading *upload, JsonObject *sign);
/* Ends what is under way; it still calls back. */
void openim_upload_stop_parts (OpenimUploading *upload);
void openim_upload_drop_parts (OpenimUploading *upload);
void openim_upload_mark_part (OpenimUploading *upload, guint index); /* it is there */
/* Does what can be done next. */
void openim_upload_pump (OpenimUploading *upload);

/* ---- resume.c */

/* Begins the upload, or goes on with one of before. */
void openim_upload_begin (OpenimUploading *upload);
/* One more part is there. */
void openim_upload_keep (OpenimUploading *upload);
void openim_upload_forget (OpenimUploading *upload);

G_END_DECLS
