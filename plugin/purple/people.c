/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/people.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "purple/ask.h"
#include "purple/blist.h"
#include "purple/login.h"
#include "user.pb-c.h"

#define AT_MOST 50 /* people; who is not among them needs a better keyword */

typedef struct {
  OpenimConnection *connection;
  OpenimCommandLine *command; /* (nullable) else it was the dialog */
} Search;

static void
search_free (gpointer data)
{
  Search *search = data;

  openim_connection_unref (search->connection);
  if (search->command != NULL)
    openim_command_unref (search->command);
  g_free (search);
}

/* --- what has been found --- */

static void
on_add (PurpleConnection *gc, GList *row, gpointer data)
{
  if (openim_connection_get (gc) != NULL)
    purple_blist_request_add_buddy (purple_connection_get_account (gc), g_list_nth_data (row, 0), NULL,
                                    g_list_nth_data (row, 1));
}

static void
on_talk (PurpleConnection *gc, GList *row, gpointer data)
{
  OpenimConnection *self = openim_connection_get (gc);
  OpenimPeer peer = { OPENIM_SESSION_SINGLE, g_list_nth_data (row, 0) };

  if (self != NULL)
    purple_conversation_present (openim_peer_open (self, &peer));
}

static void
show_window (OpenimConnection *self, OpenimUser *const *users, gsize n)
{
  PurpleNotifySearchResults *results = purple_notify_searchresults_new ();

  purple_notify_searchresults_column_add (results, purple_notify_searchresults_column_new (_ ("User ID")));
  purple_notify_searchresults_column_add (results, purple_notify_searchresults_column_new (_ ("Nickname")));
  purple_notify_searchresults_button_add (results, PURPLE_NOTIFY_BUTTON_ADD, on_add);
  purple_notify_searchresults_button_add (results, PURPLE_NOTIFY_BUTTON_IM, on_talk);
  for (gsize i = 0; i < n; i++)
    purple_notify_searchresults_row_add (
        results,
        g_list_append (g_list_append (NULL, g_strdup (users[i]->userid)), g_strdup (users[i]->nickname)));
  purple_notify_searchresults (self->gc, _ ("People"), _ ("People who have been found"), NULL, results, NULL,
                               NULL);
}

static void
show_lines (OpenimConnection *self, const OpenimCommandLine *command, OpenimUser *const *users, gsize n)
{
  for (gsize i = 0; i < n && openim_connection_is_open (self); i++)
    openim_command_say (self, command, "%s (%s)", users[i]->nickname, users[i]->userid);
}

static void
show (const Search *search, OpenimUser *const *users, gsize n)
{
  OpenimConnection *self = search->connection;

  for (gsize i = 0; i < n; i++)
    openim_roster_learn_name (self, users[i]->userid, users[i]->nickname);
  if (n == 0 && search->command != NULL)
    openim_command_say (self, search->command, _ ("Nobody has been found."));
  else if (n == 0)
    purple_notify_info (self->gc, _ ("People"), _ ("Nobody has been found."), NULL);
  else if (search->command != NULL)
    show_lines (self, search->command, users, n);
  else
    show_window (self, users, n);
}

static void
show_error (const Search *search, const GError *error)
{
  g_autofree char *sentence = openim_error_describe (error);

  if (search->command != NULL)
    openim_command_say_error (search->connection, search->command, error);
  else
    purple_notify_error (search->connection->gc, _ ("People"), sentence, NULL);
}

/* --- the search --- */

static void
on_directory (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Search *search = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) users = openim_account_search_finish (OPENIM_ACCOUNT (source), result, &error);

  if (openim_connection_is_open (search->connection) && users != NULL)
    show (search, (OpenimUser **) users->pdata, users->len);
  else if (openim_connection_is_open (search->connection))
    show_error (search, error);
  search_free (search);
}

static void
on_users (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Openim__Sdk__User__GetUsersInfoResp *answer = (gconstpointer) response;

  if (error != NULL)
    show_error (data, error);
  else
    show (data, answer->users, answer->n_users);
}

static void
start (OpenimConnection *self, const char *keyword, OpenimCommandLine *command)
{
  OpenimAccount *account = openim_login_get_account (self);
  Search *search = g_new0 (Search, 1);
  Openim__Sdk__User__GetUsersInfoReq request = OPENIM__SDK__USER__GET_USERS_INFO_REQ__INIT;
  char *ids[] = { (char *) keyword };

  search->connection = openim_connection_ref (self);
  search->command = command != NULL ? openim_command_ref (command) : NULL;
  if (account != NULL) {
    openim_account_search_async (account, keyword, AT_MOST, NULL, on_directory, search);
    return;
  }
  request.userids = ids;
  request.n_userids = G_N_ELEMENTS (ids);
  openim_connection_call (self, OPENIM_NUMBER (GetUsersInfo), &request, on_users, search, search_free);
}

static void
on_keyword (OpenimConnection *self, const char *subject, const char *text)
{
  if (*text != '\0')
    start (self, text, NULL);
}

void
openim_people_ask (OpenimConnection *self)
{
  openim_ask_text (self, NULL, _ ("People"),
                   openim_login_get_account (self) != NULL
                       ? _ ("Whom are you looking for? Enter a part of the name, a user ID, an account name, "
                            "a phone number or an e-mail address.")
                       : _ ("Whom are you looking for? Enter the user ID."),
                   NULL, NULL, FALSE, on_keyword);
}

void
openim_people_run (OpenimConnection *self, OpenimCommandLine *command)
{
  start (self, command->args[0], command);
}
