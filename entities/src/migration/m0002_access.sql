-- Who may ask: clients under contracts, users with dated roles, and what is remembered of their asking.

CREATE TABLE clients (
    id                  UUID PRIMARY KEY,
    name                KEY NOT NULL UNIQUE,
    role                KEY NOT NULL CHECK (role IN ('VENDOR_APP', 'BANK_PARTNER')),
    secret_digest       BYTES NOT NULL,
    requests_per_minute INT8 NOT NULL,
    created_at          INT8 NOT NULL,
    revoked_at          INT8
);

CREATE TABLE contracts (
    id         UUID PRIMARY KEY,
    client_id  UUID NOT NULL REFERENCES clients (id),
    number     KEY NOT NULL,
    scopes     TEXT NOT NULL,
    purposes   TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to   DATE,
    created_at INT8 NOT NULL,
    UNIQUE (client_id, number)
);

-- What a contract covers: a school, the schools an organization manages, or a province.
CREATE TABLE contract_grounds (
    id              UUID PRIMARY KEY,
    contract_id     UUID NOT NULL REFERENCES contracts (id),
    school_id       UUID,
    organization_id UUID,
    province_code   KEY
);
CREATE INDEX contract_grounds_by_contract ON contract_grounds (contract_id);

-- A token carries the generation of its user; a reset raises it and so takes back every token given out before.
CREATE TABLE users (
    id               UUID PRIMARY KEY,
    username         KEY NOT NULL UNIQUE,
    display_name     TEXT NOT NULL,
    token_generation INT8 NOT NULL DEFAULT 0,
    created_at       INT8 NOT NULL,
    disabled_at      INT8
);

CREATE TABLE role_assignments (
    id              UUID PRIMARY KEY,
    user_id         UUID NOT NULL REFERENCES users (id),
    role            KEY NOT NULL,
    school_id       UUID,
    organization_id UUID,
    province_code   KEY,
    class_id        UUID,
    purposes        TEXT NOT NULL,
    valid_from      DATE NOT NULL,
    valid_to        DATE,
    created_at      INT8 NOT NULL
);
CREATE INDEX role_assignments_by_user ON role_assignments (user_id);

CREATE TABLE revoked_tokens (
    token_id   UUID PRIMARY KEY,
    expires_at INT8 NOT NULL
);

CREATE TABLE access_log (
    id          UUID PRIMARY KEY,
    subject     KEY NOT NULL,
    role        KEY NOT NULL,
    purpose     KEY,
    kind        KEY NOT NULL,
    node_id     UUID NOT NULL,
    school_id   UUID,
    request_id  KEY NOT NULL,
    recorded_at INT8 NOT NULL
);
CREATE INDEX access_log_by_node ON access_log (node_id);
CREATE INDEX access_log_by_school ON access_log (school_id, recorded_at);
