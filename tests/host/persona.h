/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Which program the headless host passes itself off as. One row of a table for each; the rooms of the host
 * ask the row, never the name. What the columns say was measured on libpurple 2.14.12, Pidgin 2.14.12,
 * Finch 2.14.12 and bitlbee 3.6. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  const char *name;        /* as chosen on the command line */
  const char *ui_id;       /* what purple_core_get_ui() answers */
  const char *ui_name;     /* "name" of the UI info */
  const char *client_type; /* (nullable) "client_type" of the UI info */
  gboolean full_info;      /* UI info has website and client type */
  gboolean keeps;          /* accounts are listed and saved, the buddy list too */
  gboolean has_focus;
  gboolean focus_last;       /* "unseen" is cleared before has_focus answers TRUE */
  gboolean rejoins;          /* joins the chats again that were open when the connection went */
  gboolean commands;         /* typed text that begins with "/" goes through libpurple's commands */
  gboolean unknown_is_error; /* … and one that nobody knows is an error instead of a message */
  gboolean markup;           /* shows HTML; otherwise people see the stripped text */
  gboolean images;           /* image fields and inline images */
  gboolean every_line;       /* shows what purple_conversation_write() writes, SYSTEM and ERROR included */
  gboolean own_echo;         /* shows SEND lines that are not from another device */
  gboolean aliases;          /* shows aliases; otherwise user names */
  gboolean roles;            /* shows changed roles, renamed members */
  gboolean dialogs;          /* fields, choices, files, folders, search results, formatted notes */
  gboolean any_button;       /* request_action calls back whatever the captions are */
} Persona;

const Persona *persona_find (const char *name); /* (nullable) */
const Persona *persona_nth (guint n);           /* (nullable), for walking the table */

G_END_DECLS
