/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/outgoing.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "base/log.h"
#include "message.pb-c.h"
#include "purple/shown.h"

typedef struct {
  int session;
  char *name;
  char *said;
} Outgoing;

static void
outgoing_free (gpointer data)
{
  Outgoing *outgoing = data;

  g_free (outgoing->name);
  g_free (outgoing->said);
  g_free (outgoing);
}

static Outgoing *
outgoing_new (int session, const char *name, const char *said)
{
  Outgoing *outgoing = g_new0 (Outgoing, 1);

  outgoing->session = session;
  outgoing->name = g_strdup (name);
  outgoing->said = g_strdup (said);
  return outgoing;
}

static void
say_that_it_failed (OpenimConnection *self, const Outgoing *outgoing, const GError *error)
{
  OpenimPeer peer = { outgoing->session, outgoing->name };
  g_autofree char *reason = openim_error_describe (error);
  /* TRANSLATORS: first what the person wrote, then a sentence that says why */
  g_autofree char *text = g_strdup_printf (_ ("Not sent: “%s”. %s"), outgoing->said, reason);

  openim_log (OPENIM_LOG, OPENIM_LOG_INFO, "a message was not sent: %s", error->message);
  /* The window may be closed by now; it must be said nevertheless. */
  openim_peer_tell (self, &peer, text, PURPLE_MESSAGE_ERROR);
}

static void
on_sent (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  if (error != NULL)
    say_that_it_failed (self, data, error);
}

static void
on_sent_again (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Outgoing *outgoing = data;
  OpenimPeer peer = { outgoing->session, outgoing->name };
  g_autofree char *text = NULL;

  if (error != NULL) {
    say_that_it_failed (self, outgoing, error);
    return;
  }
  /* TRANSLATORS: what the person wrote; the opposite of “Not sent” */
  text = g_strdup_printf (_ ("Sent: “%s”."), outgoing->said);
  openim_peer_tell (self, &peer, text, PURPLE_MESSAGE_SYSTEM);
}

static void
send_message (OpenimConnection *self,
              const OpenimMessage *message,
              const Outgoing *outgoing,
              OpenimReplyFunc reply)
{
  Openim__Sdk__Message__SendMessageReq request = OPENIM__SDK__MESSAGE__SEND_MESSAGE_REQ__INIT;

  /* It is on the screen already, whatever comes back. */
  openim_shown_add_own (self->shown, message->clientmsgid);
  request.message = (OpenimMessage *) message;
  if (outgoing->session == OPENIM_SESSION_GROUP)
    request.groupid = outgoing->name;
  else
    request.recvid = outgoing->name;
  openim_connection_call (self, OPENIM_NUMBER (SendMessage), &request, reply,
                          outgoing_new (outgoing->session, outgoing->name, outgoing->said), outgoing_free);
}

static void
on_text (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Openim__Sdk__Message__CreateTextMessageResp *answer = (gconstpointer) response;

  if (error != NULL)
    say_that_it_failed (self, data, error);
  else
    send_message (self, answer->message, data, on_sent);
}

static void
on_at_text (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Openim__Sdk__Message__CreateTextAtMessageResp *answer = (gconstpointer) response;

  if (error != NULL)
    say_that_it_failed (self, data, error);
  else
    send_message (self, answer->message, data, on_sent);
}

static void
create_text (OpenimConnection *self, Outgoing *outgoing /* (transfer full) */, const char *text)
{
  Openim__Sdk__Message__CreateTextMessageReq request = OPENIM__SDK__MESSAGE__CREATE_TEXT_MESSAGE_REQ__INIT;

  request.text = (char *) text;
  openim_connection_call (self, OPENIM_NUMBER (CreateTextMessage), &request, on_text, outgoing,
                          outgoing_free);
}

static void
create_at_text (OpenimConnection *self,
                Outgoing *outgoing /* (transfer full) */,
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
  openim_connection_call (self, OPENIM_NUMBER (CreateTextAtMessage), &request, on_at_text, outgoing,
                          outgoing_free);
}

void
openim_outgoing_send (
    OpenimConnection *self, const OpenimPeer *peer, const char *said, const char *text, GPtrArray *mentioned)
{
  Outgoing *outgoing = outgoing_new (peer->session, peer->name, said);

  if (mentioned != NULL && mentioned->len > 0)
    create_at_text (self, outgoing, text, mentioned);
  else
    create_text (self, outgoing, text);
}

void
openim_outgoing_send_again (OpenimConnection *self, const OpenimPeer *peer, const OpenimMessage *message)
{
  g_autofree char *said = openim_message_get_text (message, self->self_id);
  Outgoing *outgoing = outgoing_new (peer->session, peer->name, said);

  send_message (self, message, outgoing, on_sent_again);
  outgoing_free (outgoing);
}
