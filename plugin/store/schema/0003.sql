-- SPDX-License-Identifier: GPL-3.0-or-later
-- Schema 3. Files that are half sent.

CREATE TABLE uploads (
  hash TEXT PRIMARY KEY,       -- of the content
  partSize INTEGER NOT NULL,   -- bytes
  uploadID TEXT NOT NULL,      -- at the server, which
  expires INTEGER NOT NULL,    -- forgets it then, ms since 1970
  parts BLOB NOT NULL          -- a bit for each: it is there; the first is the lowest bit of the first byte
) WITHOUT ROWID;
