-- A statement's line belongs to the school and the account of its statement, which one reference proves instead of three: large
-- files spend most of their time on proofs and indexes. The index by statement was a part of the one that lists its lines.
CREATE UNIQUE INDEX statements_owned ON statements (id, school_id, bank_account_id);
CREATE TABLE kept_lines (
    id                  UUID PRIMARY KEY,
    school_id           UUID NOT NULL,
    bank_account_id     UUID NOT NULL,
    statement_id        UUID NOT NULL,
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
    takes_back          UUID REFERENCES kept_lines (id),
    UNIQUE (school_id, bank_account_id, line_key),
    FOREIGN KEY (statement_id, school_id, bank_account_id) REFERENCES statements (id, school_id, bank_account_id)
);
INSERT INTO kept_lines (id, school_id, bank_account_id, statement_id, line_key, row_number, booked_on, occurred_at, direction,
                        amount, reference, content, counterparty, outcome, bank_transaction_id, created_at, takes_back)
SELECT id, school_id, bank_account_id, statement_id, line_key, row_number, booked_on, occurred_at, direction,
       amount, reference, content, counterparty, outcome, bank_transaction_id, created_at, takes_back
FROM statement_lines;
-- Dropping a table, SQLite asks of each of its rows whether another refers to it: without an index that reads all of them.
CREATE INDEX lines_taking_back ON statement_lines (takes_back) WHERE takes_back IS NOT NULL;
DROP TABLE statement_lines;
ALTER TABLE kept_lines RENAME TO statement_lines;
CREATE INDEX statement_lines_by_day ON statement_lines (school_id, bank_account_id, booked_on);
CREATE INDEX statement_lines_listed ON statement_lines (statement_id, row_number, id);
CREATE INDEX statement_lines_speaking ON statement_lines (bank_transaction_id) WHERE bank_transaction_id IS NOT NULL;
CREATE UNIQUE INDEX statement_lines_confirming ON statement_lines (bank_transaction_id) WHERE outcome = 'CONFIRMED';
CREATE INDEX statement_lines_taking_back ON statement_lines (takes_back) WHERE takes_back IS NOT NULL;
