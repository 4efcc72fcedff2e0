"""The schema of what keeps what visitors ask, judge, collect and share: SQLite, PostgreSQL."""

from __future__ import annotations

from typing import Final

# Each script migrates from the version before it, so released scripts must not change.
MIGRATIONS: Final = (
    """
CREATE TABLE conversation (
    id TEXT PRIMARY KEY,
    visitor TEXT NOT NULL,
    name TEXT NOT NULL,
    asked TEXT NOT NULL
) STRICT;
CREATE INDEX conversation_of ON conversation (visitor, asked);
CREATE TABLE turn (
    conversation TEXT NOT NULL REFERENCES conversation ON DELETE CASCADE,
    place INTEGER NOT NULL,
    question TEXT NOT NULL,
    filters TEXT NOT NULL,
    answer TEXT,
    error TEXT,
    PRIMARY KEY (conversation, place)
) STRICT;
""",
    """
CREATE TABLE judgement (
    conversation TEXT NOT NULL,
    place INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    passage TEXT NOT NULL,
    absent INTEGER NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (conversation, place),
    FOREIGN KEY (conversation, place) REFERENCES turn ON DELETE CASCADE
) STRICT;
""",
    """
ALTER TABLE conversation RENAME COLUMN asked TO updated_at;
ALTER TABLE turn RENAME COLUMN place TO turn_number;
ALTER TABLE judgement RENAME COLUMN place TO turn_number;
ALTER TABLE judgement RENAME COLUMN passage TO passage_id;
ALTER TABLE judgement RENAME COLUMN absent TO is_absent;
""",
    "",  # no change: a migration rewrites the file, without what earlier releases deleted
    """
ALTER TABLE turn ADD COLUMN request_key TEXT NOT NULL DEFAULT '';
CREATE INDEX turn_of_request ON turn (request_key) WHERE request_key != '';
""",
    """
CREATE TABLE collection (
    id TEXT PRIMARY KEY,
    visitor TEXT NOT NULL,
    name TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX collection_of ON collection (visitor, updated_at);
CREATE TABLE saved_passage (
    collection TEXT NOT NULL REFERENCES collection ON DELETE CASCADE,
    passage_id TEXT NOT NULL,
    saved_at TEXT NOT NULL,
    answer TEXT NOT NULL,
    remark TEXT NOT NULL,
    PRIMARY KEY (collection, passage_id)
) STRICT;
CREATE TABLE share (
    token TEXT PRIMARY KEY,
    conversation TEXT NOT NULL,
    turn_number INTEGER NOT NULL,
    UNIQUE (conversation, turn_number),
    FOREIGN KEY (conversation, turn_number) REFERENCES turn ON DELETE CASCADE
) STRICT;
""",
    "ALTER TABLE turn ADD COLUMN paragraph TEXT;",
    "ALTER TABLE turn ADD COLUMN translation TEXT;",
)
"""Scripts that each bring the file to the next version."""

POSTGRES_MIGRATIONS: Final = (
    """
CREATE TABLE conversation (
    id TEXT PRIMARY KEY,
    visitor TEXT NOT NULL,
    name TEXT NOT NULL,
    updated_at TEXT COLLATE "C" NOT NULL
);
CREATE INDEX conversation_of ON conversation (visitor, updated_at);
CREATE TABLE turn (
    conversation TEXT NOT NULL REFERENCES conversation ON DELETE CASCADE,
    turn_number INTEGER NOT NULL,
    question TEXT NOT NULL,
    filters TEXT NOT NULL,
    answer TEXT,
    error TEXT,
    request_key TEXT NOT NULL DEFAULT '',
    paragraph TEXT,
    translation TEXT,
    PRIMARY KEY (conversation, turn_number)
);
CREATE INDEX turn_of_request ON turn (request_key) WHERE request_key != '';
CREATE TABLE judgement (
    conversation TEXT NOT NULL,
    turn_number INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    passage_id TEXT NOT NULL,
    is_absent INTEGER NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (conversation, turn_number),
    FOREIGN KEY (conversation, turn_number) REFERENCES turn ON DELETE CASCADE
);
CREATE TABLE collection (
    id TEXT PRIMARY KEY,
    visitor TEXT NOT NULL,
    name TEXT NOT NULL,
    updated_at TEXT COLLATE "C" NOT NULL
);
CREATE INDEX collection_of ON collection (visitor, updated_at);
CREATE TABLE saved_passage (
    collection TEXT NOT NULL REFERENCES collection ON DELETE CASCADE,
    passage_id TEXT COLLATE "C" NOT NULL,
    saved_at TEXT COLLATE "C" NOT NULL,
    answer TEXT NOT NULL,
    remark TEXT NOT NULL,
    PRIMARY KEY (collection, passage_id)
);
CREATE TABLE share (
    token TEXT PRIMARY KEY,
    conversation TEXT NOT NULL,
    turn_number INTEGER NOT NULL,
    UNIQUE (conversation, turn_number),
    FOREIGN KEY (conversation, turn_number) REFERENCES turn ON DELETE CASCADE
);
CREATE TABLE session_secret (secret BYTEA NOT NULL);
CREATE TABLE revoked_session (digest BYTEA PRIMARY KEY, revoked_at BIGINT NOT NULL);
CREATE UNLOGGED TABLE rate_limit (
    client TEXT PRIMARY KEY,
    arrival_time DOUBLE PRECISION NOT NULL
);
""",
)
"""The same for PostgreSQL, with what its servers share beside it: sessions and rates."""
