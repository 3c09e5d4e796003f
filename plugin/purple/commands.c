/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/commands.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "purple/askers.h"
#include "purple/attach.h"
#include "purple/backlog.h"
#include "purple/search.h"
#include "purple/contact.h"
#include "purple/draft.h"
#include "purple/favourites.h"
#include "purple/conversation-list.h"
#include "purple/conversation-settings.h"
#include "purple/group-commands.h"
#include "purple/icons.h"
#include "purple/markup.h"
#include "purple/message-answer.h"
#include "purple/message-kinds.h"
#include "purple/message-list.h"
#include "purple/nickname.h"
#include "purple/own-profile.h"
#include "purple/password.h"
#include "purple/people.h"
#include "purple/privacy.h"
#include "purple/report.h"
#include "purple/resend.h"

typedef void (*Handler) (OpenimConnection *self, OpenimCommandLine *command);

enum {
  PLACE_IM = PURPLE_CMD_FLAG_IM,
  PLACE_CHAT = PURPLE_CMD_FLAG_CHAT,
  PLACE_BOTH = PURPLE_CMD_FLAG_IM | PURPLE_CMD_FLAG_CHAT,
};

typedef struct {
  const char *name;
  const char *args;
  int places;
  const char *usage; /* (nullable) */
  const char *help;
  Handler handler;
} Row;

static const Row rows[] = {
#define OPENIM_COMMAND(name, args, places, usage, help, handler)                                             \
  { name, args, PLACE_##places, usage, help, handler },
#include "purple/commands.def"
#undef OPENIM_COMMAND
};

/* libpurple has one table of commands for all accounts, and so has this plugin its rows in it. */
static PurpleCmdId ids[G_N_ELEMENTS (rows)];

const char *
openim_commands_get_mark (void)
{
  return openim_host_has_windows () ? "/" : "?";
}

static const Row *
find_row (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_strcmp0 (rows[i].name, name) == 0)
      return &rows[i];
  return NULL;
}

/* --- one command --- */

static OpenimCommandLine *
command_new (const char *name, const OpenimPeer *peer)
{
  OpenimCommandLine *command = g_rc_box_new0 (OpenimCommandLine);

  command->name = name;
  command->peer.session = peer->session;
  command->peer.name = g_strdup (peer->name);
  return command;
}

OpenimCommandLine *
openim_command_ref (OpenimCommandLine *command)
{
  return g_rc_box_acquire (command);
}

static void
command_clear (gpointer data)
{
  OpenimCommandLine *command = data;

  g_free ((char *) command->peer.name);
  for (guint i = 0; i < OPENIM_COMMAND_ARGS; i++)
    g_free (command->args[i]);
}

void
openim_command_unref (gpointer command)
{
  g_rc_box_release_full (command, command_clear);
}

void
openim_command_say_switch (OpenimConnection *self, const OpenimCommandLine *command, gboolean now)
{
  openim_command_say (self, command,
                      /* TRANSLATORS: "/" and "pin", or another command; the word behind it is typed and
                         not translated */
                      now ? _ ("It is on. %s%s off switches it off.")
                          : _ ("It is off. %s%s on switches it on."),
                      openim_commands_get_mark (), command->name);
}

int
openim_command_read_switch (OpenimConnection *self, const OpenimCommandLine *command, gboolean now)
{
  const char *word = command->args[0];

  if (g_strcmp0 (word, "on") == 0)
    return TRUE;
  if (g_strcmp0 (word, "off") == 0)
    return FALSE;
  openim_command_say_switch (self, command, now);
  return -1;
}

void
openim_command_say (OpenimConnection *self, const OpenimCommandLine *command, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  openim_peer_tell (self, &command->peer, text, PURPLE_MESSAGE_SYSTEM | PURPLE_MESSAGE_NO_LOG);
}

void
openim_command_say_error (OpenimConnection *self, const OpenimCommandLine *command, const GError *error)
{
  g_autofree char *sentence = openim_error_describe (error);

  openim_peer_tell (self, &command->peer, sentence, PURPLE_MESSAGE_ERROR | PURPLE_MESSAGE_NO_LOG);
}

typedef struct {
  OpenimCommandLine *command;
  OpenimCommandFunc done;
} Waiting;

static void
waiting_free (gpointer data)
{
  Waiting *waiting = data;

  openim_command_unref (waiting->command);
  g_free (waiting);
}

static void
on_answer (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Waiting *waiting = data;

  if (error != NULL)
    openim_command_say_error (self, waiting->command, error);
  else if (waiting->done != NULL)
    waiting->done (self, waiting->command, response);
}

void
openim_command_call (OpenimConnection *self,
                     OpenimCommandLine *command,
                     OpenimFunction function,
                     gconstpointer request,
                     OpenimCommandFunc done)
{
  Waiting *waiting = g_new0 (Waiting, 1);

  waiting->command = openim_command_ref (command);
  waiting->done = done;
  openim_connection_call (self, function, request, on_answer, waiting, waiting_free);
}

/* --- what has been typed --- */

static char *
take_word (const char **rest)
{
  const char *start = *rest;
  const char *end = *start == '"' ? strchr (start + 1, '"') : NULL;

  if (end != NULL) {
    *rest = end + 1;
    return g_strndup (start + 1, (gsize) (end - start - 1));
  }
  for (end = start; *end != '\0' && !g_ascii_isspace (*end); end++)
    ;
  *rest = end;
  return g_strndup (start, (gsize) (end - start));
}

/* FALSE: too few or too many. */
static gboolean
read_args (const Row *row, const char *rest, OpenimCommandLine *command)
{
  gboolean optional = FALSE;
  guint n = 0;

  for (const char *kind = row->args; *kind != '\0'; kind++) {
    if (*kind == '?') {
      optional = TRUE;
      continue;
    }
    while (g_ascii_isspace (*rest))
      rest++;
    if (*rest == '\0')
      return optional;
    g_assert (n < OPENIM_COMMAND_ARGS);
    if (*kind == 'w') {
      command->args[n] = take_word (&rest);
    } else {
      command->args[n] = g_strchomp (g_strdup (rest));
      rest += strlen (rest);
    }
    if (*command->args[n] == '\0')
      return FALSE;
    n++;
  }
  while (g_ascii_isspace (*rest))
    rest++;
  return *rest == '\0';
}

static void
say_usage (OpenimConnection *self, const OpenimCommandLine *command, const Row *row)
{
  openim_command_say (self, command, "%s%s%s%s: %s", openim_commands_get_mark (), row->name,
                      row->usage != NULL ? " " : "", row->usage != NULL ? _ (row->usage) : "", _ (row->help));
}

static void
run (OpenimConnection *self, const OpenimPeer *peer, const Row *row, const char *rest)
{
  g_autoptr (OpenimConnection) alive = openim_connection_ref (self);
  g_autoptr (OpenimCommandLine) command = command_new (row->name, peer);
  int place = peer->session == OPENIM_SESSION_GROUP ? PLACE_CHAT : PLACE_IM;

  if ((row->places & place) == 0)
    openim_command_say (self, command,
                        place == PLACE_CHAT ? _ ("%s%s is for conversations with one person.")
                                            : _ ("%s%s is for groups."),
                        openim_commands_get_mark (), row->name);
  else if (read_args (row, rest, command))
    row->handler (self, command);
  else
    say_usage (self, command, row);
}

void
openim_commands_run (OpenimConnection *self, const OpenimPeer *peer, const char *line)
{
  g_autofree char *word = take_word (&line);
  const Row *row = find_row (word);

  if (row != NULL)
    run (self, peer, row, line);
}

gboolean
openim_commands_take (OpenimConnection *self, const OpenimPeer *peer, char **text)
{
  const char mark = **text;
  const char *rest = *text + 1;
  gboolean escaped = FALSE;
  g_autofree char *word = NULL;
  const Row *row = NULL;

  if (openim_host_has_windows () || (mark != '/' && mark != '?'))
    return FALSE;
  escaped = *rest == mark;
  rest += escaped;
  word = take_word (&rest);
  row = find_row (word);
  if (row == NULL)
    return FALSE;
  if (escaped) {
    memmove (*text, *text + 1, strlen (*text));
    return FALSE;
  }
  run (self, peer, row, rest);
  return TRUE;
}

void
openim_commands_help (OpenimConnection *self, OpenimCommandLine *command)
{
  const char *name = command->args[0];
  const Row *wanted = name != NULL ? find_row (name + (*name == '/' || *name == '?')) : NULL;
  int place = command->peer.session == OPENIM_SESSION_GROUP ? PLACE_CHAT : PLACE_IM;

  if (name != NULL && wanted == NULL) {
    openim_command_say (self, command, _ ("There is no command “%s”."), name);
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (rows) && openim_connection_is_open (self); i++)
    if (wanted == &rows[i] || (wanted == NULL && (rows[i].places & place) != 0))
      say_usage (self, command, &rows[i]);
}

/* --- libpurple's commands --- */

static PurpleCmdRet
on_command (PurpleConversation *conversation, const char *name, char **args, char **error, void *data)
{
  OpenimConnection *self = openim_connection_get_for_account (purple_conversation_get_account (conversation));
  g_autofree char *peer_name = NULL;
  OpenimPeer peer = { 0 };

  if (self == NULL || self->self_id == NULL) {
    *error = g_strdup (_ ("Not connected."));
    return PURPLE_CMD_RET_FAILED;
  }
  openim_peer_of_window (self, conversation, &peer);
  peer.name = peer_name = g_strdup (peer.name);
  run (self, &peer, data, args[0] != NULL ? args[0] : "");
  return PURPLE_CMD_RET_OK;
}

void
openim_commands_register (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const Row *row = &rows[i];
    g_autofree char *usage = g_markup_escape_text (row->usage != NULL ? _ (row->usage) : "", -1);
    g_autofree char *help =
        g_strdup_printf ("%s%s%s:  %s", row->name, *usage != '\0' ? " " : "", usage, _ (row->help));
    /* Pidgin and Finch have a "help" of their own, which shows ours too. */
    PurpleCmdPriority priority = row->handler == openim_commands_help ? PURPLE_CMD_P_LOW : PURPLE_CMD_P_PRPL;

    /* The arguments are read here, so that both forms take the same. */
    ids[i] = purple_cmd_register (
        row->name, "s", priority,
        (PurpleCmdFlag) (row->places | PURPLE_CMD_FLAG_PRPL_ONLY | PURPLE_CMD_FLAG_ALLOW_WRONG_ARGS),
        OPENIM_PLUGIN_ID, on_command, help, (gpointer) row);
  }
}

void
openim_commands_unregister (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    purple_cmd_unregister (ids[i]);
}
