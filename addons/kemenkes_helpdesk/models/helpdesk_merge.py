from odoo import fields, models
from odoo.tools import SQL

# Caches of a ticket that tell what hangs on it.
HANGING_FIELDS = ["activity_ids", "message_follower_ids", "message_ids", "message_partner_ids"]


class HelpdeskMerge(models.Model):
    """One ticket merged into another, with what moved, so that it can be undone to the letter.

    A message remembers the number it was said under, so undo needs no list of them, and what the customer of a merged
    ticket wrote since goes home too. What else moved is listed here. In a chain A → B → C what was A's is in both
    merges; when A leaves, it is struck from the second, which then moves back only what is B's.
    """

    _name = "helpdesk.merge"
    _description = "Ticket Merge"
    _order = "id desc"
    _rec_name = "source_id"

    source_id = fields.Many2one("helpdesk.ticket", "Merged ticket", required=True, readonly=True, ondelete="cascade")
    target_id = fields.Many2one(
        "helpdesk.ticket", "Merged into", required=True, readonly=True, index=True, ondelete="cascade"
    )
    source_stage_id = fields.Many2one("helpdesk.stage", "Stage before", required=True, readonly=True)
    source_close_date = fields.Datetime(readonly=True)
    user_id = fields.Many2one("res.users", "Merged by", required=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    state = fields.Selection(
        [("active", "Merged"), ("undone", "Undone")], required=True, default="active", readonly=True
    )
    data = fields.Json(readonly=True, help="Ids of the files, activities and followers that moved, by model.")
    last_message_id = fields.Integer(readonly=True, help="The newest message that moved.")
    ended_escalations = fields.Json(readonly=True, help="Hand-overs that the merge took back, with their state before.")

    _one_active = models.UniqueIndex("(source_id) WHERE state = 'active'", "This ticket is already merged.")

    # WHAT MOVES

    def _move(self, origins, destination, ids_by_model=None):
        """Move what hangs on ``origins`` to ``destination``: one statement for each model.

        :param origins: ``helpdesk.ticket`` records
        :param destination: ``helpdesk.ticket``, one record
        :param dict ids_by_model: only these; what is no longer on ``origins`` stays where it is. None: everything
        :return: ``{model: {id of the ticket that it was on: [ids that moved]}}``
        """
        moved = {}
        for name, condition in self._movable(origins, destination).items():
            model = self.env[name]
            model.flush_model()
            chosen = SQL("TRUE") if ids_by_model is None else SQL("moved.id = ANY(%s)", ids_by_model.get(name, []))
            rows = self.env.execute_query(
                SQL(
                    """
                    WITH moved AS (
                        SELECT id, res_id FROM %(table)s AS moved
                         WHERE res_id = ANY(%(origins)s) AND %(condition)s AND %(chosen)s)
                    UPDATE %(table)s AS row SET res_id = %(destination)s%(remembered)s
                      FROM moved WHERE row.id = moved.id RETURNING moved.res_id, row.id
                    """,
                    table=SQL.identifier(model._table),
                    origins=origins.ids,
                    condition=condition,
                    chosen=chosen,
                    destination=destination.id,
                    remembered=self._remember(destination) if name == "mail.message" else SQL(""),
                )
            )
            model.invalidate_model()
            moved[name] = {}
            for origin_id, row_id in rows:
                moved[name].setdefault(origin_id, []).append(row_id)
        (origins | destination).invalidate_recordset(HANGING_FIELDS)
        return moved

    def _movable(self, origins, destination):
        """What moves, so that agents find all in one place: ``{model: which of its rows}``.

        What came in and what goes out (inbox, outbox) stays with its number: an answer that waits to be sent is still
        that ticket's customer's, with that ticket's reference and link. So do followers that are no colleagues.
        """
        on_ticket = SQL("moved.res_model = 'helpdesk.ticket'")
        followers = SQL(
            """%(on_ticket)s
               AND EXISTS (SELECT FROM res_users u WHERE u.partner_id = moved.partner_id AND NOT u.share)
               AND NOT EXISTS (
                   SELECT FROM mail_followers other
                    WHERE other.res_model = 'helpdesk.ticket' AND other.partner_id = moved.partner_id
                      AND (other.res_id = %(destination)s OR other.res_id = ANY(%(origins)s) AND other.id < moved.id))
            """,
            on_ticket=on_ticket,
            destination=destination.id,
            origins=origins.ids,
        )
        return {
            "mail.message": SQL("moved.model = 'helpdesk.ticket'"),
            "ir.attachment": SQL("%s AND moved.res_field IS NULL", on_ticket),
            "mail.activity": on_ticket,
            "mail.followers": followers,
        }

    def _remember(self, destination):
        """The number a message was said under, while it stands on another ticket."""
        return SQL(", helpdesk_source_id = NULLIF(COALESCE(row.helpdesk_source_id, moved.res_id), %s)", destination.id)

    def _move_out(self):
        """Move what hangs on the merged tickets to the one they are merged into, and keep in mind what it was."""
        moved = self._move(self.source_id, self.target_id)
        messages = moved.pop("mail.message")
        for merge in self:
            merge.last_message_id = max(messages.get(merge.source_id.id, []), default=0)
            merge.data = {name: ids.get(merge.source_id.id, []) for name, ids in moved.items()}

    def _is_written_since(self):
        """Whether a customer has written under the merged ticket's number since the merge."""
        since = [
            ("helpdesk_source_id", "in", self.source_id._with_merged().ids),
            ("helpdesk_direction", "=", "in"),
            ("id", ">", self.last_message_id),
        ]
        return bool(self.env["mail.message"].search_count(since, limit=1))

    def _move_back(self):
        """Move to the merged ticket what is its own: what moved with it, and what was said under its number since."""
        self.ensure_one()
        source = self.source_id
        messages = self.env["mail.message"].search([("helpdesk_source_id", "in", source._with_merged().ids)])
        listed = self.data or {}
        files = {*listed.get("ir.attachment", []), *messages.attachment_ids.ids}
        moved = self._move(
            source._survivor(), source, {**listed, "mail.message": messages.ids, "ir.attachment": list(files)}
        )
        over = self.search([("source_id", "in", source._merge_path()), ("state", "=", "active")])
        over._strike({name: set().union(*by_origin.values()) for name, by_origin in moved.items()})

    def _strike(self, gone):
        """Take out of these merges what left their tickets.

        :param dict gone: ``{model: set of ids}``
        """
        for merge in self:
            merge.data = {name: sorted(set(ids) - gone.get(name, set())) for name, ids in (merge.data or {}).items()}

    # HAND-OVERS

    def _end_escalations(self):
        """Take back the open hand-overs of the merged tickets: the work goes on elsewhere."""
        escalations = self.source_id._open_escalations()
        by_ticket = escalations.grouped("ticket_id")
        for merge in self:
            ended = by_ticket.get(merge.source_id, escalations.browse())
            merge.ended_escalations = [[escalation.id, escalation.state] for escalation in ended]
        escalations.write({"state": "withdrawn", "ended_date": fields.Datetime.now()})
        escalations._show_waiting()

    def _resume_escalations(self):
        """The hand-overs that the merge took back are open again, in the state they had."""
        escalations = self.env["helpdesk.escalation"]
        for escalation_id, state in self.ended_escalations or []:
            escalation = escalations.browse(escalation_id).exists()
            escalation.write({"state": state, "ended_date": False})
            escalation._show_waiting()
