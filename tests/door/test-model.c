/* SPDX-License-Identifier: GPL-3.0-or-later */

/* After each round of acts all that three people see is compared with the model. One seed is one history;
 * OPENIM_TEST_SEED runs a single one. */

#include "three.h"

#define ROUNDS 4
#define ACTS 15
#define HISTORIES 4
#define PATIENCE 30000 /* ms in which all must have become equal */

static guint
count_all (Three *three)
{
  guint n = 0;

  for (guint who = 0; who < PEOPLE; who++)
    n += visitor_order (three->people[who].visitor)->len;
  return n;
}

typedef struct {
  Three *three;
  guint before;
} Arrival;

static gboolean
has_more (gpointer data)
{
  const Arrival *arrival = data;

  return count_all (arrival->three) > arrival->before;
}

static void
settle (Three *three)
{
  gint64 end = g_get_monotonic_time () + (gint64) story_scaled (PATIENCE) * 1000;

  for (guint who = 0; who < PEOPLE; who++)
    three_go_online (three, who);
  for (guint who = 0; who < PEOPLE; who++)
    three_hear_answers (three, who);
  for (;;) {
    g_autofree char *difference = three_compare (three);
    Arrival arrival = { three, count_all (three) };

    if (difference == NULL)
      break;
    if (g_get_monotonic_time () > end)
      story_fail ("seed %u: %s", three->seed, difference);
    story_wait (has_more, &arrival, 200);
  }
  for (guint who = 0; who < PEOPLE; who++) {
    three_check_heard (three, who);
    three->people[who].shaken = FALSE;
  }
  three->settled = three->notes->len;
}

static void
someone_new (Three *three, guint who)
{
  Someone *person = &three->people[who];

  person->name = three_names[who];
  person->fault = fault_start (three->server, three->seed);
  person->token = server_token (three->server, person->name, PLATFORM_LINUX);
  person->heard = g_hash_table_new (NULL, NULL);
  person->kept = g_array_new (FALSE, FALSE, sizeof (Line));
  for (guint talk = 0; talk < TALKS; talk++) {
    person->seen[talk] = g_array_new (FALSE, FALSE, sizeof (Line));
    person->read[talk] = G_MAXINT;
  }
  person->visitor = visitor_new (NULL);
  visitor_init (person->visitor, person->fault->api, person->fault->ws);
  three_login (person);
  visitor_heard (person->visitor, EVENT (SyncServerFinish));
}

static void
someone_free (Someone *person)
{
  visitor_leave (person->visitor);
  fault_stop (person->fault);
  person_free (person->phone);
  g_hash_table_unref (person->heard);
  g_array_unref (person->kept);
  for (guint i = 0; i < TALKS; i++)
    g_array_unref (person->seen[i]);
  for (guint i = 0; i < PEOPLE; i++)
    g_free (person->friends[i]);
  g_free (person->token);
}

static void
run_history (guint32 seed)
{
  Three three = { .seed = seed, .rand = g_rand_new_with_seed (seed) };

  g_test_message ("seed %u", seed);
  three.server = server_start (NULL, FALSE);
  three.notes = g_ptr_array_new_with_free_func (three_note_free);
  for (guint who = 0; who < PEOPLE; who++)
    three.people[who].phone = person_new (three.server, three_names[who], three_names[who]);
  person_found (three.people[0].phone, "team", "Team", "bob", "carl", NULL);
  for (guint who = 0; who < PEOPLE; who++)
    someone_new (&three, who);
  for (guint who = 0; who < PEOPLE; who++) {
    g_free (three_read_history (&three, who, TALKS - 1));
    three_read (&three, who, TALKS - 1); /* that the group was made */
  }

  for (guint round = 0; round < ROUNDS; round++) {
    for (guint i = 0; i < ACTS; i++)
      three_act (&three);
    settle (&three);
    for (guint i = 0; i < 3; i++)
      three_act_quietly (&three);
    settle (&three);
  }

  for (guint who = 0; who < PEOPLE; who++)
    someone_free (&three.people[who]);
  server_stop (three.server);
  g_ptr_array_unref (three.notes);
  g_rand_free (three.rand);
}

static void
test_histories (void)
{
  const char *one = g_getenv ("OPENIM_TEST_SEED");
  guint32 n = g_test_thorough () ? 200 : HISTORIES;

  if (one != NULL)
    run_history ((guint32) g_ascii_strtoull (one, NULL, 10));
  for (guint32 seed = 1; one == NULL && seed <= n; seed++)
    run_history (seed);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/door/model/histories", test_histories);

  return g_test_run ();
}
