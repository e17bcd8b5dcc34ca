from odoo import api, fields, models
from odoo.exceptions import UserError

from .helpdesk_stage import DONE_KINDS


class HelpdeskTicket(models.Model):
    """What must be filled in before a ticket is solved, as its product wants it."""

    _inherit = "helpdesk.ticket"

    wrap_up_names = fields.Char(
        "Needed before solving", compute="_compute_wrap_up_names", help="Names of fields, with commas between."
    )

    @api.depends("product_id", "team_id")
    def _compute_wrap_up_names(self):
        for ticket in self:
            ticket.wrap_up_names = ",".join(field["name"] for field in ticket._wrap_up_fields())

    def write(self, vals):
        solved = self.filtered(lambda ticket: ticket.stage_kind not in DONE_KINDS) if "stage_id" in vals else self[:0]
        result = super().write(vals)
        solved._check_wrapped_up()
        return result

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        tickets._check_wrapped_up()
        return tickets

    def _check_wrapped_up(self):
        """Whoever solves tickets by hand completes them; bots, silence and mass incidents solve them as they are.

        :raise UserError: something is missing on a ticket that is solved or closed now
        """
        if self.env.su:
            return
        for ticket in self:
            missing = ticket.stage_kind in DONE_KINDS and ticket._missing_for_wrap_up()
            if missing:
                raise UserError(
                    self.env._(
                        "%(ticket)s can't be solved yet. %(product)s needs before: %(fields)s.",
                        ticket=ticket.ticket_ref,
                        product=ticket.product_id.name,
                        fields=", ".join(field["label"] for field in missing),
                    )
                )

    def _missing_for_wrap_up(self):
        """What the product wants and the ticket doesn't have yet.

        :return: list of ``{"name", "label"}``, in the order of the form; the name of a team's own field is
            ``properties.<name>``
        """
        self.ensure_one()
        return [field for field in self._wrap_up_fields() if not field.pop("is_filled")]

    def _wrap_up_fields(self):
        """:return: list of ``{"name", "label", "is_filled"}``, all that the product wants"""
        product = self.product_id
        labels = self.fields_get(["partner_id", "category_id", "tag_ids"], ["string"])
        wanted = [
            (product.wrap_up_customer, "partner_id"),
            (product.wrap_up_category, "category_id"),
            (product.wrap_up_tags, "tag_ids"),
        ]
        found = [
            {"name": name, "label": labels[name]["string"], "is_filled": bool(self[name])}
            for is_wanted, name in wanted
            if is_wanted
        ]
        if product.wrap_up_answer:
            label = self.env._("an answer to the customer")
            found.append({"name": "reply_count", "label": label, "is_filled": bool(self.reply_count)})
        return found + (self._wrap_up_properties() if product.wrap_up_properties else [])

    def _wrap_up_properties(self):
        values = dict(self.properties or {})
        return [
            {
                "name": f"properties.{definition['name']}",
                "label": definition["string"],
                # a box that isn't ticked says no
                "is_filled": definition["type"] == "boolean" or bool(values.get(definition["name"])),
            }
            for definition in self.team_id.properties_definition or []
            if definition["type"] != "separator"
        ]
