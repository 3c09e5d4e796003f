/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui.h"

/* Dialogs that only tell. */

static gpointer
handle_new (void)
{
  return g_malloc0 (1);
}

static void *
on_message (PurpleNotifyMsgType type, const char *title, const char *primary, const char *secondary)
{
  static const char *const kinds[] = { "error", "warning", "info" };
  g_autofree char *a = ui_quote (title);
  g_autofree char *b = ui_quote (primary);
  g_autofree char *c = ui_quote (secondary);

  if (title == NULL && !ui.persona->dialogs)
    ui_record (NULL, "BROKEN notify without a title: bitlbee prints (null)");
  ui_record (NULL, "notify %s %s %s %s", (guint) type < G_N_ELEMENTS (kinds) ? kinds[type] : "?", a, b, c);
  return handle_new ();
}

static void *
on_email (
    PurpleConnection *connection, const char *subject, const char *from, const char *to, const char *url)
{
  g_autofree char *quoted = ui_quote (subject);

  ui_record (purple_connection_get_account (connection), "email %s", quoted);
  return handle_new ();
}

static void *
on_formatted (const char *title, const char *primary, const char *secondary, const char *text)
{
  g_autofree char *a = ui_quote (title);
  g_autofree char *b = ui_quote (primary);
  g_autofree char *c = ui_quote (secondary);
  g_autofree char *d = ui_quote (text);

  ui_record (NULL, "notify formatted %s %s %s %s", a, b, c, d);
  return handle_new ();
}

static void
record_rows (PurpleConnection *connection, PurpleNotifySearchResults *results)
{
  PurpleAccount *account = purple_connection_get_account (connection);

  for (GList *r = results->rows; r != NULL; r = r->next) {
    g_autoptr (GString) row = g_string_new (NULL);

    for (GList *c = r->data; c != NULL; c = c->next) {
      g_autofree char *cell = ui_quote (c->data);

      g_string_append_printf (row, " %s", cell);
    }
    ui_record (account, "found%s", row->str);
  }
}

static void *
on_results (PurpleConnection *connection,
            const char *title,
            const char *primary,
            const char *secondary,
            PurpleNotifySearchResults *results,
            gpointer data)
{
  g_autofree char *a = ui_quote (title);
  g_autofree char *b = ui_quote (primary);
  g_autoptr (GString) columns = g_string_new (NULL);

  for (GList *l = results->columns; l != NULL; l = l->next) {
    g_autofree char *quoted = ui_quote (((PurpleNotifySearchColumn *) l->data)->title);

    g_string_append_printf (columns, " %s", quoted);
  }
  ui_record (purple_connection_get_account (connection), "search-results %s %s%s", a, b, columns->str);
  record_rows (connection, results);
  return results; /* ours from now on */
}

static void
on_more_results (PurpleConnection *connection, PurpleNotifySearchResults *results, void *data)
{
  record_rows (connection, results);
}

static void *
on_userinfo (PurpleConnection *connection, const char *who, PurpleNotifyUserInfo *info)
{
  PurpleAccount *account = purple_connection_get_account (connection);
  g_autoptr (GString) text = g_string_new (NULL);

  for (GList *l = purple_notify_user_info_get_entries (info); l != NULL; l = l->next) {
    const char *label = purple_notify_user_info_entry_get_label (l->data);
    const char *value = purple_notify_user_info_entry_get_value (l->data);
    g_autofree char *shown = value != NULL ? ui_shown_text (value) : NULL;
    g_autofree char *quoted = ui_quote (shown);

    if (value != NULL && *value == '\0')
      ui_record (account, "BROKEN userinfo of %s: \"%s\" is empty, bitlbee reads before its start", who,
                 label);
    if (label != NULL)
      g_string_append_printf (text, " [%s: %s]", label, quoted);
  }
  ui_record (account, "userinfo %s%s", who, text->str);
  return handle_new ();
}

static void *
on_uri (const char *uri)
{
  g_autofree char *quoted = ui_quote (uri);

  ui_record (NULL, "uri %s", quoted);
  return handle_new ();
}

static void
on_close (PurpleNotifyType type, void *handle)
{
  if (type == PURPLE_NOTIFY_SEARCHRESULTS)
    purple_notify_searchresults_free (handle);
  else
    g_free (handle);
}

void
ui_notices_init (void)
{
  static PurpleNotifyUiOps ops = {
    .notify_message = on_message,
    .notify_email = on_email,
    .notify_formatted = on_formatted,
    .notify_searchresults = on_results,
    .notify_searchresults_new_rows = on_more_results,
    .notify_userinfo = on_userinfo,
    .notify_uri = on_uri,
    .close_notify = on_close,
  };

  if (!ui.persona->dialogs) {
    ops.notify_formatted = NULL;
    ops.notify_searchresults = NULL;
    ops.notify_searchresults_new_rows = NULL;
    ops.notify_uri = NULL;
  }
  purple_notify_set_ui_ops (&ops);
}
