from odoo import api, models
from odoo.tools import SQL

from ..tools import database_views
from ..tools.database_views import READERS, SCHEMA
from ..tools.export_datasets import DATASETS


class HelpdeskDatabaseView(models.AbstractModel):
    """The schema ``pusdatin``: one documented view for each dataset, made anew at each update of the addon (R12)."""

    _name = "helpdesk.database.view"
    _description = "Views for Log-ins to the Database"

    def init(self):
        # the views read tables that later models of this addon make
        self.pool.post_init(self._create_views)

    @api.model
    def _create_views(self):
        cr = self.env.cr
        cr.execute(SQL("DROP SCHEMA IF EXISTS %s CASCADE", SQL.identifier(SCHEMA)))
        cr.execute(SQL("CREATE SCHEMA %s", SQL.identifier(SCHEMA)))
        # what is run is made of definitions in this addon alone
        cr.execute(database_views.FUNCTIONS)
        for dataset in DATASETS:
            table, placed = self.env[dataset.model]._table, self._placed(dataset)
            cr.execute(database_views.view(dataset, table, placed, self._name_of))  # pylint: disable=sql-injection
            self._describe(dataset)
        self._grant()

    @api.model
    def _placed(self, dataset):
        known = self.env[dataset.model if dataset.place == "t" else "helpdesk.ticket"]._fields if dataset.place else ()
        return [name for name in ("product_id", "site_id") if name in known]

    @api.model
    def _grant(self):
        """Let the readers in, where the database's administrator has made them (config/pusdatin_login.sql)."""
        if not self.env.execute_query(SQL("SELECT FROM pg_roles WHERE rolname = %s", READERS)):
            return
        schema, readers = SQL.identifier(SCHEMA), SQL.identifier(READERS)
        self.env.cr.execute(SQL("GRANT USAGE ON SCHEMA %s TO %s", schema, readers))
        self.env.cr.execute(SQL("GRANT SELECT ON ALL TABLES IN SCHEMA %s TO %s", schema, readers))

    @api.model
    def _describe(self, dataset):
        """What the view and its columns mean, where tools of analysis show it."""
        datasets = self.with_context(lang="id_ID").env["helpdesk.export.dataset"]
        view = SQL.identifier(SCHEMA, dataset.name)
        self.env.cr.execute(SQL("COMMENT ON VIEW %s IS %s", view, datasets.env._(dataset.label)))
        for column in dataset.columns:
            place = SQL("%s.%s", view, SQL.identifier(column.name))
            self.env.cr.execute(SQL("COMMENT ON COLUMN %s IS %s", place, datasets._meaning(dataset, column)))

    @api.model
    def _name_of(self, model, column):
        """The name of a record as an expression; of colleagues only, customers are masked."""
        if model == "res.users":
            return (
                "(SELECT person.name FROM public.res_users account JOIN public.res_partner person"
                f" ON person.id = account.partner_id WHERE account.id = {column} AND account.share IS NOT TRUE)"
            )
        records = self.env[model]
        field = records._fields[records._rec_name]
        name = f"record.{field.name}"
        if field.translate:
            name = f"COALESCE({name} ->> 'id_ID', {name} ->> 'en_US')"
        return f"(SELECT {name} FROM public.{records._table} record WHERE record.id = {column})"
