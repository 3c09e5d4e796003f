/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host-private.h"

/* What the host has recorded, and what a story expects of it. */

void
host_ignore (Host *host, const char *pattern)
{
  g_ptr_array_add (host->ignored, g_pattern_spec_new (pattern));
}

static const HostLine *
take (Host *host, GList *link)
{
  HostLine *line = link->data;

  g_queue_delete_link (&host->lines, link);
  g_ptr_array_add (host->taken, line);
  return line;
}

typedef struct {
  Host *host;
  GPatternSpec *pattern;
  GList *found;
  guint length;
} Search;

static gboolean
find_match (gpointer data)
{
  Search *search = data;

  search->found = NULL;
  for (GList *l = search->host->lines.head; l != NULL && search->found == NULL; l = l->next)
    if (g_pattern_spec_match_string (search->pattern, ((HostLine *) l->data)->text))
      search->found = l;
  return search->found != NULL;
}

static gboolean
is_long_enough (gpointer data)
{
  Search *search = data;

  return g_queue_get_length (&search->host->lines) >= search->length;
}

const HostLine *
host_wait_for (Host *host, const char *pattern, guint ms)
{
  Search search = { .host = host, .pattern = g_pattern_spec_new (pattern) };
  gboolean good = story_wait (find_match, &search, ms);

  g_pattern_spec_free (search.pattern);
  if (!good)
    host_fail (host, "this did not come: %s", pattern);
  return take (host, search.found);
}

const HostLine *
host_run_until (Host *host, const char *pattern, guint ms)
{
  Search search = { .host = host, .pattern = g_pattern_spec_new (pattern) };
  gboolean good = story_wait (find_match, &search, ms);

  g_pattern_spec_free (search.pattern);
  if (!good)
    host_fail (host, "this did not come: %s", pattern);
  while (host->lines.head != search.found)
    take (host, host->lines.head);
  return take (host, search.found);
}

void
host_expect_lines (Host *host, const char *const *patterns)
{
  for (; *patterns != NULL; patterns++) {
    Search search = { .host = host, .length = 1 };
    HostLine *line = NULL;

    if (!story_wait (is_long_enough, &search, 0))
      host_fail (host, "this did not come: %s", *patterns);
    line = g_queue_peek_head (&host->lines);
    /* A text may hold * itself, so equality counts too. */
    if (!g_str_equal (*patterns, line->text) && !g_pattern_match_simple (*patterns, line->text))
      host_fail (host, "expected: %s\n  but came: %s", *patterns, line->text);
    take (host, host->lines.head);
  }
}

void
host_expect (Host *host, ...)
{
  g_auto (GStrv) patterns = NULL;
  va_list args;

  va_start (args, host);
  patterns = host_collect (args);
  va_end (args);
  host_expect_lines (host, (const char *const *) patterns);
}

void
host_expect_lines_unordered (Host *host, const char *const *patterns)
{
  Search search = { .host = host, .length = g_strv_length ((char **) patterns) };
  g_autofree gboolean *found = g_new0 (gboolean, search.length + 1);

  if (!story_wait (is_long_enough, &search, 0))
    host_fail (host, "expected %u lines in any order, the first of them: %s", search.length, patterns[0]);
  for (guint n = search.length; n > 0; n--) {
    HostLine *line = g_queue_peek_head (&host->lines);
    guint i = 0;

    /* The exact ones first: a pattern must not take what another one names. */
    for (i = 0; i < search.length; i++)
      if (!found[i] && g_str_equal (patterns[i], line->text))
        break;
    if (i == search.length)
      for (i = 0; i < search.length; i++)
        if (!found[i] && g_pattern_match_simple (patterns[i], line->text))
          break;
    if (i == search.length)
      host_fail (host, "not among the expected lines: %s", line->text);
    found[i] = TRUE;
    take (host, host->lines.head);
  }
}

void
host_expect_unordered (Host *host, ...)
{
  g_auto (GStrv) patterns = NULL;
  va_list args;

  va_start (args, host);
  patterns = host_collect (args);
  va_end (args);
  host_expect_lines_unordered (host, (const char *const *) patterns);
}

void
host_expect_nothing (Host *host)
{
  if (host->process != NULL)
    host_do (host, "help", NULL); /* everything before the answer has been read */
  if (host->lines.length > 0)
    host_fail (host, "nobody expected: %s", ((HostLine *) host->lines.head->data)->text);
}

void
host_forget (Host *host)
{
  while (host->lines.head != NULL)
    take (host, host->lines.head);
}

guint
host_count (Host *host, const char *pattern)
{
  guint count = 0;

  for (GList *l = host->lines.head; l != NULL; l = l->next)
    if (g_pattern_match_simple (pattern, ((HostLine *) l->data)->text))
      count++;
  return count;
}

gboolean
host_has (Host *host, const char *pattern)
{
  return host_count (host, pattern) > 0;
}

typedef struct {
  Host *host;
  const char *const *words;
  GPatternSpec *pattern;
  char *last;
} Asking;

static gboolean
is_answered (gpointer data)
{
  Asking *asking = data;

  g_free (asking->last);
  asking->last = host_command (asking->host, asking->words);
  return g_pattern_spec_match_string (asking->pattern, asking->last);
}

static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

void
host_wait_answer (Host *host, const char *pattern, guint ms, ...)
{
  g_auto (GStrv) words = NULL;
  Asking asking = { .host = host };
  gboolean good = FALSE;
  guint timer = 0;
  va_list args;

  va_start (args, ms);
  words = host_collect (args);
  va_end (args);
  asking.words = (const char *const *) words;
  asking.pattern = g_pattern_spec_new (pattern);
  timer = g_timeout_add (50, on_tick, NULL); /* a state may change without a line */
  good = story_wait (is_answered, &asking, ms);
  g_source_remove (timer);
  g_pattern_spec_free (asking.pattern);
  if (!good)
    host_fail (host, "%s %s should answer:\n%s\n  but answers:\n%s", words[0],
               words[1] != NULL ? words[1] : "", pattern, asking.last);
  g_free (asking.last);
}
