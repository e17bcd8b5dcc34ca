from contextlib import contextmanager

from odoo import fields, models

from .helpdesk_event import OWN_HISTORY
from .helpdesk_stage import DONE_KINDS

# A change of one of these fields is a step of its own in the ledger.
EVENT_BY_FIELD = {
    "user_id": "assigned",
    "team_id": "team_changed",
    "stage_id": "stage_changed",
    "category_id": "category_changed",
    "priority": "priority_changed",
    "product_id": "product_changed",
    "site_id": "site_changed",
    "tag_ids": "tags_changed",
    "partner_id": "customer_changed",
}


class LogLater:
    """Rows for the ledger that are kept until many tickets are written. No caller from outside can make one."""

    def __init__(self):
        self.rows = []


class HelpdeskTicket(models.Model):
    """What the ledger is told about a ticket."""

    _inherit = "helpdesk.ticket"

    def _log(self, kind, **columns):
        """One ledger row of ``kind`` for each ticket of ``self``.

        :param str kind: a key of the ledger's kinds
        :param columns: further columns of ``helpdesk.event``, the same for every ticket
        """
        self.env["helpdesk.event"]._record([{"kind": kind, "ticket_id": ticket.id, **columns} for ticket in self])

    def _log_created(self):
        if self.env.context.get("helpdesk_history") is not OWN_HISTORY:
            self._log("created")

    def _snapshot_for_log(self, vals):
        """The watched fields of ``vals`` as they stand before a write: ``{ticket: {field: raw value}}``."""
        watched = [name for name in EVENT_BY_FIELD if name in vals]
        if not watched:
            return {}
        return {
            ticket: {"stage_kind": ticket.stage_kind, **{name: ticket._log_value(name) for name in watched}}
            for ticket in self
        }

    def _log_value(self, name):
        value = self[name]
        if isinstance(value, models.BaseModel):
            return value.ids if self._fields[name].type == "many2many" else value.id
        return value

    def _log_changes(self, before):
        rows = []
        for ticket, old in before.items():
            kind_before = old.pop("stage_kind")
            for name, value in old.items():
                new = ticket._log_value(name)
                if new != value:
                    rows += ticket._prepare_change_rows(name, value, new, kind_before)
        later = self.env.context.get("helpdesk_log_later")
        if isinstance(later, LogLater):
            later.rows += rows
        elif rows:
            self.env["helpdesk.event"]._record(rows)

    @contextmanager
    def _log_in_one(self, rows=()):
        """These tickets, for writing to one after the other; the ledger is told of it all at the end, in one batch.

        :param rows: dicts for :meth:`helpdesk.event._record` that come before, with the tickets as they are now
        """
        events = self.env["helpdesk.event"]
        later = LogLater()
        later.rows += events._with_dimensions(rows)
        yield self.with_context(helpdesk_log_later=later)
        events._record(later.rows)

    def _prepare_change_rows(self, name, old, new, kind_before):
        kind = EVENT_BY_FIELD[name]
        if name == "user_id" and not new:
            kind = "unassigned"
        rows = [{"kind": kind, "ticket_id": self.id, "data": {"old": old, "new": new}}]
        if name == "stage_id":
            rows += self._prepare_kind_rows(kind_before)
        if name == "team_id":
            rows += self._prepare_tier_rows(old)
        return rows

    def _prepare_tier_rows(self, old_team_id):
        # sudo: the ledger tells the tier of a team whoever moved the ticket
        old_tier = self.env["helpdesk.team"].sudo().browse(old_team_id).tier
        if old_tier == self.tier:
            return []
        data = {"old": int(old_tier or 0), "new": int(self.tier or 0)}
        return [{"kind": "tier_changed", "ticket_id": self.id, "data": data}]

    def _prepare_kind_rows(self, kind_before):
        """Solved, closed and reopened follow from the kinds of the stages, whatever their names."""
        kind = self.stage_kind
        if kind_before == kind:
            return []
        kinds = []
        if kind in DONE_KINDS and kind_before not in DONE_KINDS:
            kinds.append("solved")
        if kind == "closed":
            self.close_date = fields.Datetime.now()
            kinds.append("closed")
        if kind_before in DONE_KINDS and kind not in DONE_KINDS:
            self.close_date = False
            kinds.append("reopened")
        return [{"kind": name, "ticket_id": self.id} for name in kinds]
