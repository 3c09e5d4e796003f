/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/trace.h"

#include "base/log.h"

typedef struct {
  PurpleDebugLevel level;
  char *domain;
  char *line;
} Entry;

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->domain);
  g_free (entry->line);
  g_free (entry);
}

static gboolean
on_entry (gpointer data)
{
  const Entry *entry = data;

  purple_debug (entry->level, entry->domain, "%s\n", entry->line);
  return G_SOURCE_REMOVE;
}

/* libpurple's debug window lives on the main thread, the store does not. */
static void
on_line (const char *domain, OpenimLogLevel level, const char *line, gpointer user_data)
{
  static const PurpleDebugLevel levels[] = {
    [OPENIM_LOG_ERROR] = PURPLE_DEBUG_ERROR,
    [OPENIM_LOG_WARNING] = PURPLE_DEBUG_WARNING,
    [OPENIM_LOG_INFO] = PURPLE_DEBUG_INFO,
    [OPENIM_LOG_DEBUG] = PURPLE_DEBUG_MISC,
  };
  GThread *main_thread = user_data;
  Entry *entry = NULL;

  if (g_thread_self () == main_thread) {
    purple_debug (levels[level], domain, "%s\n", line);
    return;
  }
  entry = g_new0 (Entry, 1);
  entry->level = levels[level];
  entry->domain = g_strdup (domain);
  entry->line = g_strdup (line);
  g_idle_add_full (G_PRIORITY_DEFAULT, on_entry, entry, entry_free);
}

void
openim_trace_start (PurplePlugin *plugin)
{
  plugin->extra = GUINT_TO_POINTER (openim_log_add_sink (on_line, g_thread_self ()));
}

void
openim_trace_stop (PurplePlugin *plugin)
{
  openim_log_remove_sink (GPOINTER_TO_UINT (plugin->extra));
  plugin->extra = NULL;
}
