/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/conversation-settings.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "conversation.pb-c.h"
#include "purple/traits.h"
#include "purple/words.h"
#include "user.pb-c.h"

typedef Openim__Sdk__Conversation__SetConversationReq Setting;

/* Who hears what has come of it. */
typedef struct {
  OpenimCommandLine *command; /* (nullable) else it was a menu, which is silent when all went well */
  char *done;                 /* a sentence */
  int session;                /* 0: all conversations */
  char *name;
  gboolean empties; /* what stands in the window is no more */
  int quiet;        /* -1: as before */
} Wish;

static void
wish_free (gpointer data)
{
  Wish *wish = data;

  if (wish->command != NULL)
    openim_command_unref (wish->command);
  g_free (wish->done);
  g_free (wish->name);
  g_free (wish);
}

static Wish *
wish_new (OpenimCommandLine *command, const OpenimPeer *peer, const char *done)
{
  Wish *wish = g_new0 (Wish, 1);

  wish->command = command != NULL ? openim_command_ref (command) : NULL;
  wish->done = g_strdup (done);
  wish->session = peer != NULL ? peer->session : 0;
  wish->name = peer != NULL ? g_strdup (peer->name) : NULL;
  wish->quiet = -1;
  return wish;
}

static void
on_done (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Wish *wish = data;
  OpenimPeer peer = { wish->session, wish->name };
  PurpleConversation *conversation = wish->empties ? openim_peer_find (self, &peer) : NULL;
  g_autofree char *sentence = error != NULL ? openim_error_describe (error) : NULL;

  if (error != NULL) {
    if (wish->command != NULL)
      openim_command_say_error (self, wish->command, error);
    else
      purple_notify_error (self->gc, _ ("Conversation"), sentence, NULL);
    return;
  }
  if (wish->quiet >= 0)
    openim_traits_set_quiet (self, wish->quiet);
  if (conversation != NULL)
    purple_conversation_clear_message_history (conversation);
  if (wish->command != NULL && openim_connection_is_open (self))
    openim_command_say (self, wish->command, "%s", wish->done);
}

/* --- one conversation --- */

static void
set (OpenimConnection *self, const OpenimPeer *peer, Setting *setting, Wish *wish /* (transfer full) */)
{
  g_autofree char *id = openim_peer_conversation_id (self, peer);

  setting->conversationid = id;
  openim_connection_call (self, OPENIM_NUMBER (SetConversation), setting, on_done, wish, wish_free);
}

static void
set_notices (OpenimConnection *self, const OpenimPeer *peer, gboolean on, OpenimCommandLine *command)
{
  Setting setting = OPENIM__SDK__CONVERSATION__SET_CONVERSATION_REQ__INIT;

  setting._recv_msg_opt_case = OPENIM__SDK__CONVERSATION__SET_CONVERSATION_REQ___RECV_MSG_OPT_RECV_MSG_OPT;
  setting.recvmsgopt = on ? OPENIM__SDK__COMMON__CONV_RECV_MSG_OPT__ReceiveMessage
                          : OPENIM__SDK__COMMON__CONV_RECV_MSG_OPT__ReceiveNotNotifyMessage;
  set (self, peer, &setting,
       wish_new (command, peer,
                 on ? _ ("This conversation opens again when somebody writes.")
                    : _ ("This conversation stays closed now when somebody writes.")));
}

static void
set_pinned (OpenimConnection *self, const OpenimPeer *peer, gboolean on, OpenimCommandLine *command)
{
  Setting setting = OPENIM__SDK__CONVERSATION__SET_CONVERSATION_REQ__INIT;

  setting._is_pinned_case = OPENIM__SDK__CONVERSATION__SET_CONVERSATION_REQ___IS_PINNED_IS_PINNED;
  setting.ispinned = on;
  set (self, peer, &setting,
       wish_new (command, peer,
                 on ? _ ("This conversation stands at the top of the list now.")
                    : _ ("This conversation has its ordinary place in the list now.")));
}

static void
set_burn (OpenimConnection *self, const OpenimPeer *peer, guint seconds, OpenimCommandLine *command)
{
  Setting setting = OPENIM__SDK__CONVERSATION__SET_CONVERSATION_REQ__INIT;
  g_autofree char *done =
      seconds > 0
          ? g_strdup_printf (
                g_dngettext (GETTEXT_PACKAGE, "What is said here vanishes %u second after it has been read.",
                             "What is said here vanishes %u seconds after it has been read.", seconds),
                seconds)
          : g_strdup (_ ("What is said here stays."));

  setting._is_private_chat_case =
      OPENIM__SDK__CONVERSATION__SET_CONVERSATION_REQ___IS_PRIVATE_CHAT_IS_PRIVATE_CHAT;
  setting.isprivatechat = seconds > 0;
  if (seconds > 0) {
    setting._burn_duration_case =
        OPENIM__SDK__CONVERSATION__SET_CONVERSATION_REQ___BURN_DURATION_BURN_DURATION;
    setting.burnduration = (gint32) seconds;
  }
  set (self, peer, &setting, wish_new (command, peer, done));
}

static void
hide (OpenimConnection *self, const OpenimPeer *peer, OpenimCommandLine *command)
{
  Openim__Sdk__Conversation__HideConversationReq request =
      OPENIM__SDK__CONVERSATION__HIDE_CONVERSATION_REQ__INIT;
  g_autofree char *id = openim_peer_conversation_id (self, peer);

  request.conversationid = id;
  openim_connection_call (
      self, OPENIM_NUMBER (HideConversation), &request, on_done,
      wish_new (command, peer, _ ("This conversation is not in the list until somebody writes.")), wish_free);
}

static void
clear (OpenimConnection *self, const OpenimPeer *peer, OpenimCommandLine *command)
{
  Openim__Sdk__Conversation__ClearConversationAndDeleteAllMsgReq request =
      OPENIM__SDK__CONVERSATION__CLEAR_CONVERSATION_AND_DELETE_ALL_MSG_REQ__INIT;
  g_autofree char *id = openim_peer_conversation_id (self, peer);
  Wish *wish = wish_new (command, peer, _ ("All that was said here is deleted, for you."));

  wish->empties = TRUE;
  request.conversationid = id;
  openim_connection_call (self, OPENIM_NUMBER (ClearConversationAndDeleteAllMsg), &request, on_done, wish,
                          wish_free);
}

static void delete (OpenimConnection *self, const OpenimPeer *peer, OpenimCommandLine *command)
{
  Openim__Sdk__Conversation__DeleteConversationAndDeleteAllMsgReq request =
      OPENIM__SDK__CONVERSATION__DELETE_CONVERSATION_AND_DELETE_ALL_MSG_REQ__INIT;
  g_autofree char *id = openim_peer_conversation_id (self, peer);
  Wish *wish = wish_new (command, peer, _ ("This conversation is deleted, for you."));

  wish->empties = TRUE;
  request.conversationid = id;
  openim_connection_call (self, OPENIM_NUMBER (DeleteConversationAndDeleteAllMsg), &request, on_done, wish,
                          wish_free);
}

static void
change (OpenimConnection *self, const OpenimPeer *peer, OpenimChange what, OpenimCommandLine *command)
{
  switch (what) {
  case OPENIM_CHANGE_MUTE:
  case OPENIM_CHANGE_UNMUTE:
    set_notices (self, peer, what == OPENIM_CHANGE_UNMUTE, command);
    break;
  case OPENIM_CHANGE_PIN:
  case OPENIM_CHANGE_UNPIN:
    set_pinned (self, peer, what == OPENIM_CHANGE_PIN, command);
    break;
  case OPENIM_CHANGE_HIDE:
    hide (self, peer, command);
    break;
  case OPENIM_CHANGE_CLEAR:
    clear (self, peer, command);
    break;
  case OPENIM_CHANGE_DELETE:
  default:
    delete (self, peer, command);
    break;
  }
}

void
openim_conversation_change (OpenimConnection *self, const OpenimPeer *peer, OpenimChange what)
{
  change (self, peer, what, NULL);
}

void
openim_conversation_burn (OpenimConnection *self, const OpenimPeer *peer, guint seconds)
{
  set_burn (self, peer, seconds, NULL);
}

/* --- the account --- */

static void
read_all (OpenimConnection *self, OpenimCommandLine *command)
{
  openim_connection_call (self, OPENIM_NUMBER (MarkAllConversationMessageAsRead), NULL, on_done,
                          wish_new (command, NULL, _ ("Everything is marked as read.")), wish_free);
}

static void
set_quiet (OpenimConnection *self, gboolean on, OpenimCommandLine *command)
{
  Openim__Sdk__User__SetSelfInfoReq request = OPENIM__SDK__USER__SET_SELF_INFO_REQ__INIT;
  Wish *wish = wish_new (command, NULL,
                         on ? _ ("Conversations stay closed now when somebody writes.")
                            : _ ("Conversations open again when somebody writes."));

  wish->quiet = on;
  request.userid = self->self_id;
  request._global_recv_msg_opt_case =
      OPENIM__SDK__USER__SET_SELF_INFO_REQ___GLOBAL_RECV_MSG_OPT_GLOBAL_RECV_MSG_OPT;
  request.globalrecvmsgopt = on ? OPENIM__SDK__COMMON__GLOBAL_RECV_MSG_OPT__NotNotify
                                : OPENIM__SDK__COMMON__GLOBAL_RECV_MSG_OPT__Normal;
  openim_connection_call (self, OPENIM_NUMBER (SetSelfInfo), &request, on_done, wish, wish_free);
}

void
openim_conversation_read_all (OpenimConnection *self)
{
  read_all (self, NULL);
}

void
openim_conversation_toggle_quiet (OpenimConnection *self)
{
  set_quiet (self, !openim_traits_is_quiet (self), NULL);
}

/* --- commands --- */

void
openim_conversation_run_notices (OpenimConnection *self, OpenimCommandLine *command)
{
  int on = openim_command_read_switch (self, command, !openim_traits_of_peer (self, &command->peer)->muted);

  if (on >= 0)
    set_notices (self, &command->peer, on, command);
}

void
openim_conversation_run_pin (OpenimConnection *self, OpenimCommandLine *command)
{
  int on = openim_command_read_switch (self, command, openim_traits_of_peer (self, &command->peer)->pinned);

  if (on >= 0)
    set_pinned (self, &command->peer, on, command);
}

void
openim_conversation_run_hide (OpenimConnection *self, OpenimCommandLine *command)
{
  change (self, &command->peer, OPENIM_CHANGE_HIDE, command);
}

/* What cannot be undone is typed twice. */
static gboolean
is_sure (OpenimConnection *self, OpenimCommandLine *command)
{
  if (g_strcmp0 (command->args[0], "yes") == 0)
    return TRUE;
  openim_command_say (self, command,
                      /* TRANSLATORS: "/clearhistory"; "yes" is typed and not translated */
                      _ ("All that was said here will be gone, for you and on all your devices. If you are "
                         "sure, type %s%s yes"),
                      openim_commands_get_mark (), command->name);
  return FALSE;
}

void
openim_conversation_run_clear (OpenimConnection *self, OpenimCommandLine *command)
{
  if (is_sure (self, command))
    change (self, &command->peer, OPENIM_CHANGE_CLEAR, command);
}

void
openim_conversation_run_delete (OpenimConnection *self, OpenimCommandLine *command)
{
  if (is_sure (self, command))
    change (self, &command->peer, OPENIM_CHANGE_DELETE, command);
}

void
openim_conversation_run_burn (OpenimConnection *self, OpenimCommandLine *command)
{
  const OpenimTraits *traits = openim_traits_of_peer (self, &command->peer);
  const char *word = command->args[0];
  guint64 seconds = 0;

  if (word == NULL && traits->private_chat)
    openim_command_say (
        self, command,
        g_dngettext (GETTEXT_PACKAGE, "What is said here vanishes %u second after it has been read.",
                     "What is said here vanishes %u seconds after it has been read.", traits->burn),
        traits->burn);
  else if (word == NULL)
    openim_command_say (self, command, _ ("What is said here stays."));
  else if (g_str_equal (word, "off"))
    set_burn (self, &command->peer, 0, command);
  else if (g_ascii_string_to_unsigned (word, 10, 1, 30 * 86400, &seconds, NULL) ||
           (seconds = openim_words_read_time (word)) > 0)
    set_burn (self, &command->peer, (guint) seconds, command);
  else
    openim_command_say (self, command, _ ("“%s” is not a number of seconds."), word);
}

void
openim_conversation_run_read_all (OpenimConnection *self, OpenimCommandLine *command)
{
  read_all (self, command);
}

void
openim_conversation_run_quiet (OpenimConnection *self, OpenimCommandLine *command)
{
  int on = openim_command_read_switch (self, command, openim_traits_is_quiet (self));

  if (on >= 0)
    set_quiet (self, on, command);
}
