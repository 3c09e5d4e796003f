/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "sync/effects.h"

#define EVENT(name) OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__##name

typedef struct {
  OpenimFunction event;
  gpointer data;                /* (nullable) */
  OpenimStoredMessage *message; /* (nullable) instead of data */
  gint64 order;                 /* ms since 1970 */
} Telling;

static void
telling_free (gpointer p)
{
  Telling *telling = p;

  openim_pb_free (telling->data);
  g_clear_pointer (&telling->message, openim_stored_message_free);
  g_free (telling);
}

static void
typing_change_free (gpointer p)
{
  OpenimTypingChange *change = p;

  g_free (change->conversation_id);
  g_free (change->user_id);
  g_free (change);
}

static void
refresh_free (gpointer p)
{
  OpenimRefresh *refresh = p;

  g_free (refresh->entity);
  g_free (refresh);
}

OpenimEffects *
openim_effects_new (const char *self_id, int platform, gboolean background)
{
  OpenimEffects *effects = g_new0 (OpenimEffects, 1);

  effects->self_id = self_id;
  effects->platform = platform;
  effects->background = background;
  effects->lists = g_ptr_array_new_with_free_func (telling_free);
  effects->messages = g_ptr_array_new_with_free_func (telling_free);
  effects->latest = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  effects->late = g_ptr_array_new_with_free_func (telling_free);
  effects->touched = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  effects->order = g_ptr_array_new ();
  effects->appeared = g_ptr_array_new_with_free_func ((GDestroyNotify) openim_conversation_row_free);
  effects->changed = g_ptr_array_new_with_free_func ((GDestroyNotify) openim_conversation_row_free);
  effects->total_unread = -1;
  effects->typing = g_ptr_array_new_with_free_func (typing_change_free);
  effects->refreshes = g_ptr_array_new_with_free_func (refresh_free);
  effects->strangers = g_ptr_array_new_with_free_func (g_free);
  effects->echoes = g_ptr_array_new_with_free_func (g_free);
  return effects;
}

void
openim_effects_free (OpenimEffects *effects)
{
  if (effects == NULL)
    return;
  g_ptr_array_unref (effects->lists);
  g_ptr_array_unref (effects->messages);
  g_hash_table_unref (effects->latest);
  g_ptr_array_unref (effects->late);
  g_ptr_array_unref (effects->order);
  g_hash_table_unref (effects->touched);
  g_ptr_array_unref (effects->appeared);
  g_ptr_array_unref (effects->changed);
  g_ptr_array_unref (effects->typing);
  g_ptr_array_unref (effects->refreshes);
  g_ptr_array_unref (effects->strangers);
  g_ptr_array_unref (effects->echoes);
  g_free (effects);
}

static void
add (GPtrArray *array, OpenimFunction event, gpointer data, OpenimStoredMessage *message, gint64 order)
{
  Telling *telling = g_new0 (Telling, 1);

  telling->event = event;
  telling->data = data;
  telling->message = message;
  telling->order = order;
  g_ptr_array_add (array, telling);
}

void
openim_effects_touch (OpenimEffects *effects, const char *conversation_id, OpenimTouch touch)
{
  gpointer id = NULL;
  gpointer present = NULL;

  if (!g_hash_table_lookup_extended (effects->touched, conversation_id, &id, &present)) {
    id = g_strdup (conversation_id);
    g_ptr_array_add (effects->order, id);
    g_hash_table_insert (effects->touched, id, GUINT_TO_POINTER (touch));
  } else {
    /* The key that is there stays. */
    g_hash_table_insert (effects->touched, g_strdup (id),
                         GUINT_TO_POINTER (GPOINTER_TO_UINT (present) | touch));
  }
}

void
openim_effects_add_event (OpenimEffects *effects, OpenimFunction event, gpointer data)
{
  add (effects->lists, event, data, NULL, 0);
}

void
openim_effects_add_late (OpenimEffects *effects, OpenimFunction event, gpointer data)
{
  add (effects->late, event, data, NULL, 0);
}

void
openim_effects_add_message (OpenimEffects *effects, OpenimFunction event, OpenimStoredMessage *message)
{
  gint64 *latest = g_hash_table_lookup (effects->latest, message->conversation_id);

  if (latest == NULL) {
    latest = g_new0 (gint64, 1);
    g_hash_table_insert (effects->latest, g_strdup (message->conversation_id), latest);
  }
  *latest = MAX (*latest, message->data->sendtime);
  add (effects->messages, event, NULL, message, *latest);
}

void
openim_effects_add_late_message (OpenimEffects *effects, OpenimFunction event, OpenimStoredMessage *message)
{
  add (effects->late, event, NULL, message, 0);
}

void
openim_effects_add_typing (
    OpenimEffects *effects, const char *conversation_id, const char *user_id, int platform, gboolean on)
{
  OpenimTypingChange *change = g_new0 (OpenimTypingChange, 1);

  change->conversation_id = g_strdup (conversation_id);
  change->user_id = g_strdup (user_id);
  change->platform = platform;
  change->on = on;
  g_ptr_array_add (effects->typing, change);
}

void
openim_effects_add_refresh (OpenimEffects *effects, OpenimList list, const char *entity)
{
  OpenimRefresh *refresh;

  for (guint i = 0; i < effects->refreshes->len; i++) {
    refresh = g_ptr_array_index (effects->refreshes, i);
    if (refresh->list == list && g_strcmp0 (refresh->entity, entity) == 0)
      return;
  }
  refresh = g_new0 (OpenimRefresh, 1);
  refresh->list = list;
  refresh->entity = g_strdup (entity);
  g_ptr_array_add (effects->refreshes, refresh);
}

void
openim_effects_add_echo (OpenimEffects *effects, const char *conversation_id, const char *client_msg_id)
{
  g_ptr_array_add (effects->echoes, g_strdup (conversation_id));
  g_ptr_array_add (effects->echoes, g_strdup (client_msg_id));
}

gboolean
openim_effects_ensure (OpenimEffects *effects,
                       OpenimDb *db,
                       const char *conversation_id,
                       int session_type,
                       const char *user_id,
                       const char *group_id,
                       GError **error)
{
  gboolean created = FALSE;
  gboolean known = FALSE;

  if (!openim_conversations_ensure (db, conversation_id, session_type, user_id, group_id, &created, error))
    return FALSE;
  if (!created || session_type == OPENIM_SESSION_GROUP || user_id[0] == '\0')
    return TRUE;
  if (!openim_names_is_known (db, user_id, &known, error))
    return FALSE;
  if (!known)
    g_ptr_array_add (effects->strangers, g_strdup (user_id));
  return TRUE;
}

/* A friend's or group's name is shown by its conversations. */
static gboolean
rename_conversations (OpenimEffects *effects, OpenimDb *db, const OpenimRowChange *change, GError **error)
{
  const char *user_id = NULL;
  const char *group_id = NULL;
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  if (change->table == &openim_table_friends)
    user_id = ((OpenimFriend *) change->row)->frienduserid;
  else if (change->table == &openim_table_users)
    user_id = ((OpenimUser *) change->row)->userid;
  else if (change->table == &openim_table_groups && change->kind != OPENIM_ROW_DELETED)
    group_id = ((OpenimGroup *) change->row)->groupid;
  else
    return TRUE;

  if (!openim_conversations_rename (db, user_id, group_id, ids, error))
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    openim_effects_touch (effects, g_ptr_array_index (ids, i),
                          effects->silent ? OPENIM_TOUCH_QUIET : OPENIM_TOUCH_CHANGED);
  return TRUE;
}

/* One's own name, and that of a member of a group, is also that of what was sent. */
static gboolean
rename_messages (OpenimEffects *effects, OpenimDb *db, const OpenimRowChange *change, GError **error)
{
  if (change->kind != OPENIM_ROW_CHANGED)
    return TRUE;
  if (change->table == &openim_table_users)
    return !g_str_equal (((OpenimUser *) change->row)->userid, effects->self_id) ||
           openim_messages_rename_sender (db, change->old, change->row, error);
  if (change->table == &openim_table_members) {
    const OpenimGroupMember *now = change->row;
    const OpenimGroupMember *old = change->old;

    return (g_str_equal (now->nickname, old->nickname) && g_str_equal (now->faceurl, old->faceurl)) ||
           openim_messages_rename_member (db, now, error);
  }
  return TRUE;
}

/* What a friend is called now is also in his profile, if that was ever asked for. */
static gboolean
rename_user (OpenimDb *db, const OpenimRowChange *change, GError **error)
{
  const OpenimFriend *person = change->row;
  g_autoptr (GError) local = NULL;
  g_autoptr (OpenimUser) user = NULL;

  if (change->table != &openim_table_friends || change->kind != OPENIM_ROW_CHANGED)
    return TRUE;
  user = openim_rows_get (db, &openim_table_users, NULL, person->frienduserid, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (user == NULL)
    return TRUE;
  openim_pb_set (&user->nickname, person->nickname);
  openim_pb_set (&user->faceurl, person->faceurl);
  return openim_rows_put (db, &openim_table_users, user, NULL, error);
}

gboolean
openim_effects_add_changes (OpenimEffects *effects, OpenimDb *db, GPtrArray *changes, GError **error)
{
  for (guint i = 0; i < changes->len; i++) {
    const OpenimRowChange *change = g_ptr_array_index (changes, i);
    gpointer row = NULL;
    OpenimFunction event;

    if (!effects->silent && (event = openim_event_of_change (change, effects->self_id, &row)) != 0)
      openim_effects_add_event (effects, event, openim_event_new (event, row));
    if (!rename_user (db, change, error) || !rename_conversations (effects, db, change, error) ||
        !rename_messages (effects, db, change, error))
      return FALSE;
  }
  return TRUE;
}

char *
openim_effects_list_messages (OpenimEffects *effects)
{
  g_autoptr (GString) lines = g_string_new (NULL);

  for (guint i = 0; i < effects->messages->len; i++) {
    const Telling *telling = g_ptr_array_index (effects->messages, i);

    if (telling->message->data->seq > 0)
      g_string_append_printf (lines, "%" G_GINT64_FORMAT " %s\n", telling->message->data->seq,
                              telling->message->conversation_id);
  }
  return lines->len > 0 ? g_string_free (g_steal_pointer (&lines), FALSE) : NULL;
}

static int
compare_tellings (gconstpointer a, gconstpointer b)
{
  const Telling *one = *(Telling *const *) a;
  const Telling *two = *(Telling *const *) b;

  return one->order < two->order ? -1 : one->order > two->order;
}

gboolean
openim_effects_settle (OpenimEffects *effects, OpenimDb *db, GError **error)
{
  g_ptr_array_sort (effects->messages, compare_tellings);

  for (guint i = 0; i < effects->order->len; i++) {
    const char *id = g_ptr_array_index (effects->order, i);
    OpenimTouch touch = GPOINTER_TO_UINT (g_hash_table_lookup (effects->touched, id));
    OpenimConversationChange change = OPENIM_CONVERSATION_SAME;
    g_autoptr (OpenimConversationRow) row = NULL;
    g_autoptr (GError) local = NULL;

    if (!openim_conversations_refresh (db, id, &change, error))
      return FALSE;
    if (touch == OPENIM_TOUCH_QUIET ||
        (change == OPENIM_CONVERSATION_SAME && !(touch & OPENIM_TOUCH_CHANGED)))
      continue;

    row = openim_conversations_get (db, id, &local);
    if (local != NULL) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
    if (row == NULL || row->info->latestmsgsendtime == 0)
      continue; /* hidden */
    g_ptr_array_add (change == OPENIM_CONVERSATION_NEW ? effects->appeared : effects->changed,
                     g_steal_pointer (&row));
  }

  if (g_hash_table_size (effects->touched) > 0) {
    effects->total_unread = openim_conversations_total_unread (db, error);
    if (effects->total_unread < 0)
      return FALSE;
  }
  return TRUE;
}

static void
tell_all (GPtrArray *tellings, const OpenimSyncSink *sink, gpointer owner, const gboolean *stopped)
{
  for (guint i = 0; i < tellings->len && !*stopped; i++) {
    Telling *telling = g_ptr_array_index (tellings, i);

    if (telling->message != NULL)
      sink->message (owner, telling->event, telling->message);
    else
      sink->event (owner, telling->event, g_steal_pointer (&telling->data));
  }
  g_ptr_array_set_size (tellings, 0);
}

void
openim_effects_tell (OpenimEffects *effects,
                     const OpenimSyncSink *sink,
                     gpointer owner,
                     const gboolean *stopped,
                     gint64 *total_unread)
{
  tell_all (effects->lists, sink, owner, stopped);
  tell_all (effects->messages, sink, owner, stopped);
  if (effects->appeared->len > 0 && !*stopped)
    sink->conversations (owner, EVENT (EventOnNewConversation), effects->appeared);
  if (effects->changed->len > 0 && !*stopped)
    sink->conversations (owner, EVENT (EventOnConversationChanged), effects->changed);
  if (effects->total_unread >= 0 && effects->total_unread != *total_unread) {
    *total_unread = effects->total_unread;
    if (!effects->silent && !*stopped)
      sink->event (owner, EVENT (EventOnTotalUnreadMessageCountChanged),
                   openim_event_total_unread (*total_unread));
  }
  tell_all (effects->late, sink, owner, stopped);
}
