/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/group-commands.h"

#include <glib/gi18n-lib.h>

#include "purple/application.h"
#include "purple/blist.h"
#include "purple/groups.h"
#include "purple/join.h"
#include "purple/members.h"
#include "purple/profile.h"
#include "purple/who.h"
#include "purple/words.h"

#define MUTE_MINUTES 10 /* when no time is given */
#define MAX_LISTED 100  /* members in one answer */

/* (nullable) A line has been said when there is none. */
static OpenimRoom *
find_room (OpenimConnection *self, OpenimCommandLine *command)
{
  OpenimRoom *room = openim_rooms_get (self, command->peer.name);

  if (room == NULL)
    openim_command_say (self, command, _ ("You are not in this group any more."));
  return room;
}

/* (nullable) The same for a member who is named. */
static const OpenimGroupMember *
find_member (OpenimConnection *self, OpenimCommandLine *command, const char *name)
{
  OpenimRoom *room = find_room (self, command);
  const OpenimGroupMember *member = room != NULL ? openim_members_find (self, room, name) : NULL;

  if (room != NULL && member == NULL)
    openim_command_say (self, command,
                        _ ("“%s” is not a member, or several have that name: then enter the ID."), name);
  return member;
}

/* Those of @least or more, each with name and ID. (transfer full) */
static char *
list_chiefs (OpenimConnection *self, OpenimRoom *room, int least)
{
  GString *names = g_string_new (NULL);
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, room->members);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const OpenimGroupMember *member = value;

    if (member->rolelevel >= least)
      g_string_append_printf (names, "%s%s (%s)", names->len > 0 ? ", " : "",
                              openim_members_get_name (self, member), member->userid);
  }
  return g_string_free (names, FALSE);
}

/* --- the group --- */

void
openim_group_commands_create (OpenimConnection *self, OpenimCommandLine *command)
{
  guint n = 0;
  g_auto (GStrv) ids = openim_who_find_all (self, command->args[1], &n);

  openim_groups_create (self, command->args[0], ids, n);
}

void
openim_group_commands_join (OpenimConnection *self, OpenimCommandLine *command)
{
  openim_join (self, command->args[0], command->args[1], NULL);
}

void
openim_group_commands_invite (OpenimConnection *self, OpenimCommandLine *command)
{
  guint n = 0;
  g_auto (GStrv) ids = openim_who_find_all (self, command->args[0], &n);

  openim_groups_invite (self, command->peer.name, ids, n, "");
}

void
openim_group_commands_quit (OpenimConnection *self, OpenimCommandLine *command)
{
  openim_groups_quit (self, command->peer.name);
}

void
openim_group_commands_dismiss (OpenimConnection *self, OpenimCommandLine *command)
{
  const OpenimGroup *group = openim_roster_get_group (self, command->peer.name);
  const char *word = command->args[0];

  if (group == NULL)
    find_room (self, command);
  else if (g_strcmp0 (word, group->groupid) == 0 || g_strcmp0 (word, group->groupname) == 0)
    openim_groups_dismiss (self, group->groupid);
  else
    openim_command_say (self, command,
                        _ ("This dissolves the group for all its members. If you are sure, write its name "
                           "after the command: %s"),
                        *group->groupname != '\0' ? group->groupname : group->groupid);
}

void
openim_group_commands_topic (OpenimConnection *self, OpenimCommandLine *command)
{
  const OpenimGroup *group = openim_roster_get_group (self, command->peer.name);

  if (command->args[0] != NULL)
    openim_groups_set_announcement (self, command->peer.name, command->args[0]);
  else if (group != NULL && *group->notification != '\0')
    openim_command_say (self, command, _ ("Announcement: %s"), group->notification);
  else
    openim_command_say (self, command, _ ("There is no announcement."));
}

void
openim_group_commands_name (OpenimConnection *self, OpenimCommandLine *command)
{
  const OpenimGroup *group = openim_roster_get_group (self, command->peer.name);

  if (command->args[0] != NULL)
    openim_groups_set_name (self, command->peer.name, command->args[0]);
  else
    openim_command_say (self, command, _ ("This is “%s”, ID %s."), group != NULL ? group->groupname : "",
                        command->peer.name);
}

/* --- its members --- */

void
openim_group_commands_kick (OpenimConnection *self, OpenimCommandLine *command)
{
  const OpenimGroupMember *member = find_member (self, command, command->args[0]);

  if (member != NULL)
    openim_groups_kick (self, command->peer.name, member->userid,
                        command->args[1] != NULL ? command->args[1] : "");
}

void
openim_group_commands_owner (OpenimConnection *self, OpenimCommandLine *command)
{
  OpenimRoom *room = command->args[0] == NULL ? find_room (self, command) : NULL;
  const OpenimGroupMember *member =
      command->args[0] != NULL ? find_member (self, command, command->args[0]) : NULL;
  g_autofree char *owner = room != NULL ? list_chiefs (self, room, OPENIM_ROLE_OWNER) : NULL;

  if (member != NULL)
    openim_groups_give (self, command->peer.name, member->userid);
  else if (room != NULL)
    openim_command_say (self, command, _ ("Owner: %s"), owner);
}

void
openim_group_commands_admin (OpenimConnection *self, OpenimCommandLine *command)
{
  OpenimRoom *room = command->args[0] == NULL ? find_room (self, command) : NULL;
  const OpenimGroupMember *member =
      command->args[0] != NULL ? find_member (self, command, command->args[0]) : NULL;
  g_autofree char *chiefs = room != NULL ? list_chiefs (self, room, OPENIM_ROLE_ADMIN) : NULL;

  if (member != NULL)
    openim_groups_set_admin (self, command->peer.name, member->userid, TRUE);
  else if (room != NULL)
    openim_command_say (self, command, _ ("Owner and administrators: %s"), chiefs);
}

void
openim_group_commands_noadmin (OpenimConnection *self, OpenimCommandLine *command)
{
  const OpenimGroupMember *member = find_member (self, command, command->args[0]);

  if (member != NULL)
    openim_groups_set_admin (self, command->peer.name, member->userid, FALSE);
}

void
openim_group_commands_mute (OpenimConnection *self, OpenimCommandLine *command)
{
  guint seconds = command->args[1] != NULL ? openim_words_read_time (command->args[1]) : MUTE_MINUTES * 60;
  const OpenimGroupMember *member = NULL;

  if (command->args[0] == NULL) {
    openim_groups_mute (self, command->peer.name, TRUE);
    return;
  }
  if (seconds == 0) {
    openim_command_say (self, command, _ ("“%s” is not a time. Examples: 30s, 10m, 2h, 1d."),
                        command->args[1]);
    return;
  }
  member = find_member (self, command, command->args[0]);
  if (member != NULL)
    openim_groups_mute_member (self, command->peer.name, member->userid, seconds);
}

void
openim_group_commands_unmute (OpenimConnection *self, OpenimCommandLine *command)
{
  const OpenimGroupMember *member =
      command->args[0] != NULL ? find_member (self, command, command->args[0]) : NULL;

  if (member != NULL)
    openim_groups_mute_member (self, command->peer.name, member->userid, 0);
  else if (command->args[0] == NULL)
    openim_groups_mute (self, command->peer.name, FALSE);
}

void
openim_group_commands_nickname (OpenimConnection *self, OpenimCommandLine *command)
{
  openim_groups_set_nickname (self, command->peer.name, self->self_id,
                              command->args[0] != NULL ? command->args[0] : "");
}

static int
compare_members (gconstpointer a, gconstpointer b)
{
  const OpenimGroupMember *first = *(const OpenimGroupMember *const *) a;
  const OpenimGroupMember *second = *(const OpenimGroupMember *const *) b;

  if (first->rolelevel != second->rolelevel)
    return second->rolelevel - first->rolelevel;
  return g_strcmp0 (first->userid, second->userid);
}

/* bitlbee's list has IDs without names. */
void
openim_group_commands_members (OpenimConnection *self, OpenimCommandLine *command)
{
  OpenimRoom *room = find_room (self, command);
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GString) list = g_string_new (NULL);

  if (room == NULL)
    return;
  found = openim_members_look_for (self, room, command->args[0]);
  g_ptr_array_sort (found, compare_members);
  for (guint i = 0; i < found->len && i < MAX_LISTED; i++) {
    const OpenimGroupMember *member = g_ptr_array_index (found, i);

    g_string_append_printf (list, "\n%s (%s)", openim_members_get_name (self, member), member->userid);
    if (member->rolelevel >= OPENIM_ROLE_ADMIN)
      g_string_append_printf (list, ", %s", openim_members_get_role (member));
  }
  if (found->len > MAX_LISTED)
    g_string_append_printf (list, "\n…");
  openim_command_say (self, command,
                      g_dngettext (GETTEXT_PACKAGE, "%u member:%s", "%u members:%s", found->len), found->len,
                      list->str);
}

void
openim_group_commands_whois (OpenimConnection *self, OpenimCommandLine *command)
{
  OpenimRoom *room = openim_rooms_get (self, command->peer.name);
  const OpenimGroupMember *member = room != NULL ? openim_members_find (self, room, command->args[0]) : NULL;

  if (member != NULL)
    openim_profile_show_member (self->gc, room->id, openim_who_name (self, member->userid));
  else
    openim_profile_show (self->gc, openim_who_name (self, openim_who_find (self, command->args[0])));
}

/* --- those who want to come in --- */

void
openim_group_commands_applications (OpenimConnection *self, OpenimCommandLine *command)
{
  g_autofree char *list = openim_applications_list (self, command->peer.name);

  openim_command_say (self, command, "%s", list != NULL ? list : _ ("Nobody is waiting to be let in."));
}

static void
answer (OpenimConnection *self, OpenimCommandLine *command, gboolean accept)
{
  if (!openim_application_answer (self, command->peer.name, command->args[0], accept, command->args[1]))
    openim_command_say (self, command, _ ("Nobody with the ID “%s” is waiting to be let in."),
                        command->args[0]);
}

void
openim_group_commands_admit (OpenimConnection *self, OpenimCommandLine *command)
{
  answer (self, command, TRUE);
}

void
openim_group_commands_refuse (OpenimConnection *self, OpenimCommandLine *command)
{
  answer (self, command, FALSE);
}
