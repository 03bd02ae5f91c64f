-- Organizations, schools and the people in them.

CREATE TABLE organizations (
    id            UUID PRIMARY KEY,
    kind          KEY NOT NULL CHECK (kind IN ('MINISTRY', 'PROVINCE_DEPARTMENT', 'COMMUNE_COMMITTEE', 'VENDOR', 'BANK')),
    code          KEY NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    name_fold     KEY NOT NULL,
    province_code KEY,
    commune_code  KEY,
    valid_from    DATE NOT NULL,
    valid_to      DATE,
    synthetic     BOOL NOT NULL,
    created_at    INT8 NOT NULL
);
CREATE INDEX organizations_by_commune ON organizations (commune_code);
CREATE INDEX organizations_by_province ON organizations (province_code);

CREATE TABLE schools (
    id                    UUID PRIMARY KEY,
    code                  KEY NOT NULL UNIQUE,
    name                  TEXT NOT NULL,
    name_fold             KEY NOT NULL,
    name_sort             KEY NOT NULL,
    status                KEY NOT NULL CHECK (status IN ('ACTIVE', 'MERGED', 'SPLIT', 'DISSOLVED')),
    levels                KEY NOT NULL,
    ownership             KEY NOT NULL,
    location_commune_code KEY NOT NULL,
    province_code         KEY NOT NULL,
    valid_from            DATE NOT NULL,
    valid_to              DATE,
    synthetic             BOOL NOT NULL,
    created_at            INT8 NOT NULL,
    updated_at            INT8 NOT NULL
);
CREATE INDEX schools_by_province ON schools (province_code, name_sort, id);
CREATE INDEX schools_by_commune ON schools (location_commune_code);
CREATE INDEX schools_by_sort ON schools (name_sort, id);

CREATE TABLE school_successions (
    predecessor_id UUID NOT NULL REFERENCES schools (id),
    successor_id   UUID NOT NULL REFERENCES schools (id),
    took_effect_on DATE NOT NULL,
    PRIMARY KEY (predecessor_id, successor_id)
);
CREATE INDEX school_successions_by_successor ON school_successions (successor_id);

CREATE TABLE school_managements (
    id              UUID PRIMARY KEY,
    school_id       UUID NOT NULL REFERENCES schools (id),
    organization_id UUID NOT NULL REFERENCES organizations (id),
    valid_from      DATE NOT NULL,
    valid_to        DATE,
    source          TEXT NOT NULL,
    created_at      INT8 NOT NULL,
    UNIQUE (school_id, valid_from)
);
CREATE INDEX school_managements_by_organization ON school_managements (organization_id, school_id);

CREATE TABLE school_classes (
    id          UUID PRIMARY KEY,
    school_id   UUID NOT NULL REFERENCES schools (id),
    school_year INT8 NOT NULL,
    code        KEY NOT NULL,
    name        TEXT NOT NULL,
    name_fold   KEY NOT NULL,
    name_sort   KEY NOT NULL,
    grade       KEY NOT NULL,
    synthetic   BOOL NOT NULL,
    created_at  INT8 NOT NULL,
    updated_at  INT8 NOT NULL,
    UNIQUE (school_id, school_year, code)
);

-- A person without a school: enrollments give the reach, so that a transfer moves rights and not rows.
CREATE TABLE students (
    id                 UUID PRIMARY KEY,
    ministry_code      KEY UNIQUE,
    full_name          TEXT NOT NULL,
    name_fold          KEY NOT NULL,
    name_sort          KEY NOT NULL,
    birth_date         DATE,
    gender             KEY,
    ethnic_group       KEY,
    phone_sealed       BYTES,
    personal_id_sealed BYTES,
    personal_id_index  BYTES UNIQUE,
    synthetic          BOOL NOT NULL,
    created_at         INT8 NOT NULL,
    updated_at         INT8 NOT NULL
);
CREATE INDEX students_by_sort ON students (name_sort, id);

CREATE TABLE enrollments (
    id          UUID PRIMARY KEY,
    school_id   UUID NOT NULL REFERENCES schools (id),
    student_id  UUID NOT NULL REFERENCES students (id),
    class_id    UUID REFERENCES school_classes (id),
    school_year INT8 NOT NULL,
    status      KEY NOT NULL,
    valid_from  DATE NOT NULL,
    valid_to    DATE,
    created_at  INT8 NOT NULL,
    updated_at  INT8 NOT NULL,
    UNIQUE (school_id, student_id, school_year, valid_from)
);
CREATE INDEX enrollments_by_student ON enrollments (student_id);
CREATE INDEX enrollments_by_class ON enrollments (class_id);

-- A vendor's own ids, unique per client, school and kind; schools themselves hang on the hub (the nil id).
CREATE TABLE external_ids (
    client_id   UUID NOT NULL REFERENCES clients (id),
    school_id   UUID NOT NULL,
    kind        KEY NOT NULL,
    external_id KEY NOT NULL,
    node_id     UUID NOT NULL,
    PRIMARY KEY (client_id, school_id, kind, external_id)
);
CREATE INDEX external_ids_by_node ON external_ids (node_id);
