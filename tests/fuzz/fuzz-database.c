/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A database file from elsewhere: each five bytes of the input are a place in a good one and the byte that
 * stands there instead. It opens, or is moved aside, and what can be asked of it is answered or refused. */

#include "fuzz.h"

#include <glib/gstdio.h>
#include <string.h>

#include "store/conversations.h"
#include "store/rows.h"
#include "store/search.h"
#include "world.h"

#define MESSAGES 40
#define PATCH 5

static gboolean
fill (OpenimDb *db, gpointer job, GError **error)
{
  gboolean good = openim_conversations_ensure (db, WORLD_CHAT, OPENIM_SESSION_SINGLE, "bob", "", NULL, error);

  for (guint i = 1; good && i <= MESSAGES; i++) {
    g_autofree char *id = g_strdup_printf ("message-%u", i);
    OpenimMsgData *data = world_message (id, i % 2 == 0 ? WORLD_SELF : "bob", i, 1700000000000 + i);
    OpenimStoredKind kind = 0;

    good = openim_messages_put (db, WORLD_CHAT, WORLD_SELF, data, &kind, error);
    openim_pb_free (data);
  }
  return good;
}

static gboolean
ask (OpenimDb *db, gpointer job, GError **error)
{
  static const char *const words[] = { "text", NULL };
  OpenimSearch search = { .keywords = words, .end = G_MAXINT64 };
  GPtrArray *found = openim_messages_page (db, WORLD_CHAT, NULL, 100, FALSE, NULL);

  g_clear_pointer (&found, g_ptr_array_unref);
  found = openim_search_messages (db, &search, NULL);
  g_clear_pointer (&found, g_ptr_array_unref);
  found = openim_conversations_list (db, 0, 0, NULL);
  g_clear_pointer (&found, g_ptr_array_unref);
  found = openim_rows_all (db, &openim_table_friends, NULL, NULL);
  g_clear_pointer (&found, g_ptr_array_unref);
  return TRUE;
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer data)
{
  openim_store_close_finish (OPENIM_STORE (source), result, NULL); /* a bad file may end badly, too */
  *(int *) data = 1;
}

static void
use (const char *folder)
{
  g_autoptr (OpenimStore) store = world_open (folder, WORLD_SELF, NULL);
  int closed = 0;

  if (store == NULL)
    return;
  world_run (store, OPENIM_STORE_READ, ask, NULL, NULL);
  world_run (store, OPENIM_STORE_WRITE, fill, NULL, NULL);
  openim_store_close_async (store, on_closed, &closed);
  world_wait (&closed);
}

/* What there is of a good store; the same for all inputs. */
static struct {
  char *folder;
  char *path;
  char *bytes;
  gsize length;
} good;

static void
make_good (void)
{
  OpenimStore *store = NULL;

  good.folder = world_folder_new ();
  store = world_open (good.folder, WORLD_SELF, NULL);
  good.path = g_strdup (openim_store_get_path (store));
  world_run (store, OPENIM_STORE_WRITE, fill, NULL, NULL);
  world_close (store);
  if (!g_file_get_contents (good.path, &good.bytes, &good.length, NULL))
    g_assert_not_reached ();
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *bytes = NULL;

  if (good.folder == NULL)
    make_good ();
  bytes = g_memdup2 (good.bytes, good.length);
  for (gsize i = 0; i + PATCH <= size; i += PATCH) {
    guint32 place;

    memcpy (&place, data + i, sizeof place);
    bytes[place % good.length] = (char) data[i + 4];
  }
  world_folder_remove (g_strdup (good.folder));
  if (g_mkdir (good.folder, 0700) != 0 || !g_file_set_contents (good.path, bytes, (gssize) good.length, NULL))
    g_assert_not_reached ();
  use (good.folder);
  world_folder_remove (g_strdup (good.folder));
  return 0;
}
