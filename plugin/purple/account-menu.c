/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/account-menu.h"

#include <glib/gi18n-lib.h>

#include "purple/application.h"
#include "purple/askers.h"
#include "purple/conversation-list.h"
#include "purple/conversation-settings.h"
#include "purple/group-menu.h"
#include "purple/own-profile.h"
#include "purple/people.h"
#include "purple/report.h"
#include "purple/search.h"

static void
on_change_password (OpenimConnection *self)
{
  purple_account_request_change_password (self->account);
}

static const struct {
  const char *label;
  void (*run) (OpenimConnection *self);
} items[] = {
  { N_ ("Search for people…"), openim_people_ask },
  { N_ ("Friend requests…"), openim_askers_ask_again },
  { N_ ("My profile…"), openim_own_profile_edit },
  { N_ ("Create a group…"), openim_group_menu_create },
  { N_ ("Applications to groups…"), openim_applications_ask_again },
  { N_ ("Search messages…"), openim_search_ask },
  { N_ ("Search conversations…"), openim_conversation_list_ask },
  { N_ ("Mark everything as read"), openim_conversation_read_all },
  { N_ ("Switch “do not disturb” on or off"), openim_conversation_toggle_quiet },
  { N_ ("Change password…"), on_change_password },
  { N_ ("About this connection…"), openim_report_show },
};

static void
on_action (PurplePluginAction *action)
{
  OpenimConnection *self = openim_connection_get (action->context);
  guint n = GPOINTER_TO_UINT (action->user_data);

  if (self != NULL)
    items[n].run (self);
}

GList *
openim_account_menu_get (PurplePlugin *plugin, gpointer context)
{
  GList *actions = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (items); i++) {
    PurplePluginAction *action = purple_plugin_action_new (_ (items[i].label), on_action);

    action->user_data = GUINT_TO_POINTER (i);
    actions = g_list_append (actions, action);
  }
  return actions;
}
