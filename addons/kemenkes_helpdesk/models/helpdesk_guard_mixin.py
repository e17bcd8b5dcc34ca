from odoo import api, models
from odoo.tools import SQL

TICKET_MODEL = "helpdesk.ticket"


class HelpdeskGuardMixin(models.AbstractModel):
    """A record that hangs on another by model and id: nobody gets at it who may not read the ticket it hangs on.

    Odoo opens messages and activities to whom they are addressed, and followers and ratings to every employee,
    whatever the rights on the document. For tickets the document alone decides.
    """

    _name = "helpdesk.guard.mixin"
    _description = "Record That Follows the Rights of Its Ticket"

    # The columns that name the document.
    _guard_columns = ("res_model", "res_id")

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        query = super()._search(domain, offset, limit, order, **kwargs)
        if self.env.su or kwargs.get("bypass_access") or not self._guard_applies():
            return query
        records = self.browse(query.get_result_ids())
        if shut := records._of_shut_tickets():
            return (records - shut)._as_query(order)
        return query

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if not self or not self._guard_applies():
            return result
        refused = result[0] if result else self.browse()
        shut = (self - refused)._of_shut_tickets()
        if not shut:
            return result
        return refused + shut, result[1] if result else lambda: shut._make_guard_error(operation)

    @api.model
    def _guard_applies(self):
        """Public visitors come with a signed link and see what the controller shows them in sudo."""
        return not self.env.user._is_public()

    def _of_shut_tickets(self):
        """The records of ``self`` that hang on tickets which the user may not read; two queries for any number."""
        if not self.ids:
            return self.browse()
        model_column, id_column = self._guard_columns
        self.flush_recordset(self._guard_columns)
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM %s WHERE id = ANY(%s) AND %s = %s",
                SQL.identifier(id_column),
                SQL.identifier(self._table),
                self.ids,
                SQL.identifier(model_column),
                TICKET_MODEL,
            )
        )
        if not rows:
            return self.browse()
        tickets = self.env[TICKET_MODEL].with_context(active_test=False)
        ticket_ids = list({ticket_id for _id, ticket_id in rows})
        open_ids = set(tickets.search([("id", "in", ticket_ids)]).ids) if tickets.has_access("read") else set()
        return self.browse(record_id for record_id, ticket_id in rows if ticket_id not in open_ids)

    def _make_guard_error(self, operation):
        return self.env["ir.rule"]._make_access_error(operation, self)
