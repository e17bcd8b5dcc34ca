from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .helpdesk_stage import DONE_KINDS


class HelpdeskTicket(models.Model):
    """Tickets about the same problem become one; the old numbers go on to lead to it, and it can be undone."""

    _inherit = "helpdesk.ticket"

    survivor_id = fields.Many2one(
        "helpdesk.ticket",
        "Goes on in",
        compute="_compute_survivor_id",
        store=True,
        precompute=True,
        recursive=True,
        index="btree_not_null",
        help="The ticket that this one was merged into in the end.",
    )
    merge_ids = fields.One2many("helpdesk.merge", "target_id", "Merges")
    other_customer_ids = fields.Many2many(
        "helpdesk.ticket", string="Tickets of other customers", compute="_compute_other_customer_ids"
    )

    @api.depends("merged_into_id.survivor_id")
    def _compute_survivor_id(self):
        for ticket in self:
            ticket.survivor_id = ticket.merged_into_id.survivor_id or ticket.merged_into_id

    # MERGE

    def merge_into(self, target):
        """Merge tickets into another: everything said, attached and planned moves there, and answers follow.

        A target that was itself merged stands for its survivor. An open ticket opens a survivor that is done or waits
        for its customer, so that nothing is forgotten. Hand-overs of the merged tickets are taken back. The customers
        are told nothing.

        :param target: ``helpdesk.ticket``, one record
        :return: the ``helpdesk.ticket`` that they are in now
        :raise AccessError: the account may not write one of the tickets
        :raise UserError: a ticket is already merged, or is the target itself, or is open while the survivor was done
            too long ago to be opened again
        """
        target.ensure_one()
        (self | target).check_access("write")
        (self | target)._lock_for_merge()
        survivor = target.sudo()._survivor().sudo(False)
        survivor.check_access("write")
        if survivor != target:
            survivor._lock_for_merge()
        for ticket in self:
            ticket._check_merge(target, survivor)
        # sudo: merges are written by the system only; who may write all the tickets may merge them
        merges = self.env["helpdesk.merge"].sudo().create([ticket._prepare_merge(survivor) for ticket in self])
        merges._end_escalations()
        survivor._open_for(self)
        # first the survivor, then the stage: closed by a merge is not solved
        self.write({"merged_into_id": survivor.id})
        # sudo: the stage of a merged ticket is the merge's to set
        self.sudo().write({"stage_id": self._stage_of("closed").id, "close_date": fields.Datetime.now()})
        merges._move_out()
        survivor._set_last_customer_message()
        self._log_merge("merged", survivor)
        return survivor

    def _lock_for_merge(self):
        """Wait for other merges of these tickets, in the order of ids: two never wait for each other in a circle.

        Where the other one changed a ticket meanwhile, the database fails this transaction and Odoo replays it.
        """
        self.env.flush_all()
        self.env.execute_query(
            SQL("SELECT id FROM helpdesk_ticket WHERE id = ANY(%s) ORDER BY id FOR UPDATE", self.ids)
        )
        self.invalidate_recordset(["merged_into_id", "survivor_id"])

    def _check_merge(self, target, survivor):
        if reason := self._merge_refusal(target, survivor):
            raise UserError(reason)

    def _merge_refusal(self, target, survivor):
        """Why this ticket can't be merged into ``target``, whose survivor is ``survivor``; None where it can."""
        names = {"ticket": self.ticket_ref, "target": target.ticket_ref, "survivor": survivor.ticket_ref}
        if self == target:
            return self.env._("%s can't be merged into itself.", self.ticket_ref)
        if self.merged_into_id:
            # sudo: a number is no secret
            names["survivor"] = self.sudo()._survivor().ticket_ref
            return self.env._("%(ticket)s is already merged into %(survivor)s.", **names)
        if self == survivor:
            return self.env._("%(target)s is already merged into %(ticket)s. Undo that first.", **names)
        if self.stage_kind not in DONE_KINDS and survivor._is_too_late_to_reopen():
            return self.env._(
                "%(survivor)s was solved too long ago to be opened again, and %(ticket)s is still open."
                " Merge %(survivor)s into %(ticket)s instead.",
                **names,
            )
        return None

    def _open_for(self, sources):
        if self._is_opened_by(sources):
            self.stage_id = self._stage_of("open")

    def _is_opened_by(self, sources):
        """Whether this ticket can't stay as it is when ``sources`` are merged into it.

        It is done and one of them is not, or it waits for its customer, soon to be solved by silence, and one of them
        waits for us.
        """
        kinds = set(sources.mapped("stage_kind"))
        if self.stage_kind == "waiting_customer":
            return bool(kinds & {"new", "open"})
        return self.stage_kind in DONE_KINDS and bool(kinds - set(DONE_KINDS))

    def _prepare_merge(self, survivor):
        return {
            "source_id": self.id,
            "target_id": survivor.id,
            "source_stage_id": self.stage_id.id,
            "source_close_date": self.close_date,
            "user_id": self.env.uid,
        }

    def _set_last_customer_message(self):
        """When a customer spoke last, by the messages that are here now."""
        # sudo: a time, whoever may read the messages
        messages = self.env["mail.message"].sudo()
        said = [("model", "=", self._name), ("res_id", "in", self.ids), ("helpdesk_direction", "=", "in")]
        date_by_id = dict(messages._read_group(said, ["res_id"], ["date:max"]))
        for ticket in self:
            ticket.last_customer_message_date = date_by_id.get(ticket.id, False)

    def _log_merge(self, kind, survivor):
        rows = []
        for one, other, role in [(ticket, survivor, "into") for ticket in self] + [
            (survivor, ticket, "from") for ticket in self
        ]:
            # which of the two went away is told beside the numbers: readers see one ticket's rows at a time
            rows.append({"kind": kind, "ticket_id": one.id, "other_ticket_id": other.id, "data": {role: other.id}})
        self.env["helpdesk.event"]._record(rows)

    # UNDO

    def unmerge(self):
        """Undo the merges of these tickets: what moved with them moves back, with what their customers wrote since.

        What was said to the survivor since stays there, and a survivor that the merge opened stays open: whether its
        own matter is settled after all, an agent decides. A ticket that was done comes back open where its customer
        has written since.

        :return: ``self``
        :raise AccessError: the account may not write a ticket or the one it is merged into
        :raise UserError: a ticket is not merged
        """
        self.check_access("write")
        for ticket in self:
            ticket._unmerge_one()
        return self

    def _unmerge_one(self):
        # sudo: to know the survivor, which is then checked
        survivor = self.sudo()._survivor().sudo(False)
        survivor.check_access("write")
        (self | survivor)._lock_for_merge()
        if not self.merged_into_id:
            raise UserError(self.env._("%s is not merged.", self.ticket_ref))
        # sudo: as in merge_into
        merges = self.env["helpdesk.merge"].sudo()
        merge = merges.search([("source_id", "=", self.id), ("state", "=", "active")])
        if not merge:
            raise UserError(self.env._("The merge of %s was not recorded, so it can't be undone.", self.ticket_ref))
        written_since = merge._is_written_since()
        merge._move_back()
        merge.state = "undone"
        # the stage while it is still merged: coming back is no reopening
        # sudo: as in merge_into
        self.sudo().write({"stage_id": merge.source_stage_id.id, "close_date": merge.source_close_date})
        merge._resume_escalations()
        self.write({"merged_into_id": False})
        (self | survivor)._set_last_customer_message()
        if written_since and self.stage_kind in DONE_KINDS:
            self.stage_id = self._stage_of("open")
        self._log_merge("unmerged", survivor)

    def _with_merged(self):
        """These tickets and all that were merged into them, over any number of merges."""
        # sudo: which tickets are merged, not what is in them
        tickets = level = self.sudo().with_context(active_test=False)
        while level := self.sudo().search([("merged_into_id", "in", level.ids), ("id", "not in", tickets.ids)]):
            tickets |= level
        return tickets

    def _merge_path(self):
        """Ids of the tickets between this one and its survivor."""
        path, ticket = [], self.sudo().merged_into_id  # sudo: ids only
        while ticket and ticket.id not in path:
            path.append(ticket.id)
            ticket = ticket.merged_into_id
        return path

    # WHAT A MERGE CHANGES

    def message_post(self, **kwargs):
        """As in Odoo; on a merged ticket customers speak to its survivor, and employees are sent there.

        :raise UserError: an employee writes on a merged ticket
        """
        if not self or not self.merged_into_id:
            return super().message_post(**kwargs)
        # sudo: a customer's words arrive, whosever ticket the survivor is
        survivor = self.sudo()._survivor()
        if self.env.uid != api.SUPERUSER_ID and self.env.user._is_internal():
            raise UserError(
                self.env._(
                    "%(ticket)s was merged into %(survivor)s. Write there.",
                    ticket=self.ticket_ref,
                    survivor=survivor.ticket_ref,
                )
            )
        return survivor.message_post(**{**kwargs, "helpdesk_source_id": self.id})

    def _check_stage_is_own(self):
        """A merged ticket stands as its survivor does; opened on its own it would be work that nobody sees.

        :raise UserError: one of the tickets is merged
        """
        merged = self.filtered("merged_into_id")[:1]
        if merged and not self.env.su:
            raise UserError(
                self.env._(
                    "%(ticket)s was merged into %(survivor)s. Change the stage there.",
                    ticket=merged.ticket_ref,
                    # sudo: a number is no secret
                    survivor=merged.sudo()._survivor().ticket_ref,
                )
            )

    def _prepare_kind_rows(self, kind_before):
        if self.merged_into_id:
            return []  # closed by a merge, or back from one: nothing was solved or reopened
        return super()._prepare_kind_rows(kind_before)

    # CUSTOMERS

    def _customer_key(self):
        # sudo: compared only, whatever of it the account may see
        ticket = self.sudo()
        return ticket.partner_email_normalized or ticket.partner_id.id or ticket.partner_phone

    @api.depends("merged_ids.survivor_id")
    def _compute_other_customer_ids(self):
        """The merged tickets of other customers, one for each: the newest, which they know best."""
        merged = self.with_context(active_test=False).search([("survivor_id", "in", self.ids)], order="id desc")
        by_survivor = merged.grouped("survivor_id")
        for ticket in self:
            by_customer = {}
            for number in by_survivor.get(ticket._origin, merged.browse()):
                by_customer.setdefault(number._customer_key(), number)
            if by_customer:
                by_customer.pop(ticket._customer_key(), None)
            ticket.other_customer_ids = merged.browse(number.id for number in by_customer.values())

    def answer_customers(self, body):
        """Give the customers of tickets that were merged into one the same answer, each in a message of their own.

        Each goes out under the customer's own number and on their own channel; placeholders stand for that ticket's
        own values. Nobody sees who else is answered.

        :param body: ``Markup``, or ``str`` to be escaped
        :return: ``mail.message`` records, in the order of ``self``
        :raise AccessError: the account may not answer on one of the tickets
        """
        messages = self.env["mail.message"]
        for ticket in self:
            survivor = ticket._survivor()
            messages |= survivor.message_post(
                body=body,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                helpdesk_source_id=ticket.id if survivor != ticket else False,
            )
        return messages

    # ACTIONS

    def action_unmerge(self):
        """Undo the merge of the ticket on the screen, or of one in the list of its survivor.

        :return: an action that shows what is where now
        """
        concerned = self | self.survivor_id
        self.unmerge()
        return concerned._action_read_anew({"type": "ir.actions.client", "tag": "soft_reload"})

    def _action_open_survivor(self):
        """Open this ticket after others were merged into it."""
        return self._action_read_anew(self._action_open())

    def _action_read_anew(self, next_action):
        """Do ``next_action`` after the browser has forgotten which messages these tickets have: some went elsewhere."""
        params = {"ticket_ids": self.ids, "next": next_action}
        return {"type": "ir.actions.client", "tag": "helpdesk_read_anew", "params": params}

    def _action_open(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }
