/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/log.h"

#include <string.h>

typedef struct {
  guint handle;
  OpenimLogSink func;
  gpointer user_data;
} Sink;

/* The log belongs to the process as GLib's does: lines name no account, and sinks see all of them. */
static GMutex sinks_lock;
static GArray *sinks;
static guint last_handle;

static const struct {
  const char *name;
  GLogLevelFlags flag;
} levels[] = {
  [OPENIM_LOG_ERROR] = { "error: ", G_LOG_LEVEL_INFO },
  [OPENIM_LOG_WARNING] = { "warning: ", G_LOG_LEVEL_INFO },
  [OPENIM_LOG_INFO] = { "", G_LOG_LEVEL_INFO },
  [OPENIM_LOG_DEBUG] = { "", G_LOG_LEVEL_DEBUG },
};

guint
openim_log_add_sink (OpenimLogSink func, gpointer user_data)
{
  g_mutex_lock (&sinks_lock);
  if (sinks == NULL)
    sinks = g_array_new (FALSE, FALSE, sizeof (Sink));
  Sink sink = { ++last_handle, func, user_data };
  g_array_append_val (sinks, sink);
  g_mutex_unlock (&sinks_lock);
  return sink.handle;
}

void
openim_log_remove_sink (guint handle)
{
  g_mutex_lock (&sinks_lock);
  for (guint i = 0; sinks != NULL && i < sinks->len; i++)
    if (g_array_index (sinks, Sink, i).handle == handle) {
      g_array_remove_index (sinks, i);
      break;
    }
  if (sinks != NULL && sinks->len == 0)
    g_clear_pointer (&sinks, g_array_unref);
  g_mutex_unlock (&sinks_lock);
}

static void
feed_sinks (const char *domain, OpenimLogLevel level, const char *line)
{
  g_mutex_lock (&sinks_lock);
  for (guint i = 0; sinks != NULL && i < sinks->len; i++) {
    const Sink *sink = &g_array_index (sinks, Sink, i);
    sink->func (domain, level, line, sink->user_data);
  }
  g_mutex_unlock (&sinks_lock);
}

void
openim_log (const char *domain, OpenimLogLevel level, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *raw = g_strdup_vprintf (format, args);
  va_end (args);

  g_autofree char *line = openim_log_redact (raw);
  g_log_structured (domain, levels[level].flag, "MESSAGE", "%s%s", levels[level].name, line);
  feed_sinks (domain, level, line);
}

char *
openim_log_id (const char *value)
{
  static const char *const kinds[] = { "si_", "sg_", "sn_", "n_", "g_" };
  const char *kind = "";

  if (value == NULL || *value == '\0')
    return g_strdup ("-");
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_has_prefix (value, kinds[i]))
      kind = kinds[i];

  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, value, -1);
  return g_strdup_printf ("%.*s#%.4s", (int) strcspn (kind, "_"), kind, digest);
}

/* JWTs anywhere; passwords in addresses; the value behind a name that ends in one of these words, quoted or
 * not. Possessive quantifiers, so that no line makes the search slow. */
#define SECRET_PATTERN                                                                                       \
  "eyJ[\\w-]++\\.[\\w-]++(?:\\.[\\w-]*+)?"                                                                   \
  "|://\\K[^/\\s@\"]++(?=@)"                                                                                 \
  "|(?:token|password|passwd|secret|verifycode)\\\\?[\"']?\\s*+[=:]\\s*+"                                    \
  "(?:\"\\K(?:[^\"\\\\]|\\\\.)*+|\\\\\"\\K(?:[^\"\\\\]|\\\\[^\"])*+|'\\K[^']*+|\\K[^\\s&,;}\"'\\\\]++)"

char *
openim_log_redact (const char *line)
{
  static GRegex *secrets;

  if (g_once_init_enter (&secrets)) {
    GRegex *regex = g_regex_new (SECRET_PATTERN, G_REGEX_CASELESS | G_REGEX_OPTIMIZE, 0, NULL);
    g_once_init_leave (&secrets, regex);
  }

  g_autofree char *valid = g_utf8_make_valid (line, -1);
  g_autoptr (GError) error = NULL;
  char *masked = g_regex_replace_literal (secrets, valid, -1, 0, "***", 0, &error);
  /* Nothing is better than a secret. */
  return masked != NULL ? masked : g_strdup_printf ("(a line that cannot be searched: %s)", error->message);
}
