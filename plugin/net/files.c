/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/files.h"

#include "net/files-private.h"
#include "net/http.h"
#include "net/upload-private.h"

#define STALL 60000 /* ms */
#define PAUSE 1000  /* ms */
#define AWAY 300000 /* ms */

G_DEFINE_FINAL_TYPE (OpenimFiles, openim_files, G_TYPE_OBJECT)

static void
openim_files_finalize (GObject *object)
{
  OpenimFiles *self = OPENIM_FILES (object);

  g_clear_object (&self->session);
  g_clear_object (&self->api);
  G_OBJECT_CLASS (openim_files_parent_class)->finalize (object);
}

static void
openim_files_class_init (OpenimFilesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = openim_files_finalize;
}

static void
openim_files_init (OpenimFiles *self)
{
  openim_files_set_patience (self, STALL, PAUSE, AWAY);
}

OpenimFiles *
openim_files_new (OpenimApi *api, GProxyResolver *proxy)
{
  OpenimFiles *self = g_object_new (OPENIM_TYPE_FILES, NULL);

  self->api = g_object_ref (api);
  self->session = openim_http_session_new (proxy);
  return self;
}

void
openim_files_set_patience (OpenimFiles *self, guint stall, guint pause, guint away)
{
  self->stall = stall;
  self->pause = pause;
  self->away = away;
}

void
openim_files_set_memory (OpenimFiles *self, const OpenimUploadMemory *memory, gpointer owner)
{
  self->memory = memory;
  self->memory_owner = owner;
}
