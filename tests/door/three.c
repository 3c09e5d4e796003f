/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "three.h"

const char *const three_names[PEOPLE] = { "ann", "bob", "carl" };

const Talk three_talks[TALKS] = {
  { "si_ann_bob", 0, 1 },
  { "si_ann_carl", 0, 2 },
  { "si_bob_carl", 1, 2 },
  { TEAM, PEOPLE, PEOPLE },
};

gboolean
three_is_in (guint talk, guint who)
{
  return three_talks[talk].one == PEOPLE || three_talks[talk].one == who || three_talks[talk].other == who;
}

guint
three_dice (Three *three, guint sides)
{
  return (guint) g_rand_int_range (three->rand, 0, (gint32) sides);
}

Note *
three_note (Three *three, guint number)
{
  return g_ptr_array_index (three->notes, number);
}

void
three_note_free (gpointer data)
{
  Note *note = data;

  g_free (note->client_id);
  g_free (note);
}
