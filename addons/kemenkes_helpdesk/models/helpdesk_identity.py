from odoo import api, fields, models
from odoo.tools import SQL, email_normalize

from odoo.addons.phone_validation.tools.phone_validation import phone_format

# A number without country code is taken as one of this country.
HOME_COUNTRY = "ID"

IDENTITY_KINDS = [
    ("email", "E-mail"),
    ("phone", "Phone"),
    ("whatsapp", "WhatsApp"),
    ("messenger", "Messenger"),
    ("telegram", "Telegram"),
    ("x", "X"),
    ("facebook", "Facebook"),
    ("instagram", "Instagram"),
    ("playstore", "Play Store"),
    ("appstore", "App Store"),
    ("livechat", "Live chat"),
]


class HelpdeskIdentity(models.Model):
    """An outside handle (address, number, account id) and the customer it belongs to."""

    _name = "helpdesk.identity"
    _description = "Customer Identity"
    _rec_name = "handle"
    _order = "kind, handle"

    kind = fields.Selection(IDENTITY_KINDS, required=True)
    handle = fields.Char(
        required=True, help="Normalised: e-mail in lower case, phone in E.164, else the id the platform gives."
    )
    display_handle = fields.Char(help="As the customer or the platform writes it, such as @name.")
    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True, ondelete="cascade")

    _handle_unique = models.UniqueIndex("(kind, handle)", "This handle already belongs to a customer.")

    @api.model
    def _normalize_handle(self, kind, handle):
        """How a handle is stored and looked up.

        :param str kind: a key of IDENTITY_KINDS
        :param str handle: as somebody wrote it
        :return: str, or False where ``handle`` is no address or number
        """
        if not handle:
            return False
        if kind == "email":
            return email_normalize(handle) or False
        if kind in ("phone", "whatsapp"):
            number = phone_format(handle, HOME_COUNTRY, None, force_format="E164", raise_exception=False)
            return number if number and number.startswith("+") else False
        return handle.strip() or False

    @api.model
    def _find_or_create_partners(self, kind, names_by_handle):
        """The customers behind handles, made where they are not known yet; safe when run twice at once.

        :param str kind: a key of IDENTITY_KINDS
        :param dict names_by_handle: ``{handle: name}``, handles normalised, name may be empty
        :return: ``{handle: res.partner}``
        """
        found = self._partners_of(kind, names_by_handle)
        missing = [handle for handle in names_by_handle if handle not in found]
        if not missing:
            return found
        found.update(self._adopt_partners(kind, missing))
        missing = [handle for handle in missing if handle not in found]
        partners = (
            self.env["res.partner"]
            .sudo()
            .create([self._prepare_partner(kind, handle, names_by_handle[handle]) for handle in missing])
        )
        self._insert(kind, dict(zip(missing, partners.ids, strict=True)))
        return self._partners_of(kind, names_by_handle)

    @api.model
    def _adopt_partners(self, kind, handles):
        """Customers that Odoo knew before the helpdesk did, by e-mail."""
        if kind != "email":
            return {}
        partners = self.env["res.partner"].sudo().search([("email_normalized", "in", handles)], order="id desc")
        by_handle = {partner.email_normalized: partner.id for partner in partners}
        self._insert(kind, by_handle)
        return self._partners_of(kind, by_handle)

    @api.model
    def _partners_of(self, kind, handles):
        # sudo: customers belong to nobody's rights; whoever takes a message in must find its writer
        known = [("kind", "=", kind), ("handle", "in", list(handles))]
        identities = self.sudo().search_fetch(known, ["handle", "partner_id"])
        return {identity.handle: identity.partner_id for identity in identities}

    @api.model
    def _insert(self, kind, partner_id_by_handle):
        """One INSERT; a handle that somebody else took in the meantime stays with its first customer."""
        if not partner_id_by_handle:
            return
        self.env["res.partner"].flush_model(["id"])
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO helpdesk_identity (kind, handle, partner_id, create_uid, write_uid, create_date, write_date)
                VALUES %s ON CONFLICT (kind, handle) DO NOTHING
                """,
                SQL(", ").join(
                    SQL(
                        "(%s, %s, %s, %s, %s, now() at time zone 'UTC', now() at time zone 'UTC')",
                        kind,
                        handle,
                        partner_id,
                        self.env.uid,
                        self.env.uid,
                    )
                    for handle, partner_id in partner_id_by_handle.items()
                ),
            )
        )
        self.invalidate_model()

    @api.model
    def _prepare_partner(self, kind, handle, name):
        values = {"name": name or handle, "company_id": False}
        if kind == "email":
            values["email"] = handle
        if kind in ("phone", "whatsapp"):
            values["phone"] = handle
        return values
