/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "three.h"

/* What they do. */

static void
act_say (Three *three, guint who)
{
  Openim__Sdk__Message__SendMessageReq request = OPENIM__SDK__MESSAGE__SEND_MESSAGE_REQ__INIT;
  g_autofree char *text = g_strdup_printf ("note %u", three->notes->len);
  g_autoptr (OpenimMessage) message = visitor_make_text (three->people[who].visitor, text);
  Note *note = g_new0 (Note, 1);

  do
    note->talk = three_dice (three, TALKS);
  while (!three_is_in (note->talk, who));
  note->sender = who;
  note->client_id = g_strdup (message->clientmsgid);
  request.message = message;
  if (three_talks[note->talk].one == PEOPLE)
    request.groupid = (char *) "team";
  else
    request.recvid = (char *) three_names[three_talks[note->talk].one == who ? three_talks[note->talk].other
                                                                             : three_talks[note->talk].one];
  note->handle = visitor_ask (three->people[who].visitor, FUNCTION (SendMessage), &request);
  g_ptr_array_add (three->notes, note);
}

static void
act_shake (Three *three, guint who)
{
  Someone *person = &three->people[who];

  person->shaken = TRUE;
  fault_set (person->fault, "ws reset");
  if (three_dice (three, 2) == 0)
    visitor_do (person->visitor, FUNCTION (NetworkStatusChanged), NULL);
}

static void
act_go_offline (Three *three, guint who)
{
  Someone *person = &three->people[who];

  person->shaken = TRUE;
  fault_set (person->fault, "ws refuse 1");
  fault_set (person->fault, "ws reset");
}

void
three_go_online (Three *three, guint who)
{
  Someone *person = &three->people[who];

  fault_set (person->fault, "clear");
  if (person->shaken)
    visitor_do (person->visitor, FUNCTION (NetworkStatusChanged), NULL);
}

void
three_hear_answers (Three *three, guint who)
{
  for (guint i = 0; i < three->notes->len; i++) {
    Note *note = three_note (three, i);
    int code;

    if (note->sender != who || note->state != ASKED)
      continue;
    code = visitor_answer (three->people[who].visitor, note->handle, FUNCTION (SendMessage), NULL);
    note->state = code == 0 ? SENT : code == OPENIM_ERROR_LOGIN_OUT ? LEFT : FAILED;
  }
}

void
three_login (Someone *person)
{
  Openim__Init__LoginReq request = OPENIM__INIT__LOGIN_REQ__INIT;

  request.userid = (char *) person->name;
  request.token = person->token;
  visitor_do (person->visitor, FUNCTION (Login), &request);
}

static void
act_come_back (Three *three, guint who)
{
  visitor_do (three->people[who].visitor, FUNCTION (Logout), NULL);
  three_hear_answers (three, who);
  three->people[who].shaken = TRUE;
  three_login (&three->people[who]);
}

static void
act_befriend (Three *three, guint who)
{
  Openim__Sdk__Relation__DeleteFriendReq request = OPENIM__SDK__RELATION__DELETE_FRIEND_REQ__INIT;
  guint other = (who + 1 + three_dice (three, PEOPLE - 1)) % PEOPLE;
  Someone *one = &three->people[who], *two = &three->people[other];

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
act_remark (Three *three, guint who)
{
  Openim__Sdk__Relation__UpdatesFriendsReq request = OPENIM__SDK__RELATION__UPDATES_FRIENDS_REQ__INIT;
  guint other = (who + 1 + three_dice (three, PEOPLE - 1)) % PEOPLE;
  Someone *person = &three->people[who];
  char *remark;

  if (person->friends[other] == NULL)
    return;
  remark = g_strdup_printf ("remark %u", three_dice (three, 1000));
  request.userid = (char *) three_names[other];
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
is_settled (Three *three, guint talk)
{
  for (guint i = 0; i < three->settled; i++)
    if (three_note (three, i)->talk == talk && three_note (three, i)->state == SENT)
      return TRUE;
  return FALSE;
}

static void
act_pin (Three *three, guint who)
{
  Openim__Sdk__Conversation__SetConversationReq request =
      OPENIM__SDK__CONVERSATION__SET_CONVERSATION_REQ__INIT;
  guint talk = three_dice (three, TALKS);
  gboolean *pinned = &three->people[who].pinned[talk];

  if (!three_is_in (talk, who) || !is_settled (three, talk))
    return;
  *pinned = !*pinned;
  request.conversationid = (char *) three_talks[talk].id;
  request._is_pinned_case = OPENIM__SDK__CONVERSATION__SET_CONVERSATION_REQ___IS_PINNED_IS_PINNED;
  request.ispinned = *pinned;
  visitor_do (three->people[who].visitor, FUNCTION (SetConversation), &request);
}

/* The next two only when nothing is on its way. */
void
three_read (Three *three, guint who, guint talk)
{
  Openim__Sdk__Conversation__MarkConversationMessageAsReadReq request =
      OPENIM__SDK__CONVERSATION__MARK_CONVERSATION_MESSAGE_AS_READ_REQ__INIT;
  const GArray *seen = three->people[who].seen[talk];

  request.conversationid = (char *) three_talks[talk].id;
  visitor_do (three->people[who].visitor, FUNCTION (MarkConversationMessageAsRead), &request);
  if (seen->len > 0)
    three->people[who].read[talk] = g_array_index (seen, Line, seen->len - 1).number;
}

static void
act_delete (Three *three, guint who, guint talk)
{
  Openim__Sdk__Message__DeleteMessageReq request = OPENIM__SDK__MESSAGE__DELETE_MESSAGE_REQ__INIT;

  three_read (three, who, talk); /* so that what is unread does not hang on it */
  for (guint i = 0; i < three->settled; i++) {
    Note *note = three_note (three, i);

    if (note->talk != talk || note->sender != who || note->state != SENT || note->deleted ||
        three->people[who].read[talk] == (int) i)
      continue;
    request.conversationid = (char *) three_talks[talk].id;
    request.clientmsgid = note->client_id;
    visitor_do (three->people[who].visitor, FUNCTION (DeleteMessage), &request);
    note->deleted = TRUE;
    return;
  }
}

void
three_act_quietly (Three *three)
{
  guint who = three_dice (three, PEOPLE), talk = three_dice (three, TALKS);

  if (!three_is_in (talk, who) || !is_settled (three, talk))
    return;
  if (three_dice (three, 3) == 0)
    act_delete (three, who, talk);
  else
    three_read (three, who, talk);
}

void
three_act (Three *three)
{
  guint who = three_dice (three, PEOPLE), chance = three_dice (three, 100);

  if (chance < 50)
    act_say (three, who);
  else if (chance < 62)
    act_shake (three, who);
  else if (chance < 68)
    act_go_offline (three, who);
  else if (chance < 74)
    three_go_online (three, who);
  else if (chance < 79)
    act_come_back (three, who);
  else if (chance < 86)
    act_befriend (three, who);
  else if (chance < 93)
    act_remark (three, who);
  else
    act_pin (three, who);
}
