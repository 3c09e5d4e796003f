/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/duration.h"

#include <gio/gio.h>
#include <gmodule.h>

#include "base/log.h"

#define LOG "openim-base"
#define LIBRARY "libgstpbutils-1.0.so.0"
#define TIMEOUT (G_GUINT64_CONSTANT (5) * 1000 * 1000 * 1000) /* ns */
#define SECOND (G_GUINT64_CONSTANT (1000) * 1000 * 1000)      /* ns */
#define LONGEST (G_GUINT64_CONSTANT (7) * 24 * 3600 * SECOND)

/* What of GStreamer is used, as its own headers declare it. */
typedef struct {
  gboolean (*init_check) (int *argc, char ***argv, GError **error);
  gpointer (*discoverer_new) (guint64 timeout, GError **error);
  gpointer (*discover_uri) (gpointer discoverer, const char *uri, GError **error);
  guint64 (*get_duration) (gpointer info);
} Gst;

/* (nullable) Looked for once in the life of the program. */
static gpointer
load (gpointer unused)
{
  static Gst gst;
  const struct {
    const char *name;
    gpointer *symbol;
  } rows[] = {
    { "gst_init_check", (gpointer *) &gst.init_check },
    { "gst_discoverer_new", (gpointer *) &gst.discoverer_new },
    { "gst_discoverer_discover_uri", (gpointer *) &gst.discover_uri },
    { "gst_discoverer_info_get_duration", (gpointer *) &gst.get_duration },
  };
  GModule *module = g_module_open (LIBRARY, G_MODULE_BIND_LAZY | G_MODULE_BIND_LOCAL);
  g_autoptr (GError) error = NULL;

  if (module == NULL) {
    openim_log (LOG, OPENIM_LOG_INFO, "no durations: %s", g_module_error ());
    return NULL;
  }
  g_module_make_resident (module); /* GObject types never go */
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (!g_module_symbol (module, rows[i].name, rows[i].symbol)) {
      openim_log (LOG, OPENIM_LOG_INFO, "no durations: %s", g_module_error ());
      return NULL;
    }
  }
  if (!gst.init_check (NULL, NULL, &error)) {
    openim_log (LOG, OPENIM_LOG_INFO, "no durations: %s", error != NULL ? error->message : "GStreamer");
    return NULL;
  }
  return &gst;
}

gint64
openim_duration_read (const char *path)
{
  static GOnce once = G_ONCE_INIT;
  const Gst *gst = g_once (&once, load, NULL);
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
  g_autoptr (GObject) discoverer = NULL;
  g_autoptr (GObject) info = NULL;
  g_autoptr (GError) error = NULL;
  guint64 duration;

  if (gst == NULL || uri == NULL)
    return 0;
  discoverer = gst->discoverer_new (TIMEOUT, &error);
  if (discoverer != NULL)
    info = gst->discover_uri (discoverer, uri, &error);
  if (error != NULL) /* its text could name the file */
    openim_log (LOG, OPENIM_LOG_INFO, "no duration: %s %d", g_quark_to_string (error->domain), error->code);
  duration = info != NULL ? gst->get_duration (info) : 0;
  if (duration == 0 || duration > LONGEST)
    return 0;
  return MAX ((gint64) ((duration + SECOND / 2) / SECOND), 1);
}
