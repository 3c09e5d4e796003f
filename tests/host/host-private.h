/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What host.c (the process and its commands) and host-lines.c (its record) share. */

#include <stdarg.h>

#include "host.h"

G_BEGIN_DECLS

struct _Host {
  char *name;
  char *persona;
  char *folder;
  char *plugin;       /* its place in the folder */
  char *log;          /* (nullable) path */
  GPtrArray *ignored; /* GPatternSpec */
  GSubprocess *process;
  GOutputStream *input;
  GDataInputStream *output;
  GCancellable *reading;
  GQueue lines;     /* HostLine, not taken */
  GPtrArray *taken; /* the last one taken, and what a failure shows */
  char *answer;     /* of the command that runs; NULL until it is there */
  gboolean good;
  gboolean ending; /* its end is no surprise */
  gboolean broken; /* it did what no plugin may do */
};

/* Ends the story, with what the host has recorded. */
void host_fail (Host *host, const char *format, ...) G_GNUC_PRINTF (2, 3) G_GNUC_NORETURN;
/* (transfer full) Words that end with NULL. */
char **host_collect (va_list args);
/* (transfer full) What the host answers, well or not: host->good. */
char *host_command (Host *host, const char *const *words);

G_END_DECLS
