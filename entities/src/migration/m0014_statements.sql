-- Account statements: what the bank's own files say, and what of it was heard by message.

-- A section of a file, about one account. The same section of the same file again goes on where the first import ended.
CREATE TABLE statements (
    id              UUID PRIMARY KEY,
    school_id       UUID NOT NULL REFERENCES schools (id),
    bank_account_id UUID NOT NULL REFERENCES bank_accounts (id),
    file_name       TEXT NOT NULL,
    sha256          BYTES NOT NULL,
    section         INT8 NOT NULL,
    first_day       DATE,
    last_day        DATE,
    opening         INT8,
    closing         INT8,
    line_count      INT8 NOT NULL,
    findings        TEXT NOT NULL,
    status          KEY NOT NULL CHECK (status IN ('HELD', 'IMPORTING', 'IMPORTED')),
    actor           KEY NOT NULL,
    created_at      INT8 NOT NULL,
    imported_at     INT8,
    UNIQUE (school_id, bank_account_id, sha256, section)
);

-- A line is kept once for each account, by the statement that told it first. Of what is no credit nothing is kept but that it
-- happened.
CREATE TABLE statement_lines (
    id                  UUID PRIMARY KEY,
    school_id           UUID NOT NULL REFERENCES schools (id),
    bank_account_id     UUID NOT NULL REFERENCES bank_accounts (id),
    statement_id        UUID NOT NULL REFERENCES statements (id),
    line_key            KEY NOT NULL,
    row_number          INT8 NOT NULL,
    booked_on           DATE NOT NULL,
    occurred_at         INT8,
    direction           KEY NOT NULL CHECK (direction IN ('CREDIT', 'DEBIT')),
    amount              INT8 NOT NULL CHECK (amount > 0),
    reference           KEY,
    content             TEXT,
    counterparty        TEXT,
    outcome             KEY NOT NULL CHECK (outcome IN ('CONFIRMED', 'DIFFERS', 'UNHEARD', 'REVERSAL', 'NO_FEE')),
    bank_transaction_id UUID REFERENCES bank_transactions (id),
    created_at          INT8 NOT NULL,
    UNIQUE (school_id, bank_account_id, line_key)
);
CREATE INDEX statement_lines_by_day ON statement_lines (school_id, bank_account_id, booked_on);
CREATE INDEX statement_lines_by_statement ON statement_lines (statement_id);
CREATE UNIQUE INDEX statement_lines_confirming ON statement_lines (bank_transaction_id) WHERE outcome = 'CONFIRMED';
