/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Any bytes as the request of any function: it is answered once, before anybody has logged in, and bytes that
 * are no request with 10002. The first two bytes choose the function. */

#include "fuzz.h"

#include "base/gate.h"
#include "sdk/sdk.h"

typedef struct {
  guint answers;
  int code;
} Answer;

static void
on_answer (
    OpenimSdk *sdk, guint64 handle, const GError *error, const ProtobufCMessage *response, gpointer user_data)
{
  Answer *answer = user_data;

  g_assert_true ((error == NULL) == (response != NULL));
  answer->answers++;
  answer->code = error != NULL ? openim_error_code (error) : 0;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static OpenimSdk *sdk; /* for all inputs; ends with the process */
  if (size < 2)
    return 0;

  OpenimFunction function = (OpenimFunction) (data[0] << 8 | data[1]);
  Answer answer = { 0 };

  /* Those that begin a session, or read files, act upon what they are told. */
  if (function == OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__InitSDK)
    return 0;
  if (sdk == NULL)
    sdk = openim_sdk_new ();
  openim_sdk_call_bytes (sdk, 0, function, data + 2, size - 2, on_answer, &answer);
  g_assert_cmpuint (answer.answers, ==, 0);
  while (answer.answers == 0)
    g_main_context_iteration (NULL, TRUE);
  const ProtobufCMessageDescriptor *descriptor = openim_function_get_request (function);
  if (descriptor != NULL && !openim_gate_protobuf (descriptor, data + 2, size - 2, NULL))
    g_assert_cmpint (answer.code, !=, 0);
  return 0;
}
