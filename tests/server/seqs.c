/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "seqs.h"

gint64
seq_next (Server *server, const char *conversation, gint64 time)
{
  return db_int (server->db, 0,
                 "INSERT INTO seqs (conversation, max_seq, time) VALUES (?, 1, ?) ON CONFLICT DO UPDATE "
                 "SET max_seq = max_seq + 1, time = excluded.time RETURNING max_seq",
                 "si", conversation, time);
}

gint64
seq_max (Server *server, const char *conversation)
{
  return db_int (server->db, 0, "SELECT max_seq FROM seqs WHERE conversation = ?", "s", conversation);
}

Bounds
seq_bounds (Server *server, const char *user, const char *conversation)
{
  Bounds bounds = { 0 };
  gint64 floor = db_int (server->db, 0, "SELECT min_seq FROM seqs WHERE conversation = ?", "s", conversation);
  g_autoptr (DbRows) rows = db_query (
      server->db, "SELECT min_seq, max_seq, read_seq FROM user_seqs WHERE user = ? AND conversation = ?",
      "ss", user, conversation);

  if (db_next (rows)) {
    bounds.min = db_integer (rows, 0);
    bounds.max = db_integer (rows, 1);
    bounds.read = db_integer (rows, 2);
  }
  bounds.min = MAX (bounds.min, floor); /* cleared for everybody */
  return bounds;
}

void
seq_set_read (Server *server, const char *user, const char *conversation, gint64 seq)
{
  db_run (server->db,
          "INSERT INTO user_seqs (user, conversation, read_seq) VALUES (?, ?, ?) ON CONFLICT DO UPDATE "
          "SET read_seq = max (read_seq, excluded.read_seq)",
          "ssi", user, conversation, seq);
}

void
seq_set_min (Server *server, const char *user, const char *conversation, gint64 seq)
{
  db_run (server->db,
          "INSERT INTO user_seqs (user, conversation, min_seq) VALUES (?, ?, ?) ON CONFLICT DO UPDATE "
          "SET min_seq = excluded.min_seq",
          "ssi", user, conversation, seq);
}

void
seq_set_max (Server *server, const char *user, const char *conversation, gint64 seq)
{
  db_run (server->db,
          "INSERT INTO user_seqs (user, conversation, max_seq) VALUES (?, ?, ?) ON CONFLICT DO UPDATE "
          "SET max_seq = excluded.max_seq",
          "ssi", user, conversation, seq);
}
