/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/receipts.h"

#include <glib/gi18n-lib.h>

#include "base/gate.h"
#include "purple/account.h"
#include "purple/blist.h"
#include "purple/events.h"
#include "purple/traits.h"

/* Who answers has read: only when nothing comes for so long is it worth a line. */
#define SETTLE_MS 4000

struct _OpenimReceipts {
  GHashTable *times;   /* user ID → gint64 *, ms */
  GHashTable *waiting; /* user ID → clientMsgID of the last line, which has been read: it may be told */
};

OpenimReceipts *
openim_receipts_new (void)
{
  OpenimReceipts *receipts = g_new0 (OpenimReceipts, 1);

  receipts->times = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  receipts->waiting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return receipts;
}

void
openim_receipts_free (OpenimReceipts *receipts)
{
  if (receipts == NULL)
    return;
  g_hash_table_destroy (receipts->times);
  g_hash_table_destroy (receipts->waiting);
  g_free (receipts);
}

gint64
openim_receipts_get_time (OpenimConnection *self, const char *user_id)
{
  const gint64 *ms = g_hash_table_lookup (self->receipts->times, user_id);

  return ms != NULL ? *ms : 0;
}

static void
tell (OpenimConnection *self, const char *user_id, const char *text)
{
  OpenimPeer peer = { OPENIM_SESSION_SINGLE, user_id };

  if (openim_peer_find (self, &peer) != NULL)
    openim_peer_tell (self, &peer, text, PURPLE_MESSAGE_SYSTEM | PURPLE_MESSAGE_NO_LOG);
}

static void
on_settled (OpenimConnection *self, gpointer data)
{
  const char *user_id = data;
  OpenimPeer peer = { OPENIM_SESSION_SINGLE, user_id };
  const char *read = g_hash_table_lookup (self->receipts->waiting, user_id);
  gboolean last = g_strcmp0 (read, openim_traits_of_peer (self, &peer)->latest) == 0;
  /* TRANSLATORS: a person's name; it stands below the last line of the conversation, which is one's own */
  g_autofree char *text = g_strdup_printf (_ ("%s has read this."), openim_roster_get_name (self, user_id));

  g_hash_table_remove (self->receipts->waiting, user_id);
  if (last)
    tell (self, user_id, text);
}

static gboolean
has_id (const Openim__Event__MessageReceipt *receipt, const char *id)
{
  for (gsize i = 0; i < receipt->n_msgidlist; i++)
    if (g_str_equal (receipt->msgidlist[i], id))
      return TRUE;
  return FALSE;
}

static void
note (OpenimConnection *self, const Openim__Event__MessageReceipt *receipt)
{
  OpenimPeer peer = { OPENIM_SESSION_SINGLE, receipt->userid };
  const OpenimTraits *traits = openim_traits_of_peer (self, &peer);
  gint64 *ms = g_new (gint64, 1);
  gboolean settling = g_hash_table_contains (self->receipts->waiting, receipt->userid);

  *ms = openim_gate_time (receipt->readtime);
  g_hash_table_replace (self->receipts->times, g_strdup (receipt->userid), ms);
  if (openim_option_is (self->account, OPENIM_OPTION_RECEIPTS, "always")) {
    g_autofree char *text =
        g_strdup_printf (_ ("%s has read what you wrote."), openim_roster_get_name (self, receipt->userid));

    tell (self, receipt->userid, text);
    return;
  }
  if (!openim_option_is (self->account, OPENIM_OPTION_RECEIPTS, "last") || !traits->own ||
      !has_id (receipt, traits->latest))
    return;
  g_hash_table_replace (self->receipts->waiting, g_strdup (receipt->userid), g_strdup (traits->latest));
  if (!settling)
    openim_connection_later (self, SETTLE_MS, on_settled, g_strdup (receipt->userid), g_free);
}

static void
on_receipts (PurpleConnection *gc,
             const Openim__Event__EventOnRecvC2CReadReceiptData *data,
             gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self == NULL || self->self_id == NULL)
    return;
  for (gsize i = 0; i < data->n_msgreceiptlist && openim_connection_is_open (self); i++)
    if (openim_gate_id (data->msgreceiptlist[i]->userid))
      note (self, data->msgreceiptlist[i]);
}

void
openim_receipts_connect_signals (PurplePlugin *plugin)
{
  static const OpenimHandler handlers[] = {
    { OPENIM_NUMBER (EventOnRecvC2CReadReceipt), PURPLE_CALLBACK (on_receipts) },
  };

  openim_events_connect (plugin, handlers, G_N_ELEMENTS (handlers));
}
