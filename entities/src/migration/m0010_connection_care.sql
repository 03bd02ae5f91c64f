-- What operators set for a connection and see of it. Without a limit of its own a connection has the hub's.

ALTER TABLE connections ADD COLUMN allowed_addresses TEXT NOT NULL DEFAULT '';

ALTER TABLE connections ADD COLUMN body_bytes INT8;

ALTER TABLE connections ADD COLUMN messages_per_second INT8;

ALTER TABLE connection_keys ADD COLUMN last_used_at INT8;

ALTER TABLE refused_messages ADD COLUMN bytes INT8 NOT NULL DEFAULT 0;

ALTER TABLE refused_messages ADD COLUMN address KEY;

CREATE INDEX refused_messages_by_time ON refused_messages (received_at, id);

-- When a connection was last heard: one row each, written at most every other second by each process.
CREATE TABLE connection_sightings (
    connection_id   UUID PRIMARY KEY REFERENCES connections (id),
    last_heard_at   INT8,
    last_kept_at    INT8,
    last_refused_at INT8
);

-- How many messages had one fate on one Vietnam day, for ever: KEPT, or the code under which they were not taken.
CREATE TABLE connection_tallies (
    id            UUID PRIMARY KEY,
    connection_id UUID NOT NULL REFERENCES connections (id),
    day           DATE NOT NULL,
    code          KEY NOT NULL,
    messages      INT8 NOT NULL,
    UNIQUE (connection_id, day, code)
);

-- What waits for a person, by connection: few rows, so that counting them reads nothing else.
CREATE INDEX inbound_events_stuck ON inbound_events (connection_id, status, received_at)
    WHERE status IN ('PARKED', 'QUARANTINED');
