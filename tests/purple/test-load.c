/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dlfcn.h>
#include <string.h>

#include <purple.h>

/* Whether the module may be loaded, without a libpurple around it. Each case runs in a process of its own,
 * for what has been loaded once stays. */

static PurplePlugin *
open_module (void)
{
  const char *path = g_getenv ("OPENIM_PLUGIN");
  gboolean (*init) (PurplePlugin *) = NULL;
  void *module = dlopen (path, RTLD_LAZY | RTLD_LOCAL);
  PurplePlugin *plugin = NULL;

  if (module == NULL)
    g_error ("%s", dlerror ());
  init = (gboolean (*) (PurplePlugin *)) dlsym (module, "purple_init_plugin");
  g_assert_nonnull (init);
  purple_signals_init ();
  purple_cmds_init ();
  /* By hand: purple_plugin_new() tells D-Bus of it, and there is none. */
  plugin = g_new0 (PurplePlugin, 1);
  plugin->native_plugin = TRUE;
  plugin->path = g_strdup (path);
  g_assert_true (init (plugin));
  return plugin;
}

static void
test_alone (void)
{
  if (g_test_subprocess ()) {
    PurplePlugin *plugin = open_module ();

    g_assert_cmpstr (purple_plugin_get_id (plugin), ==, "prpl-openim");
    g_assert_true (plugin->info->load (plugin));
    g_assert_null (plugin->error);
    g_assert_true (plugin->info->unload (plugin));
    /* libpurple may look at it again. */
    g_assert_true (plugin->info->load (plugin));
    g_assert_true (plugin->info->unload (plugin));
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

static void
test_old_soup (void)
{
  if (g_test_subprocess ()) {
    PurplePlugin *plugin = NULL;

    g_assert_nonnull (dlopen (g_getenv ("OPENIM_OLD_SOUP"), RTLD_LAZY | RTLD_LOCAL));
    plugin = open_module ();
    g_assert_false (plugin->info->load (plugin));
    g_assert_nonnull (strstr (plugin->error, "libsoup 2"));
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/load/alone", test_alone);
  g_test_add_func ("/load/old-soup", test_old_soup);
  return g_test_run ();
}
