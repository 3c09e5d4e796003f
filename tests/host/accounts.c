/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui.h"

#include <gio/gio.h>

/* Accounts as commands name them. Pidgin and Finch keep one PurpleAccount for good; bitlbee makes a new one
 * for each login, never lists it, and what a plugin set on the old one is lost with it, so here the wishes
 * are kept and set again. */

typedef struct {
  char *name;
  char *protocol;
  char *password;         /* (nullable) */
  GPtrArray *options;     /* type, key, value, type, key, value … */
  PurpleAccount *account; /* (nullable) */
} Slot;

static GHashTable *slots; /* name → Slot */

static void
slot_free (gpointer data)
{
  Slot *slot = data;

  g_free (slot->name);
  g_free (slot->protocol);
  g_free (slot->password);
  g_ptr_array_unref (slot->options);
  g_free (slot);
}

static Slot *
find_slot (const char *name, GError **error)
{
  Slot *slot = slots != NULL ? g_hash_table_lookup (slots, name) : NULL;

  if (slot == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "there is no account %s", name);
  return slot;
}

static void
apply_option (PurpleAccount *account, const char *type, const char *key, const char *value)
{
  if (g_str_equal (type, "int"))
    purple_account_set_int (account, key, (int) g_ascii_strtoll (value, NULL, 10));
  else if (g_str_equal (type, "bool"))
    purple_account_set_bool (account, key, g_str_equal (value, "1"));
  else
    purple_account_set_string (account, key, value);
}

static void
make_account (Slot *slot)
{
  slot->account = purple_account_new (slot->name, slot->protocol);
  if (ui.persona->keeps) {
    purple_account_set_remember_password (slot->account, TRUE);
    purple_accounts_add (slot->account);
  }
  for (guint i = 0; i + 2 < slot->options->len; i += 3)
    apply_option (slot->account, g_ptr_array_index (slot->options, i),
                  g_ptr_array_index (slot->options, i + 1), g_ptr_array_index (slot->options, i + 2));
}

gboolean
ui_account_add (const char *name, const char *protocol, const char *password, GError **error)
{
  Slot *slot = NULL;

  if (purple_find_prpl (protocol) == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "there is no protocol %s", protocol);
    return FALSE;
  }
  if (slots == NULL)
    slots = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, slot_free);
  if (g_hash_table_contains (slots, name)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, "there is an account %s", name);
    return FALSE;
  }
  slot = g_new0 (Slot, 1);
  slot->name = g_strdup (name);
  slot->protocol = g_strdup (protocol);
  slot->password = g_strdup (password);
  slot->options = g_ptr_array_new_with_free_func (g_free);
  g_hash_table_insert (slots, slot->name, slot);
  if (ui.persona->keeps) {
    /* One that was saved by an earlier run comes with its settings. */
    slot->account = purple_accounts_find (name, protocol);
    if (slot->account == NULL)
      make_account (slot);
    if (password != NULL)
      purple_account_set_password (slot->account, password);
  }
  return TRUE;
}

gboolean
ui_account_option (const char *name, const char *type, const char *key, const char *value, GError **error)
{
  Slot *slot = find_slot (name, error);

  if (slot == NULL)
    return FALSE;
  g_ptr_array_add (slot->options, g_strdup (type));
  g_ptr_array_add (slot->options, g_strdup (key));
  g_ptr_array_add (slot->options, g_strdup (value));
  if (slot->account != NULL)
    apply_option (slot->account, type, key, value);
  return TRUE;
}

gboolean
ui_account_password (const char *name, const char *password, GError **error)
{
  Slot *slot = find_slot (name, error);

  if (slot == NULL)
    return FALSE;
  g_free (slot->password);
  slot->password = g_strdup (password);
  if (slot->account != NULL)
    purple_account_set_password (slot->account, password);
  return TRUE;
}

gboolean
ui_account_login (const char *name, GError **error)
{
  Slot *slot = find_slot (name, error);

  if (slot == NULL)
    return FALSE;
  if (!ui.persona->keeps) {
    make_account (slot);
    purple_account_set_password (slot->account, slot->password);
  }
  purple_account_set_enabled (slot->account, ui.persona->ui_id, TRUE);
  return TRUE;
}

gboolean
ui_account_logout (const char *name, GError **error)
{
  Slot *slot = find_slot (name, error);

  if (slot == NULL || slot->account == NULL)
    return slot != NULL;
  purple_account_set_enabled (slot->account, ui.persona->ui_id, FALSE);
  return TRUE;
}

PurpleAccount *
ui_account_get (const char *name, GError **error)
{
  Slot *slot = find_slot (name, error);

  if (slot == NULL)
    return NULL;
  if (slot->account == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, "%s has not logged in yet", name);
  return slot->account;
}

PurpleConnection *
ui_account_connection (const char *name, GError **error)
{
  PurpleAccount *account = ui_account_get (name, error);

  if (account == NULL)
    return NULL;
  if (purple_account_get_connection (account) == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, "%s is not connected", name);
  return purple_account_get_connection (account);
}

void
ui_accounts_free (void)
{
  g_clear_pointer (&slots, g_hash_table_destroy);
}
