/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/numbers.h"

#include <stdlib.h>
#include <string.h>

#include "base/gate.h"
#include "purple/journal.h"

/* Lines of the file: "<number> <clientMsgID> <conversation ID>", "?<clientMsgID>" for one that is on its way
 * and "!<clientMsgID>" when it is known what became of it. */

#define TIDY_ABOVE 2000 /* lines more than needed */

typedef struct {
  guint last;
  GQueue kept; /* of OpenimNumbered, by number; owned */
} Sequence;

struct _OpenimNumbers {
  OpenimJournal *journal;
  GHashTable *sequences; /* conversation ID → Sequence */
  GHashTable *by_id;     /* clientMsgID → OpenimNumbered */
  GHashTable *unsure;    /* set of OpenimNumbered */
};

static void
numbered_free (gpointer data)
{
  OpenimNumbered *numbered = data;

  g_free (numbered->conversation_id);
  g_free (numbered->client_msg_id);
  g_free (numbered->excerpt);
  g_free (numbered);
}

static void
sequence_free (gpointer data)
{
  Sequence *sequence = data;

  g_queue_clear_full (&sequence->kept, numbered_free);
  g_free (sequence);
}

static Sequence *
get_sequence (OpenimNumbers *numbers, const char *conversation_id)
{
  Sequence *sequence = g_hash_table_lookup (numbers->sequences, conversation_id);

  if (sequence == NULL) {
    sequence = g_new0 (Sequence, 1);
    g_queue_init (&sequence->kept);
    g_hash_table_insert (numbers->sequences, g_strdup (conversation_id), sequence);
  }
  return sequence;
}

static void
set_unsure (OpenimNumbers *numbers, OpenimNumbered *numbered, gboolean unsure)
{
  numbered->unsure = unsure;
  if (unsure)
    g_hash_table_add (numbers->unsure, numbered);
  else
    g_hash_table_remove (numbers->unsure, numbered);
}

static OpenimNumbered *
give (OpenimNumbers *numbers, const char *conversation_id, const char *client_msg_id, guint number)
{
  Sequence *sequence = get_sequence (numbers, conversation_id);
  OpenimNumbered *numbered = g_new0 (OpenimNumbered, 1);

  numbered->conversation_id = g_strdup (conversation_id);
  numbered->client_msg_id = g_strdup (client_msg_id);
  numbered->number = sequence->last = number;
  g_queue_push_tail (&sequence->kept, numbered);
  g_hash_table_insert (numbers->by_id, numbered->client_msg_id, numbered);
  if (sequence->kept.length > OPENIM_NUMBERS_KEPT) {
    OpenimNumbered *oldest = g_queue_pop_head (&sequence->kept);

    g_hash_table_remove (numbers->by_id, oldest->client_msg_id);
    g_hash_table_remove (numbers->unsure, oldest);
    numbered_free (oldest);
  }
  return numbered;
}

/* --- the file --- */

static void
read_line (char *line, gpointer data)
{
  OpenimNumbers *numbers = data;
  OpenimNumbered *known = NULL;
  guint64 number = 0;
  char *id = NULL;
  char *conversation_id = NULL;

  if (*line == '?' || *line == '!') {
    known = g_hash_table_lookup (numbers->by_id, line + 1);
    if (known != NULL)
      set_unsure (numbers, known, *line == '?');
    return;
  }
  number = g_ascii_strtoull (line, &id, 10);
  if (*id != ' ' || (conversation_id = strchr (++id, ' ')) == NULL)
    return;
  *conversation_id++ = '\0';
  if (openim_gate_id (id) && openim_gate_id (conversation_id) && number < G_MAXUINT &&
      number > get_sequence (numbers, conversation_id)->last && !g_hash_table_contains (numbers->by_id, id))
    give (numbers, conversation_id, id, (guint) number);
}

static void
write_numbered (OpenimNumbers *numbers, const OpenimNumbered *numbered)
{
  openim_journal_add (numbers->journal, g_strdup_printf ("%u %s %s", numbered->number,
                                                         numbered->client_msg_id, numbered->conversation_id));
}

static void
tidy (OpenimNumbers *numbers)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, numbers->sequences);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    for (GList *l = ((Sequence *) value)->kept.head; l != NULL; l = l->next) {
      const OpenimNumbered *numbered = l->data;

      g_string_append_printf (text, "%u %s %s\n", numbered->number, numbered->client_msg_id,
                              numbered->conversation_id);
      if (numbered->unsure)
        g_string_append_printf (text, "?%s\n", numbered->client_msg_id);
    }
  openim_journal_rewrite (numbers->journal, text);
}

OpenimNumbers *
openim_numbers_open (const char *directory, const char *server, const char *user_id)
{
  OpenimNumbers *numbers = g_new0 (OpenimNumbers, 1);
  guint lines = 0;

  numbers->sequences = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, sequence_free);
  numbers->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  numbers->unsure = g_hash_table_new (NULL, NULL);
  numbers->journal = openim_journal_open (directory, server, user_id, "numbers", read_line, numbers, &lines);
  if (lines > g_hash_table_size (numbers->by_id) + TIDY_ABOVE)
    tidy (numbers);
  return numbers;
}

void
openim_numbers_free (OpenimNumbers *numbers)
{
  openim_journal_free (numbers->journal);
  g_hash_table_destroy (numbers->unsure);
  g_hash_table_destroy (numbers->by_id);
  g_hash_table_destroy (numbers->sequences);
  g_free (numbers);
}

/* --- */

void
openim_numbers_note (OpenimConnection *self,
                     const OpenimPeer *peer,
                     const OpenimMessage *message,
                     const char *text)
{
  OpenimNumbers *numbers = self->numbers;
  g_autofree char *conversation_id = openim_peer_conversation_id (self, peer);
  OpenimNumbered *numbered = NULL;
  guint last = 0;

  if (numbers == NULL || openim_message_is_notice (message) || !openim_gate_id (message->clientmsgid) ||
      !openim_gate_id (conversation_id))
    return;
  numbered = g_hash_table_lookup (numbers->by_id, message->clientmsgid);
  last = openim_numbers_get_last (numbers, conversation_id);
  if (numbered == NULL && last < G_MAXUINT - 1) {
    numbered = give (numbers, conversation_id, message->clientmsgid, last + 1);
    write_numbered (numbers, numbered);
  }
  if (numbered != NULL && numbered->excerpt == NULL)
    numbered->excerpt = openim_excerpt (text);
}

const OpenimNumbered *
openim_numbers_get (OpenimNumbers *numbers, const char *conversation_id, guint number)
{
  const Sequence *sequence = g_hash_table_lookup (numbers->sequences, conversation_id);

  for (GList *l = sequence != NULL ? sequence->kept.tail : NULL; l != NULL; l = l->prev) {
    const OpenimNumbered *numbered = l->data;

    if (numbered->number <= number)
      return numbered->number == number ? numbered : NULL;
  }
  return NULL;
}

const OpenimNumbered *
openim_numbers_find (OpenimNumbers *numbers, const char *client_msg_id)
{
  return g_hash_table_lookup (numbers->by_id, client_msg_id);
}

guint
openim_numbers_get_last (OpenimNumbers *numbers, const char *conversation_id)
{
  const Sequence *sequence = g_hash_table_lookup (numbers->sequences, conversation_id);

  return sequence != NULL ? sequence->last : 0;
}

void
openim_numbers_set_unsure (OpenimNumbers *numbers, const char *client_msg_id, gboolean unsure)
{
  OpenimNumbered *numbered =
      client_msg_id != NULL ? g_hash_table_lookup (numbers->by_id, client_msg_id) : NULL;

  if (numbered != NULL)
    numbered->waited_for = unsure;
  if (numbered == NULL || numbered->unsure == unsure)
    return;
  set_unsure (numbers, numbered, unsure);
  openim_journal_add (numbers->journal, g_strdup_printf ("%c%s", unsure ? '?' : '!', client_msg_id));
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const OpenimNumbered *first = *(const OpenimNumbered *const *) a;
  const OpenimNumbered *second = *(const OpenimNumbered *const *) b;
  int order = strcmp (first->conversation_id, second->conversation_id);

  if (order != 0)
    return order;
  return first->number < second->number ? -1 : first->number > second->number;
}

GPtrArray *
openim_numbers_get_unsure (OpenimNumbers *numbers)
{
  GPtrArray *list = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer numbered = NULL;

  g_hash_table_iter_init (&iter, numbers->unsure);
  while (g_hash_table_iter_next (&iter, &numbered, NULL))
    g_ptr_array_add (list, numbered);
  g_ptr_array_sort (list, compare);
  return list;
}

/* What is quoted stands there already; unless it is all there is. */
static const char *
skip_quote (const char *text)
{
  const char *rest = text;

  while (g_str_has_prefix (rest, "> ")) {
    const char *end = strchr (rest, '\n');

    if (end == NULL)
      return text;
    rest = end + 1;
  }
  return rest;
}

char *
openim_excerpt (const char *text)
{
  g_autofree char *line = openim_gate_text (skip_quote (text), -1, 0, TRUE);
  g_autofree char *cut = NULL;

  g_strstrip (line);
  if (g_utf8_strlen (line, -1) <= OPENIM_EXCERPT_LENGTH)
    return g_steal_pointer (&line);
  cut = g_utf8_substring (line, 0, OPENIM_EXCERPT_LENGTH - 1);
  return g_strconcat (cut, "…", NULL);
}
