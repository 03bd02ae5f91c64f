-- Staff: who works at a school, from when to when. A record belongs to its school; who works at two has two.

CREATE TABLE staff (
    id                 UUID PRIMARY KEY,
    school_id          UUID NOT NULL REFERENCES schools (id),
    ministry_code      KEY,
    full_name          TEXT NOT NULL,
    name_fold          KEY NOT NULL,
    name_sort          KEY NOT NULL,
    birth_date         DATE,
    gender             KEY,
    phone_sealed       BYTES,
    email_sealed       BYTES,
    personal_id_sealed BYTES,
    staff_group        KEY NOT NULL CHECK (staff_group IN ('01', '02', '03')),
    position           KEY,
    status             KEY NOT NULL,
    valid_from         DATE NOT NULL,
    valid_to           DATE,
    synthetic          BOOL NOT NULL,
    created_at         INT8 NOT NULL,
    updated_at         INT8 NOT NULL,
    CHECK (valid_to >= valid_from)
);
CREATE UNIQUE INDEX staff_held ON staff (school_id, ministry_code) WHERE valid_to IS NULL;
CREATE INDEX staff_by_code ON staff (school_id, ministry_code);
CREATE INDEX staff_listed ON staff (school_id, name_sort, id);
