from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# Odoo's own scope of these keys: its general interfaces (JSON-2, XML-RPC) do not take them.
ODOO_SCOPE = "helpdesk.api"
INDEX_LENGTH = 8
# A key's last use is known to this many minutes: one write for many requests.
USE_MINUTES = 5


class HelpdeskApiKey(models.Model):
    """A key of the open API: whose rights it has, what it may be used for, how often, until when (R23.c.2).

    The secret itself is one of Odoo's API keys, which keeps its hash only.
    """

    _name = "helpdesk.api.key"
    _description = "API Key of the Helpdesk"
    _order = "name, id"

    name = fields.Char(required=True, help="Which system uses it.")
    active = fields.Boolean(default=True)
    user_id = fields.Many2one(
        "res.users",
        "Account",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.user,
        help="The key reads and changes what this account may, and sees personal data as it does.",
    )
    scope_ids = fields.Many2many("helpdesk.api.scope", string="May be used for")
    channel_id = fields.Many2one(
        "helpdesk.channel",
        domain="[('kind', '=', 'api')]",
        help="New tickets that name no channel come in by this one.",
    )
    rate_limit = fields.Integer("Requests a minute", required=True, default=120)
    expiration_date = fields.Datetime(
        "Valid until",
        default=lambda _self: fields.Datetime.now() + relativedelta(years=1),
        help="Empty: until it is withdrawn.",
    )
    apikey_id = fields.Many2one(
        "res.users.apikeys", copy=False, readonly=True, ondelete="set null", index="btree_not_null"
    )
    key_start = fields.Char("Key begins with", copy=False, readonly=True)
    last_use_date = fields.Datetime("Last used", copy=False, readonly=True)
    state = fields.Selection(
        [("draft", "No key yet"), ("valid", "Valid"), ("expired", "Expired"), ("revoked", "Withdrawn")],
        compute="_compute_state",
    )

    _rate_limit_positive = models.Constraint("CHECK(rate_limit > 0)", "A key needs at least one request a minute.")

    @api.depends("active", "apikey_id", "expiration_date")
    def _compute_state(self):
        now = fields.Datetime.now()
        for key in self:
            if not key.active:
                key.state = "revoked"
            elif key.expiration_date and key.expiration_date < now:
                key.state = "expired"
            else:
                key.state = "valid" if key.apikey_id else "draft"

    def write(self, vals):
        result = super().write(vals)
        if {"user_id", "expiration_date"} & vals.keys() or vals.get("active") is False:
            # the secret was made for what stood here before
            self._withdraw()
        return result

    def unlink(self):
        self._withdraw()
        return super().unlink()

    # THE SECRET

    def action_make_key(self):
        """Make the secret, or a new one in the place of the old one; it is shown this once.

        :raise UserError: the key is expired or withdrawn
        """
        self.ensure_one()
        self.check_access("write")
        if self.state in ("expired", "revoked"):
            raise UserError(self.env._("Set a later date, or take the key out of the archive, first."))
        self._withdraw()
        # sudo: the administrator gives the account this key, for as long as the form says
        keys = self.env["res.users.apikeys"].with_user(self.user_id).sudo()
        secret = keys._generate(ODOO_SCOPE, self.name, self.expiration_date)
        made = self._find_odoo_key(secret, self.user_id.id)
        self.write({"apikey_id": made, "key_start": secret[:INDEX_LENGTH]})
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.users.apikeys.show",
            "name": self.env._("API key"),
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_key": secret},
        }

    def action_revoke(self):
        """The keys are no good from now on."""
        self.active = False

    def _withdraw(self):
        # sudo: whoever may change a key here may end its secret, whosever account it is
        self.sudo().apikey_id.unlink()

    @api.model
    def _find_odoo_key(self, secret, user_id):
        found = self.env.execute_query(
            SQL(
                "SELECT id FROM res_users_apikeys WHERE user_id = %s AND index = %s AND scope = %s ORDER BY id DESC",
                user_id,
                secret[:INDEX_LENGTH],
                ODOO_SCOPE,
            )
        )
        return found[0][0] if found else False

    # WHAT REQUESTS ASK

    @api.model
    def _authenticate(self, secret):
        """The key behind a secret.

        :param str secret: as it came
        :return: the key, sudo; empty for a stranger's
        """
        # sudo: nobody is logged in yet; the secret is the right
        keys = self.sudo()
        user_id = keys.env["res.users.apikeys"]._check_credentials(scope=ODOO_SCOPE, key=secret)
        if not user_id:
            return keys
        odoo_key = self._find_odoo_key(secret, user_id)
        # a general key of Odoo's fits every scope, and is none of these
        key = keys.search([("apikey_id", "=", odoo_key)]) if odoo_key else keys
        key._note_use()
        return key

    def _note_use(self):
        now = fields.Datetime.now()
        for key in self:
            if not key.last_use_date or key.last_use_date < now - timedelta(minutes=USE_MINUTES):
                key.last_use_date = now

    def _scopes(self):
        return set(self.scope_ids.mapped("code"))

    def _take_request(self):
        """Count one more request.

        :return: ``(is allowed, requests left, seconds to wait)``
        """
        return self.env["helpdesk.rate.limit"]._take_counted("api", str(self.id), self.rate_limit, seconds=60)
