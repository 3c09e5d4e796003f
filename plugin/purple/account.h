/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What a person has set for an account, read once at login: libpurple may forget the password as soon as the
 * connection goes. */

#include <gio/gio.h>
#include <purple.h>

G_BEGIN_DECLS

typedef struct {
  char *name;        /* as typed: account name, e-mail address, phone number, or user ID with a token */
  char *api;         /* http(s)://host:port */
  char *gateway;     /* ws(s)://host:port */
  char *chat_server; /* http(s)://host:port, NULL when people log in by token only */
  char *password;    /* NULL when there is a token */
  char *token;       /* NULL when there is a password */
  char *code;        /* NULL: none is set */
  char *user_id;     /* known beforehand only with a token, else NULL */
  int platform;
  char *data_dir; /* absolute, below libpurple's own folder */
} OpenimOptions;

/* NULL with OPENIM_ERROR_SDK_ARGS and a sentence that says which setting is wrong. (transfer full) */
OpenimOptions *openim_options_read (PurpleAccount *account, GError **error);
void openim_options_free (OpenimOptions *options);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenimOptions, openim_options_free)

/* The account options for Pidgin's and Finch's account window and bitlbee's "set". (transfer full)
 * (element-type PurpleAccountOption) */
GList *openim_options_list (void);

/* One of them, as it is set now: those that take effect at once are read when they are needed. */
typedef enum {
#define OPENIM_OPTION(kind, symbol, key, label, value) OPENIM_OPTION_##symbol,
#include "purple/options.def"
#undef OPENIM_OPTION
  OPENIM_N_OPTIONS
} OpenimOption;

gboolean openim_option_is (PurpleAccount *account, OpenimOption option, const char *choice); /* of a LIST */
gboolean openim_option_get_bool (PurpleAccount *account, OpenimOption option);
guint openim_option_get_number (PurpleAccount *account, OpenimOption option, guint most); /* 0 … @most */

/* The proxy of this account as libpurple's settings say it; NULL: as the environment says. (transfer full) */
GProxyResolver *openim_options_proxy (PurpleAccount *account);

G_END_DECLS
