/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/id.h"
#include "base/types.h"

#include <string.h>

static void
test_message (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < 20000; i++) {
    char *id = openim_id_message ("u1");
    g_assert_cmpuint (strlen (id), ==, 32);
    g_assert_cmpuint (strspn (id, "0123456789abcdef"), ==, 32);
    g_assert_true (g_hash_table_add (seen, id));
  }
}

static void
test_operation (void)
{
  g_autofree char *a = openim_id_operation ();
  g_autofree char *b = openim_id_operation ();

  g_assert_cmpstr (a, !=, "");
  g_assert_cmpstr (a, !=, b);
}

static void
test_conversation (void)
{
  static const struct {
    int type;
    const char *self;
    const char *other;
    const char *id;
    const char *channel;
  } rows[] = {
    { OPENIM_SESSION_SINGLE, "u1001", "u2002", "si_u1001_u2002", "n_u1001_u2002" },
    { OPENIM_SESSION_SINGLE, "u2002", "u1001", "si_u1001_u2002", "n_u1001_u2002" },
    { OPENIM_SESSION_SINGLE, "u9", "u10", "si_u10_u9", "n_u10_u9" },             /* bytes, not numbers */
    { OPENIM_SESSION_SINGLE, "a", "B", "si_B_a", "n_B_a" },                      /* no locale */
    { OPENIM_SESSION_SINGLE, "z", "\xc3\xa9", "si_z_\xc3\xa9", "n_z_\xc3\xa9" }, /* unsigned bytes */
    { OPENIM_SESSION_SINGLE, "u1", "u1", "si_u1_u1", "n_u1_u1" },
    { OPENIM_SESSION_SINGLE, "a_b", "a", "si_a_a_b", "n_a_a_b" },
    { OPENIM_SESSION_WRITE_GROUP, "u1", "3003", "g_3003", "n_3003" },
    { OPENIM_SESSION_GROUP, "u1", "3003", "sg_3003", "n_3003" },
    { OPENIM_SESSION_NOTIFICATION, "u2", "admin", "sn_admin_u2", "n_admin_u2" },
    { 0, "u1", "u2", "", "" },
    { 5, "u1", "u2", "", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *id = openim_id_conversation (rows[i].type, rows[i].self, rows[i].other);
    g_autofree char *channel = openim_id_notification_channel (id);
    g_assert_cmpstr (id, ==, rows[i].id);
    g_assert_cmpstr (channel, ==, rows[i].channel);
    g_assert_false (openim_id_is_notification_channel (id));
    g_assert_true (*channel == '\0' || openim_id_is_notification_channel (channel));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/id/message", test_message);
  g_test_add_func ("/id/operation", test_operation);
  g_test_add_func ("/id/conversation", test_conversation);
  return g_test_run ();
}
