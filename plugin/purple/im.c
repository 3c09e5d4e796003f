/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/im.h"

#include <errno.h>

#include "base/id.h"
#include "message.pb-c.h"
#include "purple/backlog.h"
#include "purple/blist.h"
#include "purple/commands.h"
#include "purple/events.h"
#include "purple/line.h"
#include "purple/markup.h"
#include "purple/marks.h"
#include "purple/members.h"
#include "purple/outgoing.h"
#include "purple/parcel.h"
#include "purple/split.h"
#include "purple/traits.h"
#include "purple/who.h"

#define TYPING_SECONDS 10 /* how long the other side believes it; so often libpurple says it again */

/* --- strangers: libpurple shows the alias of a buddy, but of others the ID --- */

static gboolean
is_stranger (OpenimConnection *self, const char *who)
{
  return openim_host_has_windows () && purple_find_buddy (self->account, who) == NULL;
}

static void
title_stranger (OpenimConnection *self, PurpleConversation *conversation, const char *who)
{
  const char *name = openim_roster_get_name (self, who);

  if (is_stranger (self, who) && g_strcmp0 (purple_conversation_get_title (conversation), name) != 0)
    purple_conversation_set_title (conversation, name);
}

/* The window is found by now, so the line may have another sender's name. Last of all handlers: others look
 * for people by their IDs. */
static gboolean
on_receiving (PurpleAccount *account,
              char **sender,
              char **text,
              PurpleConversation *conversation,
              PurpleMessageFlags *flags,
              gpointer data)
{
  OpenimConnection *self = data;
  g_autofree char *id = NULL;

  if (account != self->account || conversation == NULL || *sender == NULL || !is_stranger (self, *sender) ||
      g_strcmp0 (purple_conversation_get_name (conversation), *sender) != 0)
    return FALSE;
  id = *sender;
  *sender = g_strdup (openim_roster_get_name (self, openim_who_id (self, id)));
  return FALSE;
}

void
openim_im_watch (OpenimConnection *self)
{
  purple_signal_connect_priority (purple_conversations_get_handle (), "receiving-im-msg", self,
                                  PURPLE_CALLBACK (on_receiving), self, PURPLE_SIGNAL_PRIORITY_HIGHEST);
}

/* --- lines --- */

static void
receive (OpenimConnection *self, const char *who, const char *html, PurpleMessageFlags flags, time_t when)
{
  OpenimPeer peer = { OPENIM_SESSION_SINGLE, who };
  g_autofree char *name = g_strdup (openim_who_name (self, who));
  PurpleConversation *conversation = NULL;

  if (is_stranger (self, who) && purple_privacy_check (self->account, name)) {
    conversation = openim_peer_open (self, &peer);
    if (!openim_connection_is_open (self))
      return;
    title_stranger (self, conversation, who);
  }
  if (openim_connection_is_open (self))
    serv_got_im (self->gc, name, html, flags, when);
}

/* bitlbee takes it for the window into which the line belongs. */
static const char *
name_of_own (OpenimConnection *self, PurpleConversation *conversation)
{
  return openim_host_is_bitlbee () ? purple_conversation_get_name (conversation)
                                   : purple_account_get_username (self->account);
}

void
openim_im_show (OpenimConnection *self,
                const char *who,
                const char *html,
                PurpleMessageFlags flags,
                time_t when,
                gboolean quiet)
{
  OpenimPeer peer = { OPENIM_SESSION_SINGLE, who };
  PurpleConversation *conversation = openim_peer_find (self, &peer);
  gboolean received = (flags & PURPLE_MESSAGE_RECV) != 0;

  /* serv_got_im() does more than write: it opens the window where the person wants it and answers for one who
   * is away. It marks everything as received, so other lines are written directly. */
  if (received && !quiet) {
    receive (self, who, html, flags, when);
    return;
  }
  if (conversation == NULL)
    conversation = openim_peer_open (self, &peer);
  if ((flags & PURPLE_MESSAGE_SYSTEM) != 0)
    openim_line_write (conversation, html, flags, when);
  else
    purple_conv_im_write (purple_conversation_get_im_data (conversation),
                          received ? (is_stranger (self, who) ? openim_roster_get_name (self, who)
                                                              : openim_who_name (self, who))
                                   : name_of_own (self, conversation),
                          html, flags, when);
}

static void
say (OpenimConnection *self, const OpenimPeer *peer, const char *text)
{
  g_auto (GStrv) parts = openim_split (text, OPENIM_SPLIT_LIMIT);

  for (guint i = 0; parts[i] != NULL && openim_connection_is_open (self); i++)
    openim_outgoing_send (self, peer, parts[i], parts[i], NULL);
}

/* One's own line, of which the log shall know nothing. */
static void
echo (OpenimConnection *self, const OpenimPeer *peer, const char *html, PurpleMessageFlags flags)
{
  PurpleConversation *conversation = openim_peer_find (self, peer);

  if (conversation == NULL)
    return;
  openim_line_pause_log (self, peer, TRUE);
  purple_conv_im_write (purple_conversation_get_im_data (conversation), NULL, html,
                        flags | PURPLE_MESSAGE_SEND, time (NULL));
  if (openim_connection_is_open (self))
    openim_line_pause_log (self, peer, FALSE);
}

int
openim_im_send (PurpleConnection *gc, const char *who, const char *html, PurpleMessageFlags flags)
{
  OpenimConnection *self = openim_connection_get (gc);
  OpenimPeer peer = { OPENIM_SESSION_SINGLE, NULL };
  g_autofree char *text = NULL;

  if (self == NULL || self->self_id == NULL)
    return -ENOTCONN;
  peer.name = openim_who_id (self, who);
  text = openim_markup_to_text (html);
  if (openim_commands_take (self, &peer, &text))
    return 0;
  if (!openim_parcels_take (self, &peer, html, say)) {
    if (*text == '\0')
      return 0;
    say (self, &peer, text);
  }
  openim_marks_answered (self, &peer);
  openim_backlog_forget (self, &peer);
  if (!openim_traits_of_peer (self, &peer)->private_chat)
    return 1;
  /* libpurple would log it. */
  echo (self, &peer, html, flags);
  return 0;
}

unsigned int
openim_im_send_typing (PurpleConnection *gc, const char *who, PurpleTypingState state)
{
  OpenimConnection *self = openim_connection_get (gc);
  Openim__Sdk__Message__TypingStatusUpdateReq request = OPENIM__SDK__MESSAGE__TYPING_STATUS_UPDATE_REQ__INIT;

  if (self == NULL || self->self_id == NULL)
    return 0;
  request.recvid = (char *) openim_who_id (self, who);
  if (g_strcmp0 (request.recvid, self->self_id) == 0)
    return 0;
  request.msgtip = (char *) (state == PURPLE_TYPING ? "yes" : "no");
  openim_connection_call (self, OPENIM_NUMBER (TypingStatusUpdate), &request, NULL, NULL, NULL);
  return TYPING_SECONDS;
}

void
openim_im_closed (PurpleConnection *gc, const char *who)
{
  OpenimConnection *self = openim_connection_get (gc);
  OpenimPeer peer = { OPENIM_SESSION_SINGLE, who };

  if (self == NULL || self->self_id == NULL)
    return;
  peer.name = openim_who_id (self, who);
  openim_marks_closed (self, &peer);
}

static void
on_typing (PurpleConnection *gc,
           const Openim__Event__EventOnConversationUserInputStatusChangedData *data,
           gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);
  OpenimPeer peer = { OPENIM_SESSION_SINGLE, data->userid };
  g_autofree char *id = NULL;

  if (self == NULL || self->self_id == NULL)
    return;
  id = openim_peer_conversation_id (self, &peer);
  if (g_strcmp0 (id, data->conversationid) != 0) {
    openim_members_set_typing (self, data->conversationid, data->userid, data->n_platformids > 0);
    return;
  }
  /* The SDK ends it in time, so libpurple need not. */
  if (data->n_platformids > 0)
    serv_got_typing (gc, openim_who_name (self, data->userid), 0, PURPLE_TYPING);
  else
    serv_got_typing_stopped (gc, openim_who_name (self, data->userid));
}

void
openim_im_connect_signals (PurplePlugin *plugin)
{
  static const OpenimHandler handlers[] = {
    { OPENIM_NUMBER (EventOnConversationUserInputStatusChanged), PURPLE_CALLBACK (on_typing) },
  };

  openim_events_connect (plugin, handlers, G_N_ELEMENTS (handlers));
}
