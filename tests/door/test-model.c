/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Three people do things at random while their connections break off at any point: they write, read, delete,
 * make friends and part, log out and in. After each round all that they see is compared with a model in
 * memory. One seed is one history; OPENIM_TEST_SEED runs a single one. */

#include <string.h>

#include "world.h"

#define PEOPLE 3
#define TALKS 4
#define ROUNDS 4
#define ACTS 15
#define HISTORIES 4
#define PATIENCE 30000 /* ms in which all must have become equal */

typedef enum {
  ASKED,  /* not answered yet */
  SENT,   /* everybody must get it */
  FAILED, /* nobody else may */
  LEFT,   /* the sender logged out before the answer: one of the two */
} State;

typedef struct {
  guint sender, talk;
  State state;
  guint64 handle;
  char *client_id;
  gboolean deleted; /* by its sender, for himself */
} Note;

/* Of a history: a note, or what the server has put there, like "you are friends now". */
typedef struct {
  int number; /* of the note; -seq: no note */
  guint sender;
} Line;

typedef struct {
  const char *name;
  Visitor *visitor;
  Person *phone; /* never connected */
  Fault *fault;
  char *token;
  gboolean shaken;        /* the connection was disturbed since the last comparison */
  char *friends[PEOPLE];  /* (nullable) the remark */
  gboolean pinned[TALKS]; /* conversations */
  int read[TALKS];        /* the last line that was there when the conversation was read */
  GHashTable *heard;      /* numbers of notes + 1 */
  guint n_heard;          /* events that were looked at */
  GArray *seen[TALKS];    /* Line: the history */
  GArray *kept;           /* Line: without what a sender has deleted */
} Someone;

typedef struct {
  guint32 seed;
  GRand *rand;
  Server *server;
  Someone people[PEOPLE];
  GPtrArray *notes; /* Note */
  guint settled;    /* notes of earlier rounds */
} Model;

static const char *const names[PEOPLE] = { "ann", "bob", "carl" };

/* The last is the group of all. */
static const struct {
  const char *id;
  guint one, other;
} talks[TALKS] = {
  { "si_ann_bob", 0, 1 },
  { "si_ann_carl", 0, 2 },
  { "si_bob_carl", 1, 2 },
  { TEAM, PEOPLE, PEOPLE },
};

static gboolean
is_in (guint talk, guint who)
{
  return talks[talk].one == PEOPLE || talks[talk].one == who || talks[talk].other == who;
}

static guint
dice (Model *model, guint sides)
{
  return (guint) g_rand_int_range (model->rand, 0, (gint32) sides);
}

static Note *
note_at (Model *model, guint number)
{
  return g_ptr_array_index (model->notes, number);
}

static void
note_free (gpointer data)
{
  Note *note = data;

  g_free (note->client_id);
  g_free (note);
}

/* ---- what they do */

static void
act_say (Model *model, guint who)
{
  Openim__Sdk__Message__SendMessageReq request = OPENIM__SDK__MESSAGE__SEND_MESSAGE_REQ__INIT;
  g_autofree char *text = g_strdup_printf ("note %u", model->notes->len);
  g_autoptr (OpenimMessage) message = visitor_make_text (model->people[who].visitor, text);
  Note *note = g_new0 (Note, 1);

  do
    note->talk = dice (model, TALKS);
  while (!is_in (note->talk, who));
  note->sender = who;
  note->client_id = g_strdup (message->clientmsgid);
  request.message = message;
  if (talks[note->talk].one == PEOPLE)
    request.groupid = (char *) "team";
  else
    request.recvid =
        (char *) names[talks[note->talk].one == who ? talks[note->talk].other : talks[note->talk].one];
  note->handle = visitor_ask (model->people[who].visitor, FUNCTION (SendMessage), &request);
  g_ptr_array_add (model->notes, note);
}

static void
act_shake (Model *model, guint who)
{
  Someone *person = &model->people[who];

  person->shaken = TRUE;
  fault_set (person->fault, "ws reset");
  if (dice (model, 2) == 0)
    visitor_do (person->visitor, FUNCTION (NetworkStatusChanged), NULL);
}

static void
act_go_offline (Model *model, guint who)
{
  Someone *person = &model->people[who];

  person->shaken = TRUE;
  fault_set (person->fault, "ws refuse 1");
  fault_set (person->fault, "ws reset");
}

static void
act_go_online (Model *model, guint who)
{
  Someone *person = &model->people[who];

  fault_set (person->fault, "clear");
  if (person->shaken)
    visitor_do (person->visitor, FUNCTION (NetworkStatusChanged), NULL);
}

static void
hear_answers (Model *model, guint who)
{
  for (guint i = 0; i < model->notes->len; i++) {
    Note *note = note_at (model, i);
    int code;

    if (note->sender != who || note->state != ASKED)
      continue;
    code = visitor_answer (model->people[who].visitor, note->handle, FUNCTION (SendMessage), NULL);
    note->state = code == 0 ? SENT : code == OPENIM_ERROR_LOGIN_OUT ? LEFT : FAILED;
  }
}

static void
login (Someone *person)
{
  Openim__Init__LoginReq request = OPENIM__INIT__LOGIN_REQ__INIT;

  request.userid = (char *) person->name;
  request.token = person->token;
  visitor_do (person->visitor, FUNCTION (Login), &request);
}

static void
act_come_back (Model *model, guint who)
{
  visitor_do (model->people[who].visitor, FUNCTION (Logout), NULL);
  hear_answers (model, who);
  model->people[who].shaken = TRUE;
  login (&model->people[who]);
}

static void
act_befriend (Model *model, guint who)
{
  Openim__Sdk__Relation__DeleteFriendReq request = OPENIM__SDK__RELATION__DELETE_FRIEND_REQ__INIT;
  guint other = (who + 1 + dice (model, PEOPLE - 1)) % PEOPLE;
  Someone *one = &model->people[who], *two = &model->people[other];

  if (one->friends[other] != NULL) {
    request.userid = (char *) two->name;
    visitor_do (one->visitor, FUNCTION (DeleteFriend), &request);
    g_clear_pointer (&one->friends[other], g_free);
  } else if (two->friends[who] == NULL) {
    person_befriend (one->phone, two->name);
    one->friends[other] = g_strdup ("");
    two->friends[who] = g_strdup ("");
  }
}

static void
act_remark (Model *model, guint who)
{
  Openim__Sdk__Relation__UpdatesFriendsReq request = OPENIM__SDK__RELATION__UPDATES_FRIENDS_REQ__INIT;
  guint other = (who + 1 + dice (model, PEOPLE - 1)) % PEOPLE;
  Someone *person = &model->people[who];
  char *remark;

  if (person->friends[other] == NULL)
    return;
  remark = g_strdup_printf ("remark %u", dice (model, 1000));
  request.userid = (char *) names[other];
  request.__remark_case = OPENIM__SDK__RELATION__UPDATES_FRIENDS_REQ____REMARK_REMARK;
  request.remark = remark;
  /* The list that is here may not have a friend of the last moment yet. */
  if (visitor_answer (person->visitor, visitor_ask (person->visitor, FUNCTION (UpdateFriends), &request),
                      FUNCTION (UpdateFriends), NULL) == 0) {
    g_free (person->friends[other]);
    person->friends[other] = remark;
  } else {
    g_free (remark);
  }
}

/* Of a conversation that everybody has. */
static gboolean
is_settled (Model *model, guint talk)
{
  for (guint i = 0; i < model->settled; i++)
    if (note_at (model, i)->talk == talk && note_at (model, i)->state == SENT)
      return TRUE;
  return FALSE;
}

static void
act_pin (Model *model, guint who)
{
  Openim__Sdk__Conversation__SetConversationReq request =
      OPENIM__SDK__CONVERSATION__SET_CONVERSATION_REQ__INIT;
  guint talk = dice (model, TALKS);
  gboolean *pinned = &model->people[who].pinned[talk];

  if (!is_in (talk, who) || !is_settled (model, talk))
    return;
  *pinned = !*pinned;
  request.conversationid = (char *) talks[talk].id;
  request._is_pinned_case = OPENIM__SDK__CONVERSATION__SET_CONVERSATION_REQ___IS_PINNED_IS_PINNED;
  request.ispinned = *pinned;
  visitor_do (model->people[who].visitor, FUNCTION (SetConversation), &request);
}

/* The next two only when nothing is on its way. */
static void
act_read (Model *model, guint who, guint talk)
{
  Openim__Sdk__Conversation__MarkConversationMessageAsReadReq request =
      OPENIM__SDK__CONVERSATION__MARK_CONVERSATION_MESSAGE_AS_READ_REQ__INIT;
  const GArray *seen = model->people[who].seen[talk];

  request.conversationid = (char *) talks[talk].id;
  visitor_do (model->people[who].visitor, FUNCTION (MarkConversationMessageAsRead), &request);
  if (seen->len > 0)
    model->people[who].read[talk] = g_array_index (seen, Line, seen->len - 1).number;
}

static void
act_delete (Model *model, guint who, guint talk)
{
  Openim__Sdk__Message__DeleteMessageReq request = OPENIM__SDK__MESSAGE__DELETE_MESSAGE_REQ__INIT;

  act_read (model, who, talk); /* so that what is unread does not hang on it */
  for (guint i = 0; i < model->settled; i++) {
    Note *note = note_at (model, i);

    if (note->talk != talk || note->sender != who || note->state != SENT || note->deleted ||
        model->people[who].read[talk] == (int) i)
      continue;
    request.conversationid = (char *) talks[talk].id;
    request.clientmsgid = note->client_id;
    visitor_do (model->people[who].visitor, FUNCTION (DeleteMessage), &request);
    note->deleted = TRUE;
    return;
  }
}

static void
act_quietly (Model *model)
{
  guint who = dice (model, PEOPLE), talk = dice (model, TALKS);

  if (!is_in (talk, who) || !is_settled (model, talk))
    return;
  if (dice (model, 3) == 0)
    act_delete (model, who, talk);
  else
    act_read (model, who, talk);
}

static void
act (Model *model)
{
  guint who = dice (model, PEOPLE), chance = dice (model, 100);

  if (chance < 50)
    act_say (model, who);
  else if (chance < 62)
    act_shake (model, who);
  else if (chance < 68)
    act_go_offline (model, who);
  else if (chance < 74)
    act_go_online (model, who);
  else if (chance < 79)
    act_come_back (model, who);
  else if (chance < 86)
    act_befriend (model, who);
  else if (chance < 93)
    act_remark (model, who);
  else
    act_pin (model, who);
}

/* ---- what they see; a difference as a sentence (transfer full), or NULL */

static guint
find_name (const char *name)
{
  guint who = 0;

  while (who < PEOPLE && !g_str_equal (names[who], name))
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
static char *
read_history (Model *model, guint who, guint talk)
{
  Openim__Sdk__Message__GetAdvancedHistoryMessageListParams params =
      OPENIM__SDK__MESSAGE__GET_ADVANCED_HISTORY_MESSAGE_LIST_PARAMS__INIT;
  Openim__Sdk__Message__GetAdvancedHistoryMessageListReq request =
      OPENIM__SDK__MESSAGE__GET_ADVANCED_HISTORY_MESSAGE_LIST_REQ__INIT;
  Openim__Sdk__Message__GetAdvancedHistoryMessageListResp *response;
  GArray *seen = model->people[who].seen[talk];
  char *difference = NULL;

  params.conversationid = (char *) talks[talk].id;
  params.count = 200;
  request.getadvancedhistorymessagelistparams = &params;
  g_array_set_size (seen, 0);
  response = visitor_call (model->people[who].visitor, FUNCTION (GetAdvancedHistoryMessageList), &request);
  for (size_t i = 0; i < response->getadvancedhistorymessagelistcallback->n_messagelist; i++) {
    const OpenimMessage *message = response->getadvancedhistorymessagelistcallback->messagelist[i];
    Line line = { -(int) message->seq, find_name (message->sendid) };
    guint number;

    if (is_note (message, &number)) {
      const Note *note = note_at (model, number);

      g_assert_cmpuint (note->talk, ==, talk);
      g_assert_cmpuint (note->sender, ==, line.sender);
      line.number = (int) number;
      if ((int) message->status == OPENIM_STATUS_SENDING && difference == NULL)
        difference = g_strdup_printf ("note %u of %s is on its way", number, names[who]);
      if ((int) message->status != OPENIM_STATUS_SENT) {
        g_assert_cmpuint (note->sender, ==, who);
        g_assert_cmpint (note->state, !=, SENT);
        continue;
      }
    }
    if (has_seen (seen, line.number))
      story_fail ("seed %u: %s has note %d twice", model->seed, names[who], line.number);
    g_array_append_val (seen, line);
  }
  openim_pb_free (response);
  return difference;
}

/* Everybody has every note that was sent, and no other. */
static char *
compare_notes (Model *model, guint talk)
{
  for (guint i = 0; i < model->notes->len; i++) {
    const Note *note = note_at (model, i);
    gboolean expected = note->state == SENT;

    if (note->talk != talk)
      continue;
    /* What became of it: its sender knows. */
    if (note->state == LEFT)
      expected = has_seen (model->people[note->sender].seen[talk], (int) i);
    for (guint who = 0; who < PEOPLE; who++)
      if (is_in (talk, who) && has_seen (model->people[who].seen[talk], (int) i) !=
                                   (expected && !(note->deleted && note->sender == who)))
        return g_strdup_printf ("%s %s note %u of %s", names[who], expected ? "lacks" : "should not have", i,
                                names[note->sender]);
  }
  return NULL;
}

/* In one order. */
static char *
compare_histories (Model *model, guint talk)
{
  const GArray *first = NULL;
  char *difference;

  for (guint who = 0; who < PEOPLE; who++) {
    difference = is_in (talk, who) ? read_history (model, who, talk) : NULL;
    if (difference != NULL)
      return difference;
  }
  difference = compare_notes (model, talk);
  if (difference != NULL)
    return difference;

  for (guint who = 0; who < PEOPLE; who++) {
    const GArray *seen = model->people[who].seen[talk];
    GArray *kept = model->people[who].kept;

    if (!is_in (talk, who))
      continue;
    g_array_set_size (kept, 0);
    for (guint i = 0; i < seen->len; i++) {
      const Line *line = &g_array_index (seen, Line, i);

      if (line->number < 0 || !note_at (model, (guint) line->number)->deleted)
        g_array_append_vals (kept, line, 1);
    }
    if (first != NULL &&
        (first->len != kept->len ||
         (kept->len > 0 && memcmp (first->data, kept->data, kept->len * sizeof (Line)) != 0)))
      return g_strdup_printf ("%s has %s with other lines or in another order", names[who], talks[talk].id);
    first = kept;
  }
  return NULL;
}

static char *
compare_conversation (Model *model, guint who, guint talk)
{
  const Someone *person = &model->people[who];
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
  row = visitor_conversation (person->visitor, talks[talk].id);
  if (row->unreadcount != unread)
    return g_strdup_printf ("%s has %d unread in %s instead of %d", names[who], row->unreadcount,
                            talks[talk].id, unread);
  if (row->ispinned != person->pinned[talk])
    return g_strdup_printf ("%s has %s %spinned", names[who], talks[talk].id, row->ispinned ? "" : "not ");
  return NULL;
}

static char *
compare_friends (Model *model, guint who)
{
  const Someone *person = &model->people[who];
  Openim__Sdk__Relation__GetFriendsResp *response =
      visitor_call (person->visitor, FUNCTION (GetFriends), NULL);
  char *difference = NULL;
  size_t n = 0;

  for (guint other = 0; other < PEOPLE; other++) {
    const OpenimFriend *found = NULL;

    for (size_t i = 0; i < response->n_friends; i++)
      if (g_str_equal (response->friends[i]->frienduserid, names[other]))
        found = response->friends[i];
    n += found != NULL;
    if (difference == NULL && g_strcmp0 (found != NULL ? found->remark : NULL, person->friends[other]) != 0)
      difference = g_strdup_printf ("%s has %s as \"%s\" instead of \"%s\"", names[who], names[other],
                                    found != NULL ? found->remark : "nobody",
                                    person->friends[other] != NULL ? person->friends[other] : "nobody");
  }
  g_assert_cmpuint (n, ==, response->n_friends);
  openim_pb_free (response);
  return difference;
}

static char *
compare (Model *model)
{
  char *difference = NULL;

  for (guint talk = 0; talk < TALKS && difference == NULL; talk++)
    difference = compare_histories (model, talk);
  for (guint who = 0; who < PEOPLE && difference == NULL; who++) {
    difference = compare_friends (model, who);
    for (guint talk = 0; talk < TALKS && difference == NULL; talk++)
      if (is_in (talk, who))
        difference = compare_conversation (model, who, talk);
  }
  return difference;
}

/* What is in the store has been told: once, and in the order of the conversation. */
static void
check_heard (Model *model, guint who)
{
  Someone *person = &model->people[who];

  for (guint total = visitor_count (person->visitor, EVENT (RecvNewMessage)); person->n_heard < total;
       person->n_heard++) {
    Openim__Event__EventOnRecvNewMessageData *data =
        visitor_hear (person->visitor, EVENT (RecvNewMessage), NULL, NULL);
    guint number;

    if (is_note (data->message, &number)) {
      const GArray *seen = person->seen[note_at (model, number)->talk];

      g_assert_cmpuint (note_at (model, number)->sender, !=, who);
      if (!g_hash_table_add (person->heard, GUINT_TO_POINTER (number + 1)))
        story_fail ("seed %u: %s heard note %u twice", model->seed, person->name, number);
      for (guint i = 0; i < seen->len && g_array_index (seen, Line, i).number != (int) number; i++) {
        const Line *before = &g_array_index (seen, Line, i);

        if (before->number >= 0 && before->sender != who &&
            !g_hash_table_contains (person->heard, GINT_TO_POINTER (before->number + 1)))
          story_fail ("seed %u: %s heard note %u before note %d", model->seed, person->name, number,
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
        story_fail ("seed %u: %s never heard note %d", model->seed, person->name, line->number);
    }
}

/* ---- rounds */

static guint
count_all (Model *model)
{
  guint n = 0;

  for (guint who = 0; who < PEOPLE; who++)
    n += visitor_order (model->people[who].visitor)->len;
  return n;
}

typedef struct {
  Model *model;
  guint before;
} Arrival;

static gboolean
has_more (gpointer data)
{
  const Arrival *arrival = data;

  return count_all (arrival->model) > arrival->before;
}

static void
settle (Model *model)
{
  gint64 end = g_get_monotonic_time () + (gint64) story_scaled (PATIENCE) * 1000;

  for (guint who = 0; who < PEOPLE; who++)
    act_go_online (model, who);
  for (guint who = 0; who < PEOPLE; who++)
    hear_answers (model, who);
  for (;;) {
    g_autofree char *difference = compare (model);
    Arrival arrival = { model, count_all (model) };

    if (difference == NULL)
      break;
    if (g_get_monotonic_time () > end)
      story_fail ("seed %u: %s", model->seed, difference);
    story_wait (has_more, &arrival, 200);
  }
  for (guint who = 0; who < PEOPLE; who++) {
    check_heard (model, who);
    model->people[who].shaken = FALSE;
  }
  model->settled = model->notes->len;
}

static void
someone_new (Model *model, guint who)
{
  Someone *person = &model->people[who];

  person->name = names[who];
  person->fault = fault_start (model->server, model->seed);
  person->token = server_token (model->server, person->name, PLATFORM_LINUX);
  person->heard = g_hash_table_new (NULL, NULL);
  person->kept = g_array_new (FALSE, FALSE, sizeof (Line));
  for (guint talk = 0; talk < TALKS; talk++) {
    person->seen[talk] = g_array_new (FALSE, FALSE, sizeof (Line));
    person->read[talk] = G_MAXINT;
  }
  person->visitor = visitor_new (NULL);
  visitor_init (person->visitor, person->fault->api, person->fault->ws);
  login (person);
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
  Model model = { .seed = seed, .rand = g_rand_new_with_seed (seed) };

  g_test_message ("seed %u", seed);
  model.server = server_start (NULL, FALSE);
  model.notes = g_ptr_array_new_with_free_func (note_free);
  for (guint who = 0; who < PEOPLE; who++)
    model.people[who].phone = person_new (model.server, names[who], names[who]);
  person_found (model.people[0].phone, "team", "Team", "bob", "carl", NULL);
  for (guint who = 0; who < PEOPLE; who++)
    someone_new (&model, who);
  for (guint who = 0; who < PEOPLE; who++) {
    g_free (read_history (&model, who, TALKS - 1));
    act_read (&model, who, TALKS - 1); /* that the group was made */
  }

  for (guint round = 0; round < ROUNDS; round++) {
    for (guint i = 0; i < ACTS; i++)
      act (&model);
    settle (&model);
    for (guint i = 0; i < 3; i++)
      act_quietly (&model);
    settle (&model);
  }

  for (guint who = 0; who < PEOPLE; who++)
    someone_free (&model.people[who]);
  server_stop (model.server);
  g_ptr_array_unref (model.notes);
  g_rand_free (model.rand);
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
