/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/columns.h"

#include "base/pb.h"

void
openim_columns_read (OpenimStatement *statement,
                     int column,
                     gpointer message,
                     const ProtobufCFieldDescriptor *field)
{
  gpointer member = (guint8 *) message + field->offset;

  switch (field->type) {
  case PROTOBUF_C_TYPE_STRING:
    openim_pb_set (member, openim_statement_text (statement, column));
    break;
  case PROTOBUF_C_TYPE_BOOL:
    *(protobuf_c_boolean *) member = sqlite3_column_int64 (statement, column) != 0;
    break;
  case PROTOBUF_C_TYPE_INT64:
  case PROTOBUF_C_TYPE_UINT64:
    *(gint64 *) member = sqlite3_column_int64 (statement, column);
    break;
  case PROTOBUF_C_TYPE_INT32:
  case PROTOBUF_C_TYPE_UINT32:
  case PROTOBUF_C_TYPE_ENUM:
    *(gint32 *) member = (gint32) sqlite3_column_int64 (statement, column);
    break;
  default:
    g_assert_not_reached ();
  }
}

gboolean
openim_columns_bind (OpenimDb *db,
                     OpenimStatement *statement,
                     int index,
                     gconstpointer message,
                     const ProtobufCFieldDescriptor *field,
                     GError **error)
{
  gconstpointer member = (const guint8 *) message + field->offset;
  int code;

  switch (field->type) {
  case PROTOBUF_C_TYPE_STRING: {
    const char *text = *(const char *const *) member;
    code = sqlite3_bind_text (statement, index, text != NULL ? text : "", -1, SQLITE_STATIC);
    break;
  }
  case PROTOBUF_C_TYPE_BOOL:
    code = sqlite3_bind_int (statement, index, *(const protobuf_c_boolean *) member != 0);
    break;
  case PROTOBUF_C_TYPE_INT64:
  case PROTOBUF_C_TYPE_UINT64:
    code = sqlite3_bind_int64 (statement, index, *(const gint64 *) member);
    break;
  case PROTOBUF_C_TYPE_INT32:
  case PROTOBUF_C_TYPE_UINT32:
  case PROTOBUF_C_TYPE_ENUM:
    code = sqlite3_bind_int (statement, index, *(const gint32 *) member);
    break;
  default:
    g_assert_not_reached ();
  }
  if (code != SQLITE_OK)
    openim_db_set_error (db->sqlite, error);
  return code == SQLITE_OK;
}
