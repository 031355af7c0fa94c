-- Indexes of big tables that only readers and undoing need: built once the first blocks are read, at a fraction of the
-- cost of keeping them in order all the while.
CREATE INDEX events_of_subject ON events (subject_prefix, block_number, log_index) WHERE subject_prefix IS NOT NULL;
CREATE UNIQUE INDEX attestations_in_order ON attestations (block_number, log_index);
CREATE INDEX attestations_of_prover ON attestations (prover, block_number, log_index);
CREATE INDEX attestations_of_model ON attestations (model_id, block_number, log_index);
CREATE INDEX attestations_by_status ON attestations (status, block_number, log_index);
CREATE INDEX ledger_of_account ON ledger (account, season_id, seq);
CREATE INDEX entries_that_caught ON entries (season_id, caught) WHERE caught > 0;
CREATE INDEX uses_in_seasons ON uses (subject, season_verified);
CREATE INDEX totals_in_seasons ON totals (kind, season_verified);
CREATE INDEX totals_in_requests ON totals (kind, request_verified);
CREATE INDEX catches_of_account ON catches (account, block_number, log_index);
CREATE INDEX seats_of_account ON seats (account, block_number, log_index);
CREATE INDEX entries_of_account ON entries (account, season_id);
