from odoo import fields, models

from ..exceptions import TicketCollisionError


class HelpdeskTicket(models.Model):
    """A form that was opened a while ago doesn't wipe out what somebody else wrote meanwhile."""

    _inherit = "helpdesk.ticket"

    def web_save(self, vals, specification, next_id=None):
        """As Odoo's, but refuses to overwrite a field that changed since the form showed it.

        The form sends what it showed beside its changes, under ``helpdesk_seen``: ``{field name: value}``, values as
        ``web_save`` takes them. Fields that nobody else touched are saved, whatever else changed on the ticket.

        :raise TicketCollisionError: with the fields, their present values and who wrote them
        """
        vals = dict(vals)
        seen = vals.pop("helpdesk_seen", None)
        if self and seen:
            self._check_collision(vals, seen)
        return super().web_save(vals, specification, next_id=next_id)

    def _check_collision(self, vals, seen):
        changed = [
            name
            for name, shown in seen.items()
            if name in vals and self._plain_value(name) not in (shown or False, vals[name] or False)
        ]
        if not changed:
            return
        labels = self.fields_get(changed, ["string"])
        lines = [f"{labels[name]['string']}: {self._readable_value(name)}" for name in changed]
        raise TicketCollisionError(
            self.env._(
                "%(user)s has changed the ticket since you opened it:\n%(changes)s",
                # sudo: who last wrote a ticket one may read is no secret
                user=self.sudo().write_uid.name,
                changes="\n".join(lines),
            )
        )

    def _plain_value(self, name):
        """A field's value as ``web_save`` would take it."""
        field, value = self._fields[name], self[name]
        if field.type == "many2one":
            return value.id
        if field.type == "datetime":
            return fields.Datetime.to_string(value)
        if field.type == "date":
            return fields.Date.to_string(value)
        return value or False

    def _readable_value(self, name):
        return self._fields[name].convert_to_export(self[name], self) or self.env._("empty")
