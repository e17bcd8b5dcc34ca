from odoo import fields, models
from odoo.tools import SQL

# What hangs on a ticket and moves with a merge: model -> (column with the ticket's id, condition on the other columns).
MOVED = {
    "mail.message": ("res_id", SQL("model = 'helpdesk.ticket'")),
    "ir.attachment": ("res_id", SQL("res_model = 'helpdesk.ticket' AND res_field IS NULL")),
    "mail.activity": ("res_id", SQL("res_model = 'helpdesk.ticket'")),
    "helpdesk.outbox.message": ("ticket_id", SQL("TRUE")),
    "helpdesk.inbox.event": ("ticket_id", SQL("TRUE")),
}


class HelpdeskMerge(models.Model):
    """One ticket merged into another, with what moved, so that it can be undone to the letter.

    In a chain A → B → C what was A's is in both merges; when A leaves, it is struck from the second, which then
    moves back only what is B's.
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
    data = fields.Json(readonly=True, help="Ids of what moved, by model.")

    _one_active = models.UniqueIndex("(source_id) WHERE state = 'active'", "This ticket is already merged.")

    def _move(self, origin, destination, ids_by_model=None):
        """Move what hangs on ``origin`` to ``destination``: one statement for each model.

        :param origin: ``helpdesk.ticket``, one record
        :param destination: ``helpdesk.ticket``, one record
        :param dict ids_by_model: only these; what is no longer on ``origin`` stays where it is. None: everything
        :return: ``{model: [ids that moved]}``
        """
        moved = {}
        for name, (column, condition) in MOVED.items():
            model = self.env[name]
            model.flush_model()
            chosen = SQL("TRUE") if ids_by_model is None else SQL("id = ANY(%s)", ids_by_model.get(name, []))
            rows = self.env.execute_query(
                SQL(
                    "UPDATE %(table)s SET %(column)s = %(destination)s"
                    " WHERE %(column)s = %(origin)s AND %(condition)s AND %(chosen)s RETURNING id",
                    table=SQL.identifier(model._table),
                    column=SQL.identifier(column),
                    destination=destination.id,
                    origin=origin.id,
                    condition=condition,
                    chosen=chosen,
                )
            )
            moved[name] = sorted(row_id for (row_id,) in rows)
            model.invalidate_model()
        return moved

    def _strike(self, moved):
        """Take ``moved`` out of these merges: it left their tickets."""
        for merge in self:
            merge.data = {name: sorted(set(ids) - set(moved.get(name, []))) for name, ids in (merge.data or {}).items()}
