/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Stands for libsoup 2, of which the plugin looks at nothing but the name of the file. */

int openim_test_old_soup (void);

int
openim_test_old_soup (void)
{
  return 2;
}
