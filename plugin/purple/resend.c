/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/resend.h"

#include <glib/gi18n-lib.h>

#include "message.pb-c.h"
#include "purple/outgoing.h"

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

void
openim_resend_run (OpenimConnection *self, OpenimCommandLine *command)
{
  Openim__Sdk__Message__GetAdvancedHistoryMessageListReq request =
      OPENIM__SDK__MESSAGE__GET_ADVANCED_HISTORY_MESSAGE_LIST_REQ__INIT;
  Openim__Sdk__Message__GetAdvancedHistoryMessageListParams params =
      OPENIM__SDK__MESSAGE__GET_ADVANCED_HISTORY_MESSAGE_LIST_PARAMS__INIT;
  g_autofree char *id = openim_peer_conversation_id (self, &command->peer);

  params.conversationid = id;
  params.count = LOOK_BACK;
  request.getadvancedhistorymessagelistparams = &params;
  openim_command_call (self, command, OPENIM_NUMBER (GetAdvancedHistoryMessageList), &request, on_page);
}
