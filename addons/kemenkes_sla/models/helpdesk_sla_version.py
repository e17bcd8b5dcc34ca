from odoo import api, fields, models, tools
from odoo.exceptions import UserError

from odoo.addons.kemenkes_helpdesk.tools.working_time import to_seconds

from ..tools.clock import Policy
from ..tools.facts import DONE

BATCH = 1000


class HelpdeskSlaVersion(models.Model):
    """What a policy said from some day on; kept for ever, so that the past stays as it was promised.

    A ticket is governed by the newest version that was valid when the ticket came in, or that was applied to the
    tickets open at some time while it was open.
    """

    _name = "helpdesk.sla.version"
    _description = "SLA Policy Version"
    _order = "sla_id, number desc"
    _rec_name = "number"

    sla_id = fields.Many2one("helpdesk.sla", "Policy", required=True, readonly=True, ondelete="cascade", index=True)
    number = fields.Integer(required=True, readonly=True, aggregator=None)
    valid_from = fields.Datetime(required=True, readonly=True, help="Tickets that came in since then.")
    open_from = fields.Datetime("Applied to open tickets", readonly=True, help="Tickets that were open then, too.")
    definition = fields.Json(readonly=True, help="Empty: switched off.")
    summary = fields.Char(compute="_compute_summary")
    status_ids = fields.One2many("helpdesk.sla.status", "version_id")

    _number_unique = models.Constraint("UNIQUE(sla_id, number)", "A version has a number of its own.")

    @api.depends("definition")
    def _compute_summary(self):
        targets = dict(self.env["helpdesk.sla"]._fields["target"]._description_selection(self.env))
        for version in self:
            definition = version.definition
            version.summary = (
                self.env._(
                    "%(target)s in %(minutes)s minutes",
                    target=targets[definition["target"]],
                    minutes=definition["seconds"] // 60,
                )
                if definition
                else self.env._("Switched off")
            )

    def write(self, vals):
        if set(vals) - {"open_from", "valid_from"} and self.status_ids:
            raise UserError(self.env._("A version that governs clocks can't be changed."))
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    # MADE BY POLICIES

    def _follow(self, sla):
        """The version after this one (or the first), with what ``sla`` says now.

        Several changes in one transaction are one version.
        """
        now = self.env.cr.now().replace(microsecond=0)
        definition = sla._live_definition() or False
        if self and self.valid_from == now and not self.status_ids:
            self.definition = definition
            return self
        return self.create(
            {"sla_id": sla.id, "number": (self.number or 0) + 1, "valid_from": now, "definition": definition}
        )

    def _log(self):
        self.env["helpdesk.event"]._record(
            [
                {
                    "kind": "setting_changed",
                    "data": {
                        "model": "helpdesk.sla",
                        "record": version.sla_id.id,
                        "version": version.number,
                        "active": bool(version.definition),
                    },
                }
                for version in self
            ]
        )

    # TO WHICH TICKETS

    def _apply_to_open(self):
        """Let these versions govern the tickets that are open now, too; their clocks are worked out anew.

        :return: number of tickets looked at
        """
        self.open_from = self.env.cr.now().replace(microsecond=0)
        # sudo: a policy is for everybody's tickets
        return self._refresh(self.env["helpdesk.ticket"].sudo().search([("stage_kind", "not in", DONE)]))

    def _take_off(self):
        """Let these versions, which say that a policy is off, end the clocks that run under it."""
        self.open_from = self.env.cr.now().replace(microsecond=0)
        # sudo: as above
        clocks = self.env["helpdesk.sla.status"].sudo()
        return self._refresh(clocks.search([("sla_id", "in", self.sla_id.ids), ("is_open", "=", True)]).ticket_id)

    def _apply_since(self, date):
        """Let this version govern all tickets that came in since ``date``: the past is worked out anew.

        :param datetime date: naive UTC
        :return: number of tickets
        """
        self.ensure_one()
        self.valid_from = min(date, self.valid_from)
        tickets = self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        return self._refresh(tickets.search([("create_date", ">=", date)]))

    def _refresh(self, tickets):
        for batch in tools.split_every(BATCH, tickets.ids):
            self.env["helpdesk.sla.status"].sudo()._refresh(self.env["helpdesk.ticket"].browse(batch))
        return len(tickets)

    # THE BOOK

    @api.model
    @tools.ormcache()
    def _book(self):
        """All versions, by policy in their order, newest first; read once for every process.

        :return: tuple of tuples of ``(valid from, open from or None, Policy or None)``, times in seconds
        """
        books = {}
        for version in self.sudo().search([], order="sla_id, number desc"):
            open_from = version.open_from and to_seconds(version.open_from)
            entry = (to_seconds(version.valid_from), open_from or None, version._policy())
            books.setdefault(version.sla_id.id, []).append(entry)
        return tuple(map(tuple, books.values()))

    def _policy(self):
        return self._make_policy(self.sla_id.id, self.id, self.definition) if self.definition else None

    @api.model
    def _make_policy(self, sla_id, version_id, definition):
        """A definition, as :meth:`helpdesk.sla._definition` gives it, ready for the arithmetic."""
        conditions = dict(definition["conditions"])
        if "category" in conditions:
            conditions["category"] = self._subtree(conditions["category"])
        return Policy(
            version=version_id,
            sla=sla_id,
            target=definition["target"],
            seconds=definition["seconds"],
            pauses=frozenset(definition["pauses"]),
            warnings=tuple(definition["warnings"]),
            hours=None if definition["hours"] == "always" else definition["hours"],
            conditions=tuple((name, frozenset(values)) for name, values in sorted(conditions.items())),
            sequence=definition["sequence"],
        )

    @api.model
    def _subtree(self, category_ids):
        categories = self.env["helpdesk.category"].sudo().with_context(active_test=False)
        return categories.search([("id", "child_of", category_ids)]).ids
