/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui.h"

#include <gio/gio.h>

/* The list of rooms that a person can join. */

static void
on_fields (PurpleRoomlist *list, GList *fields)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (GList *l = fields; l != NULL; l = l->next) {
    PurpleRoomlistField *field = l->data;

    if (!purple_roomlist_field_get_hidden (field))
      g_string_append_printf (names, " [%s]", purple_roomlist_field_get_label (field));
  }
  ui_record (list->account, "rooms columns%s", names->str);
}

static void
on_room (PurpleRoomlist *list, PurpleRoomlistRoom *room)
{
  g_autofree char *name = ui_quote (purple_roomlist_room_get_name (room));
  g_autoptr (GString) cells = g_string_new (NULL);
  GList *values = purple_roomlist_room_get_fields (room);

  for (GList *f = purple_roomlist_get_fields (list); f != NULL && values != NULL;
       f = f->next, values = values->next) {
    PurpleRoomlistField *field = f->data;
    g_autofree char *text = NULL;

    if (purple_roomlist_field_get_hidden (field))
      continue;
    if (purple_roomlist_field_get_type (field) == PURPLE_ROOMLIST_FIELD_STRING)
      text = ui_quote (values->data);
    else
      text = g_strdup_printf ("%d", GPOINTER_TO_INT (values->data));
    g_string_append_printf (cells, " %s", text);
  }
  ui_record (list->account, "rooms room %s%s", name, cells->str);
}

static void
on_progress (PurpleRoomlist *list, gboolean busy)
{
  ui_record (list->account, "rooms %s", busy ? "begin" : "end");
}

gboolean
ui_rooms_list (PurpleAccount *account, GError **error)
{
  PurpleConnection *connection = purple_account_get_connection (account);
  PurpleRoomlist *list = NULL;

  if (connection == NULL) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, "not connected");
    return FALSE;
  }
  /* Filled later; the list lives until the host ends. */
  list = purple_roomlist_get_list (connection);
  if (list == NULL) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "the protocol has no list of rooms");
    return FALSE;
  }
  ui.room_lists = g_slist_prepend (ui.room_lists, list);
  return TRUE;
}

void
ui_rooms_init (void)
{
  static PurpleRoomlistUiOps ops = {
    .set_fields = on_fields,
    .add_room = on_room,
    .in_progress = on_progress,
  };

  purple_roomlist_set_ui_ops (&ops);
}
