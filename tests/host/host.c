/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host-private.h"

#include <string.h>

#include <json-glib/json-glib.h>

static GPtrArray *running; /* of Host, for the referee; one story is one process */

#define SHOWN_TAKEN 40     /* lines before the place of a failure */
#define SHOWN_LENGTH 300   /* bytes of each */
#define BROKEN_OFF_MS 4000 /* how long a host goes on after its end was brought about */

static void
line_free (gpointer data)
{
  HostLine *line = data;

  g_free (line->text);
  g_free (line);
}

void
host_fail (Host *host, const char *format, ...)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint first = host->taken->len > SHOWN_TAKEN ? host->taken->len - SHOWN_TAKEN : 0;
  va_list args;

  va_start (args, format);
  g_string_append_vprintf (text, format, args);
  va_end (args);
  g_string_append_printf (text, "\n  host %s (%s), lines taken before:", host->name, host->persona);
  for (guint i = first; i < host->taken->len; i++)
    g_string_append_printf (text, "\n    %.*s", SHOWN_LENGTH,
                            ((HostLine *) g_ptr_array_index (host->taken, i))->text);
  g_string_append (text, "\n  lines not taken:");
  for (GList *l = host->lines.head; l != NULL; l = l->next)
    g_string_append_printf (text, "\n    %.*s", SHOWN_LENGTH, ((HostLine *) l->data)->text);
  story_fail ("%s", text->str);
}

/* The reverse of what the host does to texts of more than one line. */
static char *
unquote (const char *text)
{
  gsize length = strlen (text);
  GString *out = g_string_new (NULL);

  for (gsize i = 1; i + 1 < length; i++) {
    if (text[i] == '\\' && i + 2 < length) {
      i++;
      g_string_append_c (out, text[i] == 'n'   ? '\n'
                              : text[i] == 't' ? '\t'
                              : text[i] == 'r' ? '\r'
                                               : text[i]);
    } else {
      g_string_append_c (out, text[i]);
    }
  }
  return g_string_free (out, FALSE);
}

static int judge (void);

static gboolean
is_ignored (Host *host, const char *text)
{
  for (guint i = 0; i < host->ignored->len; i++)
    if (g_pattern_spec_match_string (g_ptr_array_index (host->ignored, i), text))
      return TRUE;
  return FALSE;
}

static void
read_line (Host *host, const char *raw)
{
  g_auto (GStrv) parts = g_strsplit (raw, "\t", 4);

  if (g_strv_length (parts) != 4)
    return; /* something printed by a library */
  if (g_str_equal (parts[0], "R")) {
    HostLine *line = NULL;

    host->broken = strstr (parts[3], ": BROKEN ") != NULL;
    if (host->broken)
      host_fail (host, "%s", parts[3]);
    if (is_ignored (host, parts[3]))
      return;
    line = g_new0 (HostLine, 1);
    line->at = g_ascii_strtoll (parts[1], NULL, 10);
    line->mtime = g_ascii_strtoll (parts[2], NULL, 10);
    line->text = g_strdup (parts[3]);
    g_queue_push_tail (&host->lines, line);
  } else {
    g_free (host->answer);
    host->good = g_str_equal (parts[0], "A");
    host->answer = unquote (parts[3]);
  }
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text =
      g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, &error);
  Host *host = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (text == NULL) {
    g_clear_object (&host->output);
    if (!host->ending) {
      g_subprocess_wait (host->process, NULL, NULL);
      if (g_subprocess_get_if_signaled (host->process))
        host_fail (host, "the host was ended by signal %d", g_subprocess_get_term_sig (host->process));
      host_fail (host, "the host ended by itself with status %d",
                 g_subprocess_get_exit_status (host->process));
    }
    return;
  }
  read_line (host, text);
  if (host->output != NULL)
    g_data_input_stream_read_line_async (host->output, G_PRIORITY_DEFAULT, host->reading, on_line, host);
}

Host *
host_new (Stage *stage, const char *name, const char *plugin)
{
  return host_new_as (stage, name, plugin, stage->persona);
}

Host *
host_new_as (Stage *stage, const char *name, const char *plugin, const char *persona)
{
  Host *host = g_new0 (Host, 1);
  g_autofree char *base = g_path_get_basename (plugin);
  g_autofree char *folder = NULL;
  g_autoptr (GFile) link = NULL;
  g_autoptr (GError) error = NULL;

  host->name = g_strdup (name);
  host->persona = g_strdup (persona);
  host->folder = story_folder (stage, name);
  host->ignored = g_ptr_array_new_with_free_func ((GDestroyNotify) g_pattern_spec_free);
  host->taken = g_ptr_array_new_with_free_func (line_free);
  g_queue_init (&host->lines);
  folder = g_build_filename (host->folder, "plugins", NULL);
  g_mkdir_with_parents (folder, 0700);
  host->plugin = g_build_filename (folder, base, NULL);
  link = g_file_new_for_path (host->plugin);
  if (!g_file_make_symbolic_link (link, plugin, NULL, &error))
    story_fail ("%s", error->message);
  host_start (host);
  return host;
}

char *
host_keep_log (Host *host)
{
  g_free (host->log);
  host->log = g_build_filename (host->folder, "debug.log", NULL);
  return g_strdup (host->log);
}

void
host_start (Host *host)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autofree char *program = story_program ("tests/host/openim-test-host");

  g_assert (host->process == NULL);
  /* Nothing of the person whose machine this is: no bus, no proxy, no home, and no cameras: libpurple would
   * look for those with each plugin of GStreamer, in each new home again. */
  g_subprocess_launcher_unsetenv (launcher, "DBUS_SESSION_BUS_ADDRESS");
  g_subprocess_launcher_unsetenv (launcher, "DISPLAY");
  g_subprocess_launcher_setenv (launcher, "no_proxy", "127.0.0.1,localhost", TRUE);
  g_subprocess_launcher_setenv (launcher, "HOME", host->folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "GST_PLUGIN_SYSTEM_PATH_1_0", "", TRUE);
  g_subprocess_launcher_setenv (launcher, "G_DEBUG", "fatal-warnings", TRUE);
  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C.UTF-8", TRUE);
  g_ptr_array_add (words, program);
  g_ptr_array_add (words, (gpointer) "--persona");
  g_ptr_array_add (words, host->persona);
  g_ptr_array_add (words, (gpointer) "--config");
  g_ptr_array_add (words, host->folder);
  if (host->log != NULL)
    g_subprocess_launcher_set_stderr_file_path (launcher, host->log);
  if (g_getenv ("OPENIM_HOST_DEBUG") != NULL || host->log != NULL)
    g_ptr_array_add (words, (gpointer) "--debug");
  if (story_ending () != NULL) {
    g_ptr_array_add (words, (gpointer) "--end");
    g_ptr_array_add (words, (gpointer) story_ending ());
  }
  g_ptr_array_add (words, NULL);
  host->process = g_subprocess_launcher_spawnv (launcher, (const char *const *) words->pdata, &error);
  if (host->process == NULL)
    story_fail ("%s: %s", program, error->message);
  host->ending = FALSE;
  if (running == NULL)
    running = g_ptr_array_new ();
  g_ptr_array_add (running, host);
  story_set_referee (judge);
  host->input = g_object_ref (g_subprocess_get_stdin_pipe (host->process));
  host->output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (host->process));
  host->reading = g_cancellable_new ();
  g_data_input_stream_read_line_async (host->output, G_PRIORITY_DEFAULT, host->reading, on_line, host);
  host_do (host, "load", host->plugin, NULL);
}

static gboolean
has_no_output (gpointer data)
{
  return ((Host *) data)->output == NULL;
}

/* The story cannot go on; whether all hosts end in good order. */
static int
judge (void)
{
  int status = 0;

  for (guint i = 0; i < running->len; i++)
    ((Host *) g_ptr_array_index (running, i))->ending = TRUE;
  for (guint i = 0; i < running->len; i++) {
    Host *host = g_ptr_array_index (running, i);

    if (!story_wait (has_no_output, host, BROKEN_OFF_MS)) {
      /* Nothing has happened to it yet. */
      g_output_stream_close (host->input, NULL, NULL);
      if (!story_wait (has_no_output, host, 0)) {
        g_printerr ("the host does not end\n");
        g_subprocess_send_signal (host->process, 6);
      }
    }
    g_subprocess_wait (host->process, NULL, NULL);
    if (host->broken || !g_subprocess_get_if_exited (host->process) ||
        g_subprocess_get_exit_status (host->process) != 0)
      status = 1;
  }
  return status;
}

static void
let_go (Host *host)
{
  g_cancellable_cancel (host->reading);
  g_clear_object (&host->reading);
  g_clear_object (&host->input);
  g_clear_object (&host->output);
  g_clear_object (&host->process);
  g_ptr_array_remove (running, host);
}

void
host_quit (Host *host)
{
  if (host->process == NULL)
    return;
  host->ending = TRUE;
  g_output_stream_close (host->input, NULL, NULL); /* end of input: libpurple logs everybody out and ends */
  if (!story_wait (has_no_output, host, 0)) {
    g_subprocess_send_signal (host->process, 6); /* a core or a stack is worth more than silence */
    host_fail (host, "the host does not end");
  }
  g_subprocess_wait (host->process, NULL, NULL);
  if (g_subprocess_get_if_signaled (host->process))
    host_fail (host, "while it ended the host was ended by signal %d",
               g_subprocess_get_term_sig (host->process));
  if (g_subprocess_get_exit_status (host->process) != 0)
    host_fail (host, "the host ended with status %d", g_subprocess_get_exit_status (host->process));
  let_go (host);
}

void
host_kill (Host *host)
{
  host->ending = TRUE;
  g_subprocess_force_exit (host->process);
  g_subprocess_wait (host->process, NULL, NULL);
  if (!story_wait (has_no_output, host, 0))
    host_fail (host, "the killed host still writes");
  let_go (host);
}

gboolean
host_is_running (Host *host)
{
  return host->process != NULL;
}

const char *
host_folder (Host *host)
{
  return host->folder;
}

void
host_free (Host *host)
{
  host_quit (host);
  host_ignore (host, "*: disconnected");
  host_ignore (host, "*: chat * left");
  host_ignore (host, "*: chat * closed");
  host_ignore (host, "*: im * closed");
  host_ignore (host, "*: request * closed");
  for (GList *l = host->lines.head; l != NULL; l = l->next)
    if (!is_ignored (host, ((HostLine *) l->data)->text))
      host_fail (host, "nobody expected: %s", ((HostLine *) l->data)->text);
  g_queue_clear_full (&host->lines, line_free);
  g_ptr_array_unref (host->taken);
  g_ptr_array_unref (host->ignored);
  g_free (host->answer);
  g_free (host->folder);
  g_free (host->log);
  g_free (host->plugin);
  g_free (host->persona);
  g_free (host->name);
  g_free (host);
}

/* --- commands --- */

static gboolean
has_answer (gpointer data)
{
  return ((Host *) data)->answer != NULL;
}

char *
host_command (Host *host, const char *const *words)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;
  g_autoptr (GError) error = NULL;

  if (host->process == NULL)
    host_fail (host, "%s: the host does not run", words[0]);
  json_builder_begin_array (builder);
  for (guint i = 0; words[i] != NULL; i++)
    json_builder_add_string_value (builder, words[i]);
  json_builder_end_array (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  line = g_strconcat (text, "\n", NULL);
  g_clear_pointer (&host->answer, g_free);
  if (!g_output_stream_write_all (host->input, line, strlen (line), NULL, NULL, &error))
    host_fail (host, "%s: %s", text, error->message);
  if (!story_wait (has_answer, host, 0))
    host_fail (host, "%s: no answer, the host's main loop stands still", text);
  return g_steal_pointer (&host->answer);
}

char **
host_collect (va_list args)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  const char *word = NULL;

  while ((word = va_arg (args, const char *)) != NULL)
    g_strv_builder_add (words, word);
  return g_strv_builder_end (words);
}

static char *
ask (Host *host, const char *const *words)
{
  char *answer = host_command (host, words);

  if (!host->good)
    host_fail (host, "%s %s: %s", words[0], words[1] != NULL ? words[1] : "", answer);
  return answer;
}

void
host_do (Host *host, ...)
{
  g_auto (GStrv) words = NULL;
  va_list args;

  va_start (args, host);
  words = host_collect (args);
  va_end (args);
  g_free (ask (host, (const char *const *) words));
}

char *
host_ask (Host *host, ...)
{
  g_auto (GStrv) words = NULL;
  va_list args;

  va_start (args, host);
  words = host_collect (args);
  va_end (args);
  return ask (host, (const char *const *) words);
}

char *
host_refused (Host *host, ...)
{
  g_auto (GStrv) words = NULL;
  char *answer = NULL;
  va_list args;

  va_start (args, host);
  words = host_collect (args);
  va_end (args);
  answer = host_command (host, (const char *const *) words);
  if (host->good)
    host_fail (host, "%s should have been refused", words[0]);
  return answer;
}

void
host_account_new (Host *host, const char *account, const char *protocol, const char *password)
{
  host_do (host, "account", account, protocol, password, NULL);
}

void
host_account_option (Host *host, const char *account, const char *key, const char *value)
{
  host_do (host, "option", account, "string", key, value, NULL);
}

void
host_login (Host *host, const char *account)
{
  host_do (host, "login", account, NULL);
}

void
host_logout (Host *host, const char *account)
{
  host_do (host, "logout", account, NULL);
}

void
host_send_im (Host *host, const char *account, const char *who, const char *text)
{
  host_do (host, "im", account, who, text, NULL);
}

void
host_join_chat (Host *host, const char *account, const char *name)
{
  host_do (host, "join", account, name, NULL);
}

void
host_chat_send (Host *host, const char *account, const char *chat, const char *text)
{
  host_do (host, "say", account, chat, text, NULL);
}

void
host_focus (Host *host, const char *account, const char *conversation, gboolean focus)
{
  host_do (host, "focus", account, conversation, focus ? "on" : "off", NULL);
}

void
host_answer_request (Host *host, guint request, const char *answer)
{
  g_autofree char *id = g_strdup_printf ("%u", request);

  host_do (host, "answer", id, answer, NULL);
}

void
host_watch_signals (Host *host, const char *plugin, const char *const *names)
{
  for (; *names != NULL; names++)
    host_do (host, "signals", plugin, *names, NULL);
}

void
host_unwatch_signals (Host *host, const char *plugin, const char *const *names)
{
  for (; *names != NULL; names++)
    host_do (host, "signals-off", plugin, *names, NULL);
}
