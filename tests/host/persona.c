/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "persona.h"

static const Persona personas[] = {
  {
      .name = "pidgin",
      .ui_id = "gtk-gaim",
      .ui_name = "Pidgin",
      .client_type = "pc",
      .full_info = TRUE,
      .keeps = TRUE,
      .has_focus = TRUE,
      .focus_last = TRUE,
      .rejoins = TRUE,
      .commands = TRUE,
      .markup = TRUE,
      .images = TRUE,
      .every_line = TRUE,
      .own_echo = TRUE,
      .aliases = TRUE,
      .roles = TRUE,
      .dialogs = TRUE,
      .any_button = TRUE,
  },
  {
      .name = "finch",
      .ui_id = "gnt-purple",
      .ui_name = "Finch",
      .client_type = "console",
      .full_info = TRUE,
      .keeps = TRUE,
      .has_focus = TRUE,
      .rejoins = TRUE,
      .commands = TRUE,
      .unknown_is_error = TRUE,
      .every_line = TRUE,
      .own_echo = TRUE,
      .aliases = TRUE,
      .roles = TRUE,
      .dialogs = TRUE,
      .any_button = TRUE,
  },
  {
      .name = "bitlbee",
      .ui_id = "BitlBee",
      .ui_name = "BitlBee",
  },
};

const Persona *
persona_nth (guint n)
{
  return n < G_N_ELEMENTS (personas) ? &personas[n] : NULL;
}

const Persona *
persona_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (personas); i++)
    if (g_str_equal (personas[i].name, name))
      return &personas[i];
  return NULL;
}
