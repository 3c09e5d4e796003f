/* SPDX-License-Identifier: GPL-3.0-or-later */

/* SearchLocalMessages. */

#include "sdk/handlers.h"

#include <string.h>

#include "conversation.pb-c.h"

#include "base/clock.h"
#include "sdk/convert.h"
#include "sdk/lookup.h"
#include "store/search.h"

typedef Openim__Sdk__Conversation__SearchByConversationResult Result;

enum { MATCH_ANY, MATCH_ALL };

/* What is looked at when no types are named. */
static const int usual_types[] = {
  OPENIM__SDK__COMMON__CONTENT_TYPE__Text,
  OPENIM__SDK__COMMON__CONTENT_TYPE__AtText,
  OPENIM__SDK__COMMON__CONTENT_TYPE__File,
};

typedef struct {
  OpenimSearch search;
  GPtrArray *keywords; /* (element-type utf8), ends with NULL */
  GPtrArray *senders;  /* borrowed */
} Search;

static void
search_free (gpointer data)
{
  Search *search = data;

  g_ptr_array_unref (search->keywords);
  g_ptr_array_unref (search->senders);
  g_free (search);
}

/* (transfer full) (nullable) */
static Result *
new_result (OpenimDb *db, const char *conversation_id, GError **error)
{
  g_autoptr (OpenimConversationRow) row = openim_conversations_get (db, conversation_id, error);

  return row != NULL ? openim_convert_result (row) : NULL;
}

/* Those of the same time by their IDs, so that the same question has the same answer. */
static int
compare_newest_first (const void *a, const void *b)
{
  const Result *one = *(Result *const *) a;
  const Result *two = *(Result *const *) b;

  if (one->latestmsgsendtime != two->latestmsgsendtime)
    return one->latestmsgsendtime < two->latestmsgsendtime ? 1 : -1;
  return strcmp (one->conversationid, two->conversationid);
}

static gboolean
find (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  Openim__Sdk__Conversation__SearchLocalMessagesResp *answer = response;
  Openim__Sdk__Conversation__SearchLocalMessagesCallback *list =
      openim_pb_new (&openim__sdk__conversation__search_local_messages_callback__descriptor);
  const Search *search = openim_call_get_state (call);
  g_autoptr (GHashTable) results = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) messages = NULL;

  answer->searchresult = list;
  if (search->search.conversation_id != NULL) {
    g_autoptr (OpenimConversationRow) row =
        openim_lookup_conversation (db, search->search.conversation_id, error);

    if (row == NULL)
      return FALSE;
  }

  messages = openim_search_messages (db, &search->search, error);
  if (messages == NULL)
    return FALSE;

  for (guint i = 0; i < messages->len; i++) {
    const OpenimStoredMessage *message = g_ptr_array_index (messages, i);
    Result *result = g_hash_table_lookup (results, message->conversation_id);
    g_autoptr (GError) trouble = NULL;

    if (result == NULL)
      result = new_result (db, message->conversation_id, &trouble);
    if (trouble != NULL) {
      g_propagate_error (error, g_steal_pointer (&trouble));
      return FALSE;
    }
    if (result == NULL)
      continue; /* of a conversation that is not known yet */
    if (result->n_messagelist == 0) {
      g_hash_table_insert (results, message->conversation_id, result);
      openim_pb_append (&list->n_searchresultitems, &list->searchresultitems, result);
    }
    openim_pb_append (&result->n_messagelist, &result->messagelist,
                      openim_convert_message (message, openim_call_get_user_id (call)));
    result->messagecount++;
    list->totalcount++;
  }
  if (list->n_searchresultitems > 1)
    qsort (list->searchresultitems, list->n_searchresultitems, sizeof (Result *), compare_newest_first);
  return TRUE;
}

/* (transfer full) NULL when the words are none. */
static GPtrArray *
read_keywords (const Openim__Sdk__Conversation__SearchLocalMessagesParams *params)
{
  g_autoptr (GPtrArray) keywords = g_ptr_array_new_with_free_func (g_free);

  for (size_t i = 0; i < params->n_keywordlist; i++) {
    char *keyword = g_strstrip (g_strdup (params->keywordlist[i]));

    if (*keyword != '\0')
      g_ptr_array_add (keywords, keyword);
    else
      g_free (keyword);
  }
  if (keywords->len == 0 && params->n_messagetypelist == 0)
    return NULL;

  g_ptr_array_add (keywords, NULL);
  return g_steal_pointer (&keywords);
}

void
openim_message_search (OpenimCall *call)
{
  const Openim__Sdk__Conversation__SearchLocalMessagesReq *request = openim_call_get_request (call);
  const Openim__Sdk__Conversation__SearchLocalMessagesParams *params = request->searchparam;
  gboolean in_one = params != NULL && *params->conversationid != '\0';
  GPtrArray *keywords = params != NULL ? read_keywords (params) : NULL;
  gint64 end;
  Search *search;

  if (keywords == NULL) {
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "There is nothing to search for.");
    return;
  }

  search = g_new0 (Search, 1);
  search->keywords = keywords;
  search->senders = g_ptr_array_new ();
  openim_call_set_state (call, search, search_free);
  if ((in_one && (params->pageindex < 1 || params->count < 1)) || params->searchtimeposition < 0 ||
      params->searchtimeperiod < 0 || params->keywordlistmatchtype < MATCH_ANY ||
      params->keywordlistmatchtype > MATCH_ALL) {
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "Searching needs a page, times and a way to match.");
    return;
  }

  for (size_t i = 0; i < params->n_senderuseridlist; i++)
    g_ptr_array_add (search->senders, params->senderuseridlist[i]);
  g_ptr_array_add (search->senders, NULL);

  search->search.keywords = (const char *const *) keywords->pdata;
  search->search.all_keywords = params->keywordlistmatchtype == MATCH_ALL;
  search->search.senders = (const char *const *) search->senders->pdata;
  search->search.types = params->n_messagetypelist > 0 ? params->messagetypelist : usual_types;
  search->search.n_types =
      params->n_messagetypelist > 0 ? (guint) params->n_messagetypelist : G_N_ELEMENTS (usual_types);

  /* Seconds; a window that ends now has no end, since the server's clock may be ahead. */
  end = MIN (params->searchtimeposition, G_MAXINT64 / 1000) * 1000;
  search->search.end = end > 0 ? end : G_MAXINT64;
  if (params->searchtimeperiod > 0)
    search->search.begin =
        (end > 0 ? end : openim_clock_now ()) - MIN (params->searchtimeperiod, G_MAXINT64 / 2000) * 1000;

  if (in_one) {
    search->search.conversation_id = params->conversationid;
    search->search.offset = (guint) MIN (((gint64) params->pageindex - 1) * params->count, G_MAXINT32);
    search->search.count = (guint) params->count;
  }
  openim_call_run (call, OPENIM_STORE_READ, find, NULL);
}
