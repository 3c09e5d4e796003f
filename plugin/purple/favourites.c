/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/favourites.h"

#include <glib/gi18n-lib.h>

#include "base/gate.h"
#include "purple/listing.h"
#include "purple/numbers.h"
#include "purple/pick.h"
#include "user.pb-c.h"

#define FAVOURITE 1    /* the type of such records at the server */
#define VALUE_MAX 4000 /* bytes */
#define SHOWN_MAX 50   /* the newest */

typedef Openim__Sdk__Shared__CommandInfo Record;

/* --- keeping one --- */

static void
on_kept (OpenimConnection *self, OpenimCommandLine *command, const ProtobufCMessage *response)
{
  /* TRANSLATORS: %s is "/" or "?": the command is /favourites */
  openim_command_say (self, command, _ ("Kept. %sfavourites shows your favourites."),
                      openim_commands_get_mark ());
}

static void
keep (OpenimConnection *self, OpenimCommandLine *command, OpenimMessage *const *messages, gsize n)
{
  Openim__Sdk__User__ProcessUserCommandAddReq request = OPENIM__SDK__USER__PROCESS_USER_COMMAND_ADD_REQ__INIT;
  g_autofree char *text = openim_listing_describe (self, messages[0]);
  g_autofree char *value = openim_gate_text (text, -1, VALUE_MAX, FALSE);

  request.userid = self->self_id;
  request.type = FAVOURITE;
  request.uuid = messages[0]->clientmsgid;
  request._value_case = OPENIM__SDK__USER__PROCESS_USER_COMMAND_ADD_REQ___VALUE_VALUE;
  request.value = value;
  openim_command_call (self, command, OPENIM_NUMBER (ProcessUserCommandAdd), &request, on_kept);
}

void
openim_favourites_add (OpenimConnection *self, OpenimCommandLine *command)
{
  openim_pick (self, command, command->args[0], FALSE, keep);
}

/* --- those that are kept --- */

static int
compare (gconstpointer a, gconstpointer b)
{
  const Record *first = *(const Record *const *) a;
  const Record *second = *(const Record *const *) b;

  if (first->createtime != second->createtime)
    return first->createtime < second->createtime ? -1 : 1;
  return g_strcmp0 (first->uuid, second->uuid);
}

/* (element-type Record) (transfer container), oldest first: numbers from 1 by which people name them */
static GPtrArray *
get_records (const ProtobufCMessage *response)
{
  const Openim__Sdk__User__ProcessUserCommandGetAllResp *answer = (gconstpointer) response;
  GPtrArray *records = g_ptr_array_new ();

  for (gsize i = 0; i < answer->n_commands; i++)
    if (answer->commands[i]->type == FAVOURITE)
      g_ptr_array_add (records, answer->commands[i]);
  g_ptr_array_sort (records, compare);
  return records;
}

static void
list (OpenimConnection *self, OpenimCommandLine *command, const ProtobufCMessage *response)
{
  g_autoptr (GPtrArray) records = get_records (response);

  if (records->len == 0)
    /* TRANSLATORS: %s is "/" or "?": the command is /favourite */
    openim_command_say (self, command, _ ("You have kept no messages yet; %sfavourite keeps one."),
                        openim_commands_get_mark ());
  for (guint i = records->len > SHOWN_MAX ? records->len - SHOWN_MAX : 0;
       i < records->len && openim_connection_is_open (self); i++) {
    const Record *record = g_ptr_array_index (records, i);

    openim_command_say (self, command, "%u  %s", i + 1, record->value);
  }
}

/* (nullable) The one that the person names; what is wrong has been said. */
static const Record *
find_record (OpenimConnection *self, const OpenimCommandLine *command, const GPtrArray *records)
{
  guint64 number = 0;

  if (g_ascii_string_to_unsigned (command->args[1], 10, 1, records->len, &number, NULL))
    return g_ptr_array_index (records, number - 1);
  openim_command_say (self, command, _ ("You have kept no message %s. %sfavourites shows the numbers."),
                      command->args[1], openim_commands_get_mark ());
  return NULL;
}

static void
on_changed (OpenimConnection *self, OpenimCommandLine *command, const ProtobufCMessage *response)
{
  openim_command_say (self, command, _ ("Changed. %sfavourites shows your favourites."),
                      openim_commands_get_mark ());
}

static void
delete_one (OpenimConnection *self, OpenimCommandLine *command, const ProtobufCMessage *response)
{
  Openim__Sdk__User__ProcessUserCommandDeleteReq request =
      OPENIM__SDK__USER__PROCESS_USER_COMMAND_DELETE_REQ__INIT;
  g_autoptr (GPtrArray) records = get_records (response);
  const Record *record = find_record (self, command, records);

  if (record == NULL)
    return;
  request.userid = self->self_id;
  request.type = FAVOURITE;
  request.uuid = record->uuid;
  openim_command_call (self, command, OPENIM_NUMBER (ProcessUserCommandDelete), &request, on_changed);
}

static void
edit_one (OpenimConnection *self, OpenimCommandLine *command, const ProtobufCMessage *response)
{
  Openim__Sdk__User__ProcessUserCommandUpdateReq request =
      OPENIM__SDK__USER__PROCESS_USER_COMMAND_UPDATE_REQ__INIT;
  g_autoptr (GPtrArray) records = get_records (response);
  const Record *record = find_record (self, command, records);
  g_autofree char *value = openim_gate_text (command->args[2], -1, VALUE_MAX, FALSE);

  if (record == NULL)
    return;
  request.userid = self->self_id;
  request.type = FAVOURITE;
  request.uuid = record->uuid;
  request._value_case = OPENIM__SDK__USER__PROCESS_USER_COMMAND_UPDATE_REQ___VALUE_VALUE;
  request.value = value;
  openim_command_call (self, command, OPENIM_NUMBER (ProcessUserCommandUpdate), &request, on_changed);
}

void
openim_favourites_run (OpenimConnection *self, OpenimCommandLine *command)
{
  static const struct {
    const char *word; /* (nullable) */
    guint n_args;
    OpenimCommandFunc done;
  } rows[] = { { NULL, 0, list }, { "delete", 2, delete_one }, { "edit", 3, edit_one } };
  guint n = 0;

  while (n < OPENIM_COMMAND_ARGS && command->args[n] != NULL)
    n++;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_strcmp0 (rows[i].word, command->args[0]) == 0 && rows[i].n_args == n) {
      openim_command_call (self, command, OPENIM_NUMBER (ProcessUserCommandGetAll), NULL, rows[i].done);
      return;
    }
  openim_command_say (self, command,
                      _ ("Use %sfavourites, %sfavourites delete NUMBER or %sfavourites edit NUMBER TEXT."),
                      openim_commands_get_mark (), openim_commands_get_mark (), openim_commands_get_mark ());
}
