-- What Odoo's role may not do itself: make and drop log-ins that read the schema "pusdatin" and nothing else.
-- Run as a superuser in the helpdesk's database, after its first installation; see docs/database-login.md.
--   psql -d kemenkes -v odoo_role=odoo -f config/pusdatin_login.sql
-- It may be run again at any time. Odoo's role gets three functions, not the right to make roles.
\set ON_ERROR_STOP on
BEGIN;

SELECT 'CREATE ROLE pusdatin_readers NOLOGIN'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'pusdatin_readers') \gexec

-- what everybody may by default, and readers shall not: tables of their own, what is in "public", locks and large objects
SELECT format('REVOKE CREATE, TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()) \gexec
SELECT format('GRANT CREATE, TEMPORARY ON DATABASE %I TO %I', current_database(), :'odoo_role') \gexec
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO :"odoo_role";
SELECT format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', oid::regprocedure),
       format('GRANT EXECUTE ON FUNCTION %s TO %I', oid::regprocedure, :'odoo_role')
  FROM pg_proc
 WHERE pronamespace = 'pg_catalog'::regnamespace
   AND proname ~ '^(lo_|lowrite$|loread$|pg_advisory_|pg_try_advisory_)' \gexec

CREATE SCHEMA IF NOT EXISTS pusdatin_admin;
REVOKE ALL ON SCHEMA pusdatin_admin FROM PUBLIC;
GRANT USAGE ON SCHEMA pusdatin_admin TO :"odoo_role";

-- a new log-in, or another password and other limits of one that was made here
CREATE OR REPLACE FUNCTION pusdatin_admin.set_login(
    role_name text, verifier text, connections integer, seconds integer, expires timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    setting text;
BEGIN
    IF role_name !~ '^pusdatin_[a-z0-9_]{1,40}$' OR role_name = 'pusdatin_readers' THEN
        RAISE EXCEPTION 'no name of a log-in: %', role_name;
    END IF;
    -- a password would stand in the server's log
    IF verifier !~ '^SCRAM-SHA-256\$\d+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+$' THEN
        RAISE EXCEPTION 'not a SCRAM verifier';
    END IF;
    IF connections NOT BETWEEN 1 AND 20 OR seconds NOT BETWEEN 1 AND 3600 THEN
        RAISE EXCEPTION 'limits out of bounds';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
        EXECUTE format('CREATE ROLE %I', role_name);
        EXECUTE format('GRANT pusdatin_readers TO %I', role_name);
    ELSIF NOT pg_has_role(role_name, 'pusdatin_readers', 'MEMBER') THEN
        RAISE EXCEPTION 'not a log-in that was made here: %', role_name;
    END IF;
    EXECUTE format(
        'ALTER ROLE %I WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT %s'
        ' PASSWORD %L VALID UNTIL %L', role_name, connections, verifier, coalesce(expires, 'infinity')
    );
    FOREACH setting IN ARRAY ARRAY[
        'search_path = pusdatin',
        'default_transaction_read_only = on',
        format('statement_timeout = %L', seconds || 's'),
        format('idle_in_transaction_session_timeout = %L', seconds || 's'),
        'lock_timeout = ''2s''',
        'max_parallel_workers_per_gather = 0',
        -- these two can't be lifted by the reader
        'temp_file_limit = ''4GB''',
        'log_statement = ''all'''
    ] LOOP
        EXECUTE format('ALTER ROLE %I IN DATABASE %I SET %s', role_name, current_database(), setting);
    END LOOP;
END $$;

-- no log-in any more, and nobody connected by it
CREATE OR REPLACE FUNCTION pusdatin_admin.drop_login(role_name text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
        RETURN;
    END IF;
    IF role_name !~ '^pusdatin_[a-z0-9_]{1,40}$' OR role_name = 'pusdatin_readers'
            OR NOT pg_has_role(role_name, 'pusdatin_readers', 'MEMBER') THEN
        RAISE EXCEPTION 'not a log-in that was made here: %', role_name;
    END IF;
    EXECUTE format('ALTER ROLE %I NOLOGIN', role_name);
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = role_name;
    EXECUTE format('DROP ROLE %I', role_name);
END $$;

-- who is connected: a reader may set the time limit of statements aside, so Odoo looks for itself, and ends what lasts
-- longer, asleep in a transaction too
CREATE OR REPLACE FUNCTION pusdatin_admin.watch_login(role_name text, seconds integer)
RETURNS TABLE (connections bigint, ended bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT count(*), count(*) FILTER (
               WHERE CASE WHEN xact_start < clock_timestamp() - make_interval(secs => seconds)
                          THEN pg_terminate_backend(pid) END)
      FROM pg_stat_activity
     WHERE usename = role_name AND role_name ~ '^pusdatin_' AND role_name != 'pusdatin_readers'
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA pusdatin_admin FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pusdatin_admin TO :"odoo_role";

-- an update of the addons makes the views anew and grants this itself
GRANT USAGE ON SCHEMA pusdatin TO pusdatin_readers;
GRANT SELECT ON ALL TABLES IN SCHEMA pusdatin TO pusdatin_readers;

COMMIT;
