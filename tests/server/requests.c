/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The gateway's requests, one row each. */

#include "gateway.h"

#include "msg.pb-c.h"
#include "push.pb-c.h"

#include "presence.h"
#include "pull.h"

static Result
logout (Request *request)
{
  const Openim__Push__DelUserPushTokenResp empty = OPENIM__PUSH__DEL_USER_PUSH_TOKEN_RESP__INIT;

  request_answer (request, &empty);
  session_end (request->session);
  return RESULT_OK;
}

static Result
set_background (Request *request)
{
  const Openim__Sdkws__SetAppBackgroundStatusReq *asked = request->message;

  session_set_background (request->session, asked->isbackground);
  return RESULT_OK;
}

const RequestRow request_rows[] = {
  { 1001, pull_newest, &openim__sdkws__get_max_seq_req__descriptor },
  { 1002, pull_ranges, &openim__sdkws__pull_message_by_seqs_req__descriptor, .strict = TRUE },
  { 1003, message_request, &openim__sdkws__msg_data__descriptor },
  { 1005, pull_seqs, &openim__msg__get_seq_message_req__descriptor, .strict = TRUE },
  { 1006, pull_has_read, &openim__msg__get_conversations_has_read_and_max_seq_req__descriptor,
    .strict = TRUE },
  { 1007, pull_last, &openim__msg__get_last_message_req__descriptor, .newer = TRUE },
  { 2003, logout, &openim__push__del_user_push_token_req__descriptor },
  { 2004, set_background, &openim__sdkws__set_app_background_status_req__descriptor, .strict = TRUE },
  { 2005, presence_subscribe, &openim__sdkws__sub_user_online_status__descriptor },
  { 0 },
};
