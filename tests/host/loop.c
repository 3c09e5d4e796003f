/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui.h"

#include <errno.h>
#include <sys/socket.h>
#include <time.h>

/* libpurple's event loop on GLib's main context, as Pidgin, Finch and bitlbee have it. Sources are counted so
 * that a test can see what was left behind. */

typedef struct {
  PurpleInputFunction function;
  gpointer data;
} Input;

static GHashTable *sources; /* ids that libpurple got from us and that are still alive */
static gint64 turn_began;
static gint64 turn_longest;
static gint64 work_began;
static gint64 work_longest;
static GPollFunc real_poll;

static void
note_source (guint id)
{
  if (sources == NULL)
    sources = g_hash_table_new (NULL, NULL);
  g_hash_table_add (sources, GUINT_TO_POINTER (id));
}

static guint
add_timeout (guint interval, GSourceFunc function, gpointer data)
{
  guint id = g_timeout_add (interval, function, data);

  note_source (id);
  return id;
}

/* Those with seconds are libpurple's own (a file is written some seconds after a change), so how many there
 * are says only how busy the machine is. */
static guint
add_timeout_seconds (guint interval, GSourceFunc function, gpointer data)
{
  return g_timeout_add_seconds (interval, function, data);
}

static gboolean
remove_source (guint id)
{
  if (sources != NULL)
    g_hash_table_remove (sources, GUINT_TO_POINTER (id));
  return g_source_remove (id);
}

static gboolean
run_input (GIOChannel *channel, GIOCondition condition, gpointer data)
{
  Input *input = data;
  PurpleInputCondition purple = 0;

  if ((condition & (G_IO_IN | G_IO_HUP | G_IO_ERR)) != 0)
    purple |= PURPLE_INPUT_READ;
  if ((condition & (G_IO_OUT | G_IO_HUP | G_IO_ERR | G_IO_NVAL)) != 0)
    purple |= PURPLE_INPUT_WRITE;
  input->function (input->data, g_io_channel_unix_get_fd (channel), purple);
  return G_SOURCE_CONTINUE;
}

static guint
add_input (int fd, PurpleInputCondition condition, PurpleInputFunction function, gpointer data)
{
  Input *input = g_new0 (Input, 1);
  GIOChannel *channel = g_io_channel_unix_new (fd);
  GIOCondition wanted = 0;
  guint id = 0;

  input->function = function;
  input->data = data;
  if ((condition & PURPLE_INPUT_READ) != 0)
    wanted |= G_IO_IN | G_IO_HUP | G_IO_ERR;
  if ((condition & PURPLE_INPUT_WRITE) != 0)
    wanted |= G_IO_OUT | G_IO_HUP | G_IO_ERR | G_IO_NVAL;
  id = g_io_add_watch_full (channel, G_PRIORITY_DEFAULT, wanted, run_input, input, g_free);
  g_io_channel_unref (channel);
  note_source (id);
  return id;
}

static int
get_input_error (int fd, int *error)
{
  socklen_t length = sizeof *error;

  return getsockopt (fd, SOL_SOCKET, SO_ERROR, error, &length);
}

PurpleEventLoopUiOps *
ui_loop_ops (void)
{
  static PurpleEventLoopUiOps ops = {
    .timeout_add = add_timeout,
    .timeout_remove = remove_source,
    .input_add = add_input,
    .input_remove = remove_source,
    .input_get_error = get_input_error,
    .timeout_add_seconds = add_timeout_seconds,
  };

  return &ops;
}

guint
ui_loop_sources (void)
{
  GHashTableIter iter;
  gpointer id = NULL;
  guint alive = 0;

  if (sources == NULL)
    return 0;
  g_hash_table_iter_init (&iter, sources);
  while (g_hash_table_iter_next (&iter, &id, NULL)) {
    if (g_main_context_find_source_by_id (NULL, GPOINTER_TO_UINT (id)) != NULL)
      alive++;
    else
      g_hash_table_iter_remove (&iter); /* a timeout that ended itself */
  }
  return alive;
}

/* µs of the processor that this thread has had: on a busy machine a turn is longer than its work. */
static gint64
get_work (void)
{
  struct timespec now = { 0 };

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* What runs between two polls is one turn: everything that a person would feel as a window that does not
 * move. */
static gint
watched_poll (GPollFD *fds, guint n_fds, gint timeout)
{
  gint result = 0;

  ui_ending_count ();
  if (turn_began != 0) {
    turn_longest = MAX (turn_longest, g_get_monotonic_time () - turn_began);
    work_longest = MAX (work_longest, get_work () - work_began);
  }
  result = real_poll (fds, n_fds, timeout);
  turn_began = g_get_monotonic_time ();
  work_began = get_work ();
  return result;
}

void
ui_loop_watch (void)
{
  real_poll = g_main_context_get_poll_func (NULL);
  g_main_context_set_poll_func (NULL, watched_poll);
}

gint64
ui_loop_longest (void)
{
  gint64 longest = turn_longest;

  turn_longest = 0;
  return longest;
}

gint64
ui_loop_hardest (void)
{
  gint64 hardest = work_longest;

  work_longest = 0;
  return hardest;
}
