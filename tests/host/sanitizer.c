/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gmodule.h>

/* Only in builds with AddressSanitizer: leaks of the plugin under test are found, those of the twenty other
 * modules that libpurple opens are not its fault. */

#ifdef __SANITIZE_ADDRESS__

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
  return "leak:purple_status_init\nleak:purple_log_init\nleak:purple_network_init\n"
         "leak:purple_request_field_image_new\n";
}

#endif
