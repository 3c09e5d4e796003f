/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "three.h"

#include <stdlib.h>
#include <string.h>

/* What they see. */

static guint
find_name (const char *name)
{
  guint who = 0;

  while (who < PEOPLE && !g_str_equal (three_names[who], name))
    who++;
  return who;
}

static gboolean
is_note (const OpenimMessage *message, guint *number)
{
  if (message->content_case != OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_TEXT_ELEM)
    return FALSE;
  *number = (guint) atoi (message->textelem->content + strlen ("note "));
  return TRUE;
}

static gboolean
has_seen (const GArray *seen, int number)
{
  for (guint i = 0; i < seen->len; i++)
    if (g_array_index (seen, Line, i).number == number)
      return TRUE;
  return FALSE;
}

/* Fills the lines of the history, but for failed ones. */
char *
three_read_history (Three *three, guint who, guint talk)
{
  Openim__Sdk__Message__GetAdvancedHistoryMessageListParams params =
      OPENIM__SDK__MESSAGE__GET_ADVANCED_HISTORY_MESSAGE_LIST_PARAMS__INIT;
  Openim__Sdk__Message__GetAdvancedHistoryMessageListReq request =
      OPENIM__SDK__MESSAGE__GET_ADVANCED_HISTORY_MESSAGE_LIST_REQ__INIT;
  Openim__Sdk__Message__GetAdvancedHistoryMessageListResp *response;
  GArray *seen = three->people[who].seen[talk];
  char *difference = NULL;

  params.conversationid = (char *) three_talks[talk].id;
  params.count = 200;
  request.getadvancedhistorymessagelistparams = &params;
  g_array_set_size (seen, 0);
  response = visitor_call (three->people[who].visitor, FUNCTION (GetAdvancedHistoryMessageList), &request);
  for (size_t i = 0; i < response->getadvancedhistorymessagelistcallback->n_messagelist; i++) {
    const OpenimMessage *message = response->getadvancedhistorymessagelistcallback->messagelist[i];
    Line line = { -(int) message->seq, find_name (message->sendid) };
    guint number;

    if (is_note (message, &number)) {
      const Note *note = three_note (three, number);

      g_assert_cmpuint (note->talk, ==, talk);
      g_assert_cmpuint (note->sender, ==, line.sender);
      line.number = (int) number;
      if ((int) message->status == OPENIM_STATUS_SENDING && difference == NULL)
        difference = g_strdup_printf ("note %u of %s is on its way", number, three_names[who]);
      if ((int) message->status != OPENIM_STATUS_SENT) {
        g_assert_cmpuint (note->sender, ==, who);
        g_assert_cmpint (note->state, !=, SENT);
        continue;
      }
    }
    if (has_seen (seen, line.number))
      story_fail ("seed %u: %s has note %d twice", three->seed, three_names[who], line.number);
    g_array_append_val (seen, line);
  }
  openim_pb_free (response);
  return difference;
}

/* Everybody has every note that was sent, and no other. */
static char *
compare_notes (Three *three, guint talk)
{
  for (guint i = 0; i < three->notes->len; i++) {
    const Note *note = three_note (three, i);
    gboolean expected = note->state == SENT;

    if (note->talk != talk)
      continue;
    /* What became of it: its sender knows. */
    if (note->state == LEFT)
      expected = has_seen (three->people[note->sender].seen[talk], (int) i);
    for (guint who = 0; who < PEOPLE; who++)
      if (three_is_in (talk, who) && has_seen (three->people[who].seen[talk], (int) i) !=
                                         (expected && !(note->deleted && note->sender == who)))
        return g_strdup_printf ("%s %s note %u of %s", three_names[who],
                                expected ? "lacks" : "should not have", i, three_names[note->sender]);
  }
  return NULL;
}

/* In one order. */
static char *
compare_histories (Three *three, guint talk)
{
  const GArray *first = NULL;
  char *difference;

  for (guint who = 0; who < PEOPLE; who++) {
    difference = three_is_in (talk, who) ? three_read_history (three, who, talk) : NULL;
    if (difference != NULL)
      return difference;
  }
  difference = compare_notes (three, talk);
  if (difference != NULL)
    return difference;

  for (guint who = 0; who < PEOPLE; who++) {
    const GArray *seen = three->people[who].seen[talk];
    GArray *kept = three->people[who].kept;

    if (!three_is_in (talk, who))
      continue;
    g_array_set_size (kept, 0);
    for (guint i = 0; i < seen->len; i++) {
      const Line *line = &g_array_index (seen, Line, i);

      if (line->number < 0 || !three_note (three, (guint) line->number)->deleted)
        g_array_append_vals (kept, line, 1);
    }
    if (first != NULL &&
        (first->len != kept->len ||
         (kept->len > 0 && memcmp (first->data, kept->data, kept->len * sizeof (Line)) != 0)))
      return g_strdup_printf ("%s has %s with other lines or in another order", three_names[who],
                              three_talks[talk].id);
    first = kept;
  }
  return NULL;
}

static char *
compare_conversation (Three *three, guint who, guint talk)
{
  const Someone *person = &three->people[who];
  const GArray *seen = person->seen[talk];
  g_autoptr (OpenimConversation) row = NULL;
  int unread = 0;

  if (seen->len == 0)
    return NULL;
  for (guint i = seen->len; i > 0; i--) {
    const Line *line = &g_array_index (seen, Line, i - 1);

    if (line->number == person->read[talk] || line->sender == who)
      break;
    unread++;
  }
  row = visitor_conversation (person->visitor, three_talks[talk].id);
  if (row->unreadcount != unread)
    return g_strdup_printf ("%s has %d unread in %s instead of %d", three_names[who], row->unreadcount,
                            three_talks[talk].id, unread);
  if (row->ispinned != person->pinned[talk])
    return g_strdup_printf ("%s has %s %spinned", three_names[who], three_talks[talk].id,
                            row->ispinned ? "" : "not ");
  return NULL;
}

static char *
compare_friends (Three *three, guint who)
{
  const Someone *person = &three->people[who];
  Openim__Sdk__Relation__GetFriendsResp *response =
      visitor_call (person->visitor, FUNCTION (GetFriends), NULL);
  char *difference = NULL;
  size_t n = 0;

  for (guint other = 0; other < PEOPLE; other++) {
    const OpenimFriend *found = NULL;

    for (size_t i = 0; i < response->n_friends; i++)
      if (g_str_equal (response->friends[i]->frienduserid, three_names[other]))
        found = response->friends[i];
    n += found != NULL;
    if (difference == NULL && g_strcmp0 (found != NULL ? found->remark : NULL, person->friends[other]) != 0)
      difference = g_strdup_printf ("%s has %s as \"%s\" instead of \"%s\"", three_names[who],
                                    three_names[other], found != NULL ? found->remark : "nobody",
                                    person->friends[other] != NULL ? person->friends[other] : "nobody");
  }
  g_assert_cmpuint (n, ==, response->n_friends);
  openim_pb_free (response);
  return difference;
}

char *
three_compare (Three *three)
{
  char *difference = NULL;

  for (guint talk = 0; talk < TALKS && difference == NULL; talk++)
    difference = compare_histories (three, talk);
  for (guint who = 0; who < PEOPLE && difference == NULL; who++) {
    difference = compare_friends (three, who);
    for (guint talk = 0; talk < TALKS && difference == NULL; talk++)
      if (three_is_in (talk, who))
        difference = compare_conversation (three, who, talk);
  }
  return difference;
}

void
three_check_heard (Three *three, guint who)
{
  Someone *person = &three->people[who];

  for (guint total = visitor_count (person->visitor, EVENT (RecvNewMessage)); person->n_heard < total;
       person->n_heard++) {
    Openim__Event__EventOnRecvNewMessageData *data =
        visitor_hear (person->visitor, EVENT (RecvNewMessage), NULL, NULL);
    guint number;

    if (is_note (data->message, &number)) {
      const GArray *seen = person->seen[three_note (three, number)->talk];

      g_assert_cmpuint (three_note (three, number)->sender, !=, who);
      if (!g_hash_table_add (person->heard, GUINT_TO_POINTER (number + 1)))
        story_fail ("seed %u: %s heard note %u twice", three->seed, person->name, number);
      for (guint i = 0; i < seen->len && g_array_index (seen, Line, i).number != (int) number; i++) {
        const Line *before = &g_array_index (seen, Line, i);

        if (before->number >= 0 && before->sender != who &&
            !g_hash_table_contains (person->heard, GINT_TO_POINTER (before->number + 1)))
          story_fail ("seed %u: %s heard note %u before note %d", three->seed, person->name, number,
                      before->number);
      }
    }
    openim_pb_free (data);
  }
  for (guint talk = 0; talk < TALKS; talk++)
    for (guint i = 0; i < person->seen[talk]->len; i++) {
      const Line *line = &g_array_index (person->seen[talk], Line, i);

      /* What was read in the history before the sync has brought it is no news any more. */
      if (line->number >= 0 && line->sender != who &&
          g_hash_table_add (person->heard, GINT_TO_POINTER (line->number + 1)) && !person->shaken)
        story_fail ("seed %u: %s never heard note %d", three->seed, person->name, line->number);
    }
}
