-- Senders that can be asked what they know: with which key, and how far they were asked.
CREATE TABLE connection_listings (
    connection_id UUID PRIMARY KEY REFERENCES connections (id),
    token_sealed  BYTES NOT NULL,
    base_url      TEXT,
    asked_until   INT8,
    asked_at      INT8,
    failed_at     INT8,
    failure       KEY,
    due_at        INT8 NOT NULL
);
