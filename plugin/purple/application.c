/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/application.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "group.pb-c.h"
#include "purple/blist.h"
#include "purple/events.h"
#include "purple/groups.h"
#include "purple/line.h"
#include "purple/shown.h"

#define MAX_DIALOGS 5 /* that open by themselves after a time away */

typedef Openim__Sdk__Shared__IMGroupRequest OpenimGroupRequest;

typedef struct {
  OpenimConnection *self; /* unowned: the connection owns the application */
  char *key;
  char *group_id;
  char *user_id;
  char *summary;   /* what is asked, as a sentence */
  char *text;      /* what the one who asks has written */
  gpointer dialog; /* (nullable) libpurple's handle */
} Application;

struct _OpenimApplications {
  GHashTable *open; /* key → Application */
};

static void
application_free (gpointer data)
{
  Application *application = data;

  g_free (application->key);
  g_free (application->group_id);
  g_free (application->user_id);
  g_free (application->summary);
  g_free (application->text);
  g_free (application);
}

OpenimApplications *
openim_applications_new (void)
{
  OpenimApplications *applications = g_new0 (OpenimApplications, 1);

  applications->open = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, application_free);
  return applications;
}

void
openim_applications_free (OpenimApplications *applications)
{
  if (applications == NULL)
    return;
  g_hash_table_destroy (applications->open);
  g_free (applications);
}

static char *
make_key (const char *group_id, const char *user_id)
{
  return g_strconcat (group_id, "\n", user_id, NULL);
}

/* --- answers --- */

static void
on_answered (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  g_autofree char *reason = error != NULL ? openim_error_describe (error) : NULL;

  if (error != NULL)
    openim_groups_tell (self, data, reason);
}

/* Takes the application off the table. */
static void
answer (Application *application, gboolean accept, const char *text)
{
  OpenimConnection *self = application->self;
  Openim__Sdk__Group__HandlerGroupRequestReq request = OPENIM__SDK__GROUP__HANDLER_GROUP_REQUEST_REQ__INIT;

  request.groupid = application->group_id;
  request.fromuserid = application->user_id;
  request.handledmsg = (char *) (text != NULL ? text : "");
  request.status = accept ? OPENIM__SDK__COMMON__APPROVAL_STATUS__Approved
                          : OPENIM__SDK__COMMON__APPROVAL_STATUS__Rejected;
  openim_connection_call (self, OPENIM_NUMBER (HandlerGroupRequest), &request, on_answered,
                          g_strdup (application->group_id), g_free);
  g_hash_table_remove (self->applications->open, application->key);
}

static void
on_accept (Application *application, int action)
{
  answer (application, TRUE, NULL);
}

static void
on_reject (Application *application, int action)
{
  answer (application, FALSE, NULL);
}

/* Answered here in another way, or elsewhere. */
static void
close_dialog (Application *application)
{
  if (application->dialog != NULL)
    purple_request_close (PURPLE_REQUEST_ACTION, g_steal_pointer (&application->dialog));
}

gboolean
openim_application_answer (
    OpenimConnection *self, const char *group_id, const char *user_id, gboolean accept, const char *text)
{
  g_autofree char *key = make_key (group_id, user_id);
  Application *application = g_hash_table_lookup (self->applications->open, key);

  if (application == NULL)
    return FALSE;
  close_dialog (application);
  answer (application, accept, text);
  return TRUE;
}

char *
openim_applications_list (OpenimConnection *self, const char *group_id)
{
  GString *list = g_string_new (NULL);
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, self->applications->open);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const Application *application = value;

    if (g_strcmp0 (application->group_id, group_id) == 0)
      g_string_append_printf (list, "%s%s", list->len > 0 ? "\n" : "", application->summary);
  }
  return g_string_free (list, list->len == 0);
}

/* --- dialogs --- */

static char *
describe (OpenimConnection *self, const OpenimGroupRequest *request)
{
  const char *group = *request->groupname != '\0' ? request->groupname : request->groupid;
  const char *name = *request->nickname != '\0' ? request->nickname : request->userid;
  const char *inviter = request->inviteruserid;

  if (*inviter == '\0' || g_strcmp0 (inviter, request->userid) == 0)
    /* TRANSLATORS: a person's name and ID, and a group */
    return g_strdup_printf (_ ("%s (%s) asks to join “%s”."), name, request->userid, group);
  /* TRANSLATORS: who invites, the name and ID of who is invited, and a group */
  return g_strdup_printf (_ ("%s would like to add %s (%s) to “%s”."), openim_roster_get_name (self, inviter),
                          name, request->userid, group);
}

/* bitlbee knows an answer by these words only. */
static const char *
caption (const char *word)
{
  return openim_host_is_bitlbee () ? word : _ (word);
}

/* NULL: it waits already. */
static Application *
application_new (OpenimConnection *self, const OpenimGroupRequest *request)
{
  g_autofree char *key = make_key (request->groupid, request->userid);
  Application *application = NULL;

  if (g_hash_table_contains (self->applications->open, key))
    return NULL;
  application = g_new0 (Application, 1);
  application->self = self;
  application->key = g_steal_pointer (&key);
  application->group_id = g_strdup (request->groupid);
  application->user_id = g_strdup (request->userid);
  application->summary = describe (self, request);
  application->text = g_strdup (request->reqmsg);
  g_hash_table_insert (self->applications->open, application->key, application);
  return application;
}

static void
ask (OpenimConnection *self, Application *application)
{
  application->dialog = purple_request_action (
      self->gc, _ ("Application"), application->summary,
      *application->text != '\0' ? application->text : NULL, PURPLE_DEFAULT_ACTION_NONE, self->account,
      application->user_id, NULL, application, 2, caption (N_ ("_Accept")), on_accept,
      caption (N_ ("_Reject")), on_reject);
}

/* FALSE: the person has been asked in an earlier session and has not answered. */
static gboolean
is_news (OpenimConnection *self, const OpenimGroupRequest *request)
{
  g_autofree char *question = g_strdup_printf ("group/%s/%s/%" G_GINT64_FORMAT, request->groupid,
                                               request->userid, (gint64) request->reqtime);

  if (openim_shown_was_asked (self->shown, question))
    return FALSE;
  openim_shown_add_asked (self->shown, question);
  return TRUE;
}

/* Those of one's own go to others. */
static gboolean
is_for_me (OpenimConnection *self, const OpenimGroupRequest *request)
{
  return request->handleresult == 0 && g_strcmp0 (request->userid, self->self_id) != 0 &&
         g_strcmp0 (request->inviteruserid, self->self_id) != 0;
}

static void
on_requests (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Openim__Sdk__Group__GetGroupRequestResp *answer = (gconstpointer) response;
  g_autofree char *sentence = NULL;
  guint n = 0;
  guint old = 0;

  for (gsize i = 0; error == NULL && i < answer->n_requests && openim_connection_is_open (self); i++) {
    const OpenimGroupRequest *request = answer->requests[i];
    Application *application = is_for_me (self, request) ? application_new (self, request) : NULL;

    if (application != NULL && !is_news (self, request))
      old++;
    else if (application != NULL && ++n <= MAX_DIALOGS)
      ask (self, application);
  }
  if (old > 0 && openim_connection_is_open (self)) {
    g_autofree char *reminder = g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE,
                     "%u person still asks to join a group of yours; “applications” lists them.",
                     "%u people still ask to join groups of yours; “applications” lists them.", old),
        old);

    purple_connection_notice (self->gc, reminder);
  }
  if (n <= MAX_DIALOGS || !openim_connection_is_open (self))
    return;
  sentence = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u more person asks to join a group of yours.",
                                           "%u more people ask to join groups of yours.", n - MAX_DIALOGS),
                              n - MAX_DIALOGS);
  purple_notify_info (self->gc, _ ("Application"), sentence,
                      _ ("The command “applications” lists them in the group’s window."));
}

void
openim_applications_ask_again (OpenimConnection *self)
{
  g_autoptr (GList) all = g_hash_table_get_values (self->applications->open);

  if (all == NULL)
    purple_notify_info (self->gc, _ ("Applications"), _ ("Nobody is waiting to be let in."), NULL);
  for (GList *l = all; l != NULL && openim_connection_is_open (self); l = l->next) {
    close_dialog (l->data);
    ask (self, l->data);
  }
}

void
openim_applications_catch_up (OpenimConnection *self)
{
  Openim__Sdk__Group__GetGroupRequestReq request = OPENIM__SDK__GROUP__GET_GROUP_REQUEST_REQ__INIT;

  openim_connection_call (self, OPENIM_NUMBER (GetGroupRequest), &request, on_requests, NULL, NULL);
}

/* --- what comes --- */

static void
on_added (PurpleConnection *gc,
          const Openim__Event__EventOnGroupApplicationAddedData *data,
          gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);
  const OpenimGroupRequest *request = data->request;
  Application *application = NULL;
  g_autofree char *sentence = NULL;

  /* Those of a sync are read all together behind it. */
  if (self == NULL || request == NULL || request->handleresult != 0 || !openim_connection_is_connected (self))
    return;
  if (is_for_me (self, request)) {
    application = application_new (self, request);
    if (application != NULL && is_news (self, request))
      ask (self, application);
  } else if (g_strcmp0 (request->userid, self->self_id) != 0) {
    sentence = g_strdup_printf (_ ("The owner or an administrator has to let %s in."),
                                *request->nickname != '\0' ? request->nickname : request->userid);
    openim_groups_tell (self, request->groupid, sentence);
  }
}

/* It need not be asked about any more. */
static void
forget (OpenimConnection *self, const OpenimGroupRequest *request)
{
  g_autofree char *key = make_key (request->groupid, request->userid);
  Application *application = g_hash_table_lookup (self->applications->open, key);

  if (application == NULL)
    return;
  close_dialog (application);
  g_hash_table_remove (self->applications->open, key);
}

static void
tell_result (PurpleConnection *gc, const OpenimGroupRequest *request, gboolean accepted)
{
  OpenimConnection *self = openim_connection_get (gc);
  g_autofree char *sentence = NULL;
  const char *group = NULL;

  if (self == NULL || request == NULL)
    return;
  forget (self, request);
  /* One who was invited did not ask. */
  if (g_strcmp0 (request->userid, self->self_id) != 0 ||
      (*request->inviteruserid != '\0' && g_strcmp0 (request->inviteruserid, self->self_id) != 0))
    return;
  group = *request->groupname != '\0' ? request->groupname : request->groupid;
  sentence = accepted ? g_strdup_printf (_ ("You have been let into “%s”."), group)
                      : g_strdup_printf (_ ("You have not been let into “%s”."), group);
  purple_notify_info (gc, _ ("Join a group"), sentence,
                      *request->handledmsg != '\0' ? request->handledmsg : NULL);
}

static void
on_accepted (PurpleConnection *gc,
             const Openim__Event__EventOnGroupApplicationAcceptedData *data,
             gpointer user_data)
{
  tell_result (gc, data->request, TRUE);
}

static void
on_rejected (PurpleConnection *gc,
             const Openim__Event__EventOnGroupApplicationRejectedData *data,
             gpointer user_data)
{
  tell_result (gc, data->request, FALSE);
}

static void
on_deleted (PurpleConnection *gc,
            const Openim__Event__EventOnGroupApplicationDeletedData *data,
            gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self != NULL && data->request != NULL)
    forget (self, data->request);
}

void
openim_applications_connect_signals (PurplePlugin *plugin)
{
  static const OpenimHandler handlers[] = {
    { OPENIM_NUMBER (EventOnGroupApplicationAdded), PURPLE_CALLBACK (on_added) },
    { OPENIM_NUMBER (EventOnGroupApplicationAccepted), PURPLE_CALLBACK (on_accepted) },
    { OPENIM_NUMBER (EventOnGroupApplicationRejected), PURPLE_CALLBACK (on_rejected) },
    { OPENIM_NUMBER (EventOnGroupApplicationDeleted), PURPLE_CALLBACK (on_deleted) },
  };

  openim_events_connect (plugin, handlers, G_N_ELEMENTS (handlers));
}
