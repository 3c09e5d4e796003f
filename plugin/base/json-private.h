/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Reads what openim_gate_json has returned; @text is used up. (transfer full), never NULL. */
JsonNode *openim_json_read_checked (char *text);

G_END_DECLS
