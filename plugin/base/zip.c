/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/zip.h"

#include <string.h>

#define BLOCK (64 * 1024)
#define VERSION 20   /* what a reader must know: deflate */
#define FLAGS 0x0800 /* names are UTF-8 */
#define DEFLATED 8
#define LOCAL 0x04034b50
#define CENTRAL 0x02014b50
#define END 0x06054b50
#define CRC_AT 14 /* place of checksum and sizes in a local header */

struct _OpenimZip {
  GOutputStream *out;
  guint32 crcs[256];
  GByteArray *directory;
  guint16 count;
};

static void
put (GByteArray *to, guint32 value, int bytes)
{
  for (int i = 0; i < bytes; i++) {
    guint8 byte = (guint8) (value >> (8 * i));

    g_byte_array_append (to, &byte, 1);
  }
}

OpenimZip *
openim_zip_new (GOutputStream *out)
{
  OpenimZip *self = g_new0 (OpenimZip, 1);

  self->out = g_object_ref (out);
  self->directory = g_byte_array_new ();
  for (guint32 i = 0; i < G_N_ELEMENTS (self->crcs); i++) {
    guint32 crc = i;

    for (int bit = 0; bit < 8; bit++)
      crc = (crc & 1) != 0 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
    self->crcs[i] = crc;
  }
  return self;
}

void
openim_zip_free (OpenimZip *self)
{
  g_object_unref (self->out);
  g_byte_array_unref (self->directory);
  g_free (self);
}

/* What local header and directory have in common, from "version needed" to the length of the extra field. */
static void
put_entry (GByteArray *to, const char *name, guint32 crc, guint32 packed, guint32 size)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  int year = CLAMP (g_date_time_get_year (now), 1980, 2107);

  put (to, VERSION, 2);
  put (to, FLAGS, 2);
  put (to, DEFLATED, 2);
  put (to,
       (guint32) (g_date_time_get_hour (now) << 11 | g_date_time_get_minute (now) << 5 |
                  g_date_time_get_second (now) / 2),
       2);
  put (to,
       (guint32) ((year - 1980) << 9 | g_date_time_get_month (now) << 5 | g_date_time_get_day_of_month (now)),
       2);
  put (to, crc, 4);
  put (to, packed, 4);
  put (to, size, 4);
  put (to, (guint32) strlen (name), 2);
  put (to, 0, 2);
}

static gboolean
write_all (OpenimZip *self, const GByteArray *bytes, GCancellable *cancellable, GError **error)
{
  return g_output_stream_write_all (self->out, bytes->data, bytes->len, NULL, cancellable, error);
}

/* Deflates @in into the archive. */
static gboolean
pack (
    OpenimZip *self, GInputStream *in, guint32 *crc, gint64 *size, GCancellable *cancellable, GError **error)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW, -1);
  g_autoptr (GOutputStream) packer = g_converter_output_stream_new (self->out, G_CONVERTER (compressor));
  g_autofree guint8 *block = g_malloc (BLOCK);
  gssize got;

  g_filter_output_stream_set_close_base_stream (G_FILTER_OUTPUT_STREAM (packer), FALSE);
  *crc = 0xffffffffu;
  *size = 0;
  while ((got = g_input_stream_read (in, block, BLOCK, cancellable, error)) > 0) {
    for (gssize i = 0; i < got; i++)
      *crc = self->crcs[(*crc ^ block[i]) & 0xff] ^ *crc >> 8;
    *size += got;
    if (*size > OPENIM_ZIP_FILE_MAX) {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE, "too much for an archive");
      return FALSE;
    }
    if (!g_output_stream_write_all (packer, block, (gsize) got, NULL, cancellable, error))
      return FALSE;
  }
  *crc = ~*crc;
  return got == 0 && g_output_stream_close (packer, cancellable, error);
}

gboolean
openim_zip_add (
    OpenimZip *self, const char *name, GInputStream *in, GCancellable *cancellable, GError **error)
{
  GSeekable *place = G_SEEKABLE (self->out);
  g_autoptr (GByteArray) header = g_byte_array_new ();
  g_autoptr (GByteArray) sizes = g_byte_array_new ();
  goffset begin = g_seekable_tell (place), data, end;
  guint32 crc;
  gint64 size;

  if (begin > OPENIM_ZIP_FILE_MAX || self->count == G_MAXUINT16) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE, "too much for an archive");
    return FALSE;
  }
  put (header, LOCAL, 4);
  put_entry (header, name, 0, 0, 0);
  g_byte_array_append (header, (const guint8 *) name, (guint) strlen (name));
  if (!write_all (self, header, cancellable, error))
    return FALSE;
  data = g_seekable_tell (place);
  if (!pack (self, in, &crc, &size, cancellable, error))
    return FALSE;
  end = g_seekable_tell (place);

  put (sizes, crc, 4);
  put (sizes, (guint32) (end - data), 4);
  put (sizes, (guint32) size, 4);
  if (!g_seekable_seek (place, begin + CRC_AT, G_SEEK_SET, cancellable, error) ||
      !write_all (self, sizes, cancellable, error) ||
      !g_seekable_seek (place, end, G_SEEK_SET, cancellable, error))
    return FALSE;

  put (self->directory, CENTRAL, 4);
  put (self->directory, VERSION, 2); /* made by */
  put_entry (self->directory, name, crc, (guint32) (end - data), (guint32) size);
  put (self->directory, 0, 2); /* comment, */
  put (self->directory, 0, 2); /* disk, */
  put (self->directory, 0, 2); /* attributes */
  put (self->directory, 0, 4);
  put (self->directory, (guint32) begin, 4);
  g_byte_array_append (self->directory, (const guint8 *) name, (guint) strlen (name));
  self->count++;
  return TRUE;
}

gboolean
openim_zip_finish (OpenimZip *self, GCancellable *cancellable, GError **error)
{
  guint32 begin = (guint32) g_seekable_tell (G_SEEKABLE (self->out)), length = self->directory->len;

  put (self->directory, END, 4);
  put (self->directory, 0, 4); /* disks */
  put (self->directory, self->count, 2);
  put (self->directory, self->count, 2);
  put (self->directory, length, 4);
  put (self->directory, begin, 4);
  put (self->directory, 0, 2); /* comment */
  return write_all (self, self->directory, cancellable, error);
}
