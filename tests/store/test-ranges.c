/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "store/conversations.h"
#include "store/ranges.h"
#include "world.h"

#define SEED 20240601
#define HISTORIES 10000
#define STEPS 12
#define SEQS 64 /* 1 … 63 */

static char *
print (GArray *ranges)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < ranges->len; i++) {
    const OpenimRange *range = &g_array_index (ranges, OpenimRange, i);
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, i > 0 ? " " : "", range->begin,
                            range->end);
  }
  return g_string_free (text, FALSE);
}

static void
assert_all (OpenimDb *db, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ranges = openim_ranges_all (db, WORLD_CHAT, &error);

  g_assert_no_error (error);
  g_autofree char *text = print (ranges);
  g_assert_cmpstr (text, ==, expected);
}

static void
assert_missing (OpenimDb *db, gint64 begin, gint64 end, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ranges = openim_ranges_missing (db, WORLD_CHAT, begin, end, &error);

  g_assert_no_error (error);
  g_autofree char *text = print (ranges);
  g_assert_cmpstr (text, ==, expected);
}

static gboolean
test_merge (OpenimDb *db, gpointer job, GError **error)
{
  assert_all (db, "");
  assert_missing (db, 1, 5, "1-5");
  assert_missing (db, 5, 1, "");
  g_assert_cmpint (openim_ranges_max (db, WORLD_CHAT, error), ==, 0);

  g_assert_true (openim_ranges_add (db, WORLD_CHAT, 5, 6, error));
  g_assert_true (openim_ranges_add (db, WORLD_CHAT, 9, 9, error));
  assert_all (db, "5-6 9-9");
  assert_missing (db, 1, 12, "1-4 7-8 10-12");
  assert_missing (db, 6, 9, "7-8");
  assert_missing (db, 5, 6, "");
  g_assert_cmpint (openim_ranges_max (db, WORLD_CHAT, error), ==, 9);

  g_assert_true (openim_ranges_add (db, WORLD_CHAT, 7, 7, error)); /* touches below */
  assert_all (db, "5-7 9-9");
  g_assert_true (openim_ranges_add (db, WORLD_CHAT, 8, 8, error)); /* closes the hole */
  assert_all (db, "5-9");
  g_assert_true (openim_ranges_add (db, WORLD_CHAT, 6, 8, error)); /* there already */
  assert_all (db, "5-9");
  g_assert_true (openim_ranges_add (db, WORLD_CHAT, 1, 100, error)); /* swallows */
  assert_all (db, "1-100");

  /* Not in the way of each other. */
  g_assert_true (openim_ranges_add (db, "n_alice_bob", 3, 4, error));
  assert_all (db, "1-100");
  g_assert_true (openim_ranges_clear (db, WORLD_CHAT, error));
  assert_all (db, "");
  g_assert_cmpint (openim_ranges_max (db, "n_alice_bob", error), ==, 4);
  return TRUE;
}

static gboolean
test_borders (OpenimDb *db, gpointer job, GError **error)
{
  g_assert_true (openim_ranges_add (db, WORLD_CHAT, 5, 4, error));
  g_assert_true (openim_ranges_add (db, WORLD_CHAT, G_MININT64, 0, error));
  assert_all (db, "");
  g_assert_true (openim_ranges_add (db, WORLD_CHAT, -3, 2, error));
  assert_all (db, "1-2");
  g_assert_true (openim_ranges_add (db, WORLD_CHAT, G_MAXINT64, G_MAXINT64, error));
  g_assert_true (openim_ranges_add (db, WORLD_CHAT, G_MAXINT64 - 1, G_MAXINT64, error));
  g_assert_true (openim_ranges_add (db, WORLD_CHAT, 3, G_MAXINT64, error));
  assert_all (db, "1-9223372036854775806");
  assert_missing (db, G_MININT64, G_MAXINT64, "");
  return TRUE;
}

/* ---- against a bitmap */

static char *
print_bits (guint64 bits, int begin, int end, gboolean set)
{
  GString *text = g_string_new (NULL);

  for (int seq = begin; seq <= end; seq++) {
    int first = seq;
    while (seq <= end && (bits >> seq & 1) == (guint64) set)
      seq++;
    if (seq > first)
      g_string_append_printf (text, "%s%d-%d", text->len > 0 ? " " : "", first, seq - 1);
  }
  return g_string_free (text, FALSE);
}

static void
run_history (OpenimDb *db, GRand *rand)
{
  g_autoptr (GError) error = NULL;
  guint64 bits = 0;

  g_assert_true (openim_ranges_clear (db, WORLD_CHAT, &error));
  for (int step = 0; step < STEPS; step++) {
    int begin = g_rand_int_range (rand, 1, SEQS);
    int end = begin + g_rand_int_range (rand, 0, step % 3 == 0 ? 12 : 3);
    end = MIN (end, SEQS - 1);
    for (int seq = begin; seq <= end; seq++)
      bits |= G_GUINT64_CONSTANT (1) << seq;
    g_assert_true (openim_ranges_add (db, WORLD_CHAT, begin, end, &error));

    begin = g_rand_int_range (rand, 1, SEQS);
    end = g_rand_int_range (rand, begin, SEQS);
    g_autofree char *there = print_bits (bits, 1, SEQS - 1, TRUE);
    g_autofree char *missing = print_bits (bits, begin, end, FALSE);
    assert_all (db, there);
    assert_missing (db, begin, end, missing);
    g_assert_cmpint (openim_ranges_max (db, WORLD_CHAT, &error), ==, g_bit_nth_msf ((gulong) bits, -1));
  }
}

static gboolean
test_histories (OpenimDb *db, gpointer job, GError **error)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (SEED);

  for (int i = 0; i < HISTORIES; i++)
    run_history (db, rand);
  return TRUE;
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  world_add_job_test ("/store/ranges/merge", test_merge);
  world_add_job_test ("/store/ranges/borders", test_borders);
  world_add_job_test ("/store/ranges/histories", test_histories);
  return g_test_run ();
}
