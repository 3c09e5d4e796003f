/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/news.h"

#include <glib/gi18n-lib.h>

#include "purple/blist.h"
#include "purple/entry.h"
#include "purple/events.h"
#include "purple/line.h"
#include "purple/numbers.h"

static void
tell (OpenimConnection *self, const char *conversation_id, const char *text, PurpleMessageFlags flags)
{
  PurpleConversation *conversation = openim_peer_find_window (self, conversation_id);
  OpenimPeer peer = { 0 };

  if (conversation == NULL)
    return;
  openim_peer_of_window (self, conversation, &peer);
  openim_peer_tell (self, &peer, text, PURPLE_MESSAGE_SYSTEM | flags);
}

/* (transfer full) */
static char *
describe (const OpenimNumbered *numbered)
{
  if (numbered->excerpt == NULL)
    /* TRANSLATORS: the number of a message; stands in other sentences, such as “Bob withdrew message 7.” */
    return g_strdup_printf (_ ("message %u"), numbered->number);
  /* TRANSLATORS: the same with the text of the message: “Bob withdrew message 7, “hello”.” */
  return g_strdup_printf (_ ("message %u, “%s”"), numbered->number, numbered->excerpt);
}

static const char *
name_of (OpenimConnection *self, const char *id, const char *nickname)
{
  const char *name = openim_roster_get_name (self, id);

  return g_strcmp0 (name, id) == 0 && nickname != NULL && *nickname != '\0' ? nickname : name;
}

static void
on_revoked (PurpleConnection *gc,
            const Openim__Event__EventOnNewRecvMessageRevokedData *data,
            gpointer unused)
{
  OpenimConnection *self = openim_connection_get (gc);
  const Openim__Sdk__Shared__RevokedTips *tips = data->revoked;
  const OpenimNumbered *numbered = NULL;
  const char *who = NULL;
  const char *author = NULL;
  g_autofree char *what = NULL;
  g_autofree char *text = NULL;
  gboolean own = FALSE;
  gboolean mine = FALSE;

  if (self == NULL || self->numbers == NULL || tips == NULL)
    return;
  /* What has not been shown need not be taken back. */
  numbered = openim_numbers_find (self->numbers, tips->clientmsgid);
  if (numbered == NULL)
    return;
  what = describe (numbered);
  who = name_of (self, tips->revokerid, tips->revokernickname);
  author = name_of (self, tips->sourcemessagesendid, tips->sourcemessagesendernickname);
  own = g_strcmp0 (tips->revokerid, self->self_id) == 0;
  mine = g_strcmp0 (tips->sourcemessagesendid, self->self_id) == 0;
  if (own && (mine || *author == '\0'))
    text = g_strdup_printf (_ ("You withdrew %s."), what);
  else if (own)
    text = g_strdup_printf (_ ("You withdrew %s, which %s had written."), what, author);
  else if (mine)
    text = g_strdup_printf (_ ("%s withdrew %s, which you had written."), who, what);
  else if (g_strcmp0 (tips->revokerid, tips->sourcemessagesendid) == 0 || *author == '\0')
    /* TRANSLATORS: a person; “message 7, “hello”” */
    text = g_strdup_printf (_ ("%s withdrew %s."), who, what);
  else
    text = g_strdup_printf (_ ("%s withdrew %s, which %s had written."), who, what, author);
  tell (self, numbered->conversation_id, text, 0);
}

/* A text that still grows is told when it is whole. */
static gboolean
is_whole (const OpenimMessage *message)
{
  return message->content_case != OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_STREAM_ELEM ||
         message->streamelem == NULL || message->streamelem->end;
}

static void
on_edited (PurpleConnection *gc, const Openim__Event__EventOnMessageEditedData *data, gpointer unused)
{
  OpenimConnection *self = openim_connection_get (gc);
  const OpenimNumbered *numbered = NULL;
  g_autofree char *new_text = NULL;
  g_autofree char *text = NULL;

  if (self == NULL || self->numbers == NULL || data->message == NULL || !is_whole (data->message))
    return;
  numbered = openim_numbers_find (self->numbers, data->message->clientmsgid);
  if (numbered == NULL)
    return;
  new_text = openim_message_get_text (data->message, self->self_id);
  if (g_strcmp0 (data->message->sendid, self->self_id) == 0)
    text = g_strdup_printf (_ ("The server has changed your message %u; others read: %s"), numbered->number,
                            new_text);
  else
    /* TRANSLATORS: a person, the number of a message, its new text */
    text = g_strdup_printf (_ ("%s has changed message %u: %s"),
                            name_of (self, data->message->sendid, data->message->sendernickname),
                            numbered->number, new_text);
  tell (self, numbered->conversation_id, text, 0);
}

static void
on_deleted (PurpleConnection *gc, const Openim__Event__EventOnMessageDeletedData *data, gpointer unused)
{
  OpenimConnection *self = openim_connection_get (gc);
  const OpenimMessage *message = data->message;
  const OpenimNumbered *numbered = NULL;
  g_autofree char *text = NULL;

  if (self == NULL || self->numbers == NULL || message == NULL)
    return;
  /* What was said to be burnt after reading goes without a word. */
  if (openim_entry_is_private (message))
    return;
  numbered = openim_numbers_find (self->numbers, message->clientmsgid);
  if (numbered == NULL)
    return;
  text = g_strdup_printf (_ ("Message %u has been deleted."), numbered->number);
  tell (self, numbered->conversation_id, text, PURPLE_MESSAGE_NO_LOG);
}

void
openim_news_connect_signals (PurplePlugin *plugin)
{
  static const OpenimHandler handlers[] = {
    { OPENIM_NUMBER (EventOnNewRecvMessageRevoked), PURPLE_CALLBACK (on_revoked) },
    { OPENIM_NUMBER (EventOnMessageEdited), PURPLE_CALLBACK (on_edited) },
    { OPENIM_NUMBER (EventOnMessageDeleted), PURPLE_CALLBACK (on_deleted) },
  };

  openim_events_connect (plugin, handlers, G_N_ELEMENTS (handlers));
}
