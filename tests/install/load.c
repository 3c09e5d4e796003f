/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A libpurple without a screen that looks for plugins where every libpurple looks, and tells of OpenIM's:
 * where it lies, which version it is, which options an account has. usage: load FOLDER (as ~/.purple).
 * Ends with 1 when there is none, or when it cannot be loaded. */

#include <purple.h>

/* Nothing waits for input here; libpurple wants a loop all the same. */
static PurpleEventLoopUiOps loop_ops = {
  .timeout_add = g_timeout_add,
  .timeout_remove = g_source_remove,
  .timeout_add_seconds = g_timeout_add_seconds,
};

int
main (int argc, char **argv)
{
  g_autofree char *own = NULL;
  PurplePlugin *plugin;

  if (argc != 2)
    return 2;
  purple_util_set_user_dir (argv[1]);
  /* As Pidgin and Finch do; libpurple by itself has its own folder only. */
  own = g_build_filename (argv[1], "plugins", NULL);
  purple_plugins_add_search_path (own);
  purple_eventloop_set_ui_ops (&loop_ops);
  if (!purple_core_init ("openim-load"))
    return 1;

  plugin = purple_find_prpl ("prpl-openim");
  if (plugin == NULL || !purple_plugin_is_loaded (plugin)) {
    g_print ("no plugin: %s\n", plugin == NULL || plugin->error == NULL ? "not found" : plugin->error);
    return 1;
  }
  g_print ("%s\n%s\n", plugin->path, purple_plugin_get_version (plugin));
  for (GList *l = PURPLE_PLUGIN_PROTOCOL_INFO (plugin)->protocol_options; l != NULL; l = l->next)
    g_print ("%s\n", purple_account_option_get_setting (l->data));
  purple_core_quit ();
  return 0;
}
