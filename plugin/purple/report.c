/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/report.h"

#include <glib/gi18n-lib.h>

#include "conversation.pb-c.h"
#include "init.pb-c.h"
#include "purple/account.h"
#include "purple/blist.h"
#include "purple/chat.h"
#include "purple/login.h"

typedef struct {
  OpenimCommandLine *command; /* (nullable) else it was the menu */
  GString *text;
} Report;

static void
report_free (gpointer data)
{
  Report *report = data;

  if (report->command != NULL)
    openim_command_unref (report->command);
  g_string_free (report->text, TRUE);
  g_free (report);
}

/* Labels are not translated: those who help may not read the person's language. */
static void add (Report *report, const char *label, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
add (Report *report, const char *label, const char *format, ...)
{
  va_list args;

  g_string_append_printf (report->text, "%s%s: ", report->text->len > 0 ? "\n" : "", label);
  va_start (args, format);
  g_string_append_vprintf (report->text, format, args);
  va_end (args);
}

static void
add_address (Report *report, const char *label, const char *address)
{
  g_autoptr (GUri) uri = address != NULL ? g_uri_parse (address, G_URI_FLAGS_NONE, NULL) : NULL;

  if (uri == NULL)
    add (report, label, "none");
  else if (g_uri_get_port (uri) > 0)
    add (report, label, "%s://%s:%d", g_uri_get_scheme (uri), g_uri_get_host (uri), g_uri_get_port (uri));
  else
    add (report, label, "%s://%s", g_uri_get_scheme (uri), g_uri_get_host (uri));
}

static const char *
get_host (void)
{
  GHashTable *info = purple_core_get_ui_info ();
  const char *name = info != NULL ? g_hash_table_lookup (info, "name") : NULL;

  return name != NULL ? name : purple_core_get_ui ();
}

static const char *
describe_way_in (const OpenimOptions *options)
{
  return options->token != NULL ? "token" : options->code != NULL ? "code" : "chat server";
}

/* --- step by step --- */

static void
finish (OpenimConnection *self, const Report *report)
{
  if (report->command != NULL)
    openim_command_say (self, report->command, "%s", report->text->str);
  else
    purple_notify_info (self->gc, _ ("OpenIM"), _ ("For those who help: this has no secrets in it."),
                        report->text->str);
}

static void
on_unread (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Openim__Sdk__Conversation__GetTotalUnreadMsgCountResp *answer = (gconstpointer) response;

  if (error == NULL)
    add (data, "unread", "%d", answer->totalunreadcount);
  finish (self, data);
}

/* (transfer full) */
static Report *
hand_on (Report *report)
{
  Report *next = g_new0 (Report, 1);

  next->command = report->command != NULL ? openim_command_ref (report->command) : NULL;
  next->text = g_string_new (report->text->str);
  return next;
}

static void
on_status (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  static const char *const states[] = { "?", "logged out", "logging in", "logged in" };
  const Openim__Init__GetLoginStatusResp *answer = (gconstpointer) response;
  guint state = error == NULL ? (guint) answer->status : 0;

  add (data, "state", "%s, libpurple says %s", states[state < G_N_ELEMENTS (states) ? state : 0],
       openim_connection_is_connected (self) ? "connected" : "connecting");
  openim_connection_call (self, OPENIM_NUMBER (GetTotalUnreadMsgCount), NULL, on_unread, hand_on (data),
                          report_free);
}

static void
start (OpenimConnection *self, OpenimCommandLine *command)
{
  const OpenimOptions *options = openim_login_get_options (self);
  g_autoptr (GPtrArray) groups = openim_roster_get_groups (self);
  g_autoptr (GPtrArray) rooms = openim_rooms_get_all (self);
  Report *report = g_new0 (Report, 1);

  report->command = command != NULL ? openim_command_ref (command) : NULL;
  report->text = g_string_new (NULL);
  add (report, "purple-openim", "%s", OPENIM_VERSION);
  add (report, "host", "%s, libpurple %s", get_host (), purple_core_get_version ());
  add (report, "GLib", "%u.%u.%u", glib_major_version, glib_minor_version, glib_micro_version);
  if (options != NULL) {
    add_address (report, "api", options->api);
    add_address (report, "gateway", options->gateway);
    add_address (report, "chat server", options->chat_server);
    add (report, "logged in by", "%s, as platform %d", describe_way_in (options), options->platform);
  }
  add (report, "friends", "%u", openim_roster_count_friends (self));
  add (report, "groups", "%u, open %u", groups->len, rooms->len);
  add (report, "blocked", "%u", g_slist_length (self->account->deny));
  openim_connection_call (self, OPENIM_NUMBER (GetLoginStatus), NULL, on_status, report, report_free);
}

void
openim_report_run (OpenimConnection *self, OpenimCommandLine *command)
{
  start (self, command);
}

void
openim_report_show (OpenimConnection *self)
{
  start (self, NULL);
}
