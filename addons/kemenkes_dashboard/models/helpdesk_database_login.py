import re
import secrets
import unicodedata
from datetime import datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from psycopg2.extensions import encrypt_password

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.database_views import SCHEMA

PREFIX = "pusdatin_"
# The functions of config/pusdatin_login.sql.
SET_LOGIN = "pusdatin_admin.set_login(text, text, integer, integer, timestamptz)"


class HelpdeskDatabaseLogin(models.Model):
    """A log-in to the database that reads the views of the schema ``pusdatin``, and nothing else (R12).

    PostgreSQL keeps what it may: Odoo asks functions that the database's administrator has installed, which make
    no other kind of role. Its password is shown once; Odoo keeps none, PostgreSQL a verifier.
    """

    _name = "helpdesk.database.login"
    _description = "Log-in to the Database"
    _order = "state, name"

    name = fields.Char("For whom", required=True, help="The person or the program that reads: it is named in the log.")
    role_name = fields.Char("Log-in", readonly=True, copy=False)
    state = fields.Selection(
        [("draft", "Not yet made"), ("active", "Active"), ("revoked", "Revoked")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    product_ids = fields.Many2many(
        "helpdesk.product", "helpdesk_database_login_product_rel", "login_id", "product_id", "Products",
        # an empty list opens every product: the last one must not go by being deleted
        ondelete="restrict", help="Empty: every product.",
    )  # fmt: skip
    site_ids = fields.Many2many(
        "helpdesk.site", "helpdesk_database_login_site_rel", "login_id", "site_id", "Sites",
        ondelete="restrict", help="Empty: every site.",
    )  # fmt: skip
    connection_limit = fields.Integer("Connections at once", required=True, default=3)
    statement_seconds = fields.Integer("Longest query (seconds)", required=True, default=60)
    expiry_date = fields.Date(
        "Until", required=True, default=lambda _self: fields.Date.today() + relativedelta(years=1), copy=False
    )
    password_date = fields.Datetime("Password made on", readonly=True, copy=False)
    connection_count = fields.Integer("Connected now", readonly=True, copy=False)
    seen_date = fields.Datetime("Last seen connected", readonly=True, copy=False)
    ended_count = fields.Integer(
        "Queries ended", readonly=True, copy=False, help="Queries that lasted longer than allowed and were stopped."
    )
    obstacle = fields.Char(compute="_compute_obstacle")

    _role_unique = models.UniqueIndex("(role_name)")
    _limits = models.Constraint(
        "CHECK(connection_limit BETWEEN 1 AND 20 AND statement_seconds BETWEEN 1 AND 3600)",
        "Allow 1 to 20 connections, and queries of 1 second to an hour.",
    )

    @api.depends("state")
    def _compute_obstacle(self):
        ready = self._is_installed()
        for login in self:
            login.obstacle = not ready and self.env._(
                "The administrator of the database has to run config/pusdatin_login.sql once, see"
                " docs/database-login.md."
            )

    @api.model
    def _is_installed(self):
        ((found,),) = self.env.execute_query(SQL("SELECT to_regprocedure(%s) IS NOT NULL", SET_LOGIN))
        return found

    # WHAT ADMINISTRATORS DO

    def write(self, vals):
        result = super().write(vals)
        if {"connection_limit", "statement_seconds", "expiry_date"} & vals.keys() and any(
            login.state == "active" for login in self
        ):
            raise UserError(self.env._("Limits are set together with a password: revoke the log-in first."))
        return result

    @api.ondelete(at_uninstall=False)
    def _check_revoked(self):
        if self.filtered(lambda login: login.state == "active"):
            raise UserError(self.env._("Revoke the log-in first."))

    def action_create_login(self):
        """Make the log-in, or give it a new password, and show the password this once.

        :raise UserError: the database has no functions for it, or the time is over
        """
        self.ensure_one()
        self.check_access("write")
        if not self._is_installed():
            raise UserError(self.obstacle)
        if self.expiry_date <= fields.Date.today():
            raise UserError(self.env._("Say until when the log-in shall be, a day to come."))
        if not self.role_name:
            self.role_name = self._prepare_role_name()
        password = secrets.token_urlsafe(24)
        self.env.cr.execute(
            "SELECT pusdatin_admin.set_login(%s, %s, %s, %s, %s)",
            [
                self.role_name,
                # the password itself is not sent, so that it stands in no log
                encrypt_password(password, self.role_name, self.env.cr._cnx, "scram-sha-256"),
                self.connection_limit,
                self.statement_seconds,
                # the last day included, wherever the reader is
                datetime.combine(self.expiry_date, time.max),
            ],
        )
        self.write({"state": "active", "password_date": fields.Datetime.now()})
        return self._action_show(password)

    def action_revoke(self):
        """Drop the log-in; who is connected by it is cut off."""
        self.check_access("write")
        for login in self.filtered(lambda login: login.state == "active"):
            self.env.cr.execute("SELECT pusdatin_admin.drop_login(%s)", [login.role_name])
        self.write({"state": "revoked", "connection_count": 0})

    def _prepare_role_name(self):
        plain = unicodedata.normalize("NFKD", self.name).encode("ascii", "ignore").decode().lower()
        word = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:24]
        # roles are the whole server's, other databases included
        return f"{PREFIX}{word or 'login'}_{secrets.token_hex(4)}"

    def _action_show(self, password):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("The password, shown this once"),
            "res_model": "helpdesk.database.password",
            "view_mode": "form",
            "target": "new",
            "context": {"default_password": password, "default_login_id": self.id},
        }

    def _connection(self):
        """What a tool of analysis is told: an address without the password."""
        parameters = self.env.cr._cnx.get_dsn_parameters()
        host = self.env["ir.config_parameter"].sudo().get_param("kemenkes_dashboard.database_host")  # sudo: no secret
        host = host or self.env._("ADDRESS-OF-THE-DATABASE")
        return (
            f"postgresql://{self.role_name}@{host}:{parameters.get('port', 5432)}/{self.env.cr.dbname}"
            f"?sslmode=require&options=-csearch_path%3D{SCHEMA}"
        )

    # WHAT THE MACHINE DOES

    @api.model
    def _cron_watch(self):
        """Revoke what is over, and end queries that last too long: a reader can lift PostgreSQL's own time limit."""
        active = self.search([("state", "=", "active")])
        over = active.filtered(lambda login: login.expiry_date < fields.Date.today() - timedelta(days=1))
        over.action_revoke()
        for login in active - over:
            self.env.cr.execute(
                "SELECT connections, ended FROM pusdatin_admin.watch_login(%s, %s)",
                [login.role_name, login.statement_seconds],
            )
            ((connections, ended),) = self.env.cr.fetchall()
            values = {"connection_count": connections, "ended_count": login.ended_count + ended}
            if connections:
                values["seen_date"] = fields.Datetime.now()
            if connections or login.connection_count:
                login.write(values)
