/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A server that is none, or a bad one: it gives the same answer to every HTTP request and lets everybody into
 * its gateway, where it answers each request with the same frame. It runs inside the story, on a free port of
 * the loopback interface. Main thread. */

#include <gio/gio.h>

#include "story.h"

G_BEGIN_DECLS

typedef struct _Crook Crook;

Crook *crook_new (void);
/* With a certificate that nobody has signed. */
Crook *crook_new_tls (void);
/* Says @banner to everybody who comes and nothing else: another service on that port. */
Crook *crook_new_mute (const char *banner);
void crook_free (Crook *crook);

const char *crook_http (Crook *crook); /* http(s)://127.0.0.1:… */
const char *crook_ws (Crook *crook);   /* ws(s)://127.0.0.1:… */

/* What every HTTP request is answered with; a WebSocket handshake too when @refuse. */
void crook_answer (Crook *crook, guint status, const char *type, const char *body, gboolean refuse);
/* What every request of the gateway is answered with. @text: as a text frame. (transfer full) */
void crook_frame (Crook *crook, gboolean text, GBytes *frame);
guint crook_count (Crook *crook); /* HTTP requests and handshakes so far */

G_END_DECLS
