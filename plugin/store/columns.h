/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Fields of protobuf-c messages and columns of statements: strings, integers, flags and enumerations. Store
 * thread. */

#include "store/db.h"

G_BEGIN_DECLS

/* Field @field of @message from column @column. */
void openim_columns_read (OpenimStatement *statement,
                          int column,
                          gpointer message,
                          const ProtobufCFieldDescriptor *field);
/* Binds it as parameter @index; the message must outlive the statement's run. */
gboolean openim_columns_bind (OpenimDb *db,
                              OpenimStatement *statement,
                              int index,
                              gconstpointer message,
                              const ProtobufCFieldDescriptor *field,
                              GError **error);

G_END_DECLS
