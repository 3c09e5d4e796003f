/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "versions.h"

#include <string.h>

#define CHANGES_MAX 200 /* more than these: the whole list */

static char *
make_id (void)
{
  return g_strdup_printf ("%08x%08x%08x", (guint) (now_ms () / 1000), g_random_int (), g_random_int ());
}

static gint64
advance (Server *server, const char *kind, const char *entity)
{
  g_autofree char *id = make_id ();

  return db_int (server->db, 0,
                 "INSERT INTO logs VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET version = version + 1 "
                 "RETURNING version",
                 "sss", kind, entity, id);
}

static void
write_change (
    Server *server, const char *kind, const char *entity, Change change, const char *element, gint64 version)
{
  db_run (server->db, "INSERT OR REPLACE INTO changes VALUES (?, ?, ?, ?, ?)", "sssii", kind, entity, element,
          (gint64) change, version);
}

void
log_change (Server *server, const char *kind, const char *entity, Change change, const char *element)
{
  write_change (server, kind, entity, change, element, advance (server, kind, entity));
}

void
log_changes (Server *server, const char *kind, const char *entity, Change change, char **elements)
{
  gint64 version = advance (server, kind, entity);

  for (; *elements; elements++)
    write_change (server, kind, entity, change, *elements, version);
}

void
log_current (Server *server, const char *kind, const char *entity, guint64 *version, char **id)
{
  for (int try = 0; try < 2; try++) {
    g_autoptr (DbRows) rows = db_query (
        server->db, "SELECT version, id FROM logs WHERE kind = ? AND entity = ?", "ss", kind, entity);

    if (db_next (rows)) {
      *version = db_integer (rows, 0);
      *id = g_strdup (db_text (rows, 1));
      return;
    }
    advance (server, kind, entity); /* a log begins with its first reader */
  }
  g_assert_not_reached ();
}

static void
put_elements (
    Server *server, GString *out, const char *key, const char *entity, GPtrArray *elements, PutElement put)
{
  out_list_begin (out, key);
  for (guint i = 0; i < elements->len; i++)
    put (server, out, entity, g_ptr_array_index (elements, i));
  out_list_end (out);
}

guint
put_difference (Server *server,
                GString *out,
                const char *kind,
                const char *entity,
                guint64 version,
                const char *version_id,
                PutElement put,
                gboolean with_order,
                gboolean *group_changed)
{
  g_autoptr (GPtrArray) inserted = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) updated = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) deleted = g_ptr_array_new_null_terminated (0, g_free, TRUE);
  g_autofree char *id = NULL;
  guint64 current, order = 0;
  gboolean full, group = FALSE;
  guint count = 0;

  log_current (server, kind, entity, &current, &id);
  full = version == 0 || version > current || !g_str_equal (id, version_id);
  if (!full && version < current) {
    g_autoptr (DbRows) rows =
        db_query (server->db,
                  "SELECT element, change, version FROM changes WHERE kind = ? AND entity = ? "
                  "AND version > ? ORDER BY version LIMIT ?",
                  "ssii", kind, entity, (gint64) version, (gint64) CHANGES_MAX + 3);

    while (db_next (rows)) {
      const char *element = db_text (rows, 0);
      Change change = db_integer (rows, 1);

      if (g_str_equal (element, ELEMENT_ORDER))
        order = db_integer (rows, 2);
      else if (g_str_equal (element, ELEMENT_GROUP))
        group = TRUE;
      else {
        g_ptr_array_add (change == CHANGE_INSERT   ? inserted
                         : change == CHANGE_UPDATE ? updated
                                                   : deleted,
                         g_strdup (element));
        count++;
      }
    }
    if (count > CHANGES_MAX) {
      full = TRUE;
      order = 0;
      g_ptr_array_set_size (inserted, 0);
      g_ptr_array_set_size (updated, 0);
      g_ptr_array_set_size (deleted, 0);
    }
  }
  out_put (out, "version", 'u', current, "versionID", 's', id, "full", 'b', full, "delete", 'S',
           deleted->len ? deleted->pdata : NULL, NULL);
  put_elements (server, out, "insert", entity, inserted, put);
  put_elements (server, out, "update", entity, updated, put);
  if (with_order)
    out_put (out, "sortVersion", 'u', order, NULL);
  if (group_changed)
    *group_changed = full || group || count > 0;
  return full ? 0 : count + group;
}

guint64
id_hash (GPtrArray *ids)
{
  GString *text;
  g_autoptr (GChecksum) md5 = g_checksum_new (G_CHECKSUM_MD5);
  guint8 digest[16];
  gsize length = sizeof digest;
  guint64 hash;

  if (ids->len == 0)
    return 0;
  text = g_string_new (NULL);
  out_begin (text, NULL, '[');
  for (guint i = 0; i < ids->len; i++)
    out_string (text, NULL, g_ptr_array_index (ids, i));
  out_end (text, ']');
  g_checksum_update (md5, (const guchar *) text->str, text->len);
  g_string_free (text, TRUE);
  g_checksum_get_digest (md5, digest, &length);
  memcpy (&hash, digest, sizeof hash);
  return GUINT64_FROM_BE (hash);
}

void
put_full (Server *server,
          GString *out,
          const char *kind,
          const char *entity,
          guint64 hash,
          const char *key,
          GPtrArray *ids)
{
  g_autofree char *id = NULL;
  guint64 version;
  gboolean equal = id_hash (ids) == hash;

  log_current (server, kind, entity, &version, &id);
  out_put (out, "version", 'u', version, "versionID", 's', id, "equal", 'b', equal, NULL);
  out_list_begin (out, key);
  for (guint i = 0; i < ids->len && !equal; i++)
    out_string (out, NULL, g_ptr_array_index (ids, i));
  out_list_end (out);
}
