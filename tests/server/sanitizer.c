/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Only in builds with AddressSanitizer: libsoup 3.2's server loses the socket of each connection that it has
 * accepted and the address that it listens on. LeakSanitizer tells these from leaks of ours by the functions
 * that made them, for which it must walk whole stacks. */

#ifdef __SANITIZE_ADDRESS__

#define EXPORT __attribute__ ((visibility ("default")))

EXPORT const char *__asan_default_options (void);
EXPORT const char *__lsan_default_suppressions (void);

const char *
__asan_default_options (void)
{
  return "fast_unwind_on_malloc=0:malloc_context_size=16";
}

const char *
__lsan_default_suppressions (void)
{
  return "leak:g_socket_accept\n"
         "leak:soup_server_listen_local\n";
}

#endif
