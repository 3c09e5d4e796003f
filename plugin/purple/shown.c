/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/shown.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/gate.h"
#include "base/log.h"

/* Lines of the file: "<seq> <conversation ID>" for what was written, "+<seq> <conversation ID>" for what was
 * passed over (and, when it is less than before, taken back), "= <clientMsgID>",
 * "@<nick> <user ID>" and "? <question>". */

#define KEEP_OWN 1000   /* own messages that may still be without a seq */
#define TIDY_ABOVE 1000 /* lines more than needed */

typedef struct {
  gint64 done;    /* nothing up to here needs to be shown */
  gint64 written; /* … and up to here it was */
} Seqs;

struct _OpenimShown {
  char *path;
  int fd;            /* -1: not to be written */
  GHashTable *seqs;  /* conversation ID → Seqs */
  GHashTable *own;   /* set of clientMsgID, owned by @order */
  GQueue order;      /* of clientMsgID, oldest first */
  GHashTable *names; /* user ID → nick */
  GHashTable *asked; /* set of questions */
};

static void
put_seq (OpenimShown *shown, const char *conversation_id, gint64 seq, gboolean written)
{
  Seqs *seqs = g_hash_table_lookup (shown->seqs, conversation_id);

  if (seqs == NULL) {
    seqs = g_new0 (Seqs, 1);
    g_hash_table_insert (shown->seqs, g_strdup (conversation_id), seqs);
  }
  seqs->done = written ? MAX (seqs->done, seq) : seq;
  seqs->written = written ? MAX (seqs->written, seq) : MIN (seqs->written, seq);
}

static void
put_own (OpenimShown *shown, const char *id)
{
  char *copy = NULL;

  if (g_hash_table_contains (shown->own, id))
    return;
  copy = g_strdup (id);
  g_queue_push_tail (&shown->order, copy);
  g_hash_table_add (shown->own, copy);
  if (shown->order.length > KEEP_OWN) {
    g_autofree char *oldest = g_queue_pop_head (&shown->order);

    g_hash_table_remove (shown->own, oldest);
  }
}

/* Returns the number of lines. A torn last line is no line. */
static guint
read_lines (OpenimShown *shown, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint n = 0;

  for (; lines[n] != NULL && lines[n + 1] != NULL; n++) {
    char *id = strchr (lines[n], ' ');
    gint64 seq = 0;

    if (id == NULL || !openim_gate_id (++id))
      continue;
    if (*lines[n] == '@')
      g_hash_table_replace (shown->names, g_strdup (id),
                            g_strndup (lines[n] + 1, (gsize) (id - lines[n]) - strlen ("@ ")));
    else if (*lines[n] == '?')
      g_hash_table_add (shown->asked, g_strdup (id));
    else if (*lines[n] == '=')
      put_own (shown, id);
    else if ((seq = g_ascii_strtoll (lines[n], NULL, 10)) > 0 && seq < G_MAXINT64)
      put_seq (shown, id, seq, *lines[n] != '+');
  }
  return n;
}

static void
tidy (OpenimShown *shown)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  GHashTableIter iter;
  gpointer key = NULL;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, shown->seqs);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    const Seqs *seqs = value;

    if (seqs->written > 0)
      g_string_append_printf (text, "%" G_GINT64_FORMAT " %s\n", seqs->written, (const char *) key);
    if (seqs->done > seqs->written)
      g_string_append_printf (text, "+%" G_GINT64_FORMAT " %s\n", seqs->done, (const char *) key);
  }
  for (GList *l = shown->order.head; l != NULL; l = l->next)
    g_string_append_printf (text, "= %s\n", (const char *) l->data);
  g_hash_table_iter_init (&iter, shown->names);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_string_append_printf (text, "@%s %s\n", (const char *) value, (const char *) key);
  g_hash_table_iter_init (&iter, shown->asked);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_string_append_printf (text, "? %s\n", (const char *) key);
  if (!g_file_set_contents_full (shown->path, text->str, (gssize) text->len, G_FILE_SET_CONTENTS_CONSISTENT,
                                 0600, &error))
    openim_log (OPENIM_LOG, OPENIM_LOG_WARNING, "what was shown cannot be tidied: %s", error->message);
}

OpenimShown *
openim_shown_open (const char *directory, const char *server, const char *user_id)
{
  OpenimShown *shown = g_new0 (OpenimShown, 1);
  const char *host = strstr (server, "://");
  g_autofree char *place = g_uri_escape_string (host != NULL ? host + strlen ("://") : server, NULL, TRUE);
  g_autofree char *name = g_uri_escape_string (user_id, NULL, TRUE);
  g_autofree char *file = g_strdup_printf ("%s@%s.shown", name, place); /* "@" is escaped in both */
  g_autofree char *text = NULL;
  gboolean torn = FALSE; /* the last line was not finished; the next one must not become its end */
  guint lines = 0;

  shown->path = g_build_filename (directory, file, NULL);
  shown->seqs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  shown->own = g_hash_table_new (g_str_hash, g_str_equal);
  shown->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  shown->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&shown->order);
  if (g_file_get_contents (shown->path, &text, NULL, NULL)) {
    lines = read_lines (shown, text);
    torn = *text != '\0' && !g_str_has_suffix (text, "\n");
  }
  if (torn || lines > 2 * g_hash_table_size (shown->seqs) + shown->order.length +
                          g_hash_table_size (shown->names) + g_hash_table_size (shown->asked) + TIDY_ABOVE)
    tidy (shown);
  shown->fd = open (shown->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (shown->fd < 0)
    openim_log (OPENIM_LOG, OPENIM_LOG_WARNING, "what was shown cannot be kept: %s", g_strerror (errno));
  return shown;
}

void
openim_shown_free (OpenimShown *shown)
{
  if (shown->fd >= 0)
    close (shown->fd);
  g_free (shown->path);
  g_hash_table_destroy (shown->seqs);
  g_hash_table_destroy (shown->own);
  g_hash_table_destroy (shown->names);
  g_hash_table_destroy (shown->asked);
  g_queue_clear_full (&shown->order, g_free);
  g_free (shown);
}

static void
append (OpenimShown *shown, char *line /* (transfer full) */)
{
  g_autofree char *text = line;
  gsize length = strlen (text);

  if (shown->fd < 0 || write (shown->fd, text, length) == (gssize) length)
    return;
  openim_log (OPENIM_LOG, OPENIM_LOG_WARNING, "what was shown cannot be kept: %s", g_strerror (errno));
  close (shown->fd);
  shown->fd = -1;
}

gint64
openim_shown_get_seq (OpenimShown *shown, const char *conversation_id)
{
  const Seqs *seqs = g_hash_table_lookup (shown->seqs, conversation_id);

  return seqs != NULL ? seqs->done : 0;
}

gint64
openim_shown_get_written (OpenimShown *shown, const char *conversation_id)
{
  const Seqs *seqs = g_hash_table_lookup (shown->seqs, conversation_id);

  return seqs != NULL ? seqs->written : 0;
}

static void
set (OpenimShown *shown, const char *conversation_id, gint64 seq, gboolean written)
{
  if (seq <= 0 || !openim_gate_id (conversation_id))
    return;
  put_seq (shown, conversation_id, seq, written);
  append (shown, g_strdup_printf ("%s%" G_GINT64_FORMAT " %s\n", written ? "" : "+", seq, conversation_id));
}

void
openim_shown_set_seq (OpenimShown *shown, const char *conversation_id, gint64 seq)
{
  if (seq > openim_shown_get_written (shown, conversation_id))
    set (shown, conversation_id, seq, TRUE);
}

void
openim_shown_pass (OpenimShown *shown, const char *conversation_id, gint64 seq)
{
  if (seq > openim_shown_get_seq (shown, conversation_id))
    set (shown, conversation_id, seq, FALSE);
}

void
openim_shown_rewind (OpenimShown *shown, const char *conversation_id, gint64 seq)
{
  set (shown, conversation_id, seq, FALSE);
}

gboolean
openim_shown_has_own (OpenimShown *shown, const char *client_msg_id)
{
  return g_hash_table_contains (shown->own, client_msg_id);
}

void
openim_shown_add_own (OpenimShown *shown, const char *client_msg_id)
{
  if (g_hash_table_contains (shown->own, client_msg_id) || !openim_gate_id (client_msg_id))
    return;
  put_own (shown, client_msg_id);
  append (shown, g_strdup_printf ("= %s\n", client_msg_id));
}

GHashTable *
openim_shown_get_names (OpenimShown *shown)
{
  return shown->names;
}

void
openim_shown_set_name (OpenimShown *shown, const char *user_id, const char *name)
{
  if (!openim_gate_id (user_id) || !openim_gate_id (name))
    return;
  g_hash_table_replace (shown->names, g_strdup (user_id), g_strdup (name));
  append (shown, g_strdup_printf ("@%s %s\n", name, user_id));
}

gboolean
openim_shown_was_asked (OpenimShown *shown, const char *question)
{
  return g_hash_table_contains (shown->asked, question);
}

void
openim_shown_add_asked (OpenimShown *shown, const char *question)
{
  if (!openim_gate_id (question) || !g_hash_table_add (shown->asked, g_strdup (question)))
    return;
  append (shown, g_strdup_printf ("? %s\n", question));
}
