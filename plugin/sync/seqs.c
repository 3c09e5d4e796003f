/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Newest seqs (1001) and read marks (1006): asked for, written, and compared with what is here. The first
 * knows notification channels too and goes on counting for groups that one has left; the second tells what is
 * readable, so chats go by it. */

#include "msg.pb-c.h"

#include "base/clock.h"
#include "base/gate.h"
#include "base/id.h"
#include "store/ranges.h"
#include "store/settings.h"
#include "store/rewind.h"
#include "sync/internal.h"

/* ---- asking */

typedef struct {
  OpenimSync *sync; /* (owned) */
  OpenimSeqs *seqs;
  guint under_way;
  GError *error; /* (nullable) the first */
  OpenimSeqsFunc func;
  gpointer data;
} Asking;

void
openim_seqs_free (OpenimSeqs *seqs)
{
  if (seqs == NULL)
    return;
  g_clear_pointer (&seqs->newest, g_hash_table_unref);
  g_clear_pointer (&seqs->marks, g_hash_table_unref);
  g_free (seqs);
}

static void
asking_answered (Asking *asking, GError *error)
{
  if (asking->error == NULL)
    asking->error = error;
  else
    g_clear_error (&error);
  if (--asking->under_way > 0)
    return;

  if (asking->error != NULL)
    g_clear_pointer (&asking->seqs, openim_seqs_free);
  asking->func (asking->sync, asking->data, asking->seqs, asking->error);
  g_clear_error (&asking->error);
  g_object_unref (asking->sync);
  g_free (asking);
}

static void
on_newest (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Asking *asking = user_data;
  GError *error = NULL;
  Openim__Sdkws__GetMaxSeqResp *answer = openim_gateway_request_finish (
      OPENIM_GATEWAY (source), result, &openim__sdkws__get_max_seq_resp__descriptor, &error);

  if (answer != NULL) {
    asking->seqs->newest = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    for (size_t i = 0; i < answer->n_maxseqs; i++) {
      gint64 max = answer->maxseqs[i]->value;

      if (openim_gate_id (answer->maxseqs[i]->key) && max > 0 && max <= OPENIM_SYNC_MAX_SEQ)
        g_hash_table_insert (asking->seqs->newest, g_strdup (answer->maxseqs[i]->key),
                             g_memdup2 (&max, sizeof max));
    }
  }
  openim_pb_free (answer);
  asking_answered (asking, error);
}

/* id → Openim__Msg__Seqs */
static GHashTable *
read_marks (Openim__Msg__GetConversationsHasReadAndMaxSeqResp *answer)
{
  GHashTable *marks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, openim_pb_free);

  for (size_t i = 0; i < answer->n_seqs; i++) {
    Openim__Msg__Seqs *seqs = answer->seqs[i]->value;

    if (seqs == NULL || !openim_gate_id (answer->seqs[i]->key) || seqs->maxseq <= 0 ||
        seqs->maxseq > OPENIM_SYNC_MAX_SEQ || seqs->hasreadseq < 0)
      continue;
    g_hash_table_insert (marks, g_strdup (answer->seqs[i]->key), seqs);
    answer->seqs[i]->value = NULL;
  }
  return marks;
}

static void
on_marks (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Asking *asking = user_data;
  GError *error = NULL;
  gpointer answer = openim_gateway_request_finish (
      OPENIM_GATEWAY (source), result, &openim__msg__get_conversations_has_read_and_max_seq_resp__descriptor,
      &error);

  if (answer != NULL)
    asking->seqs->marks = read_marks (answer);
  openim_pb_free (answer);
  asking_answered (asking, error);
}

void
openim_seqs_ask (OpenimSync *self, gboolean newest, OpenimSeqsFunc func, gpointer data)
{
  Openim__Msg__GetConversationsHasReadAndMaxSeqReq *marks =
      openim_pb_new (&openim__msg__get_conversations_has_read_and_max_seq_req__descriptor);
  Openim__Sdkws__GetMaxSeqReq *request = openim_pb_new (&openim__sdkws__get_max_seq_req__descriptor);
  Asking *asking = g_new0 (Asking, 1);

  asking->sync = g_object_ref (self);
  asking->seqs = g_new0 (OpenimSeqs, 1);
  asking->func = func;
  asking->data = data;
  asking->under_way = newest ? 2 : 1;
  openim_pb_set (&marks->userid, self->user_id);
  openim_pb_set (&request->userid, self->user_id);
  if (newest)
    openim_gateway_request_async (self->gateway, OPENIM_GATEWAY_NEWEST_SEQS, request, OPENIM_GATEWAY_TIMEOUT,
                                  self->cancellable, on_newest, asking);
  openim_gateway_request_async (self->gateway, OPENIM_GATEWAY_READ_SEQS, marks, OPENIM_GATEWAY_TIMEOUT,
                                self->cancellable, on_marks, asking);
  openim_pb_free (request);
  openim_pb_free (marks);
}

/* ---- comparing; store thread */

typedef struct {
  OpenimSeqs *seqs;
  gboolean reinstalled;
  GHashTable *suspects; /* (nullable) id → gint64, a seq that was here before the server was asked */
  GHashTable *behind;   /* out: the same, of those of which the server tells less */
  GPtrArray *wants;     /* out: OpenimWant */
  GHashTable *first;    /* (nullable) id → gint64, see openim_seqs_forget_first */
  OpenimWantsFunc func;
  gpointer data;
} Job;

static void
want_free (gpointer p)
{
  OpenimWant *want = p;

  g_free (want->id);
  g_array_unref (want->missing);
  g_free (want);
}

static void
job_free (gpointer p)
{
  Job *job = p;

  openim_seqs_free (job->seqs);
  g_clear_pointer (&job->suspects, g_hash_table_unref);
  g_hash_table_unref (job->behind);
  g_ptr_array_unref (job->wants);
  g_clear_pointer (&job->first, g_hash_table_unref);
  g_free (job);
}

/* ---- a first sync that is cut off */

/* What was there before the first login is no news, however often the first sync has to begin again.
 * Therefore it writes down the newest seqs until it has ended: lines "SEQ ID". */
#define FIRST "first-seqs"

static gboolean
write_first (OpenimDb *db, GHashTable *newest, GError **error)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_hash_table_iter_init (&iter, newest);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_string_append_printf (lines, "%" G_GINT64_FORMAT " %s\n", *(gint64 *) value, (const char *) key);
  return openim_settings_set (db, FIRST, lines->str, error);
}

/* @first: (transfer full) (nullable) the first sync is over. */
static gboolean
read_first (OpenimDb *db, GHashTable **first, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *text = openim_settings_get (db, FIRST, &local);
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);

  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  *first = text != NULL ? g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free) : NULL;
  for (guint i = 0; lines[i] != NULL; i++) {
    char *id = NULL;
    gint64 seq = g_ascii_strtoll (lines[i], &id, 10);

    if (*id == ' ')
      g_hash_table_insert (*first, g_strdup (id + 1), g_memdup2 (&seq, sizeof seq));
  }
  return TRUE;
}

gboolean
openim_seqs_knows_first (OpenimDb *db, GError **error)
{
  g_autofree char *text = openim_settings_get (db, FIRST, error);

  return text != NULL;
}

gboolean
openim_seqs_forget_first (OpenimDb *db, GError **error)
{
  return openim_settings_set (db, FIRST, NULL, error);
}

static gint64
silent_to (const Job *job, const char *id)
{
  const gint64 *first = job->first != NULL ? g_hash_table_lookup (job->first, id) : NULL;

  return job->reinstalled ? G_MAXINT64 : first != NULL ? *first : 0;
}

/* ---- what is wanted */

static gboolean
add_want (Job *job,
          OpenimDb *db,
          const char *id,
          gboolean notification,
          gint64 begin,
          gint64 end,
          gint64 time,
          GError **error)
{
  GArray *missing;
  OpenimWant *want;

  if (begin > end)
    return TRUE;
  missing = openim_ranges_missing (db, id, begin, end, error);
  if (missing == NULL)
    return FALSE;
  if (missing->len == 0) {
    g_array_unref (missing);
    return TRUE;
  }
  want = g_new0 (OpenimWant, 1);
  want->id = g_strdup (id);
  want->notification = notification;
  want->missing = missing;
  want->begin = begin;
  want->end = end;
  want->silent_to = notification ? 0 : silent_to (job, id);
  want->time = time;
  g_ptr_array_add (job->wants, want);
  return TRUE;
}

/* Notification channels: after a reinstall everything in them is in the lists already. */
static gboolean
want_notifications (Job *job, OpenimDb *db, const char *id, gint64 have, gint64 max, GError **error)
{
  gint64 begin = MAX (have + 1, max - OPENIM_SYNC_NOTICES + 1);

  if (have >= max)
    return TRUE;
  if (job->reinstalled)
    return openim_ranges_add (db, id, 1, max, error);
  if (begin > have + 1 && !openim_ranges_add (db, id, have + 1, begin - 1, error))
    return FALSE;
  return add_want (job, db, id, TRUE, begin, max, 0, error);
}

/* Before what is new the last one that is here is asked for again. A server that was set up anew, or from an
 * old copy, may have more by now than it had, and no number tells; but it has another message there. */
static gboolean
want_anchor (OpenimDb *db, OpenimWant *want, GError **error)
{
  OpenimRange anchor;
  gint64 first = g_array_index (want->missing, OpenimRange, 0).begin;

  if (!openim_seqs_find_anchor (db, want->id, first - 1, &anchor.begin, error))
    return FALSE;
  if (anchor.begin == 0)
    return TRUE;
  anchor.end = anchor.begin;
  g_array_prepend_val (want->missing, anchor);
  want->begin = first;
  return TRUE;
}

/* The newest message always; what came since the last one that is here, and what is unread, up to the limit.
 */
static gboolean
want_messages (Job *job,
               OpenimDb *db,
               const char *id,
               const OpenimSeqMarks *known,
               const Openim__Msg__Seqs *seqs,
               GError **error)
{
  gint64 have = known != NULL ? known->fetched : 0;
  gint64 read = MAX (known != NULL ? known->has_read_seq : 0, seqs->hasreadseq);
  gint64 begin = seqs->maxseq;
  guint n = job->wants->len;

  if (read < seqs->maxseq)
    begin = MIN (begin, read + 1);
  /* After a first sync something is here of every conversation; one of which nothing is here is new. */
  if (have > 0 || !job->reinstalled)
    begin = MIN (begin, have + 1);
  begin = MAX (begin, seqs->maxseq - OPENIM_SYNC_HISTORY + 1);
  return add_want (job, db, id, FALSE, MAX (begin, 1), seqs->maxseq, seqs->maxseqtime, error) &&
         (job->wants->len == n || want_anchor (db, g_ptr_array_index (job->wants, n), error));
}

static gboolean
store_marks (Job *job, OpenimDb *db, GHashTable *known, OpenimEffects *effects, GError **error)
{
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_hash_table_iter_init (&iter, job->seqs->marks);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    const Openim__Msg__Seqs *seqs = value;
    const OpenimSeqMarks *row = g_hash_table_lookup (known, key);
    gboolean changed = FALSE;

    /* Also of conversations that have no row yet: their first message finds the marks. */
    if (row == NULL || seqs->maxseq > row->max_seq || seqs->hasreadseq > row->has_read_seq) {
      if (!openim_conversations_set_seqs (db, key, seqs->maxseq, seqs->hasreadseq, &changed, error))
        return FALSE;
      if (changed)
        openim_effects_touch (effects, key, job->reinstalled ? OPENIM_TOUCH_QUIET : OPENIM_TOUCH_CHANGED);
    }
    if (job->seqs->newest != NULL && !want_messages (job, db, key, row, seqs, error))
      return FALSE;
  }
  return TRUE;
}

/* ---- seqs that go back */

#define SETTLED (10 * 60 * 1000) /* ms after which a server knows a conversation in all its parts */

static gint64
told_newest (const Job *job, const char *id)
{
  const gint64 *newest = g_hash_table_lookup (job->seqs->newest, id);

  return newest != NULL ? *newest : 0;
}

/* One that the server does not name at all may be too young. */
static gboolean
is_old (OpenimDb *db, const char *id, gboolean *old, GError **error)
{
  gint64 time;

  if (!openim_seqs_newest_time (db, id, &time, error))
    return FALSE;
  *old = time > 0 && time < openim_clock_now () - SETTLED;
  return TRUE;
}

/* Those of which there is more here than the server tells. What was pushed after the answer was made is among
 * them, therefore it is asked again. */
static gboolean
find_behind (Job *job, OpenimDb *db, GHashTable *known, GError **error)
{
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_hash_table_iter_init (&iter, known);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    const OpenimSeqMarks *row = value;
    gint64 told = told_newest (job, key);
    gboolean channel = openim_id_is_notification_channel (key);
    gint64 have = channel ? row->fetched : row->max_seq;
    gboolean behind = told > 0 && told < have;

    if (told == 0 && have > 0 && !channel && !is_old (db, key, &behind, error))
      return FALSE;
    if (behind)
      g_hash_table_insert (job->behind, g_strdup (key), g_memdup2 (&have, sizeof have));
  }
  return TRUE;
}

/* Still behind what was here before the question: no push has overtaken the answer. */
static gboolean
is_behind (const Job *job)
{
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_hash_table_iter_init (&iter, job->suspects);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    g_autofree char *stub = openim_log_id (key);

    if (told_newest (job, key) >= *(gint64 *) value)
      continue;
    openim_log (OPENIM_SYNC_LOG, OPENIM_LOG_WARNING,
                "%s: the server has gone back from seq %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, stub,
                *(gint64 *) value, told_newest (job, key));
    return TRUE;
  }
  return FALSE;
}

/* A server that has gone back in one has done so in all of them; some may have grown beyond what they were.
 */
static gboolean
rewind_all (Job *job, OpenimDb *db, OpenimEffects *effects, GError **error)
{
  g_autoptr (GHashTable) known = openim_conversations_marks (db, error);
  GHashTableIter iter;
  gpointer key;

  if (known == NULL)
    return FALSE;
  g_hash_table_iter_init (&iter, known);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    if (!openim_seqs_rewind (db, key, told_newest (job, key), error))
      return FALSE;
    if (!openim_id_is_notification_channel (key))
      openim_effects_touch (effects, key, OPENIM_TOUCH_CHANGED);
  }
  return TRUE;
}

/* ---- */

static int
compare_wants (gconstpointer a, gconstpointer b)
{
  const OpenimWant *one = *(OpenimWant *const *) a;
  const OpenimWant *two = *(OpenimWant *const *) b;

  return one->time > two->time ? -1 : one->time < two->time;
}

/* Rows in the order in which their messages will come. */
static gboolean
arrange (Job *job, OpenimDb *db, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  g_ptr_array_sort (job->wants, compare_wants);
  for (guint i = 0; i < job->wants->len; i++)
    g_ptr_array_add (ids, ((OpenimWant *) g_ptr_array_index (job->wants, i))->id);
  return openim_conversations_arrange (db, ids, error);
}

static gboolean
store_seqs (OpenimDb *db, gpointer data, OpenimEffects *effects, GError **error)
{
  Job *job = data;
  g_autoptr (GHashTable) known = NULL;
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  effects->silent = job->reinstalled;
  if (job->suspects != NULL && is_behind (job) && !rewind_all (job, db, effects, error))
    return FALSE;
  if (job->seqs->newest != NULL && !openim_seqs_begin_sync (db, error))
    return FALSE;
  known = openim_conversations_marks (db, error);
  if (known == NULL)
    return FALSE;
  if (job->seqs->newest != NULL && job->suspects == NULL && !find_behind (job, db, known, error))
    return FALSE;
  if (g_hash_table_size (job->behind) > 0)
    return TRUE;
  if (job->seqs->newest != NULL &&
      !(job->reinstalled ? write_first (db, job->seqs->newest, error) : read_first (db, &job->first, error)))
    return FALSE;
  if (!store_marks (job, db, known, effects, error))
    return FALSE;
  if (job->seqs->newest == NULL)
    return TRUE;
  if (job->reinstalled && !arrange (job, db, error))
    return FALSE;

  g_hash_table_iter_init (&iter, job->seqs->newest);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    gint64 max = *(gint64 *) value;
    const OpenimSeqMarks *row = g_hash_table_lookup (known, key);

    if (openim_id_is_notification_channel (key)) {
      if (!want_notifications (job, db, key, row != NULL ? row->fetched : 0, max, error))
        return FALSE;
    } else if (!g_hash_table_contains (job->seqs->marks, key)) {
      /* Too young for the read marks. */
      Openim__Msg__Seqs seqs = { .maxseq = max, .hasreadseq = 0 };

      if (!want_messages (job, db, key, row, &seqs, error))
        return FALSE;
    }
  }
  g_ptr_array_sort (job->wants, compare_wants);
  return TRUE;
}

static void store (OpenimSync *self,
                   OpenimSeqs *seqs,
                   gboolean reinstalled,
                   GHashTable *suspects,
                   OpenimWantsFunc func,
                   gpointer data);

typedef struct {
  GHashTable *suspects;
  gboolean reinstalled;
  OpenimWantsFunc func;
  gpointer data;
} Again;

static void
on_asked_again (OpenimSync *sync, gpointer data, OpenimSeqs *seqs, const GError *error)
{
  Again *again = data;

  if (seqs == NULL || sync->stopped) {
    again->func (sync, again->data, NULL, error);
    openim_seqs_free (seqs);
    g_hash_table_unref (again->suspects);
  } else {
    store (sync, seqs, again->reinstalled, again->suspects, again->func, again->data);
  }
  g_free (again);
}

static void
on_stored (OpenimSync *sync, gpointer data, const GError *error)
{
  Job *job = data;
  Again *again;

  if (error != NULL || sync->stopped || g_hash_table_size (job->behind) == 0) {
    job->func (sync, job->data, job->wants, error);
    return;
  }
  again = g_new0 (Again, 1);
  again->suspects = g_hash_table_ref (job->behind);
  again->reinstalled = job->reinstalled;
  again->func = job->func;
  again->data = job->data;
  openim_seqs_ask (sync, TRUE, on_asked_again, again);
}

/* @suspects: (transfer full) (nullable) */
static void
store (OpenimSync *self,
       OpenimSeqs *seqs,
       gboolean reinstalled,
       GHashTable *suspects,
       OpenimWantsFunc func,
       gpointer data)
{
  Job *job = g_new0 (Job, 1);

  job->seqs = seqs;
  job->reinstalled = reinstalled;
  job->suspects = suspects;
  job->behind = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  job->wants = g_ptr_array_new_with_free_func (want_free);
  job->func = func;
  job->data = data;
  openim_sync_write (self, OPENIM_STORE_WRITE, store_seqs, job, job_free, on_stored);
}

void
openim_seqs_store (
    OpenimSync *self, OpenimSeqs *seqs, gboolean reinstalled, OpenimWantsFunc func, gpointer data)
{
  store (self, seqs, reinstalled, NULL, func, data);
}
