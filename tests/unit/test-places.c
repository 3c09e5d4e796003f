/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Addresses that others wrote, names that others chose, and the folder of what can be had again. */

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include <utime.h>

#include "base/cache.h"
#include "base/disk.h"
#include "base/link.h"

static void
test_link (void)
{
  static const struct {
    const char *text;
    const char *link;
  } rows[] = {
    { "http://h/object/u/a.png", "http://h/object/u/a.png" },
    { "https://h:8/o/a b.png?type=image&width=640", "https://h:8/o/a%20b.png?type=image&width=640" },
    { "http://h/\xe5\x9b\xbe.png", "http://h/%E5%9B%BE.png" },
    { "http://h/a%20b%zz", "http://h/a%20b%25zz" },
    { "http://h/\"><b>x</b>", "http://h/%22%3E%3Cb%3Ex%3C/b%3E" },
    { "http://h/'onclick='x", "http://h/%27onclick=%27x" },
    { "http://[::1]:10002/x", "http://[::1]:10002/x" },
    { "HTTP://h/x", "HTTP://h/x" },
    { "http://h/a\nb", "http://h/a%0Ab" },
    { "http://u:p@h/", NULL },
    { "javascript:alert(1)", NULL },
    { "file:///etc/passwd", NULL },
    { "data:text/html,x", NULL },
    { " http://h/", NULL },
    { "http://", NULL },
    { "http://h/\xff", NULL },
    { "/object/x", NULL },
    { "", NULL },
    { NULL, NULL },
  };
  g_autofree char *much = g_strnfill (5000, 'x');
  g_autofree char *long_link = g_strconcat ("http://h/", much, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *link = openim_link_clean (rows[i].text);

    g_assert_cmpstr (link, ==, rows[i].link);
  }
  g_assert_null (openim_link_clean (long_link));
}

static void
test_private (void)
{
  static const char *const private[] = {
    "127.0.0.1", "10.1.2.3",    "172.31.0.1",       "192.168.0.1",
    "0.0.0.0",   "169.254.1.1", "100.64.0.1",       "224.0.0.1",
    "::1",       "fe80::1",     "fd00::1",          "::",
    "ff02::1",   "fec0::1",     "::ffff:127.0.0.1", "64:ff9b::10.0.0.1"
  };
  static const char *const public[] = { "8.8.8.8",     "172.32.0.1",     "192.0.2.1",
                                        "2001:db8::1", "::ffff:8.8.8.8", "100.128.0.1" };

  for (guint i = 0; i < G_N_ELEMENTS (private); i++) {
    g_autoptr (GInetAddress) address = g_inet_address_new_from_string (private[i]);

    g_assert_true (openim_link_is_private (address));
  }
  for (guint i = 0; i < G_N_ELEMENTS (public); i++) {
    g_autoptr (GInetAddress) address = g_inet_address_new_from_string (public[i]);

    g_assert_false (openim_link_is_private (address));
  }
}

static void
test_names (void)
{
  static const char *const rows[][2] = {
    { "report.pdf", "report.pdf" },
    { "../../.ssh/authorized_keys", "_.._.._.ssh_authorized_keys" },
    { "..\\..\\x", "_.._.._x" },
    { "..", "file" },
    { "CON", "_CON" },
    { "nul.txt", "_nul.txt" },
    { "com1.tar.gz", "_com1.tar.gz" },
    { "console.log", "console.log" },
    { "photo\u202egpj.exe", "photogpj.exe" },
    { "photo\u200fgpj\u200b.exe", "photogpj.exe" },
    { "a\nb\tc", "a b c" },
    { "name. . ", "name" },
    { "\u56fe\u7247.png", "\u56fe\u7247.png" },
  };
  g_autofree char *much = g_strnfill (300, 'x');
  g_autofree char *cut = openim_disk_clean_name (much);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *clean = openim_disk_clean_name (rows[i][0]);

    g_assert_cmpstr (clean, ==, rows[i][1]);
  }
  g_assert_cmpuint (strlen (cut), <=, 255);
}

/* What nobody else may read, or reach, is not public. */
static void
test_public (void)
{
  g_autofree char *folder = g_dir_make_tmp ("openim-places-XXXXXX", NULL);
  g_autofree char *inner = g_build_filename (folder, "inner", NULL);
  g_autofree char *path = g_build_filename (inner, "file", NULL);
  g_autofree char *link = g_build_filename (folder, "link", NULL);

  g_assert_no_errno (g_mkdir (inner, 0755));
  g_assert_true (g_file_set_contents (path, "x", 1, NULL));
  g_assert_no_errno (g_chmod (folder, 0755));
  g_assert_no_errno (g_chmod (path, 0644));
  g_assert_true (openim_disk_is_public (path));
  g_assert_no_errno (symlink (path, link));
  g_assert_true (openim_disk_is_public (link));
  g_assert_no_errno (g_chmod (path, 0640));
  g_assert_false (openim_disk_is_public (path));
  g_assert_false (openim_disk_is_public (link));
  g_assert_no_errno (g_chmod (path, 0644));
  g_assert_no_errno (g_chmod (inner, 0700));
  g_assert_false (openim_disk_is_public (path));
  g_assert_false (openim_disk_is_public (inner));
  g_assert_false (openim_disk_is_public ("/nowhere"));
  g_unlink (path);
  g_unlink (link);
  g_rmdir (inner);
  g_rmdir (folder);
}

static void
put (OpenimCache *cache, const char *key, gsize bytes, gint64 used)
{
  g_autofree char *path = openim_cache_path (cache, key, NULL);
  g_autofree char *text = g_strnfill (bytes, 'x');
  struct utimbuf times = { used, used };

  g_assert_true (g_file_set_contents (path, text, (gssize) bytes, NULL));
  g_assert_no_errno (utime (path, &times));
}

static gboolean
has (OpenimCache *cache, const char *key)
{
  g_autofree char *path = openim_cache_path (cache, key, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
test_cache (void)
{
  g_autofree char *top = g_dir_make_tmp ("openim-places-XXXXXX", NULL);
  g_autofree char *folder = g_build_filename (top, "cache", NULL);
  g_autoptr (OpenimCache) cache = openim_cache_new (folder, 250);
  g_autofree char *first = openim_cache_path (cache, "http://h/first", NULL);
  g_autofree char *gone = openim_cache_path (cache, "http://h/gone", NULL);

  openim_cache_trim (cache); /* there is no folder yet */
  g_assert_true (openim_cache_prepare (cache, NULL));
  g_assert_true (openim_cache_prepare (cache, NULL));
  put (cache, "http://h/first", 100, 1000);
  put (cache, "http://h/second", 100, 2000);
  put (cache, "http://h/third", 100, 3000);
  g_assert_true (openim_cache_touch (cache, first));
  g_assert_false (openim_cache_touch (cache, gone));
  openim_cache_trim (cache);
  g_assert_true (has (cache, "http://h/first"));
  g_assert_false (has (cache, "http://h/second"));
  g_assert_true (has (cache, "http://h/third"));
  cache->max_bytes = 0;
  openim_cache_trim (cache);
  g_assert_false (has (cache, "http://h/first"));
  g_assert_no_errno (g_rmdir (folder));
  g_rmdir (top);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/places/link", test_link);
  g_test_add_func ("/places/private", test_private);
  g_test_add_func ("/places/names", test_names);
  g_test_add_func ("/places/public", test_public);
  g_test_add_func ("/places/cache", test_cache);
  return g_test_run ();
}
