-- Give the ledger's tables an owner that nobody logs in as, so that Odoo's own role can add rows and no more.
-- Run as a superuser in the helpdesk's database, after its first installation; see docs/ledger.md.
--   psql -d kemenkes -v odoo_role=odoo -f config/ledger_owner.sql
\set ON_ERROR_STOP on
BEGIN;

SELECT 'CREATE ROLE helpdesk_ledger NOLOGIN'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'helpdesk_ledger') \gexec

-- who owns a schema may drop what is in it, whoever owns that
ALTER SCHEMA public OWNER TO helpdesk_ledger;
GRANT USAGE, CREATE ON SCHEMA public TO :"odoo_role";

-- the sequences that belong to the tables go with them
ALTER TABLE helpdesk_event OWNER TO helpdesk_ledger;
ALTER TABLE helpdesk_event_head OWNER TO helpdesk_ledger;
ALTER TABLE helpdesk_event_epoch OWNER TO helpdesk_ledger;
ALTER TABLE helpdesk_event_seal OWNER TO helpdesk_ledger;
ALTER FUNCTION helpdesk_refuse_change() OWNER TO helpdesk_ledger;

REVOKE ALL ON helpdesk_event, helpdesk_event_head, helpdesk_event_epoch, helpdesk_event_seal FROM PUBLIC, :"odoo_role";
GRANT SELECT, INSERT ON helpdesk_event, helpdesk_event_seal TO :"odoo_role";
GRANT SELECT, INSERT, UPDATE ON helpdesk_event_head TO :"odoo_role";
GRANT SELECT, UPDATE ON helpdesk_event_epoch TO :"odoo_role";
GRANT USAGE ON helpdesk_event_id_seq, helpdesk_event_seal_id_seq TO :"odoo_role";

COMMIT;
