/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Dialogs that ask for a text or a decision. Whatever waits for the answer goes with the connection:
 * libpurple closes dialogs without a word then. */

#include "purple/connection.h"

G_BEGIN_DECLS

OpenimQuestions *openim_questions_new (void);
void openim_questions_free (OpenimQuestions *questions);

/* @subject: what was asked about, such as a group's ID; @text: what the person wrote, NULL for a decision.
 * Does not run when the person cancels. */
typedef void (*OpenimAskFunc) (OpenimConnection *self, const char *subject, const char *text);

/* @hint, @initial: (nullable) */
void openim_ask_text (OpenimConnection *self,
                      const char *subject,
                      const char *title,
                      const char *question,
                      const char *hint,
                      const char *initial,
                      gboolean multiline,
                      OpenimAskFunc func);
/* For a file that exists; its path is the text. */
void openim_ask_file (OpenimConnection *self, const char *subject, const char *title, OpenimAskFunc func);
gboolean openim_ask_can_file (void); /* the host has a dialog for it */
/* @button: what it does, with an underscore for the key. */
void openim_ask_sure (OpenimConnection *self,
                      const char *subject,
                      const char *title,
                      const char *question,
                      const char *button,
                      OpenimAskFunc func);

G_END_DECLS
