/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A small file of lines that remembers something of one account, across restarts and in all hosts: bitlbee
 * keeps neither buddy list nor settings. Each change is one short write at the end; it is written anew when
 * it has grown. Trouble with the file is logged and costs the memory, nothing else. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct _OpenimJournal OpenimJournal;

/* @line may be changed. Those that are damaged must be passed over. */
typedef void (*OpenimJournalFunc) (char *line, gpointer data);

/* @server: its API address, since people on two servers may have the same ID; @kind: what the name of the
 * file ends with. Hands each whole line to @read first; @lines is how many there were. */
OpenimJournal *openim_journal_open (const char *directory,
                                    const char *server,
                                    const char *user_id,
                                    const char *kind,
                                    OpenimJournalFunc read,
                                    gpointer data,
                                    guint *lines);
/* Where that is. (transfer full) */
char *
openim_journal_get_path (const char *directory, const char *server, const char *user_id, const char *kind);
void openim_journal_free (OpenimJournal *journal);

/* Without the line break. (transfer full) */
void openim_journal_add (OpenimJournal *journal, char *line);
/* The whole file anew; @text: lines, each with its break. */
void openim_journal_rewrite (OpenimJournal *journal, const GString *text);

G_END_DECLS
