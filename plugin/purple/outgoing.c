/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/outgoing.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "base/log.h"
#include "message.pb-c.h"
#include "purple/entry.h"
#include "purple/markup.h"
#include "purple/numbers.h"
#include "purple/shown.h"
#include "purple/target.h"

typedef struct {
  OpenimConnection *connection; /* which has it in its list */
  int session;
  char *name;
  char *said;          /* (nullable) not known before it is made */
  char *client_msg_id; /* (nullable) likewise */
  gboolean shown;
  gboolean again;
  OpenimCommandLine *command; /* (nullable) */
} Outgoing;

struct _OpenimOutgoings {
  GPtrArray *list; /* of Outgoing, borrowed, in the order of sending */
};

OpenimOutgoings *
openim_outgoings_new (void)
{
  OpenimOutgoings *outgoings = g_new0 (OpenimOutgoings, 1);

  outgoings->list = g_ptr_array_new ();
  return outgoings;
}

void
openim_outgoings_free (OpenimOutgoings *outgoings)
{
  g_ptr_array_unref (outgoings->list);
  g_free (outgoings);
}

static Outgoing *
outgoing_new (OpenimConnection *self, int session, const char *name, const char *said)
{
  Outgoing *outgoing = g_new0 (Outgoing, 1);

  outgoing->connection = openim_connection_ref (self);
  outgoing->session = session;
  outgoing->name = g_strdup (name);
  outgoing->said = g_strdup (said);
  g_ptr_array_add (self->outgoings->list, outgoing);
  return outgoing;
}

static void
outgoing_free (gpointer data)
{
  Outgoing *outgoing = data;

  if (outgoing->connection->outgoings != NULL)
    g_ptr_array_remove (outgoing->connection->outgoings->list, outgoing);
  g_clear_pointer (&outgoing->command, openim_command_unref);
  g_free (outgoing->name);
  g_free (outgoing->said);
  g_free (outgoing->client_msg_id);
  openim_connection_unref (outgoing->connection);
  g_free (outgoing);
}

/* --- what became of it --- */

void
openim_outgoing_tell_failed (OpenimConnection *self,
                             const OpenimPeer *peer,
                             const char *said,
                             const GError *error)
{
  g_autofree char *reason = error != NULL ? openim_error_describe (error) : NULL;
  /* TRANSLATORS: what the person wrote */
  g_autofree char *text = g_strdup_printf (_ ("Not sent: “%s”."), said);
  /* TRANSLATORS: %s is "/" or "?": the command is /resend */
  g_autofree char *hint =
      g_strdup_printf (_ ("Type %sresend to send it again."), openim_commands_get_mark ());
  /* What has been refused before it was stored cannot be sent again as it is. */
  gboolean kept = !g_error_matches (error, OPENIM_ERROR, OPENIM_ERROR_SDK_ARGS);
  g_autofree char *whole =
      g_strjoin (" ", text, reason != NULL ? reason : hint, reason != NULL && kept ? hint : NULL, NULL);

  openim_log (OPENIM_LOG, OPENIM_LOG_INFO, "a message was not sent: %s",
              error != NULL ? error->message : "found so in the store");
  /* The window may be closed by now; it must be said nevertheless. */
  openim_peer_tell (self, peer, whole, PURPLE_MESSAGE_ERROR);
}

void
openim_outgoing_tell_sent (OpenimConnection *self, const OpenimPeer *peer, const char *said)
{
  /* TRANSLATORS: what the person wrote; the opposite of “Not sent” */
  g_autofree char *text = g_strdup_printf (_ ("Sent: “%s”."), said);

  openim_peer_tell (self, peer, text, PURPLE_MESSAGE_SYSTEM);
}

static void
fail (OpenimConnection *self, const Outgoing *outgoing, const GError *error)
{
  OpenimPeer peer = { outgoing->session, outgoing->name };

  if (outgoing->said != NULL)
    openim_outgoing_tell_failed (self, &peer, outgoing->said, error);
  else
    openim_command_say_error (self, outgoing->command, error);
}

static void
on_sent (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Outgoing *outgoing = data;
  OpenimPeer peer = { outgoing->session, outgoing->name };

  openim_numbers_set_unsure (self->numbers, outgoing->client_msg_id, FALSE);
  if (error != NULL)
    fail (self, outgoing, error);
  else if (outgoing->again)
    openim_outgoing_tell_sent (self, &peer, outgoing->said);
  else if (outgoing->command != NULL && !openim_target_is_here (outgoing->command, &peer)) {
    g_autofree char *called = openim_target_describe (self, &peer);

    /* TRANSLATORS: a person or a group */
    openim_command_say (self, outgoing->command, _ ("Sent to %s."), called);
  }
}

/* The connection ends. Nobody can know which of these will arrive. */
static void
on_signing_off (PurpleConnection *gc, gpointer data)
{
  OpenimConnection *self = data;

  if (gc != self->gc)
    return;
  for (guint i = 0; i < self->outgoings->list->len; i++) {
    const Outgoing *outgoing = g_ptr_array_index (self->outgoings->list, i);
    OpenimPeer peer = { outgoing->session, outgoing->name };
    PurpleConversation *conversation = openim_peer_find (self, &peer);
    g_autofree char *text = NULL;
    g_autofree char *html = NULL;

    if (conversation == NULL || outgoing->said == NULL)
      continue;
    text =
        outgoing->client_msg_id != NULL
            /* TRANSLATORS: what the person wrote */
            ? g_strdup_printf (_ ("Not confirmed: “%s”. The connection ended; once you are connected again "
                                  "you will see here what became of it."),
                               outgoing->said)
            /* TRANSLATORS: what the person wrote */
            : g_strdup_printf (_ ("Not sent: “%s”. The connection ended."), outgoing->said);
    html = openim_markup_from_text (text);
    openim_line_write (conversation, html, PURPLE_MESSAGE_ERROR, time (NULL));
  }
}

void
openim_outgoing_watch (OpenimConnection *self)
{
  purple_signal_connect (purple_connections_get_handle (), "signing-off", self,
                         PURPLE_CALLBACK (on_signing_off), self);
}

/* --- sending --- */

static void
show (OpenimConnection *self, const OpenimPeer *peer, const OpenimMessage *message)
{
  g_autoptr (OpenimMessage) own = openim_pb_copy (message);

  openim_pb_set (&own->sendid, self->self_id);
  openim_entry_show (self, peer, own, OPENIM_ENTRY_NEW);
}

static void
send_message (OpenimConnection *self, const OpenimMessage *message, Outgoing *outgoing /* (transfer full) */)
{
  Openim__Sdk__Message__SendMessageReq request = OPENIM__SDK__MESSAGE__SEND_MESSAGE_REQ__INIT;
  g_autofree char *name = g_strdup (outgoing->name);
  OpenimPeer peer = { outgoing->session, name };
  gboolean is_open = openim_peer_find (self, &peer) != NULL;
  gboolean shows = is_open && !outgoing->shown;

  outgoing->client_msg_id = g_strdup (message->clientmsgid);
  if (outgoing->said == NULL)
    outgoing->said = openim_message_get_text (message, self->self_id);
  if (outgoing->shown || is_open) {
    /* It is on the screen, whatever comes back. */
    openim_shown_add_own (self->shown, message->clientmsgid);
    openim_numbers_note (self, &peer, message, outgoing->said);
    openim_numbers_set_unsure (self->numbers, message->clientmsgid, TRUE);
  }
  request.message = (OpenimMessage *) message;
  if (outgoing->session == OPENIM_SESSION_GROUP)
    request.groupid = name;
  else
    request.recvid = name;
  openim_connection_call (self, OPENIM_NUMBER (SendMessage), &request, on_sent, outgoing, outgoing_free);
  /* Last: whatever a user interface does with the line, it is on its way. */
  if (shows)
    show (self, &peer, message);
}

/* All functions that make a message answer it under the same name. (nullable) */
static const OpenimMessage *
get_message (const ProtobufCMessage *response)
{
  const ProtobufCFieldDescriptor *field =
      protobuf_c_message_descriptor_get_field_by_name (response->descriptor, "message");

  return field != NULL ? *(OpenimMessage *const *) ((const char *) response + field->offset) : NULL;
}

static void
on_made (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  Outgoing *outgoing = data;
  const OpenimMessage *message = error == NULL ? get_message (response) : NULL;
  Outgoing *next = NULL;

  if (message == NULL) {
    fail (self, outgoing, error);
    return;
  }
  next = outgoing_new (self, outgoing->session, outgoing->name, outgoing->said);
  next->shown = outgoing->shown;
  next->command = g_steal_pointer (&outgoing->command);
  send_message (self, message, next);
}

static void
make (OpenimConnection *self,
      Outgoing *outgoing /* (transfer full) */,
      OpenimFunction function,
      gconstpointer request)
{
  openim_connection_call (self, function, request, on_made, outgoing, outgoing_free);
}

static void
make_at_text (OpenimConnection *self,
              Outgoing *outgoing /* (transfer full) */,
              const OpenimMessage *quoted,
              const char *text,
              GPtrArray *mentioned)
{
  Openim__Sdk__Message__CreateTextAtMessageReq request =
      OPENIM__SDK__MESSAGE__CREATE_TEXT_AT_MESSAGE_REQ__INIT;
  g_autofree Openim__Sdk__Shared__AtInfo *infos = g_new (Openim__Sdk__Shared__AtInfo, mentioned->len);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  g_autoptr (GPtrArray) info_list = g_ptr_array_new ();

  for (guint i = 0; i < mentioned->len; i++) {
    const OpenimGroupMember *member = g_ptr_array_index (mentioned, i);

    openim__sdk__shared__at_info__init (&infos[i]);
    infos[i].atuserid = member->userid;
    infos[i].groupnickname = member->nickname;
    g_ptr_array_add (ids, member->userid);
    g_ptr_array_add (info_list, &infos[i]);
  }
  request.text = (char *) text;
  request.useridlist = (char **) ids->pdata;
  request.n_useridlist = ids->len;
  request.usersinfo = (Openim__Sdk__Shared__AtInfo **) info_list->pdata;
  request.n_usersinfo = info_list->len;
  request.quotemessage = (OpenimMessage *) quoted;
  make (self, outgoing, OPENIM_NUMBER (CreateTextAtMessage), &request);
}

void
openim_outgoing_send (
    OpenimConnection *self, const OpenimPeer *peer, const char *said, const char *text, GPtrArray *mentioned)
{
  Openim__Sdk__Message__CreateTextMessageReq request = OPENIM__SDK__MESSAGE__CREATE_TEXT_MESSAGE_REQ__INIT;
  Outgoing *outgoing = outgoing_new (self, peer->session, peer->name, said);

  outgoing->shown = TRUE;
  if (mentioned != NULL && mentioned->len > 0) {
    make_at_text (self, outgoing, NULL, text, mentioned);
    return;
  }
  request.text = (char *) text;
  make (self, outgoing, OPENIM_NUMBER (CreateTextMessage), &request);
}

void
openim_outgoing_answer (OpenimConnection *self,
                        const OpenimPeer *peer,
                        const OpenimMessage *quoted,
                        const char *said,
                        const char *text,
                        GPtrArray *mentioned)
{
  Openim__Sdk__Message__CreateQuoteMessageReq request = OPENIM__SDK__MESSAGE__CREATE_QUOTE_MESSAGE_REQ__INIT;
  Outgoing *outgoing = outgoing_new (self, peer->session, peer->name, said);

  if (mentioned->len > 0) {
    make_at_text (self, outgoing, quoted, text, mentioned);
    return;
  }
  request.text = (char *) text;
  request.quotemessage = (OpenimMessage *) quoted;
  make (self, outgoing, OPENIM_NUMBER (CreateQuoteMessage), &request);
}

void
openim_outgoing_make (OpenimConnection *self,
                      const OpenimPeer *peer,
                      OpenimCommandLine *command,
                      OpenimFunction function,
                      gconstpointer request)
{
  Outgoing *outgoing = outgoing_new (self, peer->session, peer->name, NULL);

  outgoing->command = openim_command_ref (command);
  make (self, outgoing, function, request);
}

void
openim_outgoing_send_again (OpenimConnection *self, const OpenimPeer *peer, const OpenimMessage *message)
{
  g_autofree char *said = openim_message_get_text (message, self->self_id);
  Outgoing *outgoing = outgoing_new (self, peer->session, peer->name, said);

  outgoing->shown = outgoing->again = TRUE;
  send_message (self, message, outgoing);
}
