/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/transfers.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "base/log.h"
#include "internal.pb-c.h"
#include "purple/ask.h"
#include "purple/attach.h"
#include "purple/blist.h"
#include "purple/chat.h"
#include "purple/display.h"
#include "purple/events.h"
#include "purple/host.h"
#include "purple/who.h"
#include "sdk/file-info.h"

/* libpurple counts bytes in a size_t and shows them; nothing else depends on the bound. */
#define SIZE_MAX_BYTES (G_GINT64_CONSTANT (64) << 30)

typedef struct {
  OpenimConnection *connection; /* owned */
  PurpleXfer *xfer;             /* owned */
  int session;
  char *name;
  gboolean asked; /* a dialog is open, which has a reference that nobody gives back when it is closed */

  OpenimAttachment *attachment; /* (nullable) sending */

  char *url; /* receiving */
  char *message_id;
  guint64 call;
} Transfer;

struct _OpenimTransfers {
  GPtrArray *all; /* of Transfer */
};

static void
transfer_free (gpointer data)
{
  Transfer *transfer = data;

  purple_xfer_unref (transfer->xfer);
  g_free (transfer->name);
  g_free (transfer->url);
  g_free (transfer->message_id);
  openim_connection_unref (transfer->connection);
  g_free (transfer);
}

OpenimTransfers *
openim_transfers_new (void)
{
  OpenimTransfers *transfers = g_new0 (OpenimTransfers, 1);

  transfers->all = g_ptr_array_new ();
  return transfers;
}

/* The one way out: nothing of ours knows of the transfer any more, and it nothing of us. */
static void
let_go (Transfer *transfer)
{
  OpenimConnection *self = transfer->connection;
  OpenimAttachment *attachment = g_steal_pointer (&transfer->attachment);
  guint64 call = transfer->call;

  transfer->call = 0;
  transfer->xfer->data = NULL;
  if (self->transfers != NULL)
    g_ptr_array_remove (self->transfers->all, transfer);
  if (attachment != NULL)
    openim_attach_cancel (self, attachment);
  if (call != 0)
    openim_sdk_cancel (self->sdk, call);
  transfer_free (transfer);
}

/* Cancels as the person would. The dialog that asks for a place does not give its reference back when it is
 * closed from outside. */
static void
cancel (Transfer *transfer)
{
  PurpleXfer *xfer = transfer->xfer;
  gboolean asked = transfer->asked;

  transfer->asked = FALSE;
  purple_xfer_cancel_local (xfer);
  if (asked)
    purple_xfer_unref (xfer);
}

void
openim_transfers_free (OpenimTransfers *transfers)
{
  if (transfers == NULL)
    return;
  while (transfers->all->len > 0) {
    Transfer *transfer = g_ptr_array_index (transfers->all, transfers->all->len - 1);

    g_ptr_array_remove_index (transfers->all, transfers->all->len - 1);
    cancel (transfer);
  }
  g_ptr_array_unref (transfers->all);
  g_free (transfers);
}

/* --- what libpurple says --- */

static void
on_end (PurpleXfer *xfer)
{
  if (xfer->data != NULL)
    let_go (xfer->data);
}

/* What has come so far went into another file; this one, which libpurple has made, is empty. */
static void
on_cancel_receive (PurpleXfer *xfer)
{
  const char *path = purple_xfer_get_local_filename (xfer);
  GStatBuf info;

  if (xfer->start_time != 0 && path != NULL && g_stat (path, &info) == 0 && info.st_size == 0)
    g_unlink (path);
  on_end (xfer);
}

static Transfer *
transfer_new (OpenimConnection *self, PurpleXfer *xfer, const OpenimPeer *peer)
{
  Transfer *transfer = g_new0 (Transfer, 1);

  transfer->connection = openim_connection_ref (self);
  transfer->xfer = xfer;
  purple_xfer_ref (xfer);
  transfer->session = peer->session;
  transfer->name = g_strdup (peer->name);
  xfer->data = transfer;
  g_ptr_array_add (self->transfers->all, transfer);
  purple_xfer_set_request_denied_fnc (xfer, on_end);
  purple_xfer_set_end_fnc (xfer, on_end);
  return transfer;
}

static const char *
libpurple_name (OpenimConnection *self, const OpenimPeer *peer)
{
  return peer->session == OPENIM_SESSION_GROUP ? peer->name : openim_who_name (self, peer->name);
}

static void
show_progress (PurpleXfer *xfer, gint64 done, gint64 total)
{
  /* bitlbee has no window for it, and deletes the file when it first hears that it is being read. */
  if (!openim_host_has_windows ())
    return;
  if (total > 0)
    purple_xfer_set_size (xfer, (size_t) total);
  purple_xfer_set_bytes_sent (xfer, (size_t) done);
  purple_xfer_update_progress (xfer);
}

/* libpurple has no word for a transfer that fails: the reason is a line, then it counts as cancelled. */
static void
fail (Transfer *transfer, const char *format, const GError *error)
{
  g_autoptr (OpenimConnection) self = openim_connection_ref (transfer->connection);
  PurpleXfer *xfer = transfer->xfer;
  OpenimPeer peer = { transfer->session, transfer->name };
  g_autofree char *reason = openim_error_describe (error);
  const char *name = purple_xfer_get_filename (xfer);
  g_autofree char *sentence = NULL;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  sentence = g_strdup_printf (format, name != NULL ? name : "", reason);
#pragma GCC diagnostic pop
  openim_log (OPENIM_LOG, OPENIM_LOG_INFO, "a transfer failed: %s", error->message);
  purple_xfer_ref (xfer);
  openim_peer_tell (self, &peer, sentence, PURPLE_MESSAGE_ERROR);
  if (xfer->data != NULL)
    cancel (transfer);
  purple_xfer_unref (xfer);
}

static void
succeed (PurpleXfer *xfer)
{
  purple_xfer_ref (xfer);
  purple_xfer_set_completed (xfer, TRUE);
  purple_xfer_end (xfer);
  purple_xfer_unref (xfer);
}

/* --- sending --- */

static void
on_sent_bytes (OpenimConnection *self, gint64 sent, gint64 total, gpointer data)
{
  show_progress (data, sent, total);
}

static void
on_sent (OpenimConnection *self, const GError *error, const OpenimMessage *message, gpointer data)
{
  PurpleXfer *xfer = data;
  Transfer *transfer = xfer->data;

  transfer->attachment = NULL;
  if (error != NULL) {
    /* TRANSLATORS: a file's name, and a sentence that says why */
    fail (transfer, _ ("The file “%s” was not sent. %s"), error);
    return;
  }
  /* With its link, and in bitlbee the only sign that it has been sent. */
  openim_display_add (self, message, FALSE);
  if (xfer->data != NULL)
    succeed (xfer);
}

static void
on_send_init (PurpleXfer *xfer)
{
  Transfer *transfer = xfer->data;
  const OpenimPeer peer = { transfer->session, transfer->name };
  OpenimAttachOptions options = { FALSE, on_sent_bytes, on_sent, xfer, (GDestroyNotify) purple_xfer_unref };

  transfer->asked = FALSE;
  /* Nothing but its status is of use; there is no descriptor. */
  purple_xfer_start (xfer, -1, NULL, 0);
  if (xfer->data == NULL)
    return; /* libpurple could not open it */
  purple_xfer_ref (xfer);
  transfer->attachment =
      openim_attach (transfer->connection, &peer, purple_xfer_get_local_filename (xfer), &options);
}

static PurpleXfer *
create (OpenimConnection *self, const OpenimPeer *peer)
{
  PurpleXfer *xfer = purple_xfer_new (self->account, PURPLE_XFER_SEND, libpurple_name (self, peer));

  if (xfer == NULL)
    return NULL;
  transfer_new (self, xfer, peer);
  purple_xfer_set_init_fnc (xfer, on_send_init);
  purple_xfer_set_cancel_send_fnc (xfer, on_end);
  return xfer;
}

static void
send_file (OpenimConnection *self, const OpenimPeer *peer, const char *path)
{
  PurpleXfer *xfer = create (self, peer);
  Transfer *transfer = NULL;

  if (xfer == NULL)
    return;
  transfer = xfer->data;
  if (path == NULL) {
    transfer->asked = TRUE;
    purple_xfer_request (xfer);
    return;
  }
  purple_xfer_ref (xfer);
  purple_xfer_request_accepted (xfer, path);
  /* It gives the transfer up without a word to us when the file is not there. */
  if (xfer->data != NULL && purple_xfer_get_local_filename (xfer) == NULL)
    let_go (xfer->data);
  purple_xfer_unref (xfer);
}

gboolean
openim_transfers_can_send (PurpleConnection *gc, const char *who)
{
  OpenimConnection *self = openim_connection_get (gc);

  return self != NULL && self->self_id != NULL && who != NULL && *who != '\0' &&
         g_strcmp0 (openim_who_id (self, who), self->self_id) != 0;
}

PurpleXfer *
openim_transfers_create (PurpleConnection *gc, const char *who)
{
  OpenimConnection *self = openim_connection_get (gc);
  OpenimPeer peer = { OPENIM_SESSION_SINGLE, NULL };

  if (self == NULL || self->self_id == NULL)
    return NULL;
  peer.name = openim_who_id (self, who);
  return create (self, &peer);
}

void
openim_transfers_send (PurpleConnection *gc, const char *who, const char *path)
{
  OpenimConnection *self = openim_connection_get (gc);
  OpenimPeer peer = { OPENIM_SESSION_SINGLE, NULL };

  if (self == NULL || self->self_id == NULL)
    return;
  peer.name = openim_who_id (self, who);
  send_file (self, &peer, path);
}

gboolean
openim_transfers_can_send_to_chat (PurpleConnection *gc, int id)
{
  OpenimConnection *self = openim_connection_get (gc);

  return self != NULL && openim_rooms_get_by_id (self, id) != NULL;
}

void
openim_transfers_send_to_chat (PurpleConnection *gc, int id, const char *path)
{
  OpenimConnection *self = openim_connection_get (gc);
  OpenimRoom *room = self != NULL ? openim_rooms_get_by_id (self, id) : NULL;
  OpenimPeer peer = { OPENIM_SESSION_GROUP, room != NULL ? room->group_id : NULL };

  if (room != NULL)
    send_file (self, &peer, path);
}

/* --- receiving --- */

static void
on_received_bytes (OpenimConnection *self, gint64 done, gint64 total, gpointer data)
{
  PurpleXfer *xfer = data;

  if (xfer->data != NULL)
    show_progress (xfer, done, total);
}

static void
on_received (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Openim__Sdk__Internal__DownloadFileResp *answer = (gconstpointer) response;
  PurpleXfer *xfer = data;
  Transfer *transfer = xfer->data;

  if (transfer == NULL)
    return;
  transfer->call = 0;
  if (error != NULL) {
    /* TRANSLATORS: a file's name, and a sentence that says why */
    fail (transfer, _ ("The file “%s” was not received. %s"), error);
    return;
  }
  show_progress (xfer, answer->size, answer->size);
  succeed (xfer);
}

static void
on_receive_init (PurpleXfer *xfer)
{
  Transfer *transfer = xfer->data;
  Openim__Sdk__Internal__DownloadFileReq request = OPENIM__SDK__INTERNAL__DOWNLOAD_FILE_REQ__INIT;
  guint64 call = 0;

  transfer->asked = FALSE;
  purple_xfer_start (xfer, -1, NULL, 0);
  if (xfer->data == NULL)
    return; /* libpurple could not open the file */
  request.url = transfer->url;
  request.path = (char *) purple_xfer_get_local_filename (xfer);
  request.maxbytes = SIZE_MAX_BYTES;
  purple_xfer_ref (xfer);
  call = openim_connection_call_watched (transfer->connection, OPENIM_INTERNAL_NUMBER (DownloadFile),
                                         &request, on_received_bytes, on_received, xfer,
                                         (GDestroyNotify) purple_xfer_unref);
  if (xfer->data == transfer)
    transfer->call = call;
}

static gboolean
host_has_dialogs (void)
{
  return openim_host_has_windows () && openim_ask_can_file () && purple_xfers_get_ui_ops () != NULL;
}

void
openim_transfers_offer (OpenimConnection *self, const OpenimPeer *peer, const OpenimMessage *message)
{
  g_auto (OpenimFileInfo) info = { 0 };
  PurpleXfer *xfer = NULL;
  Transfer *transfer = NULL;

  if (!host_has_dialogs () || peer->session != OPENIM_SESSION_SINGLE ||
      g_strcmp0 (message->sendid, self->self_id) == 0 || !openim_file_info_read (message, &info) ||
      info.kind != OPENIM_FILE_OTHER)
    return;
  xfer = purple_xfer_new (self->account, PURPLE_XFER_RECEIVE, libpurple_name (self, peer));
  if (xfer == NULL)
    return;
  transfer = transfer_new (self, xfer, peer);
  transfer->url = g_strdup (info.url);
  transfer->message_id = g_strdup (message->clientmsgid);
  transfer->asked = TRUE;
  purple_xfer_set_init_fnc (xfer, on_receive_init);
  purple_xfer_set_cancel_recv_fnc (xfer, on_cancel_receive);
  purple_xfer_set_filename (xfer, info.name);
  purple_xfer_set_size (xfer, (size_t) CLAMP (info.size, 0, SIZE_MAX_BYTES));
  purple_xfer_request (xfer);
}

/* The sender does not want us to have it any more. */
static void
on_revoked (PurpleConnection *gc,
            const Openim__Event__EventOnNewRecvMessageRevokedData *data,
            gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self == NULL || data->revoked == NULL)
    return;
  for (guint i = 0; i < self->transfers->all->len; i++) {
    Transfer *transfer = g_ptr_array_index (self->transfers->all, i);
    PurpleXfer *xfer = transfer->xfer;
    gboolean asked = transfer->asked;

    if (g_strcmp0 (transfer->message_id, data->revoked->clientmsgid) != 0)
      continue;
    transfer->asked = FALSE;
    purple_xfer_cancel_remote (xfer);
    if (asked)
      purple_xfer_unref (xfer);
    return;
  }
}

void
openim_transfers_connect_signals (PurplePlugin *plugin)
{
  static const OpenimHandler handlers[] = {
    { OPENIM_NUMBER (EventOnNewRecvMessageRevoked), PURPLE_CALLBACK (on_revoked) },
  };

  openim_events_connect (plugin, handlers, G_N_ELEMENTS (handlers));
}
