/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/im.h"

#include <errno.h>

#include "base/id.h"
#include "message.pb-c.h"
#include "purple/blist.h"
#include "purple/commands.h"
#include "purple/events.h"
#include "purple/line.h"
#include "purple/markup.h"
#include "purple/marks.h"
#include "purple/outgoing.h"

#define TYPING_SECONDS 10 /* how long the other side believes it; so often libpurple says it again */

/* A stranger's window is named after the ID; the nickname says more. */
static void
title_stranger (OpenimConnection *self, PurpleConversation *conversation, const char *who)
{
  const char *name = openim_roster_get_name (self, who);

  if (purple_find_buddy (self->account, who) == NULL &&
      g_strcmp0 (purple_conversation_get_title (conversation), name) != 0)
    purple_conversation_set_title (conversation, name);
}

void
openim_im_show (
    OpenimConnection *self, const char *who, const char *html, PurpleMessageFlags flags, time_t when)
{
  OpenimPeer peer = { OPENIM_SESSION_SINGLE, who };
  PurpleConversation *conversation = openim_peer_find (self, &peer);

  /* serv_got_im() does more than write: it opens the window where the person wants it and answers for one who
   * is away. It marks everything as received, so other lines are written directly. */
  if ((flags & PURPLE_MESSAGE_RECV) != 0) {
    serv_got_im (self->gc, who, html, flags, when);
    if (openim_connection_is_open (self) && (conversation = openim_peer_find (self, &peer)) != NULL)
      title_stranger (self, conversation, who);
    return;
  }
  if (conversation == NULL)
    conversation = purple_conversation_new (PURPLE_CONV_TYPE_IM, self->account, who);
  if ((flags & PURPLE_MESSAGE_SYSTEM) != 0)
    openim_line_write (conversation, html, flags, when);
  else
    purple_conv_im_write (purple_conversation_get_im_data (conversation),
                          purple_account_get_username (self->account), html, flags, when);
}

int
openim_im_send (PurpleConnection *gc, const char *who, const char *html, PurpleMessageFlags flags)
{
  OpenimConnection *self = openim_connection_get (gc);
  OpenimPeer peer = { OPENIM_SESSION_SINGLE, who };
  g_autofree char *text = NULL;

  if (self == NULL || self->self_id == NULL)
    return -ENOTCONN;
  text = openim_markup_to_text (html);
  if (*text == '\0' || openim_commands_take (self, &peer, &text))
    return 0;
  openim_marks_answered (self, &peer);
  openim_outgoing_send (self, &peer, text, text, NULL);
  return 1;
}

unsigned int
openim_im_send_typing (PurpleConnection *gc, const char *who, PurpleTypingState state)
{
  OpenimConnection *self = openim_connection_get (gc);
  Openim__Sdk__Message__TypingStatusUpdateReq request = OPENIM__SDK__MESSAGE__TYPING_STATUS_UPDATE_REQ__INIT;

  if (self == NULL || g_strcmp0 (who, self->self_id) == 0)
    return 0;
  request.recvid = (char *) who;
  request.msgtip = (char *) (state == PURPLE_TYPING ? "yes" : "no");
  openim_connection_call (self, OPENIM_NUMBER (TypingStatusUpdate), &request, NULL, NULL, NULL);
  return TYPING_SECONDS;
}

void
openim_im_closed (PurpleConnection *gc, const char *who)
{
  OpenimConnection *self = openim_connection_get (gc);
  OpenimPeer peer = { OPENIM_SESSION_SINGLE, who };

  if (self != NULL && self->self_id != NULL)
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
  if (g_strcmp0 (id, data->conversationid) != 0)
    return;
  /* The SDK ends it in time, so libpurple need not. */
  if (data->n_platformids > 0)
    serv_got_typing (gc, data->userid, 0, PURPLE_TYPING);
  else
    serv_got_typing_stopped (gc, data->userid);
}

void
openim_im_connect_signals (PurplePlugin *plugin)
{
  static const OpenimHandler handlers[] = {
    { OPENIM_NUMBER (EventOnConversationUserInputStatusChanged), PURPLE_CALLBACK (on_typing) },
  };

  openim_events_connect (plugin, handlers, G_N_ELEMENTS (handlers));
}
