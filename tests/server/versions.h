/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Change logs: every list (somebody's friends, joined groups and conversations, the members of a group) has a
 * log with an ID and a version that grows with each write; for each element it keeps the newest change.
 * Devices ask for what happened since the version that they know. */

#include "http.h"

#define LOG_FRIENDS "friend"
#define LOG_GROUPS "group"
#define LOG_MEMBERS "member" /* the group itself is the element "" */
#define LOG_CONVERSATIONS "conversation"

#define ELEMENT_GROUP ""
#define ELEMENT_ORDER "\x01order" /* no ID: the list's order changed */

typedef enum { CHANGE_INSERT = 1, CHANGE_DELETE, CHANGE_UPDATE } Change;

void log_change (Server *server, const char *kind, const char *entity, Change change, const char *element);
void log_changes (Server *server, const char *kind, const char *entity, Change change, char **elements);
void log_current (
    Server *server, const char *kind, const char *entity, guint64 *version, char **id); /* (transfer full) */

/* The route get_incremental_…: writes version, versionID, full, the three lists and sortVersion; @put writes
 * one element, or nothing when it is gone. Returns how many changes there were; @group_changed may be NULL.
 */
typedef void (*PutElement) (Server *server, GString *out, const char *entity, const char *element);
guint put_difference (Server *server,
                      GString *out,
                      const char *kind,
                      const char *entity,
                      guint64 version,
                      const char *version_id,
                      PutElement put,
                      gboolean with_order,
                      gboolean *group_changed);

/* The route get_full_…: @key is the list's name, @ids what it holds. */
void put_full (Server *server,
               GString *out,
               const char *kind,
               const char *entity,
               guint64 hash,
               const char *key,
               GPtrArray *ids);
guint64 id_hash (GPtrArray *ids);
