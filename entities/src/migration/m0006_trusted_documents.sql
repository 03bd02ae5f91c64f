-- Documents that were registered for a client; a client may be held to them.
CREATE TABLE trusted_documents (
    client_id  UUID NOT NULL REFERENCES clients (id),
    hash       BYTES NOT NULL,
    text       TEXT NOT NULL,
    trusted_by TEXT NOT NULL,
    trusted_at INT8 NOT NULL,
    PRIMARY KEY (client_id, hash)
);

ALTER TABLE clients ADD COLUMN trusted_documents_only BOOL NOT NULL DEFAULT FALSE;
