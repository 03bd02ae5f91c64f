-- What an account's lines speak for, by their days: beside many lines of which nobody told there is next to nothing to read.
CREATE INDEX statement_lines_spoken ON statement_lines (school_id, bank_account_id, booked_on) WHERE bank_transaction_id IS NOT NULL;
