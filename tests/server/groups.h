/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Groups: life, settings, lists. The people in them are in members.c, those who want in in applications.c. */

#include "notifications.h"
#include "versions.h"

enum { ROLE_ORDINARY = 20, ROLE_ADMIN = 60, ROLE_OWNER = 100 };
enum { GROUP_NORMAL = 0, GROUP_DISMISSED = 2, GROUP_IS_MUTED = 3 };
enum { VERIFY_APPLICANTS, VERIFY_ALL, VERIFY_NOBODY };

extern const Route group_routes[];

gboolean group_has (Server *server, const char *group, const char *user);
gint64 group_role (Server *server, const char *group, const char *user); /* 0: no member */
gint64 group_status (Server *server, const char *group);                 /* -1: no such group */
gint64 group_verification (Server *server, const char *group);

void
put_group (Server *server, GString *out, const char *key, const char *group); /* null when there is none */

/* Sends a notification to the whole group and takes @detail, whose object is still open. With @versions the
 * member list's version is added. */
typedef struct {
  int type;
  const char *group;
  const char *actor;
  GString *detail;
  gboolean versions;
  const char *nickname;
  char **leaving; /* (nullable) people who just left: they are told, and their conversations end */
  gboolean no_line;
} GroupTip;
void group_tell (Server *server, const GroupTip *tip);
GString *group_detail (Server *server, const char *group); /* begins with the group */

/* Makes a group; the members are users that exist and differ. */
typedef struct {
  const char *id;
  const char *actor;
  const char *owner;
  char **admins;
  char **members;
  JsonObject *info; /* GroupInfo */
  gboolean no_line;
} NewGroup;
void group_create (Server *server, const NewGroup *new);
