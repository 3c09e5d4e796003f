/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "presence.h"

#include <string.h>

#define TELL_AFTER 100 /* ms; the real server takes about a second */
#define IDENTIFIER 2005
#define PLATFORM_LINUX 7

struct _Presence {
  GHashTable *watchers; /* user → GPtrArray of Session */
  GHashTable *known;    /* user → GBytes: the platforms that were told last; only of watched users */
  GHashTable *changed;  /* users to be told about */
  guint source;
};

static Presence *
presence_of (Server *server)
{
  if (!server->presence) {
    Presence *presence = g_new0 (Presence, 1);

    presence->watchers =
        g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
    presence->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
    presence->changed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    server->presence = presence;
  }
  return server->presence;
}

void
presence_clear (Server *server)
{
  Presence *presence = server->presence;

  if (!presence)
    return;
  g_clear_handle_id (&presence->source, g_source_remove);
  g_hash_table_unref (presence->watchers);
  g_hash_table_unref (presence->known);
  g_hash_table_unref (presence->changed);
  g_clear_pointer (&server->presence, g_free);
}

static int
ascending (gconstpointer a, gconstpointer b)
{
  return *(const gint32 *) a - *(const gint32 *) b;
}

/* (transfer full) Sorted gint32; two connections of one platform count twice only while both stand. */
static GArray *
platforms (Server *server, const char *user)
{
  GPtrArray *sessions = gateway_sessions (server, user);
  GArray *list = g_array_new (FALSE, FALSE, sizeof (gint32));

  for (guint i = 0; sessions && i < sessions->len; i++) {
    gint32 platform = session_platform (g_ptr_array_index (sessions, i));

    g_array_append_val (list, platform);
  }
  if (g_strcmp0 (server->resident, user) == 0) {
    const gint32 platform = PLATFORM_LINUX;

    g_array_append_val (list, platform);
  }
  g_array_sort (list, ascending);
  for (guint i = 1; i < list->len;) {
    if (g_array_index (list, gint32, i) == g_array_index (list, gint32, i - 1))
      g_array_remove_index (list, i);
    else
      i++;
  }
  return list;
}

static GBytes *
array_bytes (GArray *list)
{
  return g_bytes_new (list->data, list->len * sizeof (gint32));
}

static void
tell (Server *server, const char *user)
{
  Presence *presence = presence_of (server);
  GPtrArray *watchers = g_hash_table_lookup (presence->watchers, user);
  g_autoptr (GArray) now = NULL;
  GBytes *bytes, *before;
  Openim__Sdkws__SubUserOnlineStatusElem element = OPENIM__SDKWS__SUB_USER_ONLINE_STATUS_ELEM__INIT;
  Openim__Sdkws__SubUserOnlineStatusElem *elements[] = { &element };
  Openim__Sdkws__SubUserOnlineStatusTips tips = OPENIM__SDKWS__SUB_USER_ONLINE_STATUS_TIPS__INIT;
  g_autofree guint8 *packed = NULL;
  g_autoptr (Push) push = NULL;

  if (!watchers)
    return;
  now = platforms (server, user);
  bytes = array_bytes (now);
  before = g_hash_table_lookup (presence->known, user);
  if (before && g_bytes_equal (before, bytes)) {
    g_bytes_unref (bytes);
    return;
  }
  g_hash_table_insert (presence->known, g_strdup (user), bytes);
  element.userid = (char *) user;
  element.n_onlineplatformids = now->len;
  element.onlineplatformids = (gint32 *) now->data;
  tips.n_subscribers = 1;
  tips.subscribers = elements;
  packed = g_malloc (protobuf_c_message_get_packed_size (&tips.base));
  push = push_new (server, IDENTIFIER, "", packed, protobuf_c_message_pack (&tips.base, packed));
  for (guint i = 0; i < watchers->len; i++)
    push_to_session (push, g_ptr_array_index (watchers, i));
}

static gboolean
tell_all (gpointer data)
{
  Server *server = data;
  Presence *presence = presence_of (server);
  GHashTableIter iter;
  gpointer user;

  presence->source = 0;
  g_hash_table_iter_init (&iter, presence->changed);
  while (g_hash_table_iter_next (&iter, &user, NULL))
    tell (server, user);
  g_hash_table_remove_all (presence->changed);
  return G_SOURCE_REMOVE;
}

void
presence_changed (Server *server, const char *user)
{
  Presence *presence = presence_of (server);

  if (!g_hash_table_contains (presence->watchers, user))
    return;
  g_hash_table_add (presence->changed, g_strdup (user));
  if (!presence->source)
    presence->source = g_timeout_add (TELL_AFTER, tell_all, server);
}

static void
unwatch (Server *server, Session *session, const char *user)
{
  Presence *presence = presence_of (server);
  GPtrArray *watchers = g_hash_table_lookup (presence->watchers, user);

  if (!watchers)
    return;
  g_ptr_array_remove_fast (watchers, session);
  if (watchers->len == 0) {
    g_hash_table_remove (presence->known, user);
    g_hash_table_remove (presence->watchers, user);
  }
}

static void
watch (Server *server, Session *session, const char *user)
{
  Presence *presence = presence_of (server);
  GPtrArray *watchers = g_hash_table_lookup (presence->watchers, user);

  if (!g_hash_table_add (session_subscriptions (session), g_strdup (user)))
    return;
  if (!watchers) {
    g_autoptr (GArray) now = platforms (server, user);

    watchers = g_ptr_array_new ();
    g_hash_table_insert (presence->watchers, g_strdup (user), watchers);
    g_hash_table_insert (presence->known, g_strdup (user), array_bytes (now));
  }
  g_ptr_array_add (watchers, session);
}

void
presence_forget (Server *server, Session *session)
{
  GHashTableIter iter;
  gpointer user;

  g_hash_table_iter_init (&iter, session_subscriptions (session));
  while (g_hash_table_iter_next (&iter, &user, NULL))
    unwatch (server, session, user);
  g_hash_table_remove_all (session_subscriptions (session));
}

Result
presence_subscribe (Request *request)
{
  const Openim__Sdkws__SubUserOnlineStatus *asked = request->message;
  Openim__Sdkws__SubUserOnlineStatusTips tips = OPENIM__SDKWS__SUB_USER_ONLINE_STATUS_TIPS__INIT;
  g_autofree Openim__Sdkws__SubUserOnlineStatusElem *elements =
      g_new (Openim__Sdkws__SubUserOnlineStatusElem, asked->n_subscribeuserid);
  g_autofree Openim__Sdkws__SubUserOnlineStatusElem **pointers =
      g_new (Openim__Sdkws__SubUserOnlineStatusElem *, asked->n_subscribeuserid);
  g_autoptr (GPtrArray) lists = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);

  for (gsize i = 0; i < asked->n_unsubscribeuserid; i++)
    if (g_hash_table_remove (session_subscriptions (request->session), asked->unsubscribeuserid[i]))
      unwatch (request->server, request->session, asked->unsubscribeuserid[i]);
  for (gsize i = 0; i < asked->n_subscribeuserid; i++) {
    GArray *list = platforms (request->server, asked->subscribeuserid[i]);

    watch (request->server, request->session, asked->subscribeuserid[i]);
    g_ptr_array_add (lists, list);
    openim__sdkws__sub_user_online_status_elem__init (elements + i);
    elements[i].userid = asked->subscribeuserid[i];
    elements[i].n_onlineplatformids = list->len;
    elements[i].onlineplatformids = (gint32 *) list->data;
    pointers[i] = elements + i;
  }
  tips.n_subscribers = asked->n_subscribeuserid;
  tips.subscribers = pointers;
  request_answer (request, &tips);
  return RESULT_OK;
}

/* ---- HTTP */

static Result
get_users_status (Call *call)
{
  g_auto (GStrv) users = call_list (call, "userIDs");

  out_begin (call->data, NULL, '{');
  out_list_begin (call->data, "statusList");
  for (char **user = users; *user; user++) {
    g_autoptr (GArray) list = platforms (call->server, *user);

    out_begin (call->data, NULL, '{');
    out_put (call->data, "userID", 's', *user, "status", 'i', (gint64) (list->len > 0), NULL);
    out_list_begin (call->data, "platformIDs");
    for (guint i = 0; i < list->len; i++) {
      char number[16];

      g_snprintf (number, sizeof number, "%d", g_array_index (list, gint32, i));
      out_raw (call->data, NULL, number);
    }
    out_list_end (call->data);
    out_end (call->data, '}');
  }
  out_list_end (call->data);
  out_end (call->data, '}');
  return RESULT_OK;
}

/* Stubs in the real server, too. */
static Result
no_status_list (Call *call)
{
  gint64 genre = call_int (call, "genre");

  if (call_has (call, "genre") && genre != 1 && genre != 2)
    return result (ARGS, "genre is invalid");
  out_raw (call->data, NULL, "{\"statusList\":null}");
  return RESULT_OK;
}

static Result
get_users_online_status (Call *call)
{
  g_auto (GStrv) users = call_list (call, "userIDs");

  out_list_begin (call->data, NULL);
  for (char **user = users; *user; user++) {
    GPtrArray *sessions = gateway_sessions (call->server, *user);

    out_begin (call->data, NULL, '{');
    out_put (call->data, "userID", 's', *user, "status", 'i', (gint64) (sessions != NULL), NULL);
    out_list_begin (call->data, "detailPlatformStatus");
    for (guint i = 0; sessions && i < sessions->len; i++) {
      Session *session = g_ptr_array_index (sessions, i);

      out_begin (call->data, NULL, '{');
      out_put (call->data, "platformID", 'i', (gint64) session_platform (session), "connID", 's',
               session_id (session), "isBackground", 'b', session_background (session), "token", 's',
               session_token (session), NULL);
      out_end (call->data, '}');
    }
    out_list_end (call->data);
    out_end (call->data, '}');
  }
  out_list_end (call->data);
  return RESULT_OK;
}

static void
put_tokens (Call *call, GPtrArray *sessions, gint32 platform)
{
  gint64 total = 0;

  out_begin (call->data, NULL, '{');
  for (guint i = 0; i < sessions->len; i++)
    total += session_platform (g_ptr_array_index (sessions, i)) == platform;
  out_put (call->data, "platformID", 'i', (gint64) platform, "total", 'i', total, NULL);
  out_list_begin (call->data, "token");
  for (guint i = 0; i < sessions->len; i++)
    if (session_platform (g_ptr_array_index (sessions, i)) == platform)
      out_string (call->data, NULL, session_token (g_ptr_array_index (sessions, i)));
  out_list_end (call->data);
  out_end (call->data, '}');
}

static Result
get_users_online_token_detail (Call *call)
{
  g_auto (GStrv) users = call_list (call, "userIDs");

  out_list_begin (call->data, NULL);
  for (char **user = users; *user && call->admin; user++) {
    GPtrArray *sessions = gateway_sessions (call->server, *user);
    g_autoptr (GArray) list = platforms (call->server, *user);

    if (!sessions)
      continue;
    out_begin (call->data, NULL, '{');
    out_put (call->data, "userID", 's', *user, "status", 'i', (gint64) 1, NULL);
    out_list_begin (call->data, "singlePlatformToken");
    for (guint i = 0; i < list->len; i++)
      put_tokens (call, sessions, g_array_index (list, gint32, i));
    out_list_end (call->data);
    out_end (call->data, '}');
  }
  out_list_end (call->data);
  return RESULT_OK;
}

const Route presence_routes[] = {
  { "/user/get_users_status", get_users_status, NEEDS_TOKEN, "userIDs:S!" },
  { "/user/subscribe_users_status", no_status_list, NEEDS_TOKEN, "userID:s! userIDs:S genre:i!" },
  { "/user/get_subscribe_users_status", no_status_list, NEEDS_TOKEN, "userID:s!" },
  { "/user/get_users_online_status", get_users_online_status, NEEDS_ADMIN, "userIDs:S!" },
  { "/user/get_users_online_token_detail", get_users_online_token_detail, NEEDS_TOKEN, "userIDs:S!" },
  { NULL },
};
