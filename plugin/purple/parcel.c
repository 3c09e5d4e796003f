/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/parcel.h"

#include <stdlib.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "base/log.h"
#include "purple/attach.h"
#include "purple/markup.h"
#include "purple/picture.h"

/* One piece: text or a picture. */
typedef struct {
  char *text;                 /* plain */
  PurpleStoredImage *picture; /* (nullable) owned */
  OpenimParcelText send;
} Piece;

/* What is on its way to somebody. */
typedef struct {
  int session;
  char *name;
  GQueue pieces; /* of Piece */
  gboolean busy; /* a picture is under way */
} Parcel;

struct _OpenimParcels {
  GHashTable *by_peer; /* "session name" → Parcel */
};

static void
piece_free (gpointer data)
{
  Piece *piece = data;

  g_free (piece->text);
  if (piece->picture != NULL)
    purple_imgstore_unref (piece->picture);
  g_free (piece);
}

static void
parcel_free (gpointer data)
{
  Parcel *parcel = data;

  g_queue_clear_full (&parcel->pieces, piece_free);
  g_free (parcel->name);
  g_free (parcel);
}

OpenimParcels *
openim_parcels_new (void)
{
  OpenimParcels *parcels = g_new0 (OpenimParcels, 1);

  parcels->by_peer = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, parcel_free);
  return parcels;
}

void
openim_parcels_free (OpenimParcels *parcels)
{
  if (parcels == NULL)
    return;
  g_hash_table_destroy (parcels->by_peer);
  g_free (parcels);
}

static char *
key_of (int session, const char *name)
{
  return g_strdup_printf ("%d %s", session, name);
}

/* --- sending --- */

static void go_on (OpenimConnection *self, const char *key);

static void
end_step (OpenimConnection *self, const char *step, const GError *error)
{
  Parcel *parcel = g_hash_table_lookup (self->parcels->by_peer, step);
  g_autofree char *key = g_strdup (step);

  if (parcel == NULL)
    return;
  if (error != NULL) {
    OpenimPeer peer = { parcel->session, parcel->name };
    g_autofree char *reason = openim_error_describe (error);
    /* TRANSLATORS: a sentence that says why */
    g_autofree char *sentence = g_strdup_printf (_ ("A picture was not sent. %s"), reason);

    openim_log (OPENIM_LOG, OPENIM_LOG_INFO, "a picture was not sent: %s", error->message);
    openim_peer_tell (self, &peer, sentence, PURPLE_MESSAGE_ERROR);
    if (!openim_connection_is_open (self))
      return;
  }
  parcel = g_hash_table_lookup (self->parcels->by_peer, key);
  if (parcel != NULL)
    parcel->busy = FALSE;
  go_on (self, key);
}

static void
on_sent (OpenimConnection *self, const GError *error, const OpenimMessage *message, gpointer data)
{
  end_step (self, data, error);
}

static void
on_saved (OpenimConnection *self, const char *path, const GError *error, gpointer data)
{
  const char *key = data;
  OpenimAttachOptions options = {
    .is_on_screen = TRUE, .done = on_sent, .data = g_strdup (key), .destroy = g_free
  };
  Parcel *parcel = g_hash_table_lookup (self->parcels->by_peer, key);

  if (parcel == NULL || error != NULL) {
    g_free (options.data);
    end_step (self, key, error);
    return;
  }
  openim_attach (self, &(OpenimPeer){ parcel->session, parcel->name }, path, &options);
}

static void
go_on (OpenimConnection *self, const char *key)
{
  Parcel *parcel = g_hash_table_lookup (self->parcels->by_peer, key);

  while (parcel != NULL && !parcel->busy && parcel->pieces.length > 0) {
    Piece *piece = g_queue_pop_head (&parcel->pieces);

    if (piece->picture != NULL) {
      parcel->busy = TRUE;
      openim_picture_save (self, piece->picture, on_saved, g_strdup (key), g_free);
    } else {
      piece->send (self, &(OpenimPeer){ parcel->session, parcel->name }, piece->text);
    }
    piece_free (piece);
    if (!openim_connection_is_open (self))
      return;
    parcel = g_hash_table_lookup (self->parcels->by_peer, key);
  }
  if (parcel != NULL && !parcel->busy)
    g_hash_table_remove (self->parcels->by_peer, key);
}

/* --- taking apart --- */

static void
add_text (GQueue *pieces, const char *from, const char *to, OpenimParcelText send)
{
  g_autofree char *html = g_strndup (from, (gsize) (to - from));
  g_autofree char *text = g_strstrip (openim_markup_to_text (html));
  Piece *piece = NULL;

  if (*text == '\0')
    return;
  piece = g_new0 (Piece, 1);
  piece->text = g_steal_pointer (&text);
  piece->send = send;
  g_queue_push_tail (pieces, piece);
}

static void
add_picture (GQueue *pieces, const char *id)
{
  PurpleStoredImage *image = id != NULL ? purple_imgstore_find_by_id (atoi (id)) : NULL;
  Piece *piece = NULL;

  if (image == NULL || purple_imgstore_get_size (image) == 0)
    return;
  piece = g_new0 (Piece, 1);
  piece->picture = purple_imgstore_ref (image); /* the host may drop its own */
  g_queue_push_tail (pieces, piece);
}

/* TRUE when there was a picture. */
static gboolean
take_apart (const char *html, OpenimParcelText send, GQueue *pieces)
{
  const char *rest = html;
  const char *begin = NULL;
  const char *end = NULL;
  GData *attributes = NULL;
  gboolean found = FALSE;

  while (purple_markup_find_tag ("img", rest, &begin, &end, &attributes)) {
    add_text (pieces, rest, begin, send);
    add_picture (pieces, g_datalist_get_data (&attributes, "id"));
    g_datalist_clear (&attributes);
    rest = end + 1;
    found = TRUE;
  }
  add_text (pieces, rest, rest + strlen (rest), send);
  return found;
}

gboolean
openim_parcels_take (OpenimConnection *self, const OpenimPeer *peer, const char *html, OpenimParcelText send)
{
  g_autofree char *key = key_of (peer->session, peer->name);
  Parcel *parcel = g_hash_table_lookup (self->parcels->by_peer, key);
  GQueue pieces = G_QUEUE_INIT;
  gboolean pictures = take_apart (html, send, &pieces);

  if (!pictures && parcel == NULL) {
    g_queue_clear_full (&pieces, piece_free);
    return FALSE;
  }
  if (parcel == NULL) {
    parcel = g_new0 (Parcel, 1);
    parcel->session = peer->session;
    parcel->name = g_strdup (peer->name);
    g_queue_init (&parcel->pieces);
    g_hash_table_insert (self->parcels->by_peer, g_strdup (key), parcel);
  }
  while (pieces.length > 0)
    g_queue_push_tail (&parcel->pieces, g_queue_pop_head (&pieces));
  go_on (self, key);
  return TRUE;
}
