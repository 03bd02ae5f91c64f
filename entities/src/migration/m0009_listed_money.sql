-- What a list of a school's money shows of each row lies in one index, beside each other: the rows by day, and for each its
-- allocations. Whose invoice an allocation pays, and its code, never change after the invoice was made, so the allocation
-- keeps both, and a vendor's list asks no invoice.

ALTER TABLE allocations ADD COLUMN client_id UUID REFERENCES clients (id);

ALTER TABLE allocations ADD COLUMN invoice_code KEY NOT NULL DEFAULT '';

UPDATE allocations SET client_id = (SELECT i.client_id FROM invoices i WHERE i.id = allocations.invoice_id),
    invoice_code = (SELECT i.code FROM invoices i WHERE i.id = allocations.invoice_id);

CREATE INDEX allocations_listed ON allocations
    (school_id, bank_transaction_id, id, client_id, invoice_code, amount, undone_at, undone_cause);

CREATE INDEX bank_transactions_listed ON bank_transactions
    (school_id, booked_on, id, direction, amount, status, method, nature);

DROP INDEX bank_transactions_by_school;
