/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/shown.h"

#include <string.h>

#include "base/gate.h"
#include "purple/journal.h"

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
  OpenimJournal *journal;
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

static void
read_line (char *line, gpointer data)
{
  OpenimShown *shown = data;
  char *id = strchr (line, ' ');
  gint64 seq = 0;

  if (id == NULL || !openim_gate_id (++id))
    return;
  if (*line == '@')
    g_hash_table_replace (shown->names, g_strdup (id),
                          g_strndup (line + 1, (gsize) (id - line) - strlen ("@ ")));
  else if (*line == '?')
    g_hash_table_add (shown->asked, g_strdup (id));
  else if (*line == '=')
    put_own (shown, id);
  else if ((seq = g_ascii_strtoll (line, NULL, 10)) > 0 && seq < G_MAXINT64)
    put_seq (shown, id, seq, *line != '+');
}

static void
tidy (OpenimShown *shown)
{
  g_autoptr (GString) text = g_string_new (NULL);
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
  openim_journal_rewrite (shown->journal, text);
}

OpenimShown *
openim_shown_open (const char *directory, const char *server, const char *user_id)
{
  OpenimShown *shown = g_new0 (OpenimShown, 1);
  guint lines = 0;

  shown->seqs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  shown->own = g_hash_table_new (g_str_hash, g_str_equal);
  shown->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  shown->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&shown->order);
  shown->journal = openim_journal_open (directory, server, user_id, "shown", read_line, shown, &lines);
  if (lines > 2 * g_hash_table_size (shown->seqs) + shown->order.length + g_hash_table_size (shown->names) +
                  g_hash_table_size (shown->asked) + TIDY_ABOVE)
    tidy (shown);
  return shown;
}

void
openim_shown_free (OpenimShown *shown)
{
  openim_journal_free (shown->journal);
  g_hash_table_destroy (shown->seqs);
  g_hash_table_destroy (shown->own);
  g_hash_table_destroy (shown->names);
  g_hash_table_destroy (shown->asked);
  g_queue_clear_full (&shown->order, g_free);
  g_free (shown);
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
  openim_journal_add (shown->journal, g_strdup_printf ("%s%" G_GINT64_FORMAT " %s", written ? "" : "+", seq,
                                                       conversation_id));
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
  openim_journal_add (shown->journal, g_strdup_printf ("= %s", client_msg_id));
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
  openim_journal_add (shown->journal, g_strdup_printf ("@%s %s", name, user_id));
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
  openim_journal_add (shown->journal, g_strdup_printf ("? %s", question));
}
