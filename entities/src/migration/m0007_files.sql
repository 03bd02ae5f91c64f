-- Files that callers send and fetch, and the imports and exports that read and write them.

CREATE TABLE files (
    id         UUID PRIMARY KEY,
    owner      KEY NOT NULL,
    purpose    KEY NOT NULL CHECK (purpose IN ('UPLOAD', 'RESULT', 'EXPORT')),
    name       TEXT NOT NULL,
    media_type KEY NOT NULL,
    bytes      INT8 NOT NULL,
    sha256     BYTES,
    rights     BYTES,
    status     KEY NOT NULL CHECK (status IN ('OPEN', 'COMPLETE', 'ERASED')),
    created_at INT8 NOT NULL,
    expires_at INT8 NOT NULL
);
CREATE INDEX files_by_owner ON files (owner, created_at);
CREATE INDEX files_expiring ON files (expires_at) WHERE status <> 'ERASED';

-- A chunk is named by the place of its first byte in the file.
CREATE TABLE file_chunks (
    file_id UUID NOT NULL REFERENCES files (id),
    start   INT8 NOT NULL,
    length  INT8 NOT NULL,
    sealed  BYTES NOT NULL,
    PRIMARY KEY (file_id, start)
);

-- One import or export. The row is the job: a worker holds it by a lease, and every page moves `position` in the
-- transaction that writes the page.
CREATE TABLE runs (
    id             UUID PRIMARY KEY,
    direction      KEY NOT NULL CHECK (direction IN ('IMPORT', 'EXPORT')),
    kind           KEY NOT NULL,
    owner          KEY NOT NULL,
    role           KEY,
    generation     INT8 NOT NULL,
    contract       TEXT,
    purpose        KEY,
    rights         BYTES,
    school_code    KEY,
    school_year    INT8,
    dry_run        BOOL NOT NULL,
    source_id      UUID REFERENCES files (id),
    file_id        UUID NOT NULL REFERENCES files (id),
    status         KEY NOT NULL CHECK (status IN ('QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED')),
    has_work       BOOL NOT NULL,
    worker         UUID,
    lease_until    INT8 NOT NULL,
    attempts       INT8 NOT NULL,
    failure        KEY,
    failure_en     TEXT,
    failure_vi     TEXT,
    position       KEY,
    bytes_read     INT8 NOT NULL,
    bytes          INT8,
    rows_read      INT8 NOT NULL,
    rows_created   INT8 NOT NULL,
    rows_updated   INT8 NOT NULL,
    rows_unchanged INT8 NOT NULL,
    rows_refused   INT8 NOT NULL,
    masked         KEY,
    changes_cursor KEY,
    created_at     INT8 NOT NULL,
    started_at     INT8,
    finished_at    INT8
);
CREATE INDEX runs_by_owner ON runs (owner, direction, created_at, id);
CREATE INDEX runs_with_work ON runs (lease_until, id) WHERE has_work;
