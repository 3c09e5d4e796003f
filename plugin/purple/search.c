/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/search.h"

#include <stdlib.h>

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "base/gate.h"
#include "conversation.pb-c.h"
#include "purple/ask.h"
#include "purple/backlog.h"
#include "purple/blist.h"
#include "purple/listing.h"

#define LINES 20 /* of /search */
#define ROWS 500 /* of the window */
#define AROUND 5 /* messages before and after one that was found */
#define AROUND_MAX 50
#define EXCERPT 200 /* bytes of a message in a row */

/* One that was found. */
typedef struct {
  char *conversation_id;
  char *where; /* name of the conversation */
  OpenimMessage *message;
} Hit;

struct _OpenimHits {
  GHashTable *lists; /* conversation ID of the place → GPtrArray of Hit */
};

static void
hit_free (gpointer data)
{
  Hit *hit = data;

  openim_pb_free (hit->message);
  g_free (hit->conversation_id);
  g_free (hit->where);
  g_free (hit);
}

static void
list_free (gpointer data)
{
  g_ptr_array_unref (data);
}

OpenimHits *
openim_hits_new (void)
{
  OpenimHits *hits = g_new0 (OpenimHits, 1);

  hits->lists = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, list_free);
  return hits;
}

void
openim_hits_free (OpenimHits *hits)
{
  if (hits == NULL)
    return;
  g_hash_table_destroy (hits->lists);
  g_free (hits);
}

/* --- around a message --- */

typedef struct {
  int session; /* where it is shown */
  char *name;
  char *conversation_id;
  OpenimMessage *message;
  guint count;
  GPtrArray *lines; /* (element-type utf8) */
} Around;

static void
around_free (gpointer data)
{
  Around *around = data;

  openim_pb_free (around->message);
  g_ptr_array_unref (around->lines);
  g_free (around->name);
  g_free (around->conversation_id);
  g_free (around);
}

static void
add_lines (OpenimConnection *self, Around *around, const OpenimHistoryPage *page)
{
  for (gsize i = 0; page != NULL && i < page->n_messagelist; i++)
    g_ptr_array_add (around->lines, openim_listing_describe (self, page->messagelist[i]));
}

static void
on_after (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  Around *around = data;
  OpenimPeer peer = { around->session, around->name };

  add_lines (self, around, openim_backlog_read (error, response, TRUE));
  for (guint i = 0; i < around->lines->len && openim_connection_is_open (self); i++)
    openim_peer_tell (self, &peer, g_ptr_array_index (around->lines, i),
                      PURPLE_MESSAGE_SYSTEM | PURPLE_MESSAGE_NO_LOG);
}

static void
on_before (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  Around *before = data;
  Around *around = g_memdup2 (before, sizeof *before);
  g_autofree char *line = openim_listing_describe (self, before->message);

  around->name = g_steal_pointer (&before->name);
  around->conversation_id = g_steal_pointer (&before->conversation_id);
  around->message = g_steal_pointer (&before->message);
  around->lines = g_ptr_array_ref (before->lines);
  add_lines (self, around, openim_backlog_read (error, response, FALSE));
  g_ptr_array_add (around->lines, g_strconcat ("→ ", line, NULL));
  openim_backlog_ask (self, around->conversation_id, around->message->clientmsgid, around->count, TRUE,
                      on_after, around, around_free);
}

static void
show_around (OpenimConnection *self, const OpenimPeer *peer, const Hit *hit, guint count)
{
  Around *around = g_new0 (Around, 1);

  around->session = peer->session;
  around->name = g_strdup (peer->name);
  around->conversation_id = g_strdup (hit->conversation_id);
  around->message = openim_pb_copy (hit->message);
  around->count = count;
  around->lines = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (around->lines, g_strdup_printf (_ ("In “%s”:"), hit->where));
  openim_backlog_ask (self, hit->conversation_id, hit->message->clientmsgid, count, FALSE, on_before, around,
                      around_free);
}

void
openim_search_around (OpenimConnection *self, OpenimCommandLine *command)
{
  g_autofree char *id = openim_peer_conversation_id (self, &command->peer);
  GPtrArray *hits = g_hash_table_lookup (self->hits->lists, id);
  int number = atoi (command->args[0]);
  int count = command->args[1] != NULL ? atoi (command->args[1]) : AROUND;

  if (hits == NULL)
    openim_command_say (self, command, _ ("Nothing has been searched for here. Begin with %ssearch."),
                        openim_commands_get_mark ());
  else if (number < 1 || (guint) number > hits->len)
    openim_command_say (self, command, _ ("The last search has found nothing with the number “%s”."),
                        command->args[0]);
  else
    show_around (self, &command->peer, g_ptr_array_index (hits, (guint) number - 1),
                 (guint) CLAMP (count, 1, AROUND_MAX));
}

/* --- what has been found --- */

static int
compare_newest_first (gconstpointer a, gconstpointer b)
{
  gint64 one = (*(Hit *const *) a)->message->sendtime;
  gint64 two = (*(Hit *const *) b)->message->sendtime;

  return (one < two) - (one > two);
}

/* (transfer full) (element-type Hit), newest first */
static GPtrArray *
read_hits (const Openim__Sdk__Conversation__SearchLocalMessagesResp *answer, guint most)
{
  const Openim__Sdk__Conversation__SearchLocalMessagesCallback *found = answer->searchresult;
  GPtrArray *hits = g_ptr_array_new_with_free_func (hit_free);

  for (gsize i = 0; found != NULL && i < found->n_searchresultitems; i++) {
    const Openim__Sdk__Conversation__SearchByConversationResult *result = found->searchresultitems[i];

    for (gsize m = 0; m < result->n_messagelist && m < most; m++) {
      Hit *hit = g_new0 (Hit, 1);

      hit->conversation_id = g_strdup (result->conversationid);
      hit->where = openim_gate_text (result->showname, -1, 0, TRUE);
      hit->message = openim_pb_copy (result->messagelist[m]);
      g_ptr_array_add (hits, hit);
    }
  }
  g_ptr_array_sort (hits, compare_newest_first);
  if (hits->len > most)
    g_ptr_array_set_size (hits, (int) most);
  return hits;
}

static char *
get_excerpt (OpenimConnection *self, const OpenimMessage *message)
{
  g_autofree char *text = openim_message_get_text (message, self->self_id);

  return openim_gate_text (text, -1, EXCERPT, TRUE);
}

static const char *
get_sender (OpenimConnection *self, const OpenimMessage *message)
{
  if (g_strcmp0 (message->sendid, self->self_id) == 0)
    return self->self_name;
  openim_roster_learn_name (self, message->sendid, message->sendernickname);
  return openim_roster_get_name (self, message->sendid);
}

static void
show_lines (OpenimConnection *self, OpenimCommandLine *command, const ProtobufCMessage *response)
{
  const Openim__Sdk__Conversation__SearchLocalMessagesResp *answer = (gconstpointer) response;
  GPtrArray *hits = read_hits (answer, LINES);
  guint total = answer->searchresult != NULL ? (guint) MAX (answer->searchresult->totalcount, 0) : 0;

  g_hash_table_replace (self->hits->lists, openim_peer_conversation_id (self, &command->peer),
                        g_ptr_array_ref (hits));
  for (guint i = 0; i < hits->len && openim_connection_is_open (self); i++) {
    const Hit *hit = g_ptr_array_index (hits, i);
    g_autofree char *when = openim_listing_format_time (hit->message);
    g_autofree char *text = get_excerpt (self, hit->message);

    /* TRANSLATORS: number, time, name of the conversation, who said it, what */
    openim_command_say (self, command, _ ("%u. %s, %s, %s: %s"), i + 1, when, hit->where,
                        get_sender (self, hit->message), text);
  }
  if (!openim_connection_is_open (self))
    ;
  else if (hits->len == 0)
    openim_command_say (self, command, _ ("Nothing has been found."));
  else if (total > hits->len)
    openim_command_say (self, command,
                        g_dngettext (GETTEXT_PACKAGE, "%u older message has been found as well.",
                                     "%u older messages have been found as well.", total - hits->len),
                        total - hits->len);
  else
    openim_command_say (self, command, _ ("%saround and a number shows what was said before and after."),
                        openim_commands_get_mark ());
  g_ptr_array_unref (hits);
}

/* --- searching --- */

static void
fill_request (Openim__Sdk__Conversation__SearchLocalMessagesReq *request,
              Openim__Sdk__Conversation__SearchLocalMessagesParams *params,
              char **keyword)
{
  /* All that have words: text, files, mentions, merged, cards, places, custom, quotes, markdown. */
  static int types[] = { 101, 105, 106, 107, 108, 109, 110, 114, 117, 118 };

  openim__sdk__conversation__search_local_messages_req__init (request);
  openim__sdk__conversation__search_local_messages_params__init (params);
  params->keywordlist = keyword;
  params->n_keywordlist = 1;
  params->messagetypelist = types;
  params->n_messagetypelist = G_N_ELEMENTS (types);
  request->searchparam = params;
}

void
openim_search_run (OpenimConnection *self, OpenimCommandLine *command)
{
  Openim__Sdk__Conversation__SearchLocalMessagesReq request;
  Openim__Sdk__Conversation__SearchLocalMessagesParams params;

  fill_request (&request, &params, &command->args[0]);
  openim_command_call (self, command, OPENIM_NUMBER (SearchLocalMessages), &request, show_lines);
}

/* --- in a window --- */

/* Behind the columns a row has what nobody sees. */
enum { ROW_WHEN, ROW_WHERE, ROW_WHO, ROW_WHAT, ROW_INDEX };

#define DIALOG "" /* the place of what the window has found */

static void
on_open_hit (PurpleConnection *gc, GList *row, gpointer data)
{
  OpenimConnection *self = openim_connection_get (gc);
  GPtrArray *hits = self != NULL ? g_hash_table_lookup (self->hits->lists, DIALOG) : NULL;
  const char *index = g_list_nth_data (row, ROW_INDEX);
  const Hit *hit = NULL;
  OpenimPeer peer = { 0 };
  PurpleConversation *conversation = NULL;

  if (hits == NULL || index == NULL || (guint) atoi (index) >= hits->len)
    return;
  hit = g_ptr_array_index (hits, (guint) atoi (index));
  if (!openim_peer_of_message (self, hit->message, &peer))
    return;
  conversation = openim_peer_open (self, &peer);
  if (conversation != NULL && openim_connection_is_open (self))
    purple_conversation_present (conversation);
  if (openim_connection_is_open (self))
    show_around (self, &peer, hit, AROUND);
}

static void
add_columns (PurpleNotifySearchResults *results, const char *const *titles, guint n)
{
  for (guint i = 0; i < n; i++)
    purple_notify_searchresults_column_add (results, purple_notify_searchresults_column_new (titles[i]));
}

static void
show_window (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const char *const titles[] = { _ ("When"), _ ("Conversation"), _ ("Who"), _ ("Message") };
  g_autofree char *sentence = error != NULL ? openim_error_describe (error) : NULL;
  PurpleNotifySearchResults *results = NULL;
  GPtrArray *hits = NULL;

  if (error != NULL) {
    purple_notify_error (self->gc, _ ("Messages"), sentence, NULL);
    return;
  }
  hits = read_hits ((gconstpointer) response, ROWS);
  g_hash_table_replace (self->hits->lists, g_strdup (DIALOG), hits);
  if (hits->len == 0) {
    purple_notify_info (self->gc, _ ("Messages"), _ ("Nothing has been found."), NULL);
    return;
  }
  results = purple_notify_searchresults_new ();
  add_columns (results, titles, G_N_ELEMENTS (titles));
  purple_notify_searchresults_button_add_labeled (results, _ ("_Show"), on_open_hit);
  for (guint i = 0; i < hits->len; i++) {
    const Hit *hit = g_ptr_array_index (hits, i);
    GList *row = NULL;

    row = g_list_append (row, openim_listing_format_time (hit->message));
    row = g_list_append (row, g_strdup (hit->where));
    row = g_list_append (row, g_strdup (get_sender (self, hit->message)));
    row = g_list_append (row, get_excerpt (self, hit->message));
    row = g_list_append (row, g_strdup_printf ("%u", i));
    purple_notify_searchresults_row_add (results, row);
  }
  purple_notify_searchresults (self->gc, _ ("Messages"), _ ("Messages that have been found"), NULL, results,
                               NULL, NULL);
}

static void
on_text (OpenimConnection *self, const char *subject, const char *text)
{
  Openim__Sdk__Conversation__SearchLocalMessagesReq request;
  Openim__Sdk__Conversation__SearchLocalMessagesParams params;
  char *keyword = (char *) text;

  if (*text == '\0')
    return;
  fill_request (&request, &params, &keyword);
  openim_connection_call (self, OPENIM_NUMBER (SearchLocalMessages), &request, show_window, NULL, NULL);
}

void
openim_search_ask (OpenimConnection *self)
{
  openim_ask_text (self, NULL, _ ("Messages"), _ ("What are you looking for?"),
                   _ ("All conversations are searched, as far as they are stored here."), NULL, FALSE,
                   on_text);
}
