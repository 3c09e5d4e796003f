/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui.h"

#include <gio/gio.h>

/* File transfers. Each gets a number; a line is recorded when its status changes. bitlbee takes files without
 * a dialog and crashes when a SEND transfer is made outside of send_file. */

typedef struct {
  guint id;
  PurpleXfer *xfer; /* not owned: gone with destroy */
  PurpleXferStatusType status;
} Transfer;

static GHashTable *transfers; /* PurpleXfer → Transfer */
static guint last_id;

static const char *const statuses[] = { "unknown", "not-started",    "accepted",       "started",
                                        "done",    "cancelled-here", "cancelled-there" };

static void
record (Transfer *transfer)
{
  PurpleXferStatusType status = purple_xfer_get_status (transfer->xfer);
  g_autofree char *name = ui_quote (purple_xfer_get_filename (transfer->xfer));

  if (status == transfer->status)
    return;
  transfer->status = status;
  ui_record (
      purple_xfer_get_account (transfer->xfer), "transfer %u %s %s %s %" G_GSIZE_FORMAT "/%" G_GSIZE_FORMAT,
      transfer->id, purple_xfer_get_type (transfer->xfer) == PURPLE_XFER_SEND ? "send" : "receive", name,
      (guint) status < G_N_ELEMENTS (statuses) ? statuses[status] : "?",
      (gsize) purple_xfer_get_bytes_sent (transfer->xfer), (gsize) purple_xfer_get_size (transfer->xfer));
}

static void
on_new (PurpleXfer *xfer)
{
  Transfer *transfer = g_new0 (Transfer, 1);

  transfer->id = ++last_id;
  transfer->xfer = xfer;
  g_hash_table_insert (transfers, xfer, transfer);
  ui_record (purple_xfer_get_account (xfer), "transfer %u new %s %s", transfer->id,
             purple_xfer_get_type (xfer) == PURPLE_XFER_SEND ? "send" : "receive",
             purple_xfer_get_remote_user (xfer));
  if (purple_xfer_get_type (xfer) == PURPLE_XFER_SEND && !ui.persona->dialogs && !ui.sending_file)
    ui_record (purple_xfer_get_account (xfer), "BROKEN transfer %u: bitlbee would crash", transfer->id);
}

static void
on_change (PurpleXfer *xfer)
{
  Transfer *transfer = g_hash_table_lookup (transfers, xfer);

  if (transfer != NULL)
    record (transfer);
}

static void
on_destroy (PurpleXfer *xfer)
{
  on_change (xfer);
  g_hash_table_remove (transfers, xfer);
}

static void
on_progress (PurpleXfer *xfer, double percent)
{
  on_change (xfer);
}

gboolean
ui_transfer_do (guint id, const char *verb, const char *path, GError **error)
{
  GHashTableIter iter;
  Transfer *transfer = NULL;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, transfers);
  while (transfer == NULL && g_hash_table_iter_next (&iter, NULL, &value))
    if (((Transfer *) value)->id == id)
      transfer = value;
  if (transfer == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "there is no transfer %u", id);
    return FALSE;
  }
  if (g_str_equal (verb, "accept")) {
    purple_xfer_request_accepted (transfer->xfer, path);
  } else if (g_str_equal (verb, "deny")) {
    purple_xfer_request_denied (transfer->xfer);
  } else if (g_str_equal (verb, "cancel")) {
    purple_xfer_cancel_local (transfer->xfer);
  } else {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "a transfer cannot %s", verb);
    return FALSE;
  }
  return TRUE;
}

void
ui_transfers_init (void)
{
  static PurpleXferUiOps ops = {
    .new_xfer = on_new,
    .destroy = on_destroy,
    .add_xfer = on_change,
    .update_progress = on_progress,
    .cancel_local = on_change,
    .cancel_remote = on_change,
  };

  if (transfers == NULL)
    transfers = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  purple_xfers_set_ui_ops (&ops);
}
