/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Who is typing where: a "yes" holds for 10 s; a "no", a message or time ends it. */

#include "base/clock.h"
#include "sync/internal.h"

#define EVENT(name) OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__##name

#define HOLDS 10000 /* ms */
/* More people than this type nowhere at once; a flood of invented ones is not remembered. */
#define MOST 1000

typedef struct {
  char *conversation_id;
  char *user_id;
  int platform;
  gint64 end; /* ms, monotonic */
} Typist;

struct _OpenimTyping {
  OpenimSync *sync;   /* (unowned) */
  GPtrArray *typists; /* Typist */
  guint timer;
};

static void
typist_free (gpointer p)
{
  Typist *typist = p;

  g_free (typist->conversation_id);
  g_free (typist->user_id);
  g_free (typist);
}

OpenimTyping *
openim_typing_new (OpenimSync *sync)
{
  OpenimTyping *self = g_new0 (OpenimTyping, 1);

  self->sync = sync;
  self->typists = g_ptr_array_new_with_free_func (typist_free);
  return self;
}

void
openim_typing_stop (OpenimTyping *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  g_ptr_array_set_size (self->typists, 0);
}

void
openim_typing_free (OpenimTyping *self)
{
  openim_typing_stop (self);
  g_ptr_array_unref (self->typists);
  g_free (self);
}

static gboolean
is_of (const Typist *typist, const char *conversation_id, const char *user_id)
{
  return g_str_equal (typist->conversation_id, conversation_id) && g_str_equal (typist->user_id, user_id);
}

GArray *
openim_sync_get_typing (OpenimSync *self, const char *conversation_id, const char *user_id)
{
  GArray *platforms = g_array_new (FALSE, FALSE, sizeof (int));

  for (guint i = 0; i < self->typing->typists->len; i++) {
    const Typist *typist = g_ptr_array_index (self->typing->typists, i);

    if (is_of (typist, conversation_id, user_id))
      g_array_append_val (platforms, typist->platform);
  }
  return platforms;
}

static void
tell (OpenimTyping *self, const char *conversation_id, const char *user_id)
{
  g_autoptr (GArray) platforms = openim_sync_get_typing (self->sync, conversation_id, user_id);

  if (!self->sync->stopped)
    self->sync->sink->event (self->sync->owner, EVENT (EventOnConversationUserInputStatusChanged),
                             openim_event_typing (conversation_id, user_id, platforms));
}

static void wind (OpenimTyping *self);

static gboolean
on_timer (gpointer user_data)
{
  OpenimTyping *self = user_data;
  g_autoptr (OpenimSync) keep = g_object_ref (self->sync);
  g_autoptr (GPtrArray) ended = g_ptr_array_new_with_free_func (typist_free);
  gint64 now = openim_clock_monotonic ();

  self->timer = 0;
  for (guint i = self->typists->len; i-- > 0;)
    if (((Typist *) g_ptr_array_index (self->typists, i))->end <= now)
      g_ptr_array_add (ended, g_ptr_array_steal_index (self->typists, i));
  for (guint i = 0; i < ended->len; i++) {
    const Typist *typist = g_ptr_array_index (ended, i);

    tell (self, typist->conversation_id, typist->user_id);
  }
  wind (self);
  return G_SOURCE_REMOVE;
}

static void
wind (OpenimTyping *self)
{
  gint64 first = G_MAXINT64;

  g_clear_handle_id (&self->timer, g_source_remove);
  for (guint i = 0; i < self->typists->len; i++)
    first = MIN (first, ((Typist *) g_ptr_array_index (self->typists, i))->end);
  if (self->typists->len > 0)
    self->timer = g_timeout_add ((guint) MAX (first - openim_clock_monotonic (), 0) + 1, on_timer, self);
}

void
openim_typing_set (
    OpenimTyping *self, const char *conversation_id, const char *user_id, int platform, gboolean on)
{
  guint i;

  for (i = 0; i < self->typists->len; i++) {
    const Typist *typist = g_ptr_array_index (self->typists, i);

    if (is_of (typist, conversation_id, user_id) && typist->platform == platform)
      break;
  }

  if (on && i < self->typists->len) {
    ((Typist *) g_ptr_array_index (self->typists, i))->end = openim_clock_monotonic () + HOLDS;
    return; /* only longer; the timer looks again when it fires */
  }
  if (on && self->typists->len < MOST) {
    Typist *typist = g_new0 (Typist, 1);

    typist->conversation_id = g_strdup (conversation_id);
    typist->user_id = g_strdup (user_id);
    typist->platform = platform;
    typist->end = openim_clock_monotonic () + HOLDS;
    g_ptr_array_add (self->typists, typist);
  } else if (!on && i < self->typists->len) {
    g_ptr_array_remove_index (self->typists, i);
  } else {
    return;
  }
  wind (self);
  tell (self, conversation_id, user_id);
}
