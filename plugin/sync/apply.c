/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Messages into the store (store thread): which are new, which are echoes, which must wait because seqs
 * before them are missing. Source: open-im-server 3.8, seq semantics; a seq that was had is had for good. */

#include "base/gate.h"
#include "base/json.h"
#include "store/outbox.h"
#include "store/ranges.h"
#include "store/rewind.h"
#include "sync/internal.h"

#define EVENT(name) OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__##name

OpenimItem *
openim_item_new (const char *id, gboolean notification)
{
  OpenimItem *item = g_new0 (OpenimItem, 1);

  item->id = g_strdup (id);
  item->notification = notification;
  item->messages = g_ptr_array_new_with_free_func (openim_pb_free);
  return item;
}

void
openim_item_free (OpenimItem *item)
{
  if (item == NULL)
    return;
  g_free (item->id);
  g_ptr_array_unref (item->messages);
  g_clear_pointer (&item->hole, g_array_unref);
  g_free (item->unknown_group);
  if (item->done != NULL)
    item->done (item->data);
  g_free (item);
}

/* A key that is missing means true. */
static gboolean
option (const OpenimMsgData *data, const char *key)
{
  for (size_t i = 0; i < data->n_options; i++)
    if (g_str_equal (data->options[i]->key, key))
      return data->options[i]->value;
  return TRUE;
}

static gboolean
is_own (const OpenimMsgData *data, const OpenimEffects *effects)
{
  return g_str_equal (data->sendid, effects->self_id);
}

/* In the background only conversations that may notify are told of. */
gboolean
openim_item_choose_event (
    OpenimDb *db, const char *conversation_id, OpenimEffects *effects, OpenimFunction *event, GError **error)
{
  g_autoptr (OpenimConversationRow) row = NULL;
  g_autoptr (OpenimUser) user = NULL;
  g_autoptr (GError) local = NULL;

  *event = EVENT (EventOnRecvNewMessage);
  if (!effects->background)
    return TRUE;

  row = openim_conversations_get (db, conversation_id, &local);
  if (local == NULL)
    user = openim_rows_get (db, &openim_table_users, NULL, effects->self_id, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  *event = (row == NULL || row->info->recvmsgopt == 0) && (user == NULL || user->globalrecvmsgopt == 0)
               ? EVENT (EventOnRecvOfflineNewMessage)
               : 0;
  return TRUE;
}

/* Not stored by the server: typing, and messages for those who are online. */
static void
apply_transient (OpenimItem *item, const OpenimMsgData *data, OpenimEffects *effects)
{
  if (data->contenttype == OPENIM_CONTENT_TYPING) {
    g_autoptr (JsonObject) object =
        openim_json_parse ((const char *) data->content.data, data->content.len, 4096, NULL);

    if (!is_own (data, effects))
      openim_effects_add_typing (effects, item->id, data->sendid, data->senderplatformid,
                                 g_str_equal (openim_json_string (object, "msgTips"), "yes"));
    return;
  }
  /* A group gives it back to the device that sent it. */
  if (effects->background || (is_own (data, effects) && data->senderplatformid == effects->platform))
    return;
  openim_effects_add_message (effects, EVENT (EventOnRecvOnlineOnlyMessage),
                              openim_stored_message_new (item->id, openim_pb_copy (data)));
}

/* Who is mentioned shows in the conversation; newer servers leave that to the client. */
static gboolean
apply_mention (
    OpenimDb *db, OpenimItem *item, const OpenimMsgData *data, OpenimEffects *effects, GError **error)
{
  g_autoptr (OpenimConversationRow) row = NULL;
  g_autoptr (GError) local = NULL;
  gboolean changed = FALSE;
  guint kind = 0;

  for (size_t i = 0; i < data->n_atuseridlist; i++)
    if (g_str_equal (data->atuseridlist[i], "AtAllTag"))
      kind |= OPENIM__SDK__COMMON__CONV_GROUP_AT_TYPE__AtAll;
    else if (g_str_equal (data->atuseridlist[i], effects->self_id))
      kind |= OPENIM__SDK__COMMON__CONV_GROUP_AT_TYPE__AtMe;
  if (kind == 0)
    return TRUE;

  row = openim_conversations_get (db, item->id, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  /* A mention in something that was read elsewhere is none. */
  if (row == NULL || data->seq <= row->has_read_seq)
    return TRUE;
  row->info->groupattype = (row->info->groupattype | kind) & 3;
  if (!openim_conversations_put_settings (db, row->info, &changed, error))
    return FALSE;
  if (changed)
    openim_effects_touch (effects, item->id, OPENIM_TOUCH_CHANGED);
  return TRUE;
}

static gboolean
ensure_conversation (
    OpenimDb *db, OpenimItem *item, const OpenimMsgData *data, OpenimEffects *effects, GError **error)
{
  const char *peer = is_own (data, effects) ? data->recvid : data->sendid;
  gboolean group = data->sessiontype == OPENIM_SESSION_GROUP;

  /* A placeholder names nobody and makes no conversation. */
  if (data->sessiontype == 0 || data->sendid[0] == '\0')
    return TRUE;
  return openim_effects_ensure (effects, db, item->id, data->sessiontype, group ? "" : peer,
                                group ? data->groupid : "", error);
}

/* What the messages of one item come to together. */
typedef struct {
  gint64 max_seq; /* 0: nothing was stored */
  gint64 own_seq; /* -1: none of our own */
  gint64 passed;  /* what a sync finds before this seq is history: later ones have been told without it */
  OpenimTouch touch;
} Sum;

/* @place: the message, which those who are told take with them. */
static gboolean
apply_stored (
    OpenimDb *db, OpenimItem *item, gpointer *place, Sum *sum, OpenimEffects *effects, GError **error)
{
  const OpenimMsgData *data = *place;
  OpenimStoredKind kind;
  OpenimFunction event;
  gboolean own = is_own (data, effects);

  if (!ensure_conversation (db, item, data, effects, error) ||
      !openim_messages_put (db, item->id, effects->self_id, data, &kind, error))
    return FALSE;
  sum->max_seq = MAX (sum->max_seq, data->seq);
  /* The server raises the mark of somebody who writes. */
  if (own)
    sum->own_seq = MAX (sum->own_seq, data->seq);

  switch (kind) {
  case OPENIM_STORED_NEW:
    if (item->silent || data->seq < sum->passed)
      break;
    if (option (data, own ? "senderConversationUpdate" : "conversationUpdate"))
      sum->touch |= OPENIM_TOUCH_CHANGED;
    if (!own)
      openim_effects_add_typing (effects, item->id, data->sendid, data->senderplatformid, FALSE);
    if ((!own && data->sessiontype == OPENIM_SESSION_GROUP &&
         !apply_mention (db, item, data, effects, error)) ||
        !openim_item_choose_event (db, item->id, effects, &event, error))
      return FALSE;
    if (event != 0)
      openim_effects_add_message (effects, event,
                                  openim_stored_message_new (item->id, g_steal_pointer (place)));
    break;
  case OPENIM_STORED_ECHO:
    /* Also while history is filled: an own message that was in doubt is not any more. */
    sum->touch |= OPENIM_TOUCH_CHANGED;
    openim_effects_add_echo (effects, item->id, data->clientmsgid);
    if (!openim_outbox_remove (db, item->id, data->clientmsgid, error))
      return FALSE;
    break;
  case OPENIM_STORED_UPDATED:
    if (!item->silent)
      sum->touch |= OPENIM_TOUCH_CHANGED;
    break;
  case OPENIM_STORED_DUPLICATE:
    if (own)
      openim_effects_add_echo (effects, item->id, data->clientmsgid);
    break;
  case OPENIM_STORED_KNOWN:
  case OPENIM_STORED_DELETED:
  default:
    break;
  }
  return TRUE;
}

static gboolean
apply_sum (OpenimDb *db, OpenimItem *item, Sum *sum, OpenimEffects *effects, GError **error)
{
  gboolean changed = FALSE;

  if (sum->max_seq == 0)
    return TRUE;
  if (!openim_conversations_set_seqs (db, item->id, sum->max_seq, sum->own_seq, &changed, error))
    return FALSE;
  if (changed && !item->silent)
    sum->touch |= OPENIM_TOUCH_CHANGED;
  openim_effects_touch (effects, item->id, sum->touch);
  return TRUE;
}

/* A live message with a seq that was passed long ago may be late; or the server was set up anew, and no sync
 * has noticed it yet: then nothing that is known of seqs holds, and the next sync looks for what there is. */
static gboolean
check_count (
    OpenimDb *db, OpenimItem *item, const OpenimMsgData *data, OpenimEffects *effects, GError **error)
{
  g_autofree char *stub = NULL;
  gboolean contradict;

  if (!openim_seqs_contradict (db, item->id, data, &contradict, error))
    return FALSE;
  if (!contradict)
    return TRUE;
  stub = openim_log_id (item->id);
  openim_log (OPENIM_SYNC_LOG, OPENIM_LOG_WARNING, "%s: the server gives out its seqs again", stub);
  effects->resync = TRUE;
  return openim_seqs_rewind_all (db, error);
}

/* What a sync has found begins with a message that is here (want_anchor in seqs.c). If that is another one
 * now, the next sync brings all of it, in its order. */
static gboolean
check_anchor (OpenimDb *db, OpenimItem *item, OpenimEffects *effects, GError **error)
{
  gboolean noticed;

  for (guint i = 0; i < item->messages->len; i++) {
    const OpenimMsgData *data = g_ptr_array_index (item->messages, i);
    g_autoptr (GArray) missing = NULL;

    if (data->seq <= 0 || data->seq >= item->begin)
      break;
    missing = openim_ranges_missing (db, item->id, data->seq, data->seq, error);
    if (missing == NULL || (missing->len == 0 && !check_count (db, item, data, effects, error)))
      return FALSE;
  }
  if (!openim_seqs_is_noticed (db, &noticed, error))
    return FALSE;
  if (!noticed)
    return TRUE;
  g_ptr_array_set_size (item->messages, 0);
  item->begin = item->end = 0;
  return TRUE;
}

/* Parts missing before @data that were never seen and are worth waiting for; (nullable). */
static gboolean
find_hole (OpenimDb *db, OpenimItem *item, const OpenimMsgData *data, OpenimEffects *effects, GError **error)
{
  gint64 have = openim_ranges_max (db, item->id, error);
  gint64 begin;

  if (have >= data->seq && !item->notification) {
    if (!check_count (db, item, data, effects, error))
      return FALSE;
    have = openim_ranges_max (db, item->id, error);
  }
  if (have < 0)
    return FALSE;
  begin = have + 1;
  begin = MAX (begin, data->seq - (item->notification ? OPENIM_SYNC_NOTICES : OPENIM_SYNC_HISTORY));
  if (begin >= data->seq)
    return TRUE;
  item->hole = openim_ranges_missing (db, item->id, begin, data->seq - 1, error);
  if (item->hole == NULL)
    return FALSE;
  if (item->hole->len == 0)
    g_clear_pointer (&item->hole, g_array_unref);
  return TRUE;
}

/* Whether a message of a group that is not in the list of groups has to wait for that list. */
static gboolean
check_group (OpenimDb *db, OpenimItem *item, const OpenimMsgData *data, GError **error)
{
  g_autoptr (OpenimGroup) group = NULL;
  g_autoptr (GError) local = NULL;

  if (item->asked || item->silent || item->force || data->sessiontype != OPENIM_SESSION_GROUP)
    return TRUE;
  item->asked = TRUE;
  group = openim_rows_get (db, &openim_table_groups, NULL, data->groupid, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (group == NULL)
    item->unknown_group = g_strdup (data->groupid);
  return TRUE;
}

static gboolean
apply_notification (
    OpenimDb *db, OpenimItem *item, const OpenimMsgData *data, OpenimEffects *effects, GError **error)
{
  if (data->seq > 0) {
    g_autoptr (GArray) missing = openim_ranges_missing (db, item->id, data->seq, data->seq, error);

    if (missing == NULL)
      return FALSE;
    if (missing->len == 0)
      return TRUE; /* has been heard */
    if (!openim_ranges_add (db, item->id, data->seq, data->seq, error))
      return FALSE;
  }
  if (item->silent || data->status >= OPENIM_STATUS_DELETED)
    return TRUE;
  return openim_notification_apply (db, data, effects, error);
}

/* Behind a live message only so many are asked for (find_hole), and a sync that did not know of it asks for
 * older ones. */
static gboolean
find_passed (OpenimDb *db, OpenimItem *item, gint64 *passed, GError **error)
{
  gint64 have = openim_ranges_max (db, item->id, error);

  *passed = have - OPENIM_SYNC_HISTORY + 1;
  return have >= 0;
}

/* By seq, those without one last; otherwise as they came. */
static int
compare_seqs (gconstpointer a, gconstpointer b)
{
  const OpenimMsgData *one = *(OpenimMsgData *const *) a;
  const OpenimMsgData *two = *(OpenimMsgData *const *) b;
  guint64 first = (guint64) one->seq - 1;
  guint64 second = (guint64) two->seq - 1;

  return first < second ? -1 : first > second;
}

/* What cannot be right is dropped before it reaches a table. */
static gboolean
is_sane (const OpenimMsgData *data)
{
  return data->seq >= 0 && data->seq <= OPENIM_SYNC_MAX_SEQ &&
         (data->status >= OPENIM_STATUS_DELETED || openim_gate_id (data->sendid));
}

/* Messages that wait for nothing have their seqs noted at once, and not one after the other. */
static gboolean
add_ranges (OpenimDb *db, OpenimItem *item, GError **error)
{
  gint64 begin = item->begin, end = item->begin > 0 ? item->end : 0;

  for (guint i = 0; item->force && i < item->messages->len; i++) {
    const OpenimMsgData *data = g_ptr_array_index (item->messages, i);

    if (data->seq <= 0 || !is_sane (data) || (data->seq >= begin && data->seq <= end))
      continue;
    if (data->seq != end + 1) {
      if (end > 0 && !openim_ranges_add (db, item->id, begin, end, error))
        return FALSE;
      begin = data->seq;
    }
    end = data->seq;
  }
  return end == 0 || openim_ranges_add (db, item->id, begin, end, error);
}

gboolean
openim_item_apply (OpenimDb *db, OpenimItem *item, OpenimEffects *effects, GError **error)
{
  Sum sum = { .own_seq = -1, .touch = item->silent ? OPENIM_TOUCH_QUIET : OPENIM_TOUCH_REFRESH };
  guint done = 0;

  g_ptr_array_sort (item->messages, compare_seqs);
  if (item->found && !item->notification &&
      (!check_anchor (db, item, effects, error) || !find_passed (db, item, &sum.passed, error)))
    return FALSE;
  if (!item->notification && !add_ranges (db, item, error))
    return FALSE;
  for (; done < item->messages->len; done++) {
    OpenimMsgData *data = g_ptr_array_index (item->messages, done);

    if (!is_sane (data)) {
      openim_log (OPENIM_SYNC_LOG, OPENIM_LOG_WARNING, "a message that names no sender was left out");
      continue;
    }
    data->sendtime = openim_gate_time (data->sendtime);
    data->createtime = openim_gate_time (data->createtime);

    if (data->seq == 0) {
      if (item->notification) {
        if (!apply_notification (db, item, data, effects, error))
          return FALSE;
      } else if (data->status < OPENIM_STATUS_DELETED) {
        apply_transient (item, data, effects);
      }
      continue;
    }

    if (!item->force) {
      if (!check_group (db, item, data, error) || !find_hole (db, item, data, effects, error))
        return FALSE;
      if (item->hole != NULL || item->unknown_group != NULL)
        break;
    }
    if (item->notification
            ? !apply_notification (db, item, data, effects, error)
            : !apply_stored (db, item, &g_ptr_array_index (item->messages, done), &sum, effects, error))
      return FALSE;
  }

  if (!apply_sum (db, item, &sum, effects, error) ||
      (item->begin > 0 && !openim_ranges_add (db, item->id, item->begin, item->end, error)))
    return FALSE;
  if (done > 0)
    g_ptr_array_remove_range (item->messages, 0, done);
  return TRUE;
}
