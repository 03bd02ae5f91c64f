-- For which student a bank's payment was taken: until its money is settled, nobody else may collect it once more.
ALTER TABLE bill_payments ADD COLUMN student_id UUID REFERENCES students (id);
CREATE INDEX bill_payments_of_student ON bill_payments (student_id) WHERE student_id IS NOT NULL;
CREATE INDEX bill_payments_of_invoice ON bill_payments (invoice_code) WHERE invoice_code IS NOT NULL;
