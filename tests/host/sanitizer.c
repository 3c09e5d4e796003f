/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui.h"

#include <gmodule.h>

/* Only in builds with AddressSanitizer: leaks of the plugin under test are found, those of the twenty other
 * modules that libpurple opens are not its fault. */

#ifdef __SANITIZE_ADDRESS__

#include <unistd.h>

#define SETTLE_S 5

G_MODULE_EXPORT int dlclose (void *handle);
G_MODULE_EXPORT const char *__asan_default_options (void);
G_MODULE_EXPORT const char *__lsan_default_suppressions (void);

/* A module that has gone leaves stacks without names; so none goes. */
int
dlclose (void *handle)
{
  return 0;
}

const char *
__asan_default_options (void)
{
  return "fast_unwind_on_malloc=0:malloc_context_size=30:detect_stack_use_after_return=0:verify_asan_link_"
         "order=0";
}

const char *
__lsan_default_suppressions (void)
{
  /* The last one: libpurple forgets what it has read of each picture that it puts into a log. */
  return "leak:purple_status_init\nleak:purple_log_init\nleak:purple_network_init\n"
         "leak:purple_request_field_image_new\nleak:purple_log_write\n";
}

/* The plugin has one thread of its own; the others that there are live on. */
static gboolean
plugin_works (void)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  g_autofree char *self = g_strdup_printf ("%d", (int) getpid ());
  const char *task = NULL;
  gboolean found = FALSE;

  while (!found && tasks != NULL && (task = g_dir_read_name (tasks)) != NULL) {
    g_autofree char *path = g_strdup_printf ("/proc/self/task/%s/comm", task);
    g_autofree char *name = NULL;

    found = !g_str_equal (task, self) && g_file_get_contents (path, &name, NULL, NULL) &&
            g_str_has_prefix (name, "openim-store");
  }
  return found;
}

/* LeakSanitizer crashes when it meets a thread that is just ending, so those end first. */
void
ui_sanitizer_settle (void)
{
  gint64 deadline = g_get_monotonic_time () + SETTLE_S * G_USEC_PER_SEC;

  while (plugin_works () && g_get_monotonic_time () < deadline)
    g_usleep (1000);
}

#else

void
ui_sanitizer_settle (void)
{
}

#endif
