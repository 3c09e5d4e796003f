/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui.h"

/* Connections, accounts and privacy: how a login goes, why a connection ended, who asks to be let in. */

static const struct {
  PurpleConnectionError error;
  const char *name;
} reasons[] = {
  { PURPLE_CONNECTION_ERROR_NETWORK_ERROR, "NETWORK_ERROR" },
  { PURPLE_CONNECTION_ERROR_INVALID_USERNAME, "INVALID_USERNAME" },
  { PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED, "AUTHENTICATION_FAILED" },
  { PURPLE_CONNECTION_ERROR_AUTHENTICATION_IMPOSSIBLE, "AUTHENTICATION_IMPOSSIBLE" },
  { PURPLE_CONNECTION_ERROR_NO_SSL_SUPPORT, "NO_SSL_SUPPORT" },
  { PURPLE_CONNECTION_ERROR_ENCRYPTION_ERROR, "ENCRYPTION_ERROR" },
  { PURPLE_CONNECTION_ERROR_NAME_IN_USE, "NAME_IN_USE" },
  { PURPLE_CONNECTION_ERROR_INVALID_SETTINGS, "INVALID_SETTINGS" },
  { PURPLE_CONNECTION_ERROR_CERT_NOT_PROVIDED, "CERT_NOT_PROVIDED" },
  { PURPLE_CONNECTION_ERROR_CERT_UNTRUSTED, "CERT_UNTRUSTED" },
  { PURPLE_CONNECTION_ERROR_CERT_EXPIRED, "CERT_EXPIRED" },
  { PURPLE_CONNECTION_ERROR_CERT_NOT_ACTIVATED, "CERT_NOT_ACTIVATED" },
  { PURPLE_CONNECTION_ERROR_CERT_HOSTNAME_MISMATCH, "CERT_HOSTNAME_MISMATCH" },
  { PURPLE_CONNECTION_ERROR_CERT_FINGERPRINT_MISMATCH, "CERT_FINGERPRINT_MISMATCH" },
  { PURPLE_CONNECTION_ERROR_CERT_SELF_SIGNED, "CERT_SELF_SIGNED" },
  { PURPLE_CONNECTION_ERROR_CERT_OTHER_ERROR, "CERT_OTHER_ERROR" },
  { PURPLE_CONNECTION_ERROR_OTHER_ERROR, "OTHER_ERROR" },
};

static void
on_progress (PurpleConnection *connection, const char *text, size_t step, size_t count)
{
  g_autofree char *quoted = ui_quote (text);

  ui_record (purple_connection_get_account (connection),
             "progress %" G_GSIZE_FORMAT "/%" G_GSIZE_FORMAT " %s", (gsize) step, (gsize) count, quoted);
}

static void
on_connected (PurpleConnection *connection)
{
  ui_record (purple_connection_get_account (connection), "connected");
}

static void
on_disconnected (PurpleConnection *connection)
{
  ui_record (purple_connection_get_account (connection), "disconnected");
}

static void
on_notice (PurpleConnection *connection, const char *text)
{
  g_autofree char *quoted = ui_quote (text);

  ui_record (purple_connection_get_account (connection), "notice %s", quoted);
}

static void
on_reason (PurpleConnection *connection, PurpleConnectionError reason, const char *text)
{
  g_autofree char *quoted = ui_quote (text);
  const char *name = "UNKNOWN";

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (reasons[i].error == reason)
      name = reasons[i].name;
  ui_record (purple_connection_get_account (connection), "error %s%s %s", name,
             purple_connection_error_is_fatal (reason) ? " fatal" : "", quoted);
}

static void
on_notify_added (
    PurpleAccount *account, const char *who, const char *id, const char *alias, const char *message)
{
  g_autofree char *quoted = ui_quote (message);
  g_autofree char *name = ui_quote (alias);

  ui_record (account, "added-by %s %s %s", who, name, quoted);
}

static void
on_request_add (
    PurpleAccount *account, const char *who, const char *id, const char *alias, const char *message)
{
  g_autofree char *quoted = ui_quote (message);
  g_autofree char *name = ui_quote (alias);

  ui_record (account, "add-back? %s %s %s", who, name, quoted);
}

static void
on_status (PurpleAccount *account, PurpleStatus *status)
{
  if (purple_account_is_connected (account))
    ui_record (account, "own-status %s", purple_status_get_id (status));
}

static void
on_permit (PurpleAccount *account, const char *name)
{
  ui_record (account, "privacy permit+ %s", name);
}

static void
on_unpermit (PurpleAccount *account, const char *name)
{
  ui_record (account, "privacy permit- %s", name);
}

static void
on_deny (PurpleAccount *account, const char *name)
{
  ui_record (account, "privacy deny+ %s", name);
}

static void
on_undeny (PurpleAccount *account, const char *name)
{
  ui_record (account, "privacy deny- %s", name);
}

void
ui_connections_init (void)
{
  static PurpleConnectionUiOps connection = {
    .connect_progress = on_progress,
    .connected = on_connected,
    .disconnected = on_disconnected,
    .notice = on_notice,
    .report_disconnect_reason = on_reason,
  };
  static PurpleAccountUiOps account = {
    .notify_added = on_notify_added,
    .status_changed = on_status,
    .request_add = on_request_add,
    .request_authorize = ui_request_authorize,
    .close_account_request = ui_request_authorize_close,
  };
  static PurplePrivacyUiOps privacy = {
    .permit_added = on_permit,
    .permit_removed = on_unpermit,
    .deny_added = on_deny,
    .deny_removed = on_undeny,
  };

  if (!ui.persona->keeps) {
    /* bitlbee asks about people who want in, nothing else. */
    account.notify_added = NULL;
    account.status_changed = NULL;
    account.request_add = NULL;
  }
  purple_connections_set_ui_ops (&connection);
  purple_accounts_set_ui_ops (&account);
  purple_privacy_set_ui_ops (&privacy);
}
