/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/ask.h"

#include <glib/gi18n-lib.h>

typedef struct {
  OpenimConnection *self; /* unowned: the connection owns the question */
  char *subject;
  OpenimAskFunc func;
} Question;

struct _OpenimQuestions {
  GHashTable *open; /* set of Question */
};

static void
question_free (gpointer data)
{
  Question *question = data;

  g_free (question->subject);
  g_free (question);
}

OpenimQuestions *
openim_questions_new (void)
{
  OpenimQuestions *questions = g_new0 (OpenimQuestions, 1);

  questions->open = g_hash_table_new_full (NULL, NULL, question_free, NULL);
  return questions;
}

void
openim_questions_free (OpenimQuestions *questions)
{
  if (questions == NULL)
    return;
  g_hash_table_destroy (questions->open);
  g_free (questions);
}

static Question *
question_new (OpenimConnection *self, const char *subject, OpenimAskFunc func)
{
  Question *question = g_new0 (Question, 1);

  question->self = self;
  question->subject = g_strdup (subject);
  question->func = func;
  g_hash_table_add (self->questions->open, question);
  return question;
}

static void
on_text (Question *question, const char *text)
{
  g_autoptr (OpenimConnection) self = openim_connection_ref (question->self);

  g_hash_table_steal (self->questions->open, question);
  question->func (self, question->subject, text != NULL ? text : "");
  question_free (question);
}

static void
on_sure (Question *question, int action)
{
  g_autoptr (OpenimConnection) self = openim_connection_ref (question->self);

  g_hash_table_steal (self->questions->open, question);
  question->func (self, question->subject, NULL);
  question_free (question);
}

static void
on_cancel_text (Question *question, const char *text)
{
  g_hash_table_remove (question->self->questions->open, question);
}

static void
on_cancel_sure (Question *question, int action)
{
  g_hash_table_remove (question->self->questions->open, question);
}

void
openim_ask_text (OpenimConnection *self,
                 const char *subject,
                 const char *title,
                 const char *question,
                 const char *hint,
                 const char *initial,
                 gboolean multiline,
                 OpenimAskFunc func)
{
  purple_request_input (self->gc, title, question, hint, initial, multiline, FALSE, NULL, _ ("_OK"),
                        G_CALLBACK (on_text), _ ("_Cancel"), G_CALLBACK (on_cancel_text), self->account, NULL,
                        NULL, question_new (self, subject, func));
}

gboolean
openim_ask_can_file (void)
{
  const PurpleRequestUiOps *ops = purple_request_get_ui_ops ();

  return ops != NULL && ops->request_file != NULL;
}

void
openim_ask_file (OpenimConnection *self, const char *subject, const char *title, OpenimAskFunc func)
{
  purple_request_file (self->gc, title, NULL, FALSE, G_CALLBACK (on_text), G_CALLBACK (on_cancel_text),
                       self->account, NULL, NULL, question_new (self, subject, func));
}

void
openim_ask_sure (OpenimConnection *self,
                 const char *subject,
                 const char *title,
                 const char *question,
                 const char *button,
                 OpenimAskFunc func)
{
  purple_request_action (self->gc, title, question, NULL, PURPLE_DEFAULT_ACTION_NONE, self->account, NULL,
                         NULL, question_new (self, subject, func), 2, button, G_CALLBACK (on_sure),
                         _ ("_Cancel"), G_CALLBACK (on_cancel_sure));
}
