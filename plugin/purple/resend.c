/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/resend.h"

#include <glib/gi18n-lib.h>

#include "message.pb-c.h"
#include "purple/outgoing.h"
#include "purple/pick.h"

#define LOOK_BACK 200 /* messages; what failed longer ago is history */

static void
on_page (OpenimConnection *self, OpenimCommandLine *command, const ProtobufCMessage *response)
{
  const Openim__Sdk__Message__GetAdvancedHistoryMessageListResp *answer = (gconstpointer) response;
  const Openim__Sdk__Message__GetAdvancedHistoryMessageListCallback *page =
      answer->getadvancedhistorymessagelistcallback;
  guint n = 0;

  for (gsize i = 0; page != NULL && i < page->n_messagelist; i++) {
    const OpenimMessage *message = page->messagelist[i];

    if ((int) message->status != OPENIM_STATUS_FAILED || g_strcmp0 (message->sendid, self->self_id) != 0)
      continue;
    openim_outgoing_send_again (self, &command->peer, message);
    n++;
  }
  if (n == 0)
    openim_command_say (self, command, _ ("Everything that you wrote here has been sent."));
}

static void
resend_one (OpenimConnection *self, OpenimCommandLine *command, OpenimMessage *const *messages, gsize n)
{
  if ((int) messages[0]->status == OPENIM_STATUS_FAILED)
    openim_outgoing_send_again (self, &command->peer, messages[0]);
  else
    openim_command_say (self, command,
                        (int) messages[0]->status == OPENIM_STATUS_SENDING
                            ? _ ("That message is still on its way.")
                            : _ ("That message has been sent."));
}

void
openim_resend_run (OpenimConnection *self, OpenimCommandLine *command)
{
  Openim__Sdk__Message__GetAdvancedHistoryMessageListReq request =
      OPENIM__SDK__MESSAGE__GET_ADVANCED_HISTORY_MESSAGE_LIST_REQ__INIT;
  Openim__Sdk__Message__GetAdvancedHistoryMessageListParams params =
      OPENIM__SDK__MESSAGE__GET_ADVANCED_HISTORY_MESSAGE_LIST_PARAMS__INIT;
  g_autofree char *id = openim_peer_conversation_id (self, &command->peer);

  if (command->args[0] != NULL) {
    openim_pick (self, command, command->args[0], FALSE, resend_one);
    return;
  }
  params.conversationid = id;
  params.count = LOOK_BACK;
  request.getadvancedhistorymessagelistparams = &params;
  openim_command_call (self, command, OPENIM_NUMBER (GetAdvancedHistoryMessageList), &request, on_page);
}
