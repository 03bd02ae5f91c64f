-- School profiles: what is stated of a school, version by version, and what waits for whoever decides it.

-- A version is made whenever something of a profile changes; its values are those whose stretch of versions holds it.
CREATE TABLE school_profile_versions (
    id        UUID PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    version   INT8 NOT NULL CHECK (version > 0),
    cause     KEY NOT NULL CHECK (cause IN ('UPDATED', 'ACCEPTED', 'SIGNED', 'PLANTED')),
    actor     KEY NOT NULL,
    made_at   INT8 NOT NULL,
    UNIQUE (school_id, version)
);

-- What somebody proposed and may not decide alone. Its end is final.
CREATE TABLE school_profile_proposals (
    id          UUID PRIMARY KEY,
    school_id   UUID NOT NULL REFERENCES schools (id),
    field       KEY NOT NULL,
    value       TEXT,
    sealed      BYTES,
    source      KEY NOT NULL CHECK (source IN ('PERSON', 'VENDOR', 'IMPORT')),
    actor       KEY NOT NULL,
    client_id   UUID REFERENCES clients (id),
    stated_on   DATE NOT NULL,
    proposed_at INT8 NOT NULL,
    status      KEY NOT NULL CHECK (status IN ('OPEN', 'ACCEPTED', 'RETURNED', 'WITHDRAWN')),
    decided_by  KEY,
    decided_at  INT8,
    reason      TEXT,
    CHECK (value IS NULL OR sealed IS NULL),
    CHECK ((status = 'OPEN') = (decided_at IS NULL))
);
CREATE INDEX school_profile_proposals_listed ON school_profile_proposals (school_id, proposed_at, id);
CREATE INDEX school_profile_proposals_of_client ON school_profile_proposals (client_id) WHERE client_id IS NOT NULL;
CREATE UNIQUE INDEX school_profile_proposals_open ON school_profile_proposals (school_id, field, actor) WHERE status = 'OPEN';

-- A value from one version until the one in which it no longer holds; neither text nor seal where somebody said that there is
-- none.
CREATE TABLE school_profile_values (
    id           UUID PRIMARY KEY,
    school_id    UUID NOT NULL,
    field        KEY NOT NULL,
    from_version INT8 NOT NULL,
    to_version   INT8,
    value        TEXT,
    sealed       BYTES,
    source       KEY NOT NULL CHECK (source IN ('PERSON', 'VENDOR', 'IMPORT', 'REGISTER')),
    actor        KEY NOT NULL,
    decided_by   KEY,
    stated_on    DATE NOT NULL,
    heard_at     INT8 NOT NULL,
    proposal_id  UUID REFERENCES school_profile_proposals (id),
    CHECK (value IS NULL OR sealed IS NULL),
    CHECK (to_version > from_version),
    UNIQUE (school_id, field, from_version),
    FOREIGN KEY (school_id, from_version) REFERENCES school_profile_versions (school_id, version)
);
CREATE UNIQUE INDEX school_profile_values_held ON school_profile_values (school_id, field) WHERE to_version IS NULL;
CREATE INDEX school_profile_values_of_proposal ON school_profile_values (proposal_id) WHERE proposal_id IS NOT NULL;

-- A principal's yearly signature under one version.
CREATE TABLE school_profile_signatures (
    id          UUID PRIMARY KEY,
    school_id   UUID NOT NULL,
    school_year INT8 NOT NULL,
    version     INT8 NOT NULL,
    actor       KEY NOT NULL,
    signed_at   INT8 NOT NULL,
    UNIQUE (school_id, school_year, version),
    FOREIGN KEY (school_id, version) REFERENCES school_profile_versions (school_id, version)
);

-- Inputs under a key are kept as keyed hashes from now on. Of earlier ones nothing stays that could be tried; their keys stay used.
UPDATE idempotency_keys SET input_digest = substr(input_digest, 1, 0), input = 'null';
