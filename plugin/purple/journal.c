/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

#define LOG "openim-purple"

struct _OpenimJournal {
  char *path;
  int fd; /* -1: not to be written */
};

static void
complain (int number)
{
  openim_log (LOG, OPENIM_LOG_WARNING, "a journal cannot be kept: %s", g_strerror (number));
}

static void
open_file (OpenimJournal *journal)
{
  journal->fd = open (journal->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (journal->fd < 0)
    complain (errno);
}

static void
close_file (OpenimJournal *journal)
{
  if (journal->fd >= 0)
    close (journal->fd);
  journal->fd = -1;
}

char *
openim_journal_get_path (const char *directory, const char *server, const char *user_id, const char *kind)
{
  const char *host = strstr (server, "://");
  g_autofree char *place = g_uri_escape_string (host != NULL ? host + strlen ("://") : server, NULL, TRUE);
  g_autofree char *name = g_uri_escape_string (user_id, NULL, TRUE);
  g_autofree char *file = g_strdup_printf ("%s@%s.%s", name, place, kind); /* "@" is escaped in both */

  return g_build_filename (directory, file, NULL);
}

OpenimJournal *
openim_journal_open (const char *directory,
                     const char *server,
                     const char *user_id,
                     const char *kind,
                     OpenimJournalFunc read,
                     gpointer data,
                     guint *lines)
{
  OpenimJournal *journal = g_new0 (OpenimJournal, 1);
  g_autofree char *text = NULL;
  char *line = NULL;
  char *end = NULL;

  journal->path = openim_journal_get_path (directory, server, user_id, kind);
  *lines = 0;
  g_file_get_contents (journal->path, &text, NULL, NULL);
  for (line = text; line != NULL && (end = strchr (line, '\n')) != NULL; line = end + 1) {
    *end = '\0';
    read (line, data);
    (*lines)++;
  }
  open_file (journal);
  /* The last line was not finished; the next one must not become its end. */
  if (line != NULL && *line != '\0' && journal->fd >= 0 && ftruncate (journal->fd, line - text) != 0) {
    complain (errno);
    close_file (journal);
  }
  return journal;
}

void
openim_journal_free (OpenimJournal *journal)
{
  close_file (journal);
  g_free (journal->path);
  g_free (journal);
}

void
openim_journal_add (OpenimJournal *journal, char *line)
{
  g_autofree char *mine = line;
  g_autofree char *text = g_strconcat (mine, "\n", NULL);
  gsize length = strlen (text);

  if (journal->fd < 0 || write (journal->fd, text, length) == (gssize) length)
    return;
  complain (errno);
  close_file (journal);
}

void
openim_journal_rewrite (OpenimJournal *journal, const GString *text)
{
  g_autoptr (GError) error = NULL;

  close_file (journal);
  if (!g_file_set_contents_full (journal->path, text->str, (gssize) text->len, G_FILE_SET_CONTENTS_CONSISTENT,
                                 0600, &error))
    openim_log (LOG, OPENIM_LOG_WARNING, "a journal cannot be tidied: %s", error->message);
  open_file (journal);
}
