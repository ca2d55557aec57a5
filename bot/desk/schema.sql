CREATE TABLE IF NOT EXISTS conversation (
    id TEXT PRIMARY KEY,
    key_hash BLOB NOT NULL,
    lang TEXT,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    wants_person INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS message (
    n INTEGER PRIMARY KEY,
    conversation TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    text TEXT,
    reply_id TEXT,
    reply TEXT,
    verdict TEXT,
    citation INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS message_of ON message (conversation, n);
CREATE INDEX IF NOT EXISTS conversation_ends ON conversation (expires);
