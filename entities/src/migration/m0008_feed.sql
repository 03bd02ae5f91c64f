-- What readers of the outbox need beside the change itself: the key by which a thing was known before, the class that a child
-- has left, and what a change of money means. The second index is the order in which PostgreSQL's readers go: by the
-- writer's transaction, then by sequence.

ALTER TABLE changes ADD COLUMN former_key KEY;

ALTER TABLE changes ADD COLUMN class_id UUID;

ALTER TABLE changes ADD COLUMN mark KEY CHECK (mark IN ('RECEIVED', 'PAID'));

CREATE INDEX changes_by_writer ON changes (xid, seq);
