-- What waits for its sender's last word, by connection: the orders about which the sender is asked.
CREATE INDEX bank_transactions_waiting ON bank_transactions (connection_id, received_at) WHERE status = 'WAITING';
