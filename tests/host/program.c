/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program.h"

#include <string.h>

#include <gio/gio.h>

struct _Program {
  char *name;
  GSubprocess *process;
  GOutputStream *input;
  GDataInputStream *output;
  GCancellable *reading;
  GQueue lines;
  gboolean ended;
  JsonNode *ready;
};

static void
on_line (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  char *text = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, &error);
  Program *program = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (text == NULL) {
    program->ended = TRUE;
    return;
  }
  g_queue_push_tail (&program->lines, text);
  g_data_input_stream_read_line_async (program->output, G_PRIORITY_DEFAULT, program->reading, on_line,
                                       program);
}

static gboolean
has_line (gpointer data)
{
  Program *program = data;

  return program->lines.length > 0 || program->ended;
}

static char *
next_line (Program *program)
{
  if (!story_wait (has_line, program, 0) || program->lines.length == 0)
    story_fail ("%s %s", program->name, program->ended ? "ended too early" : "says nothing");
  return g_queue_pop_head (&program->lines);
}

Program *
program_start (const char *const *words)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  Program *program = g_new0 (Program, 1);

  program->name = g_path_get_basename (words[0]);
  program->process =
      g_subprocess_newv (words, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  if (program->process == NULL)
    story_fail ("%s: %s", words[0], error->message);
  program->input = g_object_ref (g_subprocess_get_stdin_pipe (program->process));
  program->output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (program->process));
  program->reading = g_cancellable_new ();
  g_queue_init (&program->lines);
  g_data_input_stream_read_line_async (program->output, G_PRIORITY_DEFAULT, program->reading, on_line,
                                       program);
  line = next_line (program);
  program->ready = json_from_string (line, &error);
  if (program->ready == NULL || !JSON_NODE_HOLDS_OBJECT (program->ready))
    story_fail ("%s: its first line is no JSON object: %s", program->name, line);
  return program;
}

JsonObject *
program_ready (Program *program)
{
  return json_node_get_object (program->ready);
}

guint
program_pid (Program *program)
{
  return (guint) g_ascii_strtoull (g_subprocess_get_identifier (program->process), NULL, 10);
}

char *
program_say (Program *program, const char *line)
{
  g_autofree char *whole = g_strconcat (line, "\n", NULL);

  if (!g_output_stream_write_all (program->input, whole, strlen (whole), NULL, NULL, NULL))
    story_fail ("%s does not listen any more", program->name);
  return next_line (program);
}

static void
program_free (Program *program)
{
  g_cancellable_cancel (program->reading);
  g_clear_object (&program->reading);
  g_clear_object (&program->input);
  g_clear_object (&program->output);
  g_clear_object (&program->process);
  g_queue_clear_full (&program->lines, g_free);
  json_node_unref (program->ready);
  g_free (program->name);
  g_free (program);
}

static gboolean
has_ended (gpointer data)
{
  return ((Program *) data)->ended;
}

void
program_stop (Program *program)
{
  g_output_stream_close (program->input, NULL, NULL);
  if (!story_wait (has_ended, program, 0)) {
    g_subprocess_force_exit (program->process);
    story_fail ("%s does not end", program->name);
  }
  g_subprocess_wait (program->process, NULL, NULL);
  if (!g_subprocess_get_if_exited (program->process) || g_subprocess_get_exit_status (program->process) != 0)
    story_fail ("%s ended badly (wait status %d)", program->name, g_subprocess_get_status (program->process));
  program_free (program);
}

void
program_kill (Program *program)
{
  g_subprocess_force_exit (program->process);
  g_subprocess_wait (program->process, NULL, NULL);
  program_free (program);
}

/* --- server --- */

/* @more: further arguments, NULL-terminated. */
static Server *
start_server (const char *const *more)
{
  g_autofree char *path = story_program ("tests/server/openim-test-server");
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  Server *server = g_new0 (Server, 1);
  static const char *const ports[] = { "--api-port", "0", "--ws-port", "0", "--chat-port", "0" };

  g_ptr_array_add (words, path);
  for (guint i = 0; i < G_N_ELEMENTS (ports); i++)
    g_ptr_array_add (words, (gpointer) ports[i]);
  for (guint i = 0; more[i] != NULL; i++)
    g_ptr_array_add (words, (gpointer) more[i]);
  g_ptr_array_add (words, NULL);
  server->program = program_start ((const char *const *) words->pdata);
  server->api = json_object_get_string_member_with_default (program_ready (server->program), "api", NULL);
  server->ws = json_object_get_string_member_with_default (program_ready (server->program), "ws", NULL);
  server->chat = json_object_get_string_member_with_default (program_ready (server->program), "chat", NULL);
  if (server->api == NULL || server->ws == NULL || server->chat == NULL)
    story_fail ("the server does not tell its addresses");
  return server;
}

Server *
server_start (const char *data, gboolean demo)
{
  const char *more[4] = { NULL };
  guint n = 0;

  if (demo)
    more[n++] = "--demo";
  if (data != NULL) {
    more[n++] = "--data";
    more[n++] = data;
  }
  return start_server (more);
}

Server *
server_start_filled (const char *fill)
{
  const char *const more[] = { "--fill", fill, NULL };

  return start_server (more);
}

Server *
server_start_with (const char *const *options)
{
  return start_server (options);
}

void
server_stop (Server *server)
{
  program_stop (server->program);
  g_free (server->admin);
  g_free (server);
}

void
server_kill (Server *server)
{
  program_kill (server->program);
  g_free (server->admin);
  g_free (server);
}

/* --- fault proxy --- */

static char *
with_port (const char *scheme, Fault *fault, const char *route)
{
  return g_strdup_printf ("%s://127.0.0.1:%" G_GINT64_FORMAT, scheme,
                          json_object_get_int_member (program_ready (fault->program), route));
}

Fault *
fault_start (const Server *server, guint seed)
{
  g_autofree char *path = story_program ("tests/fault/openim-fault-proxy");
  g_autofree char *number = g_strdup_printf ("%u", seed);
  g_autofree char *api = g_strdup_printf ("api=%s", strstr (server->api, "://") + 3);
  g_autofree char *ws = g_strdup_printf ("ws=%s", strstr (server->ws, "://") + 3);
  g_autofree char *chat = g_strdup_printf ("chat=%s", strstr (server->chat, "://") + 3);
  const char *words[] = { path, "--seed", number, "--to", api, "--to", ws, "--to", chat, NULL };
  Fault *fault = g_new0 (Fault, 1);

  fault->program = program_start (words);
  fault->api = with_port ("http", fault, "api");
  fault->ws = with_port ("ws", fault, "ws");
  fault->chat = with_port ("http", fault, "chat");
  return fault;
}

void
fault_set (Fault *fault, const char *format, ...)
{
  g_autofree char *line = NULL;
  g_autofree char *answer = NULL;
  va_list args;

  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  answer = program_say (fault->program, line);
  if (!g_str_equal (answer, "{\"ok\":true}"))
    story_fail ("the fault proxy does not understand: %s", line);
}

gint64
fault_count (Fault *fault, const char *route, const char *what)
{
  g_autofree char *answer = program_say (fault->program, "stats");
  g_autoptr (JsonNode) root = json_from_string (answer, NULL);

  return json_object_get_int_member (json_object_get_object_member (json_node_get_object (root), route),
                                     what);
}

void
fault_stop (Fault *fault)
{
  program_stop (fault->program);
  g_free (fault->api);
  g_free (fault->ws);
  g_free (fault->chat);
  g_free (fault);
}
