/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A file of this machine on its way as a message: a picture, a sound, a film or a file, by what is in it. */

#include "purple/commands.h"

G_BEGIN_DECLS

typedef struct _OpenimAttachment OpenimAttachment;

/* Bytes of the file that have been sent. */
typedef void (*OpenimAttachProgress) (OpenimConnection *self, gint64 sent, gint64 total, gpointer data);
/* @error (nullable): why it was not sent. @message: as it was sent; NULL with an error. */
typedef void (*OpenimAttachDone) (OpenimConnection *self,
                                  const GError *error,
                                  const OpenimMessage *message,
                                  gpointer data);

typedef struct {
  gboolean is_on_screen;         /* the person sees it already, so it is not shown when it is sent */
  OpenimAttachProgress progress; /* (nullable) */
  OpenimAttachDone done;
  gpointer data;
  GDestroyNotify destroy; /* (nullable) of @data */
} OpenimAttachOptions;

/* @done runs exactly once, never from inside this call; neither it nor @progress run when it is cancelled or
 * the connection is closed before. @destroy runs in any case. The handle is valid until then. */
OpenimAttachment *openim_attach (OpenimConnection *self,
                                 const OpenimPeer *peer,
                                 const char *path,
                                 const OpenimAttachOptions *options);
/* What has not been sent yet is not sent, nor is it listed as failed. Frees nothing else than its own. */
void openim_attach_cancel (OpenimConnection *self, OpenimAttachment *attachment);

/* (transfer full) A file that somebody has typed the name of, "~/x" and so on. NULL with an error that has a
 * sentence when this host must not read it: bitlbee's users do not sit at the computer that it runs on, so
 * there it has to be allowed by an option, and be a file that everybody on that computer may read anyhow. */
char *openim_attach_find (OpenimConnection *self, const char *typed, GError **error);

/* Command: sends a file. */
void openim_attach_run (OpenimConnection *self, OpenimCommandLine *command);

G_END_DECLS
