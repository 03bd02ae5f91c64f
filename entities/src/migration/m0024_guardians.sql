-- Guardians: who answers for a student at home. A link gives the reach: whoever reads the student reads the guardian.

CREATE TABLE guardians (
    id                 UUID PRIMARY KEY,
    full_name          TEXT NOT NULL,
    birth_date         DATE,
    phone_sealed       BYTES,
    email_sealed       BYTES,
    personal_id_sealed BYTES,
    synthetic          BOOL NOT NULL,
    created_at         INT8 NOT NULL,
    updated_at         INT8 NOT NULL
);

-- A link holds until somebody ends it. Those of one guardian lead to students of one school: who moves on takes a copy along.
CREATE TABLE guardianships (
    id            UUID PRIMARY KEY,
    student_id    UUID NOT NULL REFERENCES students (id),
    guardian_id   UUID NOT NULL REFERENCES guardians (id),
    relation      KEY NOT NULL CHECK (relation IN ('BO', 'ME', 'VC', 'NGUOI_GIAM_HO', 'BO_ME', 'NGUOI_THAN')),
    contact_order INT8 CHECK (contact_order BETWEEN 1 AND 9),
    valid_from    DATE NOT NULL,
    valid_to      DATE,
    created_at    INT8 NOT NULL,
    updated_at    INT8 NOT NULL,
    CHECK (valid_to >= valid_from)
);
CREATE UNIQUE INDEX guardianships_held ON guardianships (student_id, guardian_id) WHERE valid_to IS NULL;
CREATE INDEX guardianships_by_student ON guardianships (student_id);
CREATE INDEX guardianships_by_guardian ON guardianships (guardian_id);
