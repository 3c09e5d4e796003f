/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Any notification is applied to a store, or left. The first line of the input is its number, the rest the
 * JSON under "detail". What was written is taken back, so that each input meets the same store. */

#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "base/gate.h"
#include "base/json.h"
#include "sync/internal.h"
#include "world.h"

static char *folder;

static void
remove_folder (void)
{
  world_folder_remove (folder);
}

static gboolean
apply (OpenimDb *db, gpointer job, GError **error)
{
  OpenimEffects *effects = openim_effects_new (WORLD_SELF, 7, FALSE);
  g_autoptr (GError) local = NULL;

  if (openim_notification_apply (db, job, effects, &local))
    openim_effects_settle (effects, db, &local);
  openim_effects_free (effects);
  g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL, "taken back");
  return FALSE;
}

static void
fill (OpenimMsgData *data, const char *detail, gsize length)
{
  g_autofree char *text = openim_gate_text (detail, (gssize) length, 0, FALSE);
  g_autoptr (JsonObject) body = json_object_new ();
  char *content = NULL;

  json_object_set_string_member (body, "detail", text);
  content = openim_json_print (body);
  data->content.len = strlen (content);
  g_free (data->content.data);
  data->content.data = (guint8 *) content;
}

static OpenimStore *
get_store (void)
{
  static OpenimStore *store; /* for all inputs; ends with the process */

  if (store == NULL) {
    folder = world_folder_new ();
    store = world_open (folder, WORLD_SELF, NULL);
    atexit (remove_folder);
  }
  return store;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const uint8_t *line_end = size > 0 ? memchr (data, '\n', MIN (size, 8)) : NULL;
  if (line_end == NULL)
    return 0;

  g_autofree char *number = g_strndup ((const char *) data, (gsize) (line_end - data));
  OpenimMsgData *message = world_message ("m", "bob", 1, 1700000000000);
  message->contenttype = atoi (number);
  fill (message, (const char *) line_end + 1, size - (gsize) (line_end + 1 - data));
  world_run (get_store (), OPENIM_STORE_WRITE, apply, message, NULL);
  openim_pb_free (message);
  return 0;
}
