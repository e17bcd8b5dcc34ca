from odoo import fields, models
from odoo.tools import SQL

# What hangs on a ticket and moves with a merge, so that agents find all in one place: model -> which of its rows.
# What came in and what goes out (inbox, outbox) stays with its number: an answer that waits to be sent is still that
# ticket's customer's, with that ticket's reference and link.
MOVED = {
    "mail.message": SQL("model = 'helpdesk.ticket'"),
    "ir.attachment": SQL("res_model = 'helpdesk.ticket' AND res_field IS NULL"),
    "mail.activity": SQL("res_model = 'helpdesk.ticket'"),
}


class HelpdeskMerge(models.Model):
    """One ticket merged into another, with what moved, so that it can be undone to the letter.

    A message remembers the number it was said under, so undo needs no list of them, and what the customer of a merged
    ticket wrote since goes home too. Files and activities are listed here. In a chain A → B → C those of A are in both
    merges; when A leaves, they are struck from the second, which then moves back only what is B's.
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
    data = fields.Json(readonly=True, help="Ids of the files and activities that moved, by model.")

    _one_active = models.UniqueIndex("(source_id) WHERE state = 'active'", "This ticket is already merged.")

    def _move(self, origin, destination, ids_by_model=None):
        """Move what hangs on ``origin`` to ``destination``: one statement for each model.

        :param origin: ``helpdesk.ticket``, one record
        :param destination: ``helpdesk.ticket``, one record
        :param dict ids_by_model: only these; what is no longer on ``origin`` stays where it is. None: everything
        :return: ``{model: [ids that moved]}``
        """
        moved = {}
        for name, condition in MOVED.items():
            model = self.env[name]
            model.flush_model()
            chosen = SQL("TRUE") if ids_by_model is None else SQL("id = ANY(%s)", ids_by_model.get(name, []))
            remembered = SQL(
                ", helpdesk_source_id = NULLIF(COALESCE(helpdesk_source_id, %s), %s)", origin.id, destination.id
            )
            rows = self.env.execute_query(
                SQL(
                    "UPDATE %(table)s SET res_id = %(destination)s%(remembered)s"
                    " WHERE res_id = %(origin)s AND %(condition)s AND %(chosen)s RETURNING id",
                    table=SQL.identifier(model._table),
                    destination=destination.id,
                    remembered=remembered if name == "mail.message" else SQL(""),
                    origin=origin.id,
                    condition=condition,
                    chosen=chosen,
                )
            )
            moved[name] = sorted(row_id for (row_id,) in rows)
            model.invalidate_model()
        return moved

    def _move_back(self):
        """Move to the merged ticket what is its own: what moved with it, and what was said under its number since.

        :return: as :meth:`_move`
        """
        source = self.source_id
        messages = self.env["mail.message"].search([("helpdesk_source_id", "in", source._with_merged().ids)])
        listed = self.data or {}
        files = {*listed.get("ir.attachment", []), *messages.attachment_ids.ids}
        return self._move(
            source._survivor(), source, {**listed, "mail.message": messages.ids, "ir.attachment": list(files)}
        )

    def _list(self, moved):
        """Keep in mind which files and activities moved."""
        self.data = {name: ids for name, ids in moved.items() if name != "mail.message"}

    def _strike(self, moved):
        """Take ``moved`` out of these merges: it left their tickets."""
        for merge in self:
            merge.data = {name: sorted(set(ids) - set(moved.get(name, []))) for name, ids in (merge.data or {}).items()}
