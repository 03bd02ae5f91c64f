-- Credits of which a person said that they are not the same money: each pair both ways round, and each of which it was said
-- beside itself, whether or not it could be taken for another.
CREATE TABLE told_apart (
    bank_transaction_id UUID NOT NULL REFERENCES bank_transactions (id),
    other_id            UUID NOT NULL REFERENCES bank_transactions (id),
    PRIMARY KEY (bank_transaction_id, other_id)
);
