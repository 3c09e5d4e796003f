/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/listing.h"

#include <glib/gi18n-lib.h>

#include "purple/blist.h"
#include "purple/entry.h"

#define SLICE_US 4000
#define PAUSE_MS 10

typedef struct {
  int session;
  char *name;
  GQueue messages; /* of OpenimMessage */
  char *footer;    /* (nullable) */
} Listing;

static void
listing_free (gpointer data)
{
  Listing *listing = data;

  g_queue_clear_full (&listing->messages, openim_pb_free);
  g_free (listing->name);
  g_free (listing->footer);
  g_free (listing);
}

char *
openim_listing_format_time (const OpenimMessage *message)
{
  g_autoptr (GDateTime) moment = g_date_time_new_from_unix_local (openim_entry_get_time (message));

  return moment != NULL ? g_date_time_format (moment, "%Y-%m-%d %H:%M") : g_strdup ("?");
}

char *
openim_listing_describe (OpenimConnection *self, const OpenimMessage *message)
{
  g_autofree char *when = openim_listing_format_time (message);
  g_autofree char *text = openim_message_get_text (message, self->self_id);

  if (openim_message_is_notice (message))
    return g_strdup_printf ("%s %s", when, text);
  if (g_strcmp0 (message->sendid, self->self_id) == 0)
    return g_strdup_printf ("%s %s: %s", when, self->self_name, text);
  openim_roster_learn_name (self, message->sendid, message->sendernickname);
  return g_strdup_printf ("%s %s: %s", when, openim_roster_get_name (self, message->sendid), text);
}

static void
show_some (OpenimConnection *self, gpointer data)
{
  Listing *listing = data;
  OpenimPeer peer = { listing->session, listing->name };
  gint64 began = g_get_monotonic_time ();

  /* Closed meanwhile: nobody wants the rest. */
  while (listing->messages.length > 0 && openim_peer_find (self, &peer) != NULL) {
    g_autoptr (OpenimMessage) message = NULL;

    if (g_get_monotonic_time () - began > SLICE_US) {
      Listing *rest = g_new0 (Listing, 1);

      rest->session = listing->session;
      rest->name = g_steal_pointer (&listing->name);
      rest->footer = g_steal_pointer (&listing->footer);
      rest->messages = listing->messages;
      g_queue_init (&listing->messages);
      openim_connection_later (self, PAUSE_MS, show_some, rest, listing_free);
      return;
    }
    message = g_queue_pop_head (&listing->messages);
    openim_roster_learn_name (self, message->sendid, message->sendernickname);
    openim_entry_show (self, &peer, message, OPENIM_ENTRY_AGAIN);
    if (!openim_connection_is_open (self))
      return;
  }
  if (listing->footer != NULL && openim_peer_find (self, &peer) != NULL)
    openim_peer_tell (self, &peer, listing->footer, PURPLE_MESSAGE_SYSTEM | PURPLE_MESSAGE_NO_LOG);
}

void
openim_listing_show (OpenimConnection *self,
                     const OpenimPeer *peer,
                     OpenimMessage *const *messages,
                     gsize n,
                     const char *footer)
{
  Listing *listing = g_new0 (Listing, 1);
  g_autofree char *first = n > 0 ? openim_listing_format_time (messages[0]) : NULL;
  g_autofree char *last = n > 0 ? openim_listing_format_time (messages[n - 1]) : NULL;
  /* TRANSLATORS: two moments, as “2026-11-25 10:31” */
  g_autofree char *header = n > 0 ? g_strdup_printf (_ ("From %s to %s:"), first, last) : NULL;

  listing->session = peer->session;
  listing->name = g_strdup (peer->name);
  listing->footer = g_strdup (footer);
  g_queue_init (&listing->messages);
  for (gsize i = 0; i < n; i++)
    if ((int) messages[i]->status < OPENIM_STATUS_DELETED)
      g_queue_push_tail (&listing->messages, openim_pb_copy (messages[i]));
  if (header != NULL)
    openim_peer_tell (self, peer, header, PURPLE_MESSAGE_SYSTEM | PURPLE_MESSAGE_NO_LOG);
  if (openim_connection_is_open (self))
    show_some (self, listing);
  listing_free (listing);
}
