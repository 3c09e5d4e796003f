/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/entry.h"

#include <glib/gi18n-lib.h>

#include "base/gate.h"
#include "purple/blist.h"
#include "purple/chat.h"
#include "purple/commands.h"
#include "purple/im.h"
#include "purple/images.h"
#include "purple/markdown.h"
#include "purple/markup.h"
#include "purple/numbers.h"
#include "purple/transfers.h"

enum { CONTENT_MARKDOWN = 118 }; /* not in the interface, but sent */

time_t
openim_entry_get_time (const OpenimMessage *message)
{
  gint64 ms = openim_gate_time (message->sendtime != 0 ? message->sendtime : message->createtime);

  return ms > 0 ? (time_t) (ms / 1000) : time (NULL);
}

/* What can be done with it. (transfer full) (nullable) */
static char *
get_hint (OpenimConnection *self, const OpenimMessage *message)
{
  const char *id = NULL;

  if (message->content_case != OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_CARD_ELEM || message->cardelem == NULL)
    return NULL;
  id = message->cardelem->userid;
  if (!openim_gate_id (id) || g_str_equal (id, self->self_id) || openim_roster_get_friend (self, id) != NULL)
    return NULL;
  /* TRANSLATORS: "/" or "?", a user ID: the command is /add */
  return g_strdup_printf (_ ("%sadd %s asks for friendship."), openim_commands_get_mark (), id);
}

/* (transfer full) */
static char *
html_of (OpenimConnection *self, const OpenimMessage *message, const char *text)
{
  g_autofree char *hint = get_hint (self, message);
  g_autofree char *words = hint != NULL ? g_strconcat (text, "\n", hint, NULL) : g_strdup (text);

  if ((int) message->contenttype == CONTENT_MARKDOWN)
    return openim_markdown_to_html (words);
  return openim_markup_from_text (words);
}

gboolean
openim_entry_is_private (const OpenimMessage *message)
{
  return message->attachedinfoelem != NULL && message->attachedinfoelem->isprivatechat;
}

static PurpleMessageFlags
flags_of (OpenimConnection *self, const OpenimMessage *message, OpenimEntryKind kind)
{
  PurpleMessageFlags flags = 0;

  if (kind != OPENIM_ENTRY_NEW && kind != OPENIM_ENTRY_QUIET)
    flags |= PURPLE_MESSAGE_DELAYED;
  if (openim_message_is_notice (message))
    return flags | PURPLE_MESSAGE_SYSTEM;
  if (g_strcmp0 (message->sendid, self->self_id) == 0)
    return flags | PURPLE_MESSAGE_SEND | PURPLE_MESSAGE_REMOTE_SEND;
  if (openim_message_mentions (message, self->self_id))
    flags |= PURPLE_MESSAGE_NICK;
  return flags | PURPLE_MESSAGE_RECV;
}

/* The words stand under the picture: it may not be seen, and a log has the number only. */
static char *
with_picture (const char *html, int picture)
{
  return picture != 0 ? g_strdup_printf ("<img id=\"%d\"><br>%s", picture, html) : g_strdup (html);
}

void
openim_entry_show (OpenimConnection *self,
                   const OpenimPeer *peer,
                   const OpenimMessage *message,
                   OpenimEntryKind kind)
{
  g_autofree char *text = openim_message_get_text (message, self->self_id);
  g_autofree char *words = html_of (self, message, text);
  int picture = openim_images_take (self, message);
  g_autofree char *html = with_picture (words, picture);
  PurpleMessageFlags flags = flags_of (self, message, kind) | (picture != 0 ? PURPLE_MESSAGE_IMAGES : 0);
  gboolean quiet = kind != OPENIM_ENTRY_NEW && kind != OPENIM_ENTRY_MISSED;
  gboolean logged = kind != OPENIM_ENTRY_AGAIN && !openim_entry_is_private (message);
  time_t when = openim_entry_get_time (message);

  openim_numbers_note (self, peer, message, text);
  /* What was shown before is in the log; what shall vanish must not stay in one. */
  if (!logged)
    openim_line_pause_log (self, peer, TRUE);
  if (openim_connection_is_open (self) && peer->session == OPENIM_SESSION_GROUP)
    openim_chat_show (self, peer->name, message->sendid, html, flags, when, quiet);
  else if (openim_connection_is_open (self))
    openim_im_show (self, peer->name, html, flags, when, quiet);
  if (openim_connection_is_open (self) && !logged)
    openim_line_pause_log (self, peer, FALSE);
  if (picture != 0)
    purple_imgstore_unref_by_id (picture);
  if (kind == OPENIM_ENTRY_NEW && openim_connection_is_open (self))
    openim_transfers_offer (self, peer, message);
  if (peer->session == OPENIM_SESSION_GROUP && openim_connection_is_open (self))
    openim_chat_after (self, message);
}
