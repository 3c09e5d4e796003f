/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trial.h"

#include <string.h>

#define BEFORE 3    /* messages that are there already */
#define EACH 20     /* messages of each of the two */
#define TRIES 30    /* logins, or times that one message is sent */
#define BEAT 20     /* ms between two looks */
#define DEADLINE 40 /* s until all is equal */

static const char *const routes[] = { "api", "ws" };

/* A message of Ann's. */
typedef struct {
  char *text; /* NULL: the picture */
  OpenimMessage *message;
  guint64 handle; /* 0: nobody will answer */
  gboolean asked, sent;
} Note;

typedef struct {
  const Trouble *trouble;
  Sight *sight;
  Server *server;
  Fault *fault;
  Server through;
  Person *bob;
  char *ann_id, *bob_id, *chat, *token;
  char *directory, *folder, *counter;
  Visitor *ann;
  Note notes[EACH + 1];
} Trial;

static void
note_clear (Note *note)
{
  g_free (note->text);
  openim_pb_free (note->message);
}

static gboolean
never (gpointer data)
{
  return FALSE;
}

static void
beat (void)
{
  story_wait (never, NULL, BEAT);
}

/* ---- Ann, who comes in as often as she has to */

static int
ask (Trial *trial, int function, gconstpointer request, gpointer *response)
{
  return visitor_answer (trial->ann, visitor_ask (trial->ann, function, request), function, response);
}

static void
open_door (Trial *trial)
{
  g_autofree char *at = g_strdup_printf ("%" G_GUINT64_FORMAT, trial->trouble->kill_at);
  const char *const nothing[] = { NULL };
  const char *const deadly[] = { "LD_PRELOAD", trial->trouble->shim, "OPENIM_KILL_AT",
                                 at,           "OPENIM_KILL_COUNT",  trial->counter,
                                 NULL };

  if (trial->ann != NULL)
    visitor_free (trial->ann);
  trial->ann = visitor_new_with (
      trial->directory, trial->sight->doors++ == 0 && trial->trouble->shim != NULL ? deadly : nothing);
  visitor_may_go (trial->ann);
}

static int
init (Trial *trial)
{
  Openim__Init__IMConfig config = OPENIM__INIT__IMCONFIG__INIT;
  Openim__Init__InitSDKReq request = OPENIM__INIT__INIT_SDKREQ__INIT;

  config.platform = OPENIM__SDK__COMMON__PLATFORM__Linux;
  config.apiaddr = (char *) trial->through.api;
  config.wsaddr = (char *) trial->through.ws;
  config.datadir = trial->directory;
  request.config = &config;
  return ask (trial, FUNCTION (InitSDK), &request, NULL);
}

static gboolean
is_synced (gpointer data)
{
  Visitor *ann = data;

  return visitor_is_gone (ann) || visitor_count (ann, EVENT (SyncServerFinish)) > 0;
}

/* FALSE: the door has gone. */
static gboolean
try_to_enter (Trial *trial)
{
  Openim__Init__LoginReq login = OPENIM__INIT__LOGIN_REQ__INIT;
  int code = init (trial);

  login.userid = trial->ann_id;
  login.token = trial->token;
  for (guint i = 0; code != VISITOR_GONE && (i == 0 || code != 0); i++) {
    if (i == TRIES)
      story_fail ("Ann cannot log in: %d %s", code, visitor_error_text (trial->ann));
    code = ask (trial, FUNCTION (Login), &login, NULL);
    if (code > 0)
      beat ();
  }
  if (code == 0 && !story_wait (is_synced, trial->ann, DEADLINE * 1000))
    story_fail ("the first sync does not end");
  return !visitor_is_gone (trial->ann);
}

static void
enter (Trial *trial)
{
  do {
    open_door (trial);
  } while (!try_to_enter (trial));
  for (guint i = 0; i < G_N_ELEMENTS (trial->notes); i++)
    trial->notes[i].handle = 0;
}

/* ---- her messages */

/* FALSE: the door has gone. */
static gboolean
make (Trial *trial, Note *note)
{
  Openim__Sdk__Message__CreateTextMessageReq text = OPENIM__SDK__MESSAGE__CREATE_TEXT_MESSAGE_REQ__INIT;
  Openim__Sdk__Message__CreateImageMessageReq image = OPENIM__SDK__MESSAGE__CREATE_IMAGE_MESSAGE_REQ__INIT;
  g_autofree char *path = g_build_filename (trial->folder, "holiday.png", NULL);
  Openim__Sdk__Message__CreateTextMessageResp *response; /* both have the message in the same place */
  int code;

  text.text = note->text;
  image.imagesourcepath = path;
  code = note->text != NULL ? ask (trial, FUNCTION (CreateTextMessage), &text, (gpointer *) &response)
                            : ask (trial, FUNCTION (CreateImageMessage), &image, (gpointer *) &response);
  if (code == VISITOR_GONE)
    return FALSE;
  if (code != 0)
    story_fail ("no message is made: %d", code);
  note->message = g_steal_pointer (&response->message);
  openim_pb_free (response);
  return TRUE;
}

static void
send (Trial *trial, Note *note)
{
  Openim__Sdk__Message__SendMessageReq request = OPENIM__SDK__MESSAGE__SEND_MESSAGE_REQ__INIT;

  if (note->message == NULL && !make (trial, note))
    return;
  request.message = note->message;
  request.recvid = trial->bob_id;
  note->handle = visitor_ask (trial->ann, FUNCTION (SendMessage), &request);
  note->asked = TRUE;
}

/* (transfer full) (nullable): the door has gone. All that Ann has. */
static Openim__Sdk__Message__GetAdvancedHistoryMessageListResp *
history (Trial *trial)
{
  Openim__Sdk__Message__GetAdvancedHistoryMessageListParams params =
      OPENIM__SDK__MESSAGE__GET_ADVANCED_HISTORY_MESSAGE_LIST_PARAMS__INIT;
  Openim__Sdk__Message__GetAdvancedHistoryMessageListReq request =
      OPENIM__SDK__MESSAGE__GET_ADVANCED_HISTORY_MESSAGE_LIST_REQ__INIT;
  gpointer response = NULL;
  int code;

  params.conversationid = trial->chat;
  params.count = 200;
  request.conversationid = trial->chat;
  request.getadvancedhistorymessagelistparams = &params;
  code = ask (trial, FUNCTION (GetAdvancedHistoryMessageList), &request, &response);
  if (code > 0)
    story_fail ("the history is refused: %d %s", code, visitor_error_text (trial->ann));
  return response;
}

/* What Ann's program knows of it; 0: nothing. */
static int
status_of (Trial *trial, const Note *note)
{
  Openim__Sdk__Message__GetAdvancedHistoryMessageListResp *response = history (trial);
  int status = 0;

  if (response == NULL)
    return VISITOR_GONE;
  for (size_t i = 0; i < response->getadvancedhistorymessagelistcallback->n_messagelist; i++) {
    const OpenimMessage *message = response->getadvancedhistorymessagelistcallback->messagelist[i];

    if (note->message != NULL && g_str_equal (message->clientmsgid, note->message->clientmsgid))
      status = (int) message->status;
  }
  openim_pb_free (response);
  return status;
}

/* It is sent, or has been; whoever sends it again does what a person would do who sees that it has failed. */
static void
settle (Trial *trial, Note *note)
{
  guint tries = 0;

  while (!note->sent) {
    int code, status;

    if (note->handle != 0) {
      code = visitor_answer (trial->ann, note->handle, FUNCTION (SendMessage), NULL);
      note->handle = 0;
      if (code == VISITOR_GONE)
        enter (trial);
      else if (code == 0 || code == OPENIM_ERROR_MSG_REPEAT)
        note->sent = TRUE;
      continue;
    }
    status = status_of (trial, note);
    if (status == VISITOR_GONE) {
      enter (trial);
    } else if (status == OPENIM_STATUS_SENT) {
      note->sent = TRUE;
    } else if (status == OPENIM_STATUS_SENDING) {
      beat ();
    } else {
      if (++tries == TRIES)
        story_fail ("“%s” cannot be sent: %s", note->text, visitor_error_text (trial->ann));
      trial->sight->resent += note->asked;
      send (trial, note);
    }
  }
}

/* ---- the end */

/* (transfer full) What the server has: {Msgs: […]}. */
static JsonNode *
server_history (Trial *trial)
{
  return person_call (trial->bob, "/msg/pull_msg_by_seq",
                      "{'userID':'%s','seqRanges':[{'conversationID':'%s','begin':1,'end':1000,'num':1000}]}",
                      trial->bob_id, trial->chat);
}

static JsonArray *
messages_of (Trial *trial, JsonNode *data)
{
  JsonObject *chats = json_object_get_object_member (json_node_get_object (data), "msgs");

  return json_object_get_array_member (json_object_get_object_member (chats, trial->chat), "Msgs");
}

/* (transfer full) (nullable) */
static char *
text_of (JsonObject *message)
{
  gsize length;
  g_autofree guchar *bytes = g_base64_decode (json_object_get_string_member (message, "content"), &length);
  g_autofree char *json = g_strndup ((const char *) bytes, length);
  g_autoptr (JsonNode) content = json_from_string (json, NULL);

  if (json_object_get_int_member (message, "contentType") != 101 || content == NULL)
    return NULL;
  return g_strdup (json_object_get_string_member (json_node_get_object (content), "content"));
}

/* The server has all of it, once, and of each in order. */
static void
check_server (Trial *trial, JsonArray *messages)
{
  guint bobs = 0, pictures = 0, anns = 0;
  gboolean in_order = trial->sight->resent == 0 && trial->sight->doors == 1;

  for (guint i = 0; i < json_array_get_length (messages); i++) {
    JsonObject *message = json_array_get_object_element (messages, i);
    const char *from = json_object_get_string_member (message, "sendID");
    const char *id = json_object_get_string_member (message, "clientMsgID");
    g_autofree char *text = text_of (message);

    if (g_str_equal (from, trial->bob_id)) {
      g_autofree char *wanted = g_strdup_printf ("bob %u", bobs++);

      g_assert_cmpstr (text, ==, wanted);
      continue;
    }
    for (guint k = 0; k < G_N_ELEMENTS (trial->notes); k++) {
      const Note *note = &trial->notes[k];

      if (!g_str_equal (note->message->clientmsgid, id))
        continue;
      g_assert_cmpstr (text, ==, note->text);
      pictures += note->text == NULL;
      if (in_order)
        g_assert_cmpuint (k, ==, anns);
      anns++;
    }
  }
  if (bobs != BEFORE + EACH || anns != EACH + 1 || pictures != 1 ||
      json_array_get_length (messages) != bobs + anns)
    story_fail ("the server has %u of Bob's messages, %u of Ann's with %u pictures, %u in all", bobs, anns,
                pictures, json_array_get_length (messages));
  for (guint k = 0; k < G_N_ELEMENTS (trial->notes); k++) {
    guint times = 0;

    for (guint i = 0; i < json_array_get_length (messages); i++)
      times += g_str_equal (
          json_object_get_string_member (json_array_get_object_element (messages, i), "clientMsgID"),
          trial->notes[k].message->clientmsgid);
    if (times != 1)
      story_fail ("the server has “%s” %u times", trial->notes[k].text, times);
  }
}

/* (transfer full) The door may end as late as this, when it is to be killed; another one is opened. */
static char *
gone (Trial *trial)
{
  if (trial->trouble->shim == NULL || trial->sight->doors > 1)
    story_fail ("the door has ended by itself");
  enter (trial);
  return g_strdup ("Ann has just come back");
}

/* (transfer full) (nullable) In what Ann's program differs from the server. */
static char *
difference_of_messages (Trial *trial, JsonArray *messages)
{
  Openim__Sdk__Message__GetAdvancedHistoryMessageListResp *response = history (trial);
  const Openim__Sdk__Message__GetAdvancedHistoryMessageListCallback *list;
  guint n = json_array_get_length (messages);
  char *text = NULL;

  if (response == NULL)
    return gone (trial);
  list = response->getadvancedhistorymessagelistcallback;
  if (list->n_messagelist != n)
    text = g_strdup_printf ("Ann has %zu messages, the server %u", list->n_messagelist, n);
  for (guint i = 0; i < n && text == NULL; i++) {
    JsonObject *there = json_array_get_object_element (messages, i);
    const OpenimMessage *here = list->messagelist[i];

    if (!g_str_equal (here->clientmsgid, json_object_get_string_member (there, "clientMsgID")))
      text = g_strdup_printf ("message %u is another one", i);
    else if ((int) here->status != OPENIM_STATUS_SENT)
      text = g_strdup_printf ("message %u has status %d", i, (int) here->status);
    else if (here->seq != json_object_get_int_member (there, "seq"))
      text = g_strdup_printf ("message %u has number %" G_GINT64_FORMAT, i, here->seq);
  }
  openim_pb_free (response);
  return text;
}

/* How many of Bob's the server takes for unread: what Ann says counts as a sign that she has read. */
static int
unread_of (Trial *trial, JsonArray *messages)
{
  g_autoptr (JsonNode) data =
      server_call (trial->server, "/msg/get_conversations_has_read_and_max_seq",
                   "{'userID':'%s','conversationIDs':['%s']}", trial->ann_id, trial->chat);
  JsonObject *seqs = json_object_get_object_member (
      json_object_get_object_member (json_node_get_object (data), "seqs"), trial->chat);
  gint64 read = json_object_get_int_member (seqs, "hasReadSeq");
  int unread = 0;

  for (guint i = 0; i < json_array_get_length (messages); i++) {
    JsonObject *message = json_array_get_object_element (messages, i);

    unread += json_object_get_int_member (message, "seq") > read &&
              g_str_equal (json_object_get_string_member (message, "sendID"), trial->bob_id);
  }
  return unread;
}

/* (transfer full) (nullable) The same for the conversation. */
static char *
difference_of_conversation (Trial *trial, JsonArray *messages)
{
  Openim__Sdk__Conversation__GetConversationReq request =
      OPENIM__SDK__CONVERSATION__GET_CONVERSATION_REQ__INIT;
  Openim__Sdk__Conversation__GetConversationResp *response = NULL;
  int unread = unread_of (trial, messages);
  char *text = NULL;
  int code;

  request.conversationid = trial->chat;
  code = ask (trial, FUNCTION (GetConversation), &request, (gpointer *) &response);
  if (code == VISITOR_GONE)
    return gone (trial);
  if (code != 0)
    return g_strdup_printf ("the conversation is refused: %d", code);
  if (response->conversation->unreadcount != unread)
    text =
        g_strdup_printf ("%d messages are unread instead of %d", response->conversation->unreadcount, unread);
  else if (response->conversation->latestmsg == NULL)
    text = g_strdup ("the conversation has no newest message");
  openim_pb_free (response);
  return text;
}

static char *
difference (Trial *trial, JsonArray *messages)
{
  char *text = difference_of_messages (trial, messages);

  return text != NULL ? text : difference_of_conversation (trial, messages);
}

static void
check_ann (Trial *trial, JsonArray *messages)
{
  gint64 deadline = g_get_monotonic_time () + (gint64) story_scaled (DEADLINE * 1000) * 1000;
  g_autofree char *text = NULL;

  while ((text = difference (trial, messages)) != NULL && g_get_monotonic_time () < deadline) {
    g_clear_pointer (&text, g_free);
    beat ();
  }
  if (text != NULL)
    story_fail ("%s", text);
}

/* What Bob said meanwhile has been told, each once and in order; that holds for a program that lives on. */
static void
check_told (Trial *trial)
{
  OpenimMessage *message;
  Openim__Event__EventOnRecvNewMessageData *data;
  guint next = BEFORE;

  while ((data = visitor_take (trial->ann, EVENT (RecvNewMessage))) != NULL) {
    g_autofree char *wanted = g_strdup_printf ("bob %u", next++);

    message = data->message;
    if (message->textelem == NULL || strcmp (message->textelem->content, wanted) != 0)
      story_fail ("“%s” is told instead of “%s”",
                  message->textelem != NULL ? message->textelem->content : "something", wanted);
    openim_pb_free (data);
  }
  if (next != BEFORE + EACH)
    story_fail ("%u messages were told", next - BEFORE);
}

/* What Bob's program got, which nobody disturbed. */
static void
check_bob (Trial *trial)
{
  g_autoptr (GString) wanted = g_string_new (NULL);
  g_autofree char *heard = NULL;
  gint64 deadline = g_get_monotonic_time () + (gint64) story_scaled (DEADLINE * 1000) * 1000;
  guint pictures = 0;

  do {
    beat ();
    g_free (heard);
    heard = person_heard (trial->bob, trial->ann_id);
  } while (strlen (heard) < (EACH + 1) * 4 - 1 && g_get_monotonic_time () < deadline);
  for (const char *at = strstr (heard, "102"); at != NULL; at = strstr (at + 3, "102"))
    pictures++;
  if (strlen (heard) != (EACH + 1) * 4 - 1 || pictures != 1)
    story_fail ("Bob has heard %s", heard);
}

/* ---- the script */

static void
trial_init (Trial *trial)
{
  g_autofree char *picture = NULL;
  g_autofree char *pixels = NULL;
  g_autoptr (GByteArray) content = NULL;

  trial->ann_id = g_strdup_printf ("ann%u", trial->trouble->number);
  trial->bob_id = g_strdup_printf ("bob%u", trial->trouble->number);
  trial->chat = g_strdup_printf ("si_%s_%s", trial->ann_id, trial->bob_id);
  trial->directory = g_dir_make_tmp ("openim-trial-XXXXXX", NULL);
  trial->folder = g_dir_make_tmp ("openim-trial-XXXXXX", NULL);
  trial->counter = g_build_filename (trial->folder, "count", NULL);
  picture = g_build_filename (trial->folder, "holiday.png", NULL);
  pixels = g_strdup_printf ("%-100u", trial->trouble->number); /* nobody has sent this one */
  content = g_byte_array_new ();
  g_byte_array_append (content, (const guint8 *) PNG, sizeof PNG - 1);
  g_byte_array_append (content, (const guint8 *) pixels, (guint) strlen (pixels));
  g_assert_true (g_file_set_contents (picture, (const char *) content->data, content->len, NULL));
  for (guint i = 0; i < EACH; i++)
    trial->notes[i].text = g_strdup_printf ("ann %u", i);
  person_free (person_new (trial->server, trial->ann_id, "Ann"));
  trial->bob = person_new (trial->server, trial->bob_id, "Bob");
  person_connect (trial->bob);
  trial->token = server_token (trial->server, trial->ann_id, PLATFORM_LINUX);
  trial->fault = fault_start (trial->server, trial->trouble->number);
  trial->through.api = trial->fault->api;
  trial->through.ws = trial->fault->ws;
  if (trial->trouble->rule != NULL)
    fault_set (trial->fault, "%s", trial->trouble->rule);
}

static void
trial_clear (Trial *trial)
{
  visitor_free (trial->ann);
  fault_stop (trial->fault);
  person_free (trial->bob);
  for (guint i = 0; i < G_N_ELEMENTS (trial->notes); i++)
    note_clear (&trial->notes[i]);
  folder_remove (trial->directory);
  folder_remove (trial->folder);
  g_free (trial->directory);
  g_free (trial->folder);
  g_free (trial->counter);
  g_free (trial->ann_id);
  g_free (trial->bob_id);
  g_free (trial->chat);
  g_free (trial->token);
}

static void
look_back (Trial *trial)
{
  Sight *sight = trial->sight;
  g_autofree char *count = NULL;
  gsize length = 0;

  for (guint i = 0; i < G_N_ELEMENTS (routes); i++) {
    sight->up[i] = fault_count (trial->fault, routes[i], "up");
    sight->down[i] = fault_count (trial->fault, routes[i], "down");
  }
  if (g_file_get_contents (trial->counter, &count, &length, NULL) && length == sizeof sight->steps)
    memcpy (&sight->steps, count, sizeof sight->steps);
}

static void
bob_says (Trial *trial, guint number)
{
  g_autofree char *text = g_strdup_printf ("bob %u", number);

  person_say (trial->bob, trial->ann_id, text);
}

void
trial_run (Server *server, const Trouble *trouble, Sight *sight)
{
  Trial trial = { .trouble = trouble, .sight = sight, .server = server };
  g_autoptr (JsonNode) data = NULL;

  *sight = (Sight){ 0 };
  trial_init (&trial);
  for (guint i = 0; i < BEFORE; i++)
    bob_says (&trial, i);
  enter (&trial);
  for (guint i = 0; i <= EACH; i++) {
    if (!visitor_is_gone (trial.ann))
      send (&trial, &trial.notes[i]);
    if (i < EACH)
      bob_says (&trial, BEFORE + i);
  }
  for (guint i = 0; i <= EACH; i++)
    settle (&trial, &trial.notes[i]);

  data = server_history (&trial);
  check_server (&trial, messages_of (&trial, data));
  if (visitor_is_gone (trial.ann))
    enter (&trial);
  check_ann (&trial, messages_of (&trial, data));
  if (sight->doors == 1)
    check_told (&trial);
  check_bob (&trial);
  look_back (&trial);

  /* Tomorrow it is still so. */
  fault_set (trial.fault, "clear");
  visitor_end (trial.ann);
  if (visitor_status (trial.ann) != 0 && trouble->shim == NULL)
    story_fail ("the door does not end well");
  enter (&trial);
  check_ann (&trial, messages_of (&trial, data));
  trial_clear (&trial);
}
