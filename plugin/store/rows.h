/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Tables whose rows are messages of the interface: columns are named after the fields, so one reader and one
 * writer serve all of them. Store thread only. */

#include "store/store.h"

G_BEGIN_DECLS

typedef struct {
  const char *name; /* SQL table */
  const ProtobufCMessageDescriptor *descriptor;
  const char *scope; /* column that names the list a row belongs to; NULL: one list */
  const char *key;   /* column that names the row within its list */
} OpenimTable;

extern const OpenimTable openim_table_users;   /* IMUser by userID: oneself and everybody ever asked for */
extern const OpenimTable openim_table_friends; /* IMFriend by friendUserID */
extern const OpenimTable openim_table_blacks;  /* IMBlack by blockUserID */
extern const OpenimTable openim_table_groups;  /* IMGroup by groupID: the joined ones */
extern const OpenimTable openim_table_members; /* IMGroupMember, scope groupID, key userID */
extern const OpenimTable openim_table_friend_requests; /* IMFriendRequest, scope fromUserID, key toUserID */
extern const OpenimTable openim_table_group_requests;  /* IMGroupRequest, scope groupID, key userID */
extern const OpenimTable openim_table_commands;        /* CommandInfo, scope type (as text), key uuid */

typedef enum { OPENIM_ROW_ADDED, OPENIM_ROW_CHANGED, OPENIM_ROW_DELETED } OpenimRowKind;

typedef struct {
  OpenimRowKind kind;
  const OpenimTable *table;
  gpointer row; /* as it is now; DELETED: as it was */
  gpointer old; /* (nullable) CHANGED: as it was */
} OpenimRowChange;

void openim_row_change_free (OpenimRowChange *change);

/* @scope NULL: the whole table. All of these append OpenimRowChange to @changes (nullable; a GPtrArray with
 * openim_row_change_free) for rows that really changed. */
gboolean openim_rows_put (
    OpenimDb *db, const OpenimTable *table, gconstpointer row, GPtrArray *changes, GError **error);
gboolean openim_rows_delete (OpenimDb *db,
                             const OpenimTable *table,
                             const char *scope,
                             const char *key,
                             GPtrArray *changes,
                             GError **error);
/* The list becomes exactly @rows. */
gboolean openim_rows_replace (OpenimDb *db,
                              const OpenimTable *table,
                              const char *scope,
                              GPtrArray *rows,
                              GPtrArray *changes,
                              GError **error);
gboolean openim_rows_clear (OpenimDb *db, const OpenimTable *table, const char *scope, GError **error);

gpointer openim_rows_get (OpenimDb *db,
                          const OpenimTable *table,
                          const char *scope,
                          const char *key,
                          GError **error); /* (transfer full) (nullable) */
GPtrArray *openim_rows_get_many (OpenimDb *db,
                                 const OpenimTable *table,
                                 const char *scope,
                                 const char *const *keys,
                                 GError **error); /* in the order of keys, missing ones left out */
GPtrArray *openim_rows_all (OpenimDb *db, const OpenimTable *table, const char *scope, GError **error);
/* Counting takes time: more than @limit are not counted. */
gint64 openim_rows_count (OpenimDb *db,
                          const OpenimTable *table,
                          const char *scope,
                          gint64 limit,
                          GError **error); /* -1 on error */

/* SELECT all columns FROM table @tail ("WHERE … ORDER BY … LIMIT ?2"), parameters bound from a format of 's'
 * (const char *) and 'i' (gint64). (transfer full) */
GPtrArray *openim_rows_query (
    OpenimDb *db, const OpenimTable *table, GError **error, const char *tail, const char *types, ...);

G_END_DECLS
