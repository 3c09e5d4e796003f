/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* libsoup and SQLite with as little around them as possible. Main thread. */

#include <libsoup/soup.h>
#include <sqlite3.h>

#include "bench.h"

G_BEGIN_DECLS

typedef struct _Bare Bare;

typedef void (*BareHeard) (Bare *bare, const char *frame, gsize length);

struct _Bare {
  const Bench *bench;
  SoupSession *session;
  SoupWebsocketConnection *socket;
  guint answers;   /* frames that answer a request */
  guint pushes;    /* frames with messages that nobody asked for */
  BareHeard heard; /* (nullable) for each push */
  gpointer data;
};

Bare *bare_new (const Bench *bench); /* connected */
void bare_free (Bare *bare);

/* A request whose answer is only counted. @body: a protobuf message. */
void bare_ask (Bare *bare, int id, gconstpointer body);
void bare_wait (Bare *bare, guint answers);
/* One HTTP request; or one whose answer is read and thrown away. */
char *bare_call (Bare *bare, const char *path, const char *body); /* (transfer full) the answer */
void bare_post (Bare *bare, const char *path, const char *body);

/* ---- rows like ours */

sqlite3 *rows_open (const char *dir);
void rows_close (sqlite3 *db);
void rows_insert_messages (sqlite3 *db, int chats, int each);
void rows_insert_conversations (sqlite3 *db, int n);
void rows_insert_friends (sqlite3 *db, int n);
/* Reads the newest rows of a conversation. */
guint rows_read_newest (sqlite3 *db, int chat, int count);
/* Reads all rows with that text in them. */
guint rows_read_with (sqlite3 *db, const char *text);

G_END_DECLS
