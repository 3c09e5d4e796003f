/* SPDX-License-Identifier: GPL-3.0-or-later */

/* To be preloaded: counts what a program does to disks, pipes, sockets and databases, and kills it after the
 * step that OPENIM_KILL_AT names, as kill -9 does; 0: never. The count is kept in the file OPENIM_KILL_COUNT,
 * 8 bytes. */

#undef _FILE_OFFSET_BITS /* pwrite and pwrite64 are two */
#define _GNU_SOURCE      /* RTLD_NEXT */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

typedef struct sqlite3_stmt sqlite3_stmt;

int sqlite3_step (sqlite3_stmt *statement);

#define EXPORT __attribute__ ((visibility ("default")))

static _Atomic uint64_t *count;
static uint64_t last;

__attribute__ ((constructor)) static void
begin (void)
{
  const char *path = getenv ("OPENIM_KILL_COUNT"), *at = getenv ("OPENIM_KILL_AT");
  int fd = path != NULL ? open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;

  if (fd < 0 || at == NULL || ftruncate (fd, sizeof *count) != 0)
    abort ();
  count = mmap (NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close (fd);
  if (count == MAP_FAILED)
    abort ();
  last = strtoull (at, NULL, 10);
}

static void
step (void)
{
  if (count != NULL && atomic_fetch_add (count, 1) + 1 == last)
    kill (getpid (), SIGKILL);
}

/* Does the real thing, then counts it. */
#define STEP(type, name, parameters, ...)                                                                    \
  EXPORT type name parameters                                                                                \
  {                                                                                                          \
    static type (*real) parameters;                                                                          \
    type result;                                                                                             \
                                                                                                             \
    if (real == NULL)                                                                                        \
      real = (type (*) parameters) dlsym (RTLD_NEXT, #name);                                                 \
    result = real (__VA_ARGS__);                                                                             \
    step ();                                                                                                 \
    return result;                                                                                           \
  }

/* clang-format off */
STEP (ssize_t, writev, (int fd, const struct iovec *pieces, int n), fd, pieces, n)
STEP (ssize_t, pwrite, (int fd, const void *data, size_t length, off_t at), fd, data, length, at)
STEP (ssize_t, pwrite64, (int fd, const void *data, size_t length, off64_t at), fd, data, length, at)
STEP (ssize_t, send, (int fd, const void *data, size_t length, int flags), fd, data, length, flags)
STEP (ssize_t, sendto, (int fd, const void *data, size_t length, int flags, const struct sockaddr *to, socklen_t size),
      fd, data, length, flags, to, size)
STEP (ssize_t, sendmsg, (int fd, const struct msghdr *message, int flags), fd, message, flags)
STEP (int, fsync, (int fd), fd)
STEP (int, fdatasync, (int fd), fd)
STEP (int, sqlite3_step, (sqlite3_stmt *statement), statement)
/* clang-format on */

/* Eight bytes are what one thread wakes another with: nothing that is seen outside. */
EXPORT ssize_t
write (int fd, const void *data, size_t length)
{
  static ssize_t (*real) (int, const void *, size_t);
  ssize_t result;

  if (real == NULL)
    real = (ssize_t (*) (int, const void *, size_t)) dlsym (RTLD_NEXT, "write");
  result = real (fd, data, length);
  if (length != 8)
    step ();
  return result;
}
