"""The views of the schema ``pusdatin``, made of the same datasets as downloads: a column has one name and one meaning.

Plain text of statements, from definitions in this addon only. Personal data is masked for every log-in, as those who
see it masked on screens see it or more strictly.
"""

from odoo.addons.kemenkes_helpdesk.tools.personal_data import MASK, SQL_HEALTH_TERMS, SQL_NUMBERS

from .export_datasets import HANDLE, HTML, NAME, TEXT

SCHEMA = "pusdatin"
READERS = "pusdatin_readers"

# Of the readers' own schema, and of nothing outside ``pg_catalog``: they run with the reader's rights.
FUNCTIONS = f"""
    CREATE FUNCTION {SCHEMA}.plain(content text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT pg_catalog.btrim(
            pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(
                pg_catalog.regexp_replace(pg_catalog.regexp_replace(pg_catalog.regexp_replace(
                    content, '<br\\s*/?>|</(p|div|li|tr|h[1-6])>', E'\\n', 'gi'), '<[^>]*>', '', 'g'),
                    'access_token=[0-9a-zA-Z_-]+', '', 'g'),
                '&lt;', '<'), '&gt;', '>'), '&amp;', '&'), E' \\n\\t')
    $$;
    CREATE FUNCTION {SCHEMA}.masked(content text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT pg_catalog.regexp_replace(
            pg_catalog.regexp_replace(content, $pattern${SQL_NUMBERS}$pattern$, '{MASK * 3}', 'g'),
            $pattern${SQL_HEALTH_TERMS}$pattern$, '{MASK * 3}', 'gi')
    $$;
    CREATE FUNCTION {SCHEMA}.hidden(content text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT pg_catalog.left(content, 1) || '{MASK * 3}' WHERE content != ''
    $$;
"""
HIDING = {
    TEXT: f"{SCHEMA}.masked(%s)",
    HTML: f"{SCHEMA}.masked({SCHEMA}.plain(%s))",
    NAME: f"{SCHEMA}.hidden(%s)",
    HANDLE: f"{SCHEMA}.hidden(%s)",
}

# The log-in that asks, and the products and sites that it reads; the session's user is not what SET ROLE changes.
_MINE = "login.role_name = session_user::text AND login.state = 'active'"
_LISTS = {"product_id": "helpdesk_database_login_product_rel", "site_id": "helpdesk_database_login_site_rel"}


def scope(dataset, placed):
    """The condition under which the log-in that asks reads a row.

    :param placed: fields among product and site that the dataset's rows have
    """
    conditions = [f"EXISTS (SELECT FROM public.helpdesk_database_login login WHERE {_MINE})"]
    for field in placed:
        column = f"{dataset.place}.{field}"
        mine = (
            f"SELECT chosen.{field} FROM public.{_LISTS[field]} chosen"
            f" JOIN public.helpdesk_database_login login ON login.id = chosen.login_id WHERE {_MINE}"
        )
        # tickets of which nobody knows yet what they are about are everybody's, as on the lists of accounts
        unknown = f" OR {column} IS NULL" if field == "product_id" else ""
        conditions.append(f"(NOT EXISTS ({mine}) OR {column} IN ({mine}){unknown})")
    if dataset.model == "mail.message":
        # notes stay among colleagues
        conditions.append("t.helpdesk_direction IS NOT NULL AND t.is_internal IS NOT TRUE")
    if dataset.model == "helpdesk.event":
        # what accounts do besides tickets is the log's
        conditions.append("t.ticket_id IS NOT NULL")
    return " AND ".join(conditions)


def view(dataset, table, placed, name_of):
    """The statement that makes the view of a dataset.

    :param str table: of the dataset's model
    :param placed: as of :func:`scope`
    :param name_of: function of a model and an expression that gives the expression of the record's name
    """
    columns = ", ".join(f'{_expression(column, name_of)} AS "{column.name}"' for column in dataset.columns)
    return (
        f'CREATE VIEW {SCHEMA}."{dataset.name}" WITH (security_barrier) AS SELECT {columns}'
        f" FROM public.{table} t {dataset.joins} WHERE ({dataset.where}) AND {scope(dataset, placed)}"
    )


def _expression(column, name_of):
    if column.model:
        return name_of(column.model, column.sql)
    return HIDING.get(column.kind, "%s") % column.sql
