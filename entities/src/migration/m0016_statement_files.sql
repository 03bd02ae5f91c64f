-- The line that a reversal takes back, where no message told of the credit.
ALTER TABLE statement_lines ADD COLUMN takes_back UUID REFERENCES statement_lines (id);

-- Statements that were sent as files, so that a person who confirms one need not have the file; and the account of an import whose
-- file does not name it.
ALTER TABLE statements ADD COLUMN source_id UUID REFERENCES files (id);
ALTER TABLE runs ADD COLUMN bank_account_id UUID REFERENCES bank_accounts (id);

CREATE INDEX statements_listed ON statements (school_id, created_at, id);
CREATE INDEX statement_lines_listed ON statement_lines (statement_id, row_number, id);
CREATE INDEX statement_lines_speaking ON statement_lines (bank_transaction_id) WHERE bank_transaction_id IS NOT NULL;
