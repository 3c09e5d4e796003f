/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/marks.h"

#include "base/log.h"
#include "conversation.pb-c.h"
#include "purple/account.h"
#include "purple/burn.h"

/* Lines that come together are marked together, and Pidgin moves the focus only after it has told that the
 * window was looked at. */
#define WAIT_MS 500

typedef struct {
  int session;
  char *name;
} Unread;

struct _OpenimMarks {
  GHashTable *unread; /* conversation ID → Unread */
  OpenimTimer *timer;
};

static void
unread_free (gpointer data)
{
  Unread *unread = data;

  g_free (unread->name);
  g_free (unread);
}

OpenimMarks *
openim_marks_new (void)
{
  OpenimMarks *marks = g_new0 (OpenimMarks, 1);

  marks->unread = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, unread_free);
  return marks;
}

void
openim_marks_free (OpenimMarks *marks)
{
  if (marks == NULL)
    return;
  g_hash_table_destroy (marks->unread);
  g_free (marks);
}

static gboolean
is_mode (OpenimConnection *self, const char *mode)
{
  return openim_option_is (self->account, OPENIM_OPTION_READ_MARKS, mode);
}

static gboolean
has_focus (PurpleConversation *conversation)
{
  PurpleConversationUiOps *ops = purple_conversation_get_ui_ops (conversation);

  return ops == NULL || ops->has_focus == NULL || ops->has_focus (conversation);
}

static void
on_marked (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  if (error != NULL)
    openim_log (OPENIM_LOG, OPENIM_LOG_INFO, "a read mark was not set: %s", error->message);
}

static void
mark (OpenimConnection *self, const char *conversation_id)
{
  Openim__Sdk__Conversation__MarkConversationMessageAsReadReq request =
      OPENIM__SDK__CONVERSATION__MARK_CONVERSATION_MESSAGE_AS_READ_REQ__INIT;

  openim_burns_read (self, conversation_id);
  request.conversationid = (char *) conversation_id;
  openim_connection_call (self, OPENIM_NUMBER (MarkConversationMessageAsRead), &request, on_marked, NULL,
                          NULL);
}

static void
on_timer (OpenimConnection *self, gpointer data)
{
  GHashTableIter iter;
  gpointer key = NULL;
  gpointer value = NULL;

  self->marks->timer = NULL;
  g_hash_table_iter_init (&iter, self->marks->unread);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    const Unread *unread = value;
    OpenimPeer peer = { unread->session, unread->name };
    PurpleConversation *conversation = openim_peer_find (self, &peer);

    if (!is_mode (self, "at-once") &&
        (!is_mode (self, "focus") || conversation == NULL || !has_focus (conversation)))
      continue;
    mark (self, key);
    g_hash_table_iter_remove (&iter);
  }
}

static void
look_soon (OpenimConnection *self)
{
  if (self->marks->timer == NULL)
    self->marks->timer = openim_connection_later (self, WAIT_MS, on_timer, NULL, NULL);
}

void
openim_marks_add (OpenimConnection *self, const OpenimPeer *peer)
{
  Unread *unread = g_new0 (Unread, 1);

  unread->session = peer->session;
  unread->name = g_strdup (peer->name);
  g_hash_table_replace (self->marks->unread, openim_peer_conversation_id (self, peer), unread);
  look_soon (self);
}

static void
mark_one (OpenimConnection *self, const OpenimPeer *peer)
{
  g_autofree char *id = openim_peer_conversation_id (self, peer);

  if (g_hash_table_remove (self->marks->unread, id))
    mark (self, id);
}

void
openim_marks_answered (OpenimConnection *self, const OpenimPeer *peer)
{
  if (!is_mode (self, "never"))
    mark_one (self, peer);
}

void
openim_marks_closed (OpenimConnection *self, const OpenimPeer *peer)
{
  if (is_mode (self, "at-once") || is_mode (self, "focus"))
    mark_one (self, peer);
}

void
openim_marks_forget (OpenimConnection *self, const char *conversation_id)
{
  openim_burns_read (self, conversation_id);
  g_hash_table_remove (self->marks->unread, conversation_id);
}

static void
on_updated (PurpleConversation *conversation, PurpleConvUpdateType type, gpointer data)
{
  OpenimConnection *self = data;

  if (type == PURPLE_CONV_UPDATE_UNSEEN && openim_connection_is_open (self) &&
      purple_conversation_get_account (conversation) == self->account &&
      g_hash_table_size (self->marks->unread) > 0)
    look_soon (self);
}

void
openim_marks_watch (OpenimConnection *self)
{
  purple_signal_connect (purple_conversations_get_handle (), "conversation-updated", self,
                         PURPLE_CALLBACK (on_updated), self);
}
