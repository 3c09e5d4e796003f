/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/who.h"

/* Nicks for IRC, made from what people are called. */

static const struct {
  const char *called;
  const char *user_id;
  const char *nick;
  const char *distinct;
} cases[] = {
  { "Carol", "5318543822", "Carol", "Carol_318543822" },
  { "Carol Smith (work)", "7", "Carol_Smith_work", "Carol_Smit_7" },
  /* The ID is as good. */
  { "Bob", "bob", "bob", "Bob_bob" },
  /* Neither a digit nor a dash may stand first; bitlbee keeps some names to itself. */
  { "3 of 4", "5318543822", "_3_of_4", "_3_of_4_318543822" },
  { "purple_request_0", "5318543822", "_purple_request_0", "purple_req_318543822" },
  /* What ASCII cannot show has something beside it that it can. */
  { "王小明", "5318543822", "王小明_3822", "王小明_318543822" },
  { "José", "5318543822", "José", "José_318543822" },
  { "!?!", "5318543822", "_3822", "_318543822" },
  { "\u202e", "a b", "_a_b", "_a_b" },
  { "a very long name indeed, and more", "5318543822", "a_very_long_name_ind", "a_very_lon_318543822" },
  { "渔渔渔渔渔渔渔渔渔渔", "5318543822", "渔渔渔渔渔_3822", "渔渔渔_318543822" },
};

static void
test_nicks (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *nick = openim_who_make_nick (cases[i].called, cases[i].user_id, FALSE);
    g_autofree char *distinct = openim_who_make_nick (cases[i].called, cases[i].user_id, TRUE);

    g_assert_cmpstr (nick, ==, cases[i].nick);
    g_assert_cmpstr (distinct, ==, cases[i].distinct);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/who/nicks", test_nicks);
  return g_test_run ();
}
