/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/styles.h"

#include "base/pb.h"

/* Marks around words become styles. */

static const struct {
  const char *typed;
  const char *said;
  const char *entities; /* "type offset length", with commas */
} cases[] = {
  { "plain", "plain", "" },
  { "*bold* and _slanted_", "bold and slanted", "bold 0 4,italic 9 7" },
  { "é *ü* ~gone~ `x = 1`", "é ü gone x = 1", "bold 2 1,strikethrough 4 4,code 9 5" },
  { "2*3*4 a_b_c", "2*3*4 a_b_c", "" },
  { "* no* ** *", "* no* ** *", "" },
  { "*one", "*one", "" },
  { "(*in* brackets)", "(in brackets)", "bold 1 2" },
  { "see http://x.org/a_b_c. ok", "see http://x.org/a_b_c. ok", "url 4 18" },
  { "http:// no", "http:// no", "" },
  { "", "", "" },
};

static void
test_styles (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GPtrArray) entities = g_ptr_array_new_with_free_func (openim_pb_free);
    g_autofree char *said = openim_styles_read (cases[i].typed, entities);
    g_autoptr (GString) list = g_string_new (NULL);

    for (guint j = 0; j < entities->len; j++) {
      const Openim__Sdk__Shared__MessageEntity *entity = g_ptr_array_index (entities, j);

      g_string_append_printf (list, "%s%s %d %d", j > 0 ? "," : "", entity->type, entity->offset,
                              entity->length);
    }
    g_assert_cmpstr (said, ==, cases[i].said);
    g_assert_cmpstr (list->str, ==, cases[i].entities);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/styles/read", test_styles);
  return g_test_run ();
}
