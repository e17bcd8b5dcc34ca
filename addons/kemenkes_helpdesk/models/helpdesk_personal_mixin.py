from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..personal_fields import PersonalField
from ..tools.personal_data import MASK

# Records about customers; what hangs on them (messages, files, activities, ratings) tells of customers too.
CUSTOMER_MODELS = ("helpdesk.ticket", "helpdesk.inbox.event", "crm.lead", "res.partner")


class HelpdeskPersonalMixin(models.AbstractModel):
    """A record with personal data of customers, and who sees it (UU 27/2022).

    ``res.users._personal_data_clearance`` tells what an account sees: everything; the texts at once and the handles
    after asking; everything masked.
    """

    _name = "helpdesk.personal.mixin"
    _description = "Record with Personal Data"

    def _hides_personal(self, field):
        """Whether the environment's user gets ``field`` of this record masked; sudo makes no difference.

        :param field: a ``PersonalField`` of this model
        :rtype: bool
        """
        if field.is_secret:
            return self.env.uid != api.SUPERUSER_ID
        clearance = self.env.user._personal_data_clearance()
        if clearance == "all" or not self._holds_customer_data():
            return False
        if clearance == "none":
            return True
        return field.on_request and not self._is_revealed()

    def _shown(self, name):
        """The value of a field as the user may see it, for methods that hand values out themselves."""
        return self._fields[name].convert_to_read(self[name], self)

    def _hides_links(self):
        """Whether the user is somebody else than the customer, to whom signed links are told."""
        user = self.env.user
        if self.env.uid == api.SUPERUSER_ID or not self._holds_customer_data():
            return False
        return not user or user._is_internal() or user.has_group("kemenkes_helpdesk.group_pusdatin_viewer")

    def _holds_customer_data(self):
        """Whether the record is about a customer; models that hold other records too tell which."""
        return True

    def _is_revealed(self):
        """Whether the environment's user has asked to see the handles of this record, a short while ago."""
        return False

    @api.depends_context("uid")
    def _compute_display_name(self):
        super()._compute_display_name()

    @api.model
    def _hides_column(self, field):
        """Whether the user may see the field of some records masked: then no order, group or comparison may tell it."""
        trusted = self.env.su and not self.env.context.get("helpdesk_hide_in_sudo")
        if trusted or not isinstance(field, PersonalField):
            return False
        if field.is_secret:
            return True
        clearance = self.env.user._personal_data_clearance()
        return clearance == "none" or (clearance == "ask" and field.on_request)

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        field = self._fields.get(field_name)
        if isinstance(field, PersonalField) and field.is_handle and self._hides_column(field):
            record_id = SQL.identifier(alias, "id")
            query._order_groupby.append(record_id)
            return SQL("%s %s", record_id, direction)
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    def _read_group_groupby(self, alias, groupby_spec, query):
        self._check_column(groupby_spec.split(":")[0])
        return super()._read_group_groupby(alias, groupby_spec, query)

    def _read_group_select(self, aggregate_spec, query):
        name, _separator, function = aggregate_spec.partition(":")
        if function not in ("count", "count_distinct"):
            self._check_column(name)
        return super()._read_group_select(aggregate_spec, query)

    def _check_column(self, name):
        field = self._fields.get(name)
        if self._hides_column(field):
            raise AccessError(self.env._("%s holds personal data: it can't be grouped by.", field.string))

    # A form that shows bullets sends them back when it is saved.

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._without_masked(vals) for vals in vals_list])

    def write(self, vals):
        masked = {name for name in vals if self._is_masked_value(name, vals[name])}
        for record in self if masked else ():
            for name in masked:
                if vals[name] != self._fields[name].mask(record[name] or ""):
                    raise UserError(self.env._("Show the contact data before you change it."))
        return super().write(self._without_masked(vals))

    @api.model
    def _without_masked(self, vals):
        return {name: value for name, value in vals.items() if not self._is_masked_value(name, value)}

    @api.model
    def _is_masked_value(self, name, value):
        field = self._fields.get(name)
        if not (isinstance(value, str) and MASK in value and isinstance(field, PersonalField) and field.is_handle):
            return False
        # who is shown everything got no bullets: these came from outside, as in a damaged mail, and are kept
        return self.env.user._personal_data_clearance() != "all"
