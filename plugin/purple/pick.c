/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/pick.h"

#include <glib/gi18n-lib.h>

#include "conversation.pb-c.h"
#include "purple/numbers.h"

#define MOST 100 /* messages at once */

typedef struct {
  OpenimCommandLine *command;
  GPtrArray *ids; /* clientMsgIDs, by number */
  OpenimPickFunc func;
} Picking;

static void
picking_free (gpointer data)
{
  Picking *picking = data;

  openim_command_unref (picking->command);
  g_ptr_array_unref (picking->ids);
  g_free (picking);
}

static OpenimMessage *
find (const Openim__Sdk__Conversation__FindMessageListResp *answer, const char *id)
{
  for (gsize i = 0; i < answer->n_findresultitems; i++)
    for (gsize j = 0; j < answer->findresultitems[i]->n_messagelist; j++) {
      OpenimMessage *message = answer->findresultitems[i]->messagelist[j];

      if (g_strcmp0 (message->clientmsgid, id) == 0 && (int) message->status < OPENIM_STATUS_DELETED)
        return message;
    }
  return NULL;
}

static void
on_found (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Picking *picking = data;
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();

  if (error != NULL) {
    openim_command_say_error (self, picking->command, error);
    return;
  }
  for (guint i = 0; i < picking->ids->len; i++) {
    OpenimMessage *message = find ((gconstpointer) response, g_ptr_array_index (picking->ids, i));

    if (message != NULL)
      g_ptr_array_add (messages, message);
  }
  if (messages->len == 0)
    openim_command_say (self, picking->command, _ ("That message is not there any more."));
  else
    picking->func (self, picking->command, (OpenimMessage *const *) messages->pdata, messages->len);
}

static void
ask (OpenimConnection *self,
     OpenimCommandLine *command,
     const char *conversation_id,
     GPtrArray *ids /* (transfer full) */,
     OpenimPickFunc func)
{
  Openim__Sdk__Conversation__FindMessageListReq request =
      OPENIM__SDK__CONVERSATION__FIND_MESSAGE_LIST_REQ__INIT;
  Openim__Sdk__Conversation__ConversationArgs args = OPENIM__SDK__CONVERSATION__CONVERSATION_ARGS__INIT;
  Openim__Sdk__Conversation__ConversationArgs *list[] = { &args };
  Picking *picking = g_new0 (Picking, 1);

  picking->command = openim_command_ref (command);
  picking->ids = ids;
  picking->func = func;
  args.conversationid = (char *) conversation_id;
  args.clientmsgidlist = (char **) ids->pdata;
  args.n_clientmsgidlist = ids->len;
  request.conversationsargs = list;
  request.n_conversationsargs = G_N_ELEMENTS (list);
  openim_connection_call (self, OPENIM_NUMBER (FindMessageList), &request, on_found, picking, picking_free);
}

/* "7" or "3-7". */
static gboolean
read_range (const char *text, guint *first, guint *last)
{
  g_auto (GStrv) ends = g_strsplit (text, "-", 2);
  guint64 numbers[2] = { 0 };

  for (guint i = 0; i < 2 && ends[i] != NULL; i++)
    if (!g_ascii_string_to_unsigned (g_strstrip (ends[i]), 10, 1, G_MAXUINT - 1, &numbers[i], NULL))
      return FALSE;
  *first = (guint) numbers[0];
  *last = ends[1] != NULL ? (guint) numbers[1] : *first;
  return *first > 0 && *last >= *first && *last - *first < MOST;
}

void
openim_pick (
    OpenimConnection *self, OpenimCommandLine *command, const char *text, gboolean many, OpenimPickFunc func)
{
  g_autofree char *id = openim_peer_conversation_id (self, &command->peer);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) parts = g_strsplit (text, ",", MOST);

  for (guint i = 0; parts[i] != NULL; i++) {
    guint first = 0;
    guint last = 0;

    if (!read_range (parts[i], &first, &last) || (!many && (first != last || i > 0))) {
      openim_command_say (self, command,
                          many ? _ ("“%s” are not numbers of messages, such as 7 or 3-7.")
                               : _ ("“%s” is not the number of a message."),
                          text);
      return;
    }
    for (guint number = first; number <= last; number++) {
      const OpenimNumbered *numbered = openim_numbers_get (self->numbers, id, number);

      if (numbered == NULL) {
        openim_command_say (self, command,
                            /* TRANSLATORS: a number, and "/" or "?": the command is /list */
                            _ ("There is no message %u here. %slist shows the numbers."), number,
                            openim_commands_get_mark ());
        return;
      }
      if (ids->len < MOST)
        g_ptr_array_add (ids, g_strdup (numbered->client_msg_id));
    }
  }
  ask (self, command, id, g_steal_pointer (&ids), func);
}

void
openim_pick_last (OpenimConnection *self, OpenimCommandLine *command, guint count, OpenimPickFunc func)
{
  g_autofree char *id = openim_peer_conversation_id (self, &command->peer);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  guint last = openim_numbers_get_last (self->numbers, id);

  count = MIN (count, MOST);
  for (guint number = last > count ? last - count + 1 : 1; number <= last; number++) {
    const OpenimNumbered *numbered = openim_numbers_get (self->numbers, id, number);

    if (numbered != NULL)
      g_ptr_array_add (ids, g_strdup (numbered->client_msg_id));
  }
  if (ids->len == 0)
    openim_command_say (self, command, _ ("Nothing has been shown here yet."));
  else
    ask (self, command, id, g_steal_pointer (&ids), func);
}
