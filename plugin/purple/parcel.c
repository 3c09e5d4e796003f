/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/parcel.h"

#include <stdlib.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "base/log.h"
#include "purple/attach.h"
#include "purple/login.h"
#include "purple/markup.h"

#define HASH_LENGTH 32

/* One piece: text or a picture. */
typedef struct {
  char *text;      /* plain */
  GBytes *picture; /* (nullable) */
  char *suffix;    /* ".png" */
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
  g_free (piece->suffix);
  g_clear_pointer (&piece->picture, g_bytes_unref);
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

/* A picture under way: where it lies on this disk, and whose turn comes after it. */
typedef struct {
  OpenimConnection *connection; /* owned */
  char *key;
  char *path;
  GBytes *picture;
} Step;

static void
step_free (gpointer data)
{
  Step *step = data;

  openim_connection_unref (step->connection);
  g_free (step->key);
  g_free (step->path);
  g_bytes_unref (step->picture);
  g_free (step);
}

static void
end_step (OpenimConnection *self, const Step *step, const GError *error)
{
  Parcel *parcel = g_hash_table_lookup (self->parcels->by_peer, step->key);
  g_autofree char *key = g_strdup (step->key);

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
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Step *step = user_data;
  g_autoptr (OpenimConnection) self = openim_connection_ref (step->connection);
  OpenimAttachOptions options = { .is_on_screen = TRUE, .done = on_sent, .data = step, .destroy = step_free };
  g_autoptr (GError) error = NULL;
  Parcel *parcel =
      openim_connection_is_open (self) ? g_hash_table_lookup (self->parcels->by_peer, step->key) : NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error) && parcel != NULL)
    end_step (self, step, error);
  if (error != NULL || parcel == NULL) {
    step_free (step);
    return;
  }
  openim_attach (self, &(OpenimPeer){ parcel->session, parcel->name }, step->path, &options);
}

/* Where files are that can be had again: a picture that could not be sent is still there for the next try. */
static void
save_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Step *step = data;
  g_autofree char *folder = g_path_get_dirname (step->path);
  GError *error = NULL;
  gsize length = 0;
  gconstpointer bytes = g_bytes_get_data (step->picture, &length);

  g_mkdir_with_parents (folder, 0700); /* what is wrong with it shows at once */
  if (g_file_set_contents_full (step->path, bytes, (gssize) length, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
send_picture (OpenimConnection *self, const char *key, const Piece *piece)
{
  g_autofree char *hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, piece->picture);
  g_autofree char *file = g_strdup_printf ("picture-%.*s%s", HASH_LENGTH, hash, piece->suffix);
  Step *step = g_new0 (Step, 1);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_saved, step);

  step->connection = openim_connection_ref (self);
  step->key = g_strdup (key);
  step->path = g_build_filename (openim_login_get_directory (self), "files", file, NULL);
  step->picture = g_bytes_ref (piece->picture);
  g_task_set_task_data (task, step, NULL);
  g_task_run_in_thread (task, save_in_thread);
}

static void
go_on (OpenimConnection *self, const char *key)
{
  Parcel *parcel = g_hash_table_lookup (self->parcels->by_peer, key);

  while (parcel != NULL && !parcel->busy && parcel->pieces.length > 0) {
    Piece *piece = g_queue_pop_head (&parcel->pieces);

    if (piece->picture != NULL) {
      parcel->busy = TRUE;
      send_picture (self, key, piece);
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
  /* The host may drop its own when the line is gone. */
  piece->picture = g_bytes_new (purple_imgstore_get_data (image), purple_imgstore_get_size (image));
  piece->suffix = g_strconcat (".", purple_imgstore_get_extension (image), NULL);
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
