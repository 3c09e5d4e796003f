/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the HTTP API answers: an error of the envelope is a sentence, and any object in any place is read as a
 * row of any list. The first byte chooses the list. */

#include "fuzz.h"

#include "net/http.h"
#include "sync/readers.h"

static const OpenimRowReader readers[] = {
  openim_read_user,           openim_read_friend,       openim_read_black,
  openim_read_friend_request, openim_read_group,        openim_read_member,
  openim_read_group_request,  openim_read_conversation, openim_read_command,
};

static void
read_error (JsonObject *envelope)
{
  g_autoptr (GError) error = openim_http_envelope_error (openim_json_int (envelope, "errCode"),
                                                         openim_json_string (envelope, "errMsg"),
                                                         openim_json_string (envelope, "errDlt"));
  g_autofree char *sentence = openim_error_describe (error);

  g_assert_true (g_utf8_validate (sentence, -1, NULL) && *sentence != '\0');
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size == 0)
    return 0;

  g_autoptr (JsonObject) envelope = openim_json_parse ((const char *) data + 1, size - 1, size, NULL);
  if (envelope == NULL)
    return 0;

  read_error (envelope);
  g_autoptr (GList) names = json_object_get_members (envelope);
  for (GList *l = names; l != NULL; l = l->next) {
    JsonObject *object = openim_json_object (envelope, l->data);
    gpointer row = object != NULL ? readers[data[0] % G_N_ELEMENTS (readers)](object, "alice") : NULL;

    if (row != NULL) {
      g_autoptr (GBytes) packed = openim_pb_pack (row);

      openim_pb_free (row);
    }
  }
  return 0;
}
