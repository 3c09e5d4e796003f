/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/pb.h"

#include <string.h>

#include "content.h"
#include "descriptors.h"
#include "message.pb-c.h"
#include "user.pb-c.h"

/* Each message with content survives copying and the way over the wire. */
static void
test_round_trip (void)
{
  for (gsize i = 0; openim_test_messages[i] != NULL; i++) {
    const ProtobufCMessageDescriptor *descriptor = openim_test_messages[i];
    g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) i);

    for (guint round = 0; round < 5; round++) {
      g_autoptr (GError) error = NULL;
      gpointer message = openim_test_content (descriptor, rand, 4);
      gpointer copy = openim_pb_copy (message);
      g_autoptr (GBytes) bytes = openim_pb_pack (message);
      gpointer back =
          openim_pb_unpack (descriptor, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error);

      g_assert_no_error (error);
      g_assert_true (openim_pb_equal (message, copy));
      g_assert_true (openim_pb_equal (message, back));
      openim_pb_free (message);
      openim_pb_free (copy);
      openim_pb_free (back);
    }
  }
}

static void
test_new (void)
{
  for (gsize i = 0; openim_test_messages[i] != NULL; i++) {
    gpointer message = openim_pb_new (openim_test_messages[i]);
    g_autoptr (GBytes) bytes = openim_pb_pack (message);
    g_assert_cmpuint (g_bytes_get_size (bytes), ==, 0);
    openim_pb_free (message);
  }
  openim_pb_free (NULL);
  g_assert_null (openim_pb_copy (NULL));
  g_assert_true (openim_pb_equal (NULL, NULL));
}

static void
test_equal (void)
{
  g_autoptr (OpenimUser) a = openim_pb_new (&openim__sdk__shared__imuser__descriptor);
  g_autoptr (OpenimUser) b = openim_pb_new (&openim__sdk__shared__imuser__descriptor);
  g_autoptr (OpenimFriend) other = openim_pb_new (&openim__sdk__shared__imfriend__descriptor);

  g_assert_true (openim_pb_equal (a, b));
  g_assert_false (openim_pb_equal (a, other));
  g_assert_false (openim_pb_equal (a, NULL));
  openim_pb_set (&a->nickname, "Alice");
  g_assert_false (openim_pb_equal (a, b));
  openim_pb_take (&b->nickname, g_strdup ("Alice"));
  g_assert_true (openim_pb_equal (a, b));
}

static void
test_set (void)
{
  g_autoptr (OpenimUser) user = openim_pb_new (&openim__sdk__shared__imuser__descriptor);

  openim_pb_set (&user->nickname, NULL);
  g_assert_cmpstr (user->nickname, ==, "");
  openim_pb_set (&user->nickname, "a");
  openim_pb_set (&user->nickname, "b");
  g_assert_cmpstr (user->nickname, ==, "b");
  openim_pb_take (&user->nickname, g_strdup ("c"));
  g_assert_cmpstr (user->nickname, ==, "c");
  openim_pb_take (&user->nickname, NULL);
  g_assert_cmpstr (user->nickname, ==, "");
}

static void
test_append (void)
{
  g_autoptr (OpenimMsgData) message = openim_pb_new (&openim__sdkws__msg_data__descriptor);

  for (guint i = 0; i < 1000; i++)
    openim_pb_append_string (&message->n_atuseridlist, &message->atuseridlist, "u");
  openim_pb_append_string (&message->n_atuseridlist, &message->atuseridlist, NULL);
  g_assert_cmpuint (message->n_atuseridlist, ==, 1001);
  g_assert_cmpstr (message->atuseridlist[999], ==, "u");
  g_assert_cmpstr (message->atuseridlist[1000], ==, "");

  /* What was unpacked has no room to spare. */
  g_autoptr (OpenimMsgData) copy = openim_pb_copy (message);
  openim_pb_append_string (&copy->n_atuseridlist, &copy->atuseridlist, "v");
  g_assert_cmpstr (copy->atuseridlist[1001], ==, "v");
}

static void
test_steal_array (void)
{
  Openim__Sdkws__PullMsgs *pulled = openim_pb_new (&openim__sdkws__pull_msgs__descriptor);

  openim_pb_steal_array (&pulled->n_msgs, (gpointer **) &pulled->msgs, g_ptr_array_new ());
  g_assert_cmpuint (pulled->n_msgs, ==, 0);
  for (guint round = 0; round < 2; round++) {
    GPtrArray *array = g_ptr_array_new_with_free_func (openim_pb_free);
    for (guint i = 0; i < 3; i++)
      g_ptr_array_add (array, openim_pb_new (&openim__sdkws__msg_data__descriptor));
    openim_pb_steal_array (&pulled->n_msgs, (gpointer **) &pulled->msgs, array);
  }
  g_assert_cmpuint (pulled->n_msgs, ==, 6);
  openim_pb_append (&pulled->n_msgs, &pulled->msgs, openim_pb_new (&openim__sdkws__msg_data__descriptor));
  g_assert_cmpuint (pulled->n_msgs, ==, 7);
  for (guint i = 0; i < 7; i++)
    g_assert_true (pulled->msgs[i]->base.descriptor == &openim__sdkws__msg_data__descriptor);
  openim_pb_free (pulled);
}

static void
test_field (void)
{
  const ProtobufCMessageDescriptor *descriptor = &openim__sdkws__msg_data__descriptor;

  for (unsigned i = 0; i < descriptor->n_fields; i++)
    g_assert_true (openim_pb_field (descriptor, descriptor->fields[i].name) == &descriptor->fields[i]);
  g_assert_null (openim_pb_field (descriptor, "nothing"));
  g_assert_null (openim_pb_field (descriptor, ""));
}

/* A oneof that is set to its zero value is there after the way over the wire: optional fields rely on it. */
static void
test_presence (void)
{
  Openim__Sdk__User__SetSelfInfoReq *request =
      openim_pb_new (&openim__sdk__user__set_self_info_req__descriptor);

  request->_ex_case = OPENIM__SDK__USER__SET_SELF_INFO_REQ___EX_EX;
  request->ex = g_strdup ("");
  Openim__Sdk__User__SetSelfInfoReq *copy = openim_pb_copy (request);
  g_assert_cmpint (copy->_ex_case, ==, OPENIM__SDK__USER__SET_SELF_INFO_REQ___EX_EX);
  g_assert_cmpstr (copy->ex, ==, "");
  g_assert_cmpint (copy->_nickname_case, ==, 0);
  openim_pb_free (request);
  openim_pb_free (copy);
}

static void
test_unpack_bad (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (
      openim_pb_unpack (&openim__sdkws__msg_data__descriptor, (const guint8 *) "\x0a\x05", 2, &error));
  g_assert_error (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pb/round-trip", test_round_trip);
  g_test_add_func ("/pb/new", test_new);
  g_test_add_func ("/pb/equal", test_equal);
  g_test_add_func ("/pb/set", test_set);
  g_test_add_func ("/pb/append", test_append);
  g_test_add_func ("/pb/steal-array", test_steal_array);
  g_test_add_func ("/pb/field", test_field);
  g_test_add_func ("/pb/presence", test_presence);
  g_test_add_func ("/pb/unpack/bad", test_unpack_bad);
  return g_test_run ();
}
