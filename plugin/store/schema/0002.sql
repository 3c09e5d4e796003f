-- SPDX-License-Identifier: GPL-3.0-or-later
-- Schema 2. Hidden conversations, deleted messages in unread counts, searching.

-- A hidden conversation stays hidden until it has a message that is newer than this; 0: not hidden.
ALTER TABLE conversations ADD COLUMN hiddenTime INTEGER NOT NULL DEFAULT 0;

CREATE INDEX messages_deleted ON messages (conversation) WHERE status = 4; -- by slot

-- Which messages have which pairs of characters (search.c); the texts themselves are in messages only. rowid says
-- conversation and slot.
CREATE VIRTUAL TABLE search USING fts5 (text, content = '', columnsize = 0, detail = none, tokenize = 'ascii');

-- Messages that are not in it yet.
CREATE TABLE search_todo (
  conversation INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  PRIMARY KEY (conversation, slot)
) WITHOUT ROWID;
INSERT INTO search_todo
  SELECT conversation, slot FROM messages
  WHERE status < 4 AND contentType IN (101, 105, 106, 107, 108, 109, 110, 114, 117, 118);

-- All but the plain texts, for lists of pictures or files.
CREATE INDEX messages_by_type ON messages (contentType, sendTime) WHERE status < 4 AND contentType <> 101;
