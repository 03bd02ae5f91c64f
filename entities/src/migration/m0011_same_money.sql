-- The transaction that counts, where two senders told of the same money.
ALTER TABLE bank_transactions ADD COLUMN same_as UUID REFERENCES bank_transactions (id);

CREATE INDEX bank_transactions_same ON bank_transactions (same_as) WHERE same_as IS NOT NULL;
