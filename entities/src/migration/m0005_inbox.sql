-- What banks said, what it became, and what it adds up to.

CREATE TABLE inbound_messages (
    id            UUID PRIMARY KEY,
    connection_id UUID NOT NULL,
    sealed        BYTES,
    received_at   INT8 NOT NULL
);

-- The event row is the job. A conflict (same event id, other canonical content) is kept under its own key, so that
-- `event_key` is unique for ever.
CREATE TABLE inbound_events (
    id                  UUID PRIMARY KEY,
    connection_id       UUID NOT NULL,
    event_key           KEY NOT NULL,
    event_id            KEY NOT NULL,
    message_id          UUID NOT NULL,
    digest              BYTES NOT NULL,
    notice_sealed       BYTES NOT NULL,
    status              KEY NOT NULL CHECK (status IN ('PENDING', 'PROCESSED', 'PARKED', 'QUARANTINED')),
    reason              KEY,
    detail              TEXT,
    attempts            INT8 NOT NULL DEFAULT 0,
    lease_until         INT8 NOT NULL DEFAULT 0,
    received_at         INT8 NOT NULL,
    processed_at        INT8,
    bank_transaction_id UUID,
    UNIQUE (connection_id, event_key)
);
CREATE INDEX inbound_events_pending ON inbound_events (received_at, id) WHERE status = 'PENDING';
CREATE INDEX inbound_events_by_time ON inbound_events (received_at, id);
CREATE INDEX inbound_events_by_transaction ON inbound_events (bank_transaction_id);

CREATE TABLE refused_messages (
    id            UUID PRIMARY KEY,
    connection_id UUID NOT NULL,
    reason        KEY NOT NULL,
    sealed        BYTES NOT NULL,
    received_at   INT8 NOT NULL
);
CREATE INDEX refused_messages_by_connection ON refused_messages (connection_id, received_at);

CREATE TABLE bank_transactions (
    id                UUID PRIMARY KEY,
    connection_id     UUID NOT NULL,
    transaction_id    KEY NOT NULL,
    school_id         UUID,
    bank_account_id   UUID,
    direction         KEY NOT NULL CHECK (direction IN ('CREDIT', 'DEBIT')),
    amount            INT8 NOT NULL CHECK (amount >= 0),
    status            KEY NOT NULL,
    status_rank       INT8 NOT NULL,
    booked_on         DATE NOT NULL,
    settled_on        DATE,
    reversed_on       DATE,
    refunded_on       DATE,
    occurred_at       INT8 NOT NULL,
    received_at       INT8 NOT NULL,
    method            KEY NOT NULL,
    method_source     KEY NOT NULL,
    assurance         KEY NOT NULL,
    reference         KEY,
    content           TEXT,
    payer_name        TEXT,
    payer_name_source KEY NOT NULL,
    bank_reference    KEY,
    virtual_account_id UUID,
    review            KEY NOT NULL CHECK (review IN ('NONE', 'WAITING', 'RESOLVED')),
    review_reason     KEY,
    nature            KEY NOT NULL,
    allocated_amount  INT8 NOT NULL DEFAULT 0,
    credited_amount   INT8 NOT NULL DEFAULT 0,
    hand_touched      BOOL NOT NULL,
    synthetic         BOOL NOT NULL,
    created_at        INT8 NOT NULL,
    updated_at        INT8 NOT NULL,
    UNIQUE (connection_id, transaction_id)
);
CREATE INDEX bank_transactions_by_school ON bank_transactions (school_id, booked_on, id);
CREATE INDEX bank_transactions_in_review ON bank_transactions (school_id, booked_on, id) WHERE review = 'WAITING';

CREATE TABLE allocations (
    id                  UUID PRIMARY KEY,
    school_id           UUID NOT NULL REFERENCES schools (id),
    bank_transaction_id UUID REFERENCES bank_transactions (id),
    cash_payment_id     UUID REFERENCES cash_payments (id),
    invoice_id          UUID NOT NULL REFERENCES invoices (id),
    amount              INT8 NOT NULL CHECK (amount > 0),
    origin              KEY NOT NULL CHECK (origin IN ('ROBOT', 'HAND')),
    reason              TEXT,
    actor               KEY NOT NULL,
    created_at          INT8 NOT NULL,
    undone_at           INT8,
    undone_by           KEY,
    undone_cause        KEY CHECK (undone_cause IN ('HAND', 'REVERSAL')),
    undo_reason         TEXT
);
CREATE INDEX allocations_by_transaction ON allocations (bank_transaction_id);
CREATE INDEX allocations_by_invoice ON allocations (invoice_id);
CREATE INDEX allocations_by_cash ON allocations (cash_payment_id);

-- How an allocation fills the lines of its invoice, in order.
CREATE TABLE allocation_lines (
    allocation_id   UUID NOT NULL REFERENCES allocations (id),
    invoice_line_id UUID NOT NULL REFERENCES invoice_lines (id),
    category        KEY NOT NULL,
    amount          INT8 NOT NULL CHECK (amount > 0),
    PRIMARY KEY (allocation_id, invoice_line_id)
);

CREATE TABLE student_credits (
    id                  UUID PRIMARY KEY,
    school_id           UUID NOT NULL REFERENCES schools (id),
    student_id          UUID NOT NULL REFERENCES students (id),
    fund                KEY NOT NULL,
    bank_transaction_id UUID NOT NULL REFERENCES bank_transactions (id),
    amount              INT8 NOT NULL CHECK (amount > 0),
    created_at          INT8 NOT NULL,
    undone_at           INT8
);
CREATE INDEX student_credits_by_student ON student_credits (student_id);
CREATE INDEX student_credits_by_transaction ON student_credits (bank_transaction_id);

-- Kept in the same transaction as the money. A category counts a payment once, so categories do not add up to TOTAL.
CREATE TABLE rollups (
    school_id        UUID NOT NULL,
    month            INT8 NOT NULL,
    category         KEY NOT NULL,
    method           KEY NOT NULL,
    settled_count    INT8 NOT NULL,
    settled_amount   INT8 NOT NULL,
    unmatched_count  INT8 NOT NULL,
    unmatched_amount INT8 NOT NULL,
    reversed_count   INT8 NOT NULL,
    reversed_amount  INT8 NOT NULL,
    refunded_count   INT8 NOT NULL,
    refunded_amount  INT8 NOT NULL,
    PRIMARY KEY (school_id, month, category, method)
);

-- The rows of `rollups` with category TOTAL once more, summed over the methods and closed up to one short row per school
-- and month, and what its cash closing declared: a province over two years reads these and nothing else. Cashless and
-- cash are net of what was undone, without what was taken outside the hub.
CREATE TABLE monthly_rollups (
    school_id        UUID NOT NULL,
    month            INT8 NOT NULL,
    cashless_count   INT8 NOT NULL DEFAULT 0,
    cashless_amount  INT8 NOT NULL DEFAULT 0,
    cash_count       INT8 NOT NULL DEFAULT 0,
    cash_amount      INT8 NOT NULL DEFAULT 0,
    unmatched_count  INT8 NOT NULL DEFAULT 0,
    unmatched_amount INT8 NOT NULL DEFAULT 0,
    reversed_count   INT8 NOT NULL DEFAULT 0,
    reversed_amount  INT8 NOT NULL DEFAULT 0,
    refunded_count   INT8 NOT NULL DEFAULT 0,
    refunded_amount  INT8 NOT NULL DEFAULT 0,
    closed           INT8 NOT NULL DEFAULT 0 CHECK (closed IN (0, 1)),
    outside_count    INT8 NOT NULL DEFAULT 0,
    outside_amount   INT8 NOT NULL DEFAULT 0,
    PRIMARY KEY (school_id, month)
);

-- The months from September to August once more, in one row per school: what a whole year's report reads.
CREATE TABLE yearly_rollups (
    school_id        UUID NOT NULL,
    school_year      INT8 NOT NULL,
    cashless_count   INT8 NOT NULL DEFAULT 0,
    cashless_amount  INT8 NOT NULL DEFAULT 0,
    cash_count       INT8 NOT NULL DEFAULT 0,
    cash_amount      INT8 NOT NULL DEFAULT 0,
    unmatched_count  INT8 NOT NULL DEFAULT 0,
    unmatched_amount INT8 NOT NULL DEFAULT 0,
    reversed_count   INT8 NOT NULL DEFAULT 0,
    reversed_amount  INT8 NOT NULL DEFAULT 0,
    refunded_count   INT8 NOT NULL DEFAULT 0,
    refunded_amount  INT8 NOT NULL DEFAULT 0,
    closed           INT8 NOT NULL DEFAULT 0 CHECK (closed BETWEEN 0 AND 12),
    outside_count    INT8 NOT NULL DEFAULT 0,
    outside_amount   INT8 NOT NULL DEFAULT 0,
    PRIMARY KEY (school_id, school_year)
);
