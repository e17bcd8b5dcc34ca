from odoo import api, models
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from ..tools import open_api
from ..tools.open_api import BadRequestError, Operation, moment, number, optional, page_of, record, text
from .helpdesk_api import PAGING, optional_text

_lt = LazyTranslate(__name__)

TAG = _lt("Customers")
READ_FIELDS = ["name", "email", "phone", "create_date", "write_date"]


class HelpdeskApi(models.AbstractModel):
    """Customers in the open API: found by a whole address or number, masked as the account sees them."""

    _inherit = "helpdesk.api"

    @api.model
    def _operations(self):
        query = (
            *PAGING,
            ("email", text(254, 1, description=_lt("The whole address."))),
            ("phone", text(40, 1, description=_lt("The whole number."))),
        )
        return [
            *super()._operations(),
            Operation("list_customers", "GET", "/customers", "customers:read", _lt("List or find customers"), TAG,
                      query=query, answer="CustomerPage"),
            Operation("create_customer", "POST", "/customers", "customers:write",
                      _lt("Add a customer, or find the one who has the address or number"), TAG,
                      body="CustomerNew", answer="Customer", status=201),
            Operation("get_customer", "GET", "/customers/{customer_id}", "customers:read", _lt("Read a customer"), TAG,
                      answer="Customer"),
        ]  # fmt: skip

    @api.model
    def _schemas(self):
        return {
            **super()._schemas(),
            "Customer": record(
                {
                    "id": number(),
                    "name": optional_text(),
                    "email": optional_text(),
                    "phone": optional_text(),
                    "created_at": optional(moment()),
                    "updated_at": optional(moment()),
                },
                required=("id",),
            ),
            "CustomerPage": page_of("Customer"),
            "CustomerNew": record(
                {
                    "name": text(200, 1),
                    "email": text(254, 1, description=_lt("Address, such as nama@contoh.id.")),
                    "phone": text(40, 1, description=_lt("Number; without a country's code it is Indonesian.")),
                },
                minProperties=1,
            ),
        }

    @api.model
    def _customer_domain(self):
        """Who has written to the helpdesk on a ticket that the account sees; never a colleague."""
        tickets = self.env["helpdesk.ticket"]._search([("partner_id", "!=", False)])
        return Domain("partner_share", "=", True) & Domain("id", "in", tickets.subselect("partner_id"))

    @api.model
    def _do_list_customers(self, limit, cursor=None, email=None, phone=None):
        domain = self._customer_domain()
        for kind, handle in (("email", email), ("phone", phone)):
            if handle:
                domain &= self._handle_domain(kind, handle)
        return self._page("res.partner", domain, limit, cursor, self._serialize_customers)

    @api.model
    def _handle_domain(self, kind, handle):
        """Who has the whole address or number: as an identity, or on the contact."""
        identities = self.env["helpdesk.identity"]
        normalized = identities._normalize_handle(kind, handle)
        if not normalized:
            return Domain.FALSE
        partners = identities._partners_of(kind, [normalized]).get(normalized, self.env["res.partner"])
        field = "email_normalized" if kind == "email" else "phone_sanitized"
        return Domain("id", "in", partners.ids) | Domain(field, "=", normalized)

    @api.model
    def _do_get_customer(self, customer_id):
        self.env["res.partner"].check_access("read")
        customer = self.env["res.partner"].search(self._customer_domain() & Domain("id", "=", customer_id))
        customer = customer or self._find_added(customer_id)
        if not customer:
            raise LookupError
        return self._serialize_customers(customer)[0]

    @api.model
    def _find_added(self, customer_id):
        """A customer whom this account has added, until somebody's ticket says who else may see him."""
        # sudo: tickets that the account doesn't see count as well
        if self.env["helpdesk.ticket"].sudo().search([("partner_id", "=", customer_id)], limit=1):
            return self.env["res.partner"]
        domain = [("id", "=", customer_id), ("partner_share", "=", True), ("create_uid", "=", self.env.uid)]
        return self.env["res.partner"].search(domain)

    @api.model
    def _do_create_customer(self, body):
        identities = self.env["helpdesk.identity"]
        identities.check_access("create")
        for kind in ("email", "phone"):
            handle = self._checked_handle(kind, body, "")
            if handle:
                partner = identities._find_or_create_partners(kind, {handle: body.get("name")})[handle]
                return self._serialize_customers(partner.with_env(self.env))[0]
        raise BadRequestError([("/email", "required", None)])

    @api.model
    def _checked_handle(self, kind, customer, prefix="/customer"):
        """The normalised address or number of a customer in a body, False where none is given.

        :raise BadRequestError: it is none
        """
        if not customer.get(kind):
            return False
        normalized = self.env["helpdesk.identity"]._normalize_handle(kind, customer[kind])
        if not normalized:
            raise BadRequestError([(f"{prefix}/{kind}", "contact", None)])
        return normalized

    @api.model
    def _serialize_customers(self, customers):
        """Customers as the account may see them.

        :rtype: list
        """
        return [
            {
                "id": values["id"],
                "name": values["name"] or None,
                "email": values["email"] or None,
                "phone": values["phone"] or None,
                "created_at": open_api.format_moment(values["create_date"]),
                "updated_at": open_api.format_moment(values["write_date"]),
            }
            for values in customers.read(READ_FIELDS)
        ]
