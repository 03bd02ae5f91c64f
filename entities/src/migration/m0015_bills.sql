-- The hub's own bill protocol: banks that ask before they collect.

-- A call is taken once: its nonce is remembered for as long as its signature could be proven again.
CREATE TABLE bill_nonces (
    connection_id UUID NOT NULL REFERENCES connections (id),
    nonce         KEY NOT NULL,
    expires_at    INT8 NOT NULL,
    PRIMARY KEY (connection_id, nonce)
);
CREATE INDEX bill_nonces_by_end ON bill_nonces (expires_at);

-- The one answer that a bank's reference has for ever. Without a digest it was given back before anybody told of it. The day is
-- the Vietnam day of the payment, as the bank tells it.
CREATE TABLE bill_payments (
    id              UUID PRIMARY KEY,
    connection_id   UUID NOT NULL REFERENCES connections (id),
    bank_reference  KEY NOT NULL,
    digest          BYTES,
    refusal         KEY,
    bank_account_id UUID REFERENCES bank_accounts (id),
    invoice_code    KEY,
    amount          INT8 NOT NULL CHECK (amount > 0),
    day             DATE NOT NULL,
    created_at      INT8 NOT NULL,
    reversed_at     INT8,
    UNIQUE (connection_id, bank_reference)
);
CREATE INDEX bill_payments_by_day ON bill_payments (connection_id, day, id);

-- How a bank's day compared with the hub's, when it was last compared.
CREATE TABLE bill_reconciliations (
    id             UUID PRIMARY KEY,
    connection_id  UUID NOT NULL REFERENCES connections (id),
    day            DATE NOT NULL,
    sha256         BYTES NOT NULL,
    line_count     INT8 NOT NULL,
    matched_count  INT8 NOT NULL,
    matched_amount INT8 NOT NULL,
    compared_at    INT8 NOT NULL,
    UNIQUE (connection_id, day)
);
CREATE INDEX bill_reconciliations_by_day ON bill_reconciliations (day, id);

CREATE TABLE bill_discrepancies (
    id                UUID PRIMARY KEY,
    reconciliation_id UUID NOT NULL REFERENCES bill_reconciliations (id),
    position          INT8 NOT NULL,
    row_number        INT8,
    bank_reference    KEY,
    code              KEY NOT NULL,
    bank_amount       INT8,
    hub_amount        INT8,
    UNIQUE (reconciliation_id, position)
);
