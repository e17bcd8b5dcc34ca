from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.helpdesk_stage import DONE_KINDS
from ..tools.html_list import html_list


class HelpdeskMergeWizard(models.TransientModel):
    """Choose the ticket that goes on, and read what the merge will do; from a list the oldest open one is proposed."""

    _name = "helpdesk.merge.wizard"
    _description = "Merge Tickets"

    ticket_ids = fields.Many2many("helpdesk.ticket", required=True)
    is_selection = fields.Boolean(help="Several tickets were chosen: the one that goes on is among them.")
    target_id = fields.Many2one("helpdesk.ticket", "Ticket that goes on")
    refusal = fields.Char(compute="_compute_outcome")
    warnings = fields.Html(compute="_compute_outcome")
    outcome = fields.Html("What happens", compute="_compute_outcome")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "helpdesk.ticket":
            ticket_ids = sorted(self.env.context.get("active_ids", []))
            values["ticket_ids"] = [fields.Command.set(ticket_ids)]
            if len(ticket_ids) > 1:
                tickets = self.env["helpdesk.ticket"].browse(ticket_ids)
                still_open = tickets.filtered(lambda ticket: ticket.stage_kind not in DONE_KINDS)
                values.update(is_selection=True, target_id=(still_open or tickets)[0].id)
        return values

    @api.depends("ticket_ids", "target_id")
    def _compute_outcome(self):
        for wizard in self:
            wizard.refusal = wizard.warnings = wizard.outcome = False
            sources, target = wizard._chosen()
            if not sources or not target:
                continue
            survivor = target._survivor()
            refusals = [reason for ticket in sources if (reason := ticket._merge_refusal(target, survivor))]
            wizard.refusal = " ".join(refusals)
            if not refusals:
                wizard.warnings = html_list(wizard._warnings(sources, survivor))
                wizard.outcome = html_list(wizard._outcome(sources, survivor))

    def _chosen(self):
        """The tickets to be merged, and the one that goes on."""
        target = self.target_id._origin
        return self.ticket_ids._origin - target, target

    def _warnings(self, sources, survivor):
        """What somebody should think about before merging, a line each."""
        lines = []
        if any(source._customer_key() != survivor._customer_key() for source in sources):
            names = dict.fromkeys(ticket._shown("partner_name") or ticket.ticket_ref for ticket in survivor | sources)
            lines.append(
                self.env._(
                    "Different customers: %(customers)s. Each will see only their own words and answers. Your answers"
                    " go to %(customer)s; with “Answer all customers” you reach the others too.",
                    customers=", ".join(names),
                    customer=next(iter(names)),
                )
            )
        if sources.product_id - survivor.product_id:
            products = (survivor | sources).product_id.mapped("name")
            lines.append(self.env._("Different products: %s. Is it really one problem?", ", ".join(products)))
        handed_over = sources.filtered("current_escalation_id")
        lines += [
            self.env._(
                "%(team)s works on %(ticket)s: that escalation is taken back.",
                team=ticket.current_escalation_id.sudo().to_team_id.name,  # sudo: the name of a team is no secret
                ticket=ticket.ticket_ref,
            )
            for ticket in handed_over
        ]
        return lines

    def _outcome(self, sources, survivor):
        """What the merge does, a line each."""
        numbers = ", ".join(sources.mapped("ticket_ref"))
        lines = [
            self.env._(
                "%(tickets)s: closed. Messages, files, activities and followers move to %(survivor)s.",
                tickets=numbers,
                survivor=survivor.ticket_ref,
            ),
            self.env._("Who answers to an old number reaches %s.", survivor.ticket_ref),
        ]
        if survivor._is_opened_by(sources):
            lines.append(self.env._("%s is opened again, as there is work on another of them.", survivor.ticket_ref))
        lines.append(self.env._("The customers are told nothing, and the merge can be undone."))
        return lines

    def action_merge(self):
        """Merge, and open the ticket that goes on.

        :return: an action
        :raise UserError: no ticket to merge was chosen, or as in :meth:`helpdesk.ticket.merge_into`
        """
        sources, target = self._chosen()
        if not sources or not target:
            raise UserError(self.env._("Choose another ticket to merge into."))
        return sources.merge_into(target)._action_open_survivor()
