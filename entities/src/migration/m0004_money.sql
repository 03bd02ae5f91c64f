-- Accounts, connections, fees and invoices.
--
-- Two banks may use the same account number, so an account is unique by bank and number (`account_index`); messages of
-- banks name the number alone, so it is findable by that too (`number_index`), among the accounts of a connection.

CREATE TABLE bank_accounts (
    id            UUID PRIMARY KEY,
    school_id     UUID NOT NULL REFERENCES schools (id),
    bank_bin      KEY NOT NULL,
    number_sealed BYTES NOT NULL,
    account_index BYTES NOT NULL UNIQUE,
    number_index  BYTES NOT NULL,
    number_tail   KEY NOT NULL,
    holder        TEXT NOT NULL,
    fund          KEY NOT NULL,
    closed_at     INT8,
    synthetic     BOOL NOT NULL,
    created_at    INT8 NOT NULL
);
CREATE INDEX bank_accounts_by_school ON bank_accounts (school_id);
CREATE INDEX bank_accounts_by_number ON bank_accounts (number_index);

-- Names a student, never reassigned.
CREATE TABLE virtual_accounts (
    id              UUID PRIMARY KEY,
    school_id       UUID NOT NULL REFERENCES schools (id),
    bank_account_id UUID NOT NULL REFERENCES bank_accounts (id),
    student_id      UUID NOT NULL REFERENCES students (id),
    number_sealed   BYTES NOT NULL,
    account_index   BYTES NOT NULL UNIQUE,
    number_index    BYTES NOT NULL,
    number_tail     KEY NOT NULL,
    created_at      INT8 NOT NULL
);
CREATE INDEX virtual_accounts_by_student ON virtual_accounts (student_id);
CREATE INDEX virtual_accounts_by_number ON virtual_accounts (number_index);

CREATE TABLE connections (
    id            UUID PRIMARY KEY,
    bank          KEY NOT NULL,
    name          KEY NOT NULL UNIQUE,
    extra         TEXT NOT NULL,
    version       INT8 NOT NULL,
    client_id     UUID REFERENCES clients (id),
    paused_at     INT8,
    created_at    INT8 NOT NULL
);
CREATE INDEX connections_by_client ON connections (client_id);

CREATE TABLE connection_keys (
    id            UUID PRIMARY KEY,
    connection_id UUID NOT NULL REFERENCES connections (id),
    sealed        BYTES NOT NULL,
    created_at    INT8 NOT NULL,
    valid_until   INT8
);
CREATE INDEX connection_keys_by_connection ON connection_keys (connection_id);

CREATE TABLE connection_accounts (
    connection_id   UUID NOT NULL REFERENCES connections (id),
    bank_account_id UUID NOT NULL REFERENCES bank_accounts (id),
    PRIMARY KEY (connection_id, bank_account_id)
);
CREATE INDEX connection_accounts_by_account ON connection_accounts (bank_account_id);

CREATE TABLE fees (
    id              UUID PRIMARY KEY,
    school_id       UUID NOT NULL REFERENCES schools (id),
    school_year     INT8 NOT NULL,
    category        KEY NOT NULL,
    name            TEXT NOT NULL,
    legal_basis     TEXT,
    bank_account_id UUID NOT NULL REFERENCES bank_accounts (id),
    amount          INT8,
    arrears_of      INT8,
    client_id       UUID REFERENCES clients (id),
    closed_at       INT8,
    synthetic       BOOL NOT NULL,
    created_at      INT8 NOT NULL
);
CREATE INDEX fees_by_school ON fees (school_id, school_year);

CREATE TABLE invoices (
    id              UUID PRIMARY KEY,
    school_id       UUID NOT NULL REFERENCES schools (id),
    code            KEY NOT NULL UNIQUE,
    group_id        UUID NOT NULL,
    student_id      UUID NOT NULL REFERENCES students (id),
    bank_account_id UUID NOT NULL REFERENCES bank_accounts (id),
    fund            KEY NOT NULL,
    school_year     INT8 NOT NULL,
    amount          INT8 NOT NULL CHECK (amount > 0),
    paid_amount     INT8 NOT NULL DEFAULT 0 CHECK (paid_amount >= 0 AND paid_amount <= amount),
    status          KEY NOT NULL CHECK (status IN ('OPEN', 'PARTIALLY_PAID', 'PAID', 'CANCELLED')),
    issued_on       DATE NOT NULL,
    due_on          DATE,
    client_id       UUID REFERENCES clients (id),
    synthetic       BOOL NOT NULL,
    version         INT8 NOT NULL DEFAULT 0,
    created_at      INT8 NOT NULL,
    updated_at      INT8 NOT NULL
);
CREATE INDEX invoices_by_school ON invoices (school_id, issued_on, id);
CREATE INDEX invoices_by_issue ON invoices (issued_on, id);
CREATE INDEX invoices_by_student ON invoices (student_id, issued_on, id);
CREATE INDEX invoices_by_group ON invoices (group_id);

CREATE TABLE invoice_lines (
    id          UUID PRIMARY KEY,
    school_id   UUID NOT NULL REFERENCES schools (id),
    invoice_id  UUID NOT NULL REFERENCES invoices (id),
    position    INT8 NOT NULL,
    fee_id      UUID NOT NULL REFERENCES fees (id),
    category    KEY NOT NULL,
    description TEXT NOT NULL,
    amount      INT8 NOT NULL CHECK (amount > 0),
    paid_amount INT8 NOT NULL DEFAULT 0 CHECK (paid_amount >= 0 AND paid_amount <= amount),
    opted_in_on DATE,
    UNIQUE (invoice_id, position)
);

-- Every word by which money can name an invoice beside its virtual account: the hub's code and the vendor's own codes.
CREATE TABLE payment_references (
    reference  KEY NOT NULL,
    invoice_id UUID NOT NULL REFERENCES invoices (id),
    school_id  UUID NOT NULL REFERENCES schools (id),
    kind       KEY NOT NULL CHECK (kind IN ('HUB_CODE', 'VENDOR_CODE')),
    PRIMARY KEY (reference, invoice_id)
);
CREATE INDEX payment_references_by_invoice ON payment_references (invoice_id);

CREATE TABLE cash_payments (
    id         UUID PRIMARY KEY,
    school_id  UUID NOT NULL REFERENCES schools (id),
    invoice_id UUID NOT NULL REFERENCES invoices (id),
    amount     INT8 NOT NULL CHECK (amount > 0),
    paid_on    DATE NOT NULL,
    payer_name TEXT,
    actor      KEY NOT NULL,
    created_at INT8 NOT NULL
);
CREATE INDEX cash_payments_by_school ON cash_payments (school_id, paid_on, id);
CREATE INDEX cash_payments_by_invoice ON cash_payments (invoice_id);

-- Closing the month's cash gives shares their denominator; outside totals were collected beside the hub.
CREATE TABLE cash_closings (
    id             UUID PRIMARY KEY,
    school_id      UUID NOT NULL REFERENCES schools (id),
    month          INT8 NOT NULL,
    outside_count  INT8 NOT NULL CHECK (outside_count >= 0),
    outside_amount INT8 NOT NULL CHECK (outside_amount >= 0),
    actor          KEY NOT NULL,
    closed_at      INT8 NOT NULL,
    UNIQUE (school_id, month)
);
