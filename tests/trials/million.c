/* SPDX-License-Identifier: GPL-3.0-or-later */

/* openim-million: several people write to Ann as fast as the server takes it, and she answers one of them,
 * while a storm rages between her and the server. What is told is told once and in order; what she has in the
 * end is what the server has, each message once and in order. One seed is one storm. The script
 * tests/fault/million asks for ten. */

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "desk.h"

#define PEERS 5
#define PAGE 200
#define PATIENCE 300 /* s in which, when the storm is over, all must have come */
#define AWAY 50      /* see plugin/sync/internal.h */
#define ROUND 50     /* messages of all peers between two looks at Ann */

typedef struct {
  Person *person;
  char *id, *chat;
  guint said;        /* messages, */
  guint told;        /* and how many of them Ann has heard of, or passed over; */
  GHashTable *heard; /* numbers that she has heard */
} Peer;

typedef struct {
  Server *server;
  Fault *fault;
  Server through;
  char *directory;
  Visitor *ann;
  Peer peers[PEERS];
  guint64 handle;         /* of what Ann is just saying; 0: nothing */
  OpenimMessage *message; /* that */
  guint said, failed;     /* by her */
  guint passed_over;      /* that she was not told of, */
  guint late;             /* or not until later ones had been told */
  guint seed, count;
  char *text; /* (nullable) what is wrong yet */
} Million;

/* ---- what Ann hears and says */

/* Never twice; in order, but for what was passed over and found by a sync: that is told late. Of a
 * conversation in which much has been said while she was away, she hears the newest AWAY only; what was
 * before them she finds in the history. */
static void
on_told (Million *self, const OpenimMessage *message)
{
  const char *text = message->textelem != NULL ? message->textelem->content : "something";
  g_autofree char *wanted = NULL;
  Peer *peer = NULL;
  guint number = (guint) g_ascii_strtoull (text, NULL, 10);

  for (guint i = 0; i < PEERS; i++)
    if (g_str_equal (message->sendid, self->peers[i].id))
      peer = &self->peers[i];
  if (peer == NULL)
    story_fail ("seed %u: a message of %s is told", self->seed, message->sendid);
  wanted = g_strdup_printf ("%u of %s", number, peer->id);
  if (!g_str_equal (text, wanted))
    story_fail ("seed %u: “%s” is told", self->seed, text);
  if (g_hash_table_contains (peer->heard, GUINT_TO_POINTER (number)))
    story_fail ("seed %u: “%s” is told twice", self->seed, text);
  g_hash_table_add (peer->heard, GUINT_TO_POINTER (number));
  if (number < peer->told) {
    self->late++;
    return;
  }
  if (number > peer->told) {
    if (peer != &self->peers[0] && peer->said < number + AWAY)
      story_fail ("seed %u: “%s” is told after %u, but %u have been said", self->seed, text, peer->told,
                  peer->said);
    self->passed_over += number - peer->told;
  }
  peer->told = number + 1;
}

static void
say_again (Million *self)
{
  Openim__Sdk__Message__SendMessageReq request = OPENIM__SDK__MESSAGE__SEND_MESSAGE_REQ__INIT;

  request.message = self->message;
  request.recvid = self->peers[0].id;
  self->handle = visitor_ask (self->ann, FUNCTION (SendMessage), &request);
}

static void
say (Million *self)
{
  g_autofree char *text = g_strdup_printf ("%u of ann", self->said);

  self->message = visitor_make_text (self->ann, text);
  say_again (self);
}

/* One after the other, each as often as it takes. */
static void
talk (Million *self, gboolean more)
{
  int code;

  if (self->handle == 0) {
    if (more)
      say (self);
    return;
  }
  if (!visitor_has_answered (self->ann, self->handle))
    return;
  code = visitor_answer (self->ann, self->handle, FUNCTION (SendMessage), NULL);
  if (code != 0 && code != OPENIM_ERROR_MSG_REPEAT) {
    self->failed++;
    say_again (self);
    return;
  }
  self->handle = 0;
  openim_pb_free (self->message);
  self->message = NULL;
  self->said++;
}

static void
look (Million *self, gboolean more)
{
  static const int boring[] = { EVENT (ConversationChanged), EVENT (TotalUnreadMessageCountChanged),
                                EVENT (NewConversation),     EVENT (SyncServerStart),
                                EVENT (SyncServerProgress),  EVENT (SyncServerFinish),
                                EVENT (SyncServerFailed),    EVENT (Connecting),
                                EVENT (ConnectSuccess),      EVENT (ConnectFailed),
                                EVENT (SelfInfoUpdated) };
  Openim__Event__EventOnRecvNewMessageData *data;
  gpointer other;

  while ((data = visitor_take (self->ann, EVENT (RecvNewMessage))) != NULL) {
    on_told (self, data->message);
    openim_pb_free (data);
  }
  for (guint i = 0; i < G_N_ELEMENTS (boring); i++)
    while ((other = visitor_take (self->ann, boring[i])) != NULL)
      openim_pb_free (other);
  talk (self, more);
}

static gboolean
is_over (gpointer data)
{
  Million *self = data;

  look (self, FALSE);
  if (self->handle != 0)
    return FALSE;
  for (guint i = 0; i < PEERS; i++)
    if (self->peers[i].told < self->peers[i].said)
      return FALSE;
  return TRUE;
}

/* ---- the end */

/* (transfer full) (nullable) Reads Ann's history of one conversation backwards; each message is one the
 * server has, with the number that it has there. What is not so? */
static char *
difference (Million *self, Peer *peer)
{
  Openim__Sdk__Message__GetAdvancedHistoryMessageListParams params =
      OPENIM__SDK__MESSAGE__GET_ADVANCED_HISTORY_MESSAGE_LIST_PARAMS__INIT;
  Openim__Sdk__Message__GetAdvancedHistoryMessageListReq request =
      OPENIM__SDK__MESSAGE__GET_ADVANCED_HISTORY_MESSAGE_LIST_REQ__INIT;
  guint next = peer->said, own = peer == &self->peers[0] ? self->said : 0;
  gint64 seq = (gint64) next + own;
  g_autofree char *start = g_strdup ("");
  gboolean end = FALSE;
  char *text = NULL;

  params.conversationid = request.conversationid = peer->chat;
  params.count = PAGE;
  request.getadvancedhistorymessagelistparams = &params;
  while (!end && text == NULL) {
    Openim__Sdk__Message__GetAdvancedHistoryMessageListResp *response;
    const Openim__Sdk__Message__GetAdvancedHistoryMessageListCallback *list;

    params.startclientmsgid = start;
    response = visitor_call (self->ann, FUNCTION (GetAdvancedHistoryMessageList), &request);
    list = response->getadvancedhistorymessagelistcallback;
    end = list->isend || list->n_messagelist == 0;
    for (size_t i = list->n_messagelist; i > 0 && text == NULL; i--) {
      const OpenimMessage *message = list->messagelist[i - 1];
      const char *said = message->textelem != NULL ? message->textelem->content : "something";
      gboolean mine = g_str_equal (message->sendid, "ann");
      g_autofree char *wanted =
          mine ? g_strdup_printf ("%u of ann", --own) : g_strdup_printf ("%u of %s", --next, peer->id);

      if (!g_str_equal (said, wanted) || message->seq != seq)
        text = g_strdup_printf ("“%s” (%" G_GINT64_FORMAT ") instead of “%s” (%" G_GINT64_FORMAT ")", said,
                                message->seq, wanted, seq);
      seq--;
    }
    if (list->n_messagelist > 0) {
      g_free (start);
      start = g_strdup (list->messagelist[0]->clientmsgid);
    }
    openim_pb_free (response);
  }
  if (text == NULL && (next != 0 || own != 0))
    text = g_strdup_printf ("%u messages of %s and %u of Ann's are missing", next, peer->id, own);
  return text;
}

static gboolean
is_equal (gpointer data)
{
  Million *self = data;

  g_clear_pointer (&self->text, g_free);
  for (guint i = 0; i < PEERS && self->text == NULL; i++)
    self->text = difference (self, &self->peers[i]);
  look (self, FALSE);
  return self->text == NULL;
}

/* The server has what was said, no more. */
static void
check_server (Million *self, Peer *peer)
{
  g_autoptr (JsonNode) data = server_call (self->server, "/msg/get_conversations_has_read_and_max_seq",
                                           "{'userID':'ann','conversationIDs':['%s']}", peer->chat);
  JsonObject *seqs = json_object_get_object_member (
      json_object_get_object_member (json_node_get_object (data), "seqs"), peer->chat);
  gint64 wanted = (gint64) peer->said + (peer == &self->peers[0] ? self->said : 0);

  if (json_object_get_int_member (seqs, "maxSeq") != wanted)
    story_fail ("seed %u: the server has %" G_GINT64_FORMAT " messages of %s instead of %" G_GINT64_FORMAT,
                self->seed, json_object_get_int_member (seqs, "maxSeq"), peer->id, wanted);
}

static void
begin (Million *self)
{
  g_autofree char *token = NULL;

  self->server = server_start (NULL, FALSE);
  self->fault = fault_start (self->server, self->seed);
  self->through.api = self->fault->api;
  self->through.ws = self->fault->ws;
  person_free (person_new (self->server, "ann", "Ann"));
  for (guint i = 0; i < PEERS; i++) {
    Peer *peer = &self->peers[i];

    peer->id = g_strdup_printf ("peer%u", i);
    peer->chat = g_strdup_printf ("si_ann_%s", peer->id);
    peer->person = person_new (self->server, peer->id, peer->id);
    peer->heard = g_hash_table_new (NULL, NULL);
    person_connect (peer->person);
  }
  self->directory = g_dir_make_tmp ("openim-million-XXXXXX", NULL);
  self->ann = visitor_new (self->directory);
  token = server_token (self->server, "ann", PLATFORM_LINUX);
  visitor_enter (self->ann, &self->through, "ann", token);
  visitor_heard (self->ann, EVENT (SyncServerFinish));
}

static void
finish (Million *self)
{
  visitor_leave (self->ann);
  for (guint i = 0; i < PEERS; i++) {
    person_free (self->peers[i].person);
    g_free (self->peers[i].id);
    g_free (self->peers[i].chat);
    g_hash_table_unref (self->peers[i].heard);
  }
  fault_stop (self->fault);
  server_stop (self->server);
  folder_remove (self->directory);
  g_free (self->directory);
}

static gboolean
never (gpointer data)
{
  return FALSE;
}

static void
run (Million *self, guint storm, guint pace)
{
  gint64 begun = g_get_monotonic_time (), said;
  guint connections;

  begin (self);
  fault_set (self->fault, "storm %u", storm);
  for (guint i = 0; i < self->count; i++) {
    Peer *peer = &self->peers[i % PEERS];
    g_autofree char *text = g_strdup_printf ("%u of %s", peer->said, peer->id);

    person_say (peer->person, "ann", text);
    peer->said++;
    if (i % ROUND == ROUND - 1) {
      look (self, TRUE);
      if (pace > 0)
        story_wait (never, NULL, pace);
    }
  }
  said = g_get_monotonic_time ();
  fault_set (self->fault, "storm 0");
  fault_set (self->fault, "close"); /* what went half-open */
  if (!story_wait (is_over, self, PATIENCE * 1000))
    for (guint i = 0; i < PEERS; i++)
      if (self->peers[i].told < self->peers[i].said)
        story_fail ("seed %u: of %u messages of %s only %u have been told", self->seed, self->peers[i].said,
                    self->peers[i].id, self->peers[i].told);
  connections = (guint) fault_count (self->fault, "ws", "connections");
  for (guint i = 0; i < PEERS; i++)
    check_server (self, &self->peers[i]);
  if (!story_wait (is_equal, self, PATIENCE * 1000))
    story_fail ("seed %u: %s", self->seed, self->text);
  finish (self);
  printf ("seed %u: %u messages in (%u found in the history only, %u late), %u out, %u further tries, %u "
          "connections, "
          "%" G_GINT64_FORMAT " s of storm, %" G_GINT64_FORMAT " s in all\n",
          self->seed, self->count, self->passed_over - self->late, self->late, self->said, self->failed,
          connections, (said - begun) / G_USEC_PER_SEC, (g_get_monotonic_time () - begun) / G_USEC_PER_SEC);
  fflush (stdout);
}

int
main (int argc, char **argv)
{
  int count = 100000, seed = 1, seeds = 1, storm = 700, pace = 20;
  const GOptionEntry entries[] = {
    { "count", 0, 0, G_OPTION_ARG_INT, &count, "messages that come in (100000)", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &seed, "the first storm (1)", "N" },
    { "seeds", 0, 0, G_OPTION_ARG_INT, &seeds, "so many of them (1)", "N" },
    { "storm", 0, 0, G_OPTION_ARG_INT, &storm, "between two things that go wrong (700)", "MS" },
    { "pace", 0, 0, G_OPTION_ARG_INT, &pace, "pause after 50 messages (20)", "MS" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- many messages in a storm");
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("openim-million: %s\n", error->message);
    return 2;
  }
  signal (SIGPIPE, SIG_IGN);
  for (int i = 0; i < seeds; i++) {
    Million million = { .seed = (guint) (seed + i), .count = (guint) count };

    run (&million, (guint) storm, (guint) pace);
  }
  return 0;
}
