-- Roles of a fleet, to be made once by a superuser in the database that it uses. Choose passwords with \password.
-- The schema's name is the default one; the indexer lets <schema>_reader read everything that it makes.
CREATE ROLE proofboard_reader NOLOGIN;
CREATE ROLE proofboard_writer LOGIN;
CREATE ROLE proofboard_api LOGIN IN ROLE proofboard_reader;
DO $$ BEGIN
  EXECUTE format('GRANT CREATE, CONNECT ON DATABASE %I TO proofboard_writer', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO proofboard_api', current_database());
END $$;
