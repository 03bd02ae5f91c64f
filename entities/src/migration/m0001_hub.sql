-- What the hub knows of itself: its kind, its keys, and what every write leaves behind. Whoever changes who may ask
-- raises access_version in the same transaction, so that every process drops what it remembers of callers and tokens.
-- planted_at tells when a demo database was filled with a synthetic province.

CREATE TABLE hub (
    id              INT8 PRIMARY KEY CHECK (id = 1),
    kind            KEY NOT NULL CHECK (kind IN ('demo', 'real')),
    key_fingerprint BYTES NOT NULL,
    epoch           INT8 NOT NULL,
    access_version  INT8 NOT NULL DEFAULT 0,
    planted_at      INT8,
    created_at      INT8 NOT NULL
);

CREATE TABLE data_keys (
    id         UUID PRIMARY KEY,
    purpose    KEY NOT NULL CHECK (purpose IN ('SEAL', 'INDEX')),
    sealed     BYTES NOT NULL,
    created_at INT8 NOT NULL
);

CREATE TABLE signing_keys (
    id          UUID PRIMARY KEY,
    public_key  BYTES NOT NULL,
    seed_sealed BYTES NOT NULL,
    active_from INT8 NOT NULL,
    retired_at  INT8,
    created_at  INT8 NOT NULL
);

-- The outbox: every write verb appends in its own transaction. On PostgreSQL a reader is bounded by the oldest running
-- transaction, so the writer's transaction id stands beside the sequence.
CREATE TABLE changes (
    seq         SERIAL8,
    xid         XID,
    kind        KEY NOT NULL,
    op          KEY NOT NULL CHECK (op IN ('UPSERT', 'DELETE', 'KEY')),
    node_id     UUID NOT NULL,
    natural_key KEY NOT NULL,
    school_id   UUID,
    recorded_at INT8 NOT NULL
);

-- One row per school or connection: the only lock that settling needs.
CREATE TABLE ledgers (
    id             UUID PRIMARY KEY,
    kind           KEY NOT NULL CHECK (kind IN ('SCHOOL', 'CONNECTION')),
    version        INT8 NOT NULL DEFAULT 0,
    confirmations  INT8 NOT NULL DEFAULT 0,
    audit_size     INT8 NOT NULL DEFAULT 0,
    audit_frontier BYTES NOT NULL
);

CREATE TABLE audit_entries (
    id             UUID PRIMARY KEY,
    ledger_id      UUID NOT NULL REFERENCES ledgers (id),
    position       INT8 NOT NULL,
    kind           KEY NOT NULL,
    subject_id     UUID NOT NULL,
    actor          KEY NOT NULL,
    recorded_at    INT8 NOT NULL,
    leaf_hash      BYTES NOT NULL,
    payload_digest BYTES NOT NULL,
    salt           BYTES,
    payload        TEXT,
    UNIQUE (ledger_id, position)
);
CREATE INDEX audit_entries_by_subject ON audit_entries (subject_id);

CREATE TABLE audit_heads (
    ledger_id  UUID NOT NULL REFERENCES ledgers (id),
    size       INT8 NOT NULL,
    root       BYTES NOT NULL,
    signed_at  INT8 NOT NULL,
    key_id     UUID NOT NULL REFERENCES signing_keys (id),
    signature  BYTES NOT NULL,
    PRIMARY KEY (ledger_id, size)
);

CREATE TABLE idempotency_keys (
    subject      KEY NOT NULL,
    key          KEY NOT NULL,
    verb         KEY NOT NULL,
    input_digest BYTES NOT NULL,
    input        TEXT NOT NULL,
    result       TEXT NOT NULL,
    created_at   INT8 NOT NULL,
    PRIMARY KEY (subject, key)
);
