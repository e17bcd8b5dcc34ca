"""Fields that hold personal data: what leaves them by reading or exporting is masked for who need not see it.

In Python the value is the real one: the server's own code works with it. All doors (``read``, ``web_read``,
``search_read``, ``onchange``, exports, the chatter's store, the JSON-2 interface) go through ``convert_to_read`` and
``convert_to_export``. Whether a value is masked is decided by the record (``helpdesk.personal.mixin``).
"""

from markupsafe import Markup

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .tools.personal_data import MASK, hide_link_tokens, mask, mask_handle, mask_html


class PersonalField:
    """What the three kinds have in common; a mixin for a subclass of ``fields.Field``."""

    # Also those who read the texts see it only after asking.
    on_request = False
    # The whole value reaches a person, so it is masked as a whole and found as a whole only.
    is_handle = False
    # Only the machine reads it.
    is_secret = False

    def mask(self, value):
        return mask_handle(value) if self.is_handle else mask(value)

    def convert_to_read(self, value, record, use_display_name=True):
        value = super().convert_to_read(value, record, use_display_name)
        return self.mask(value) if value and self._is_hidden(record) else value

    def convert_to_write(self, value, record):
        # Odoo's own goes by way of convert_to_read: a copy of a record would be made of bullets
        cache_value = self.convert_to_cache(value, record, validate=False)
        record_value = self.convert_to_record(cache_value, record)
        return super().convert_to_read(record_value, record)  # pylint: disable=super-method-mismatch

    def convert_to_export(self, value, record):
        value = super().convert_to_export(value, record)
        return self.mask(value) if value and self._is_hidden(record) else value

    def convert_to_display_name(self, value, record):
        value = super().convert_to_display_name(value, record)
        return self.mask(value) if value and self._is_hidden(record) else value

    def condition_to_sql(self, field_expr, operator, value, model, alias, query):
        """What is hidden is found by its whole value only: parts of it would spell it out bit by bit.

        Texts are found by what their reader sees of them.
        """
        if operator in ("in", "not in") or not model._hides_column(self):
            return super().condition_to_sql(field_expr, operator, value, model, alias, query)
        if not operator.endswith("like"):
            raise AccessError(model.env._("%s can't be compared, only found by its whole value.", self.string))
        column = model._field_to_sql(alias, field_expr, query)
        found = (
            self._handle_condition(column, value) if self.is_handle else self._text_condition(column, operator, value)
        )
        return SQL("(%s) IS NOT TRUE", found) if operator.startswith("not") else found

    def _handle_condition(self, column, value):
        return SQL("lower(%s) = %s", column, str(value or "").strip().lower())

    def _text_condition(self, column, operator, value, shown="helpdesk_search_shown"):
        pattern = str(value or "") if "=" in operator else f"%{value or ''}%"
        like = SQL("ILIKE") if operator.endswith("ilike") else SQL("LIKE")
        # the first condition is the cheap one
        seen = SQL("%s(%s)", SQL.identifier(shown), column)
        return SQL("%s %s %s AND %s %s %s", column, like, pattern, seen, like, pattern)

    def _is_hidden(self, record):
        hides = getattr(record, "_hides_personal", None)
        return bool(hides) and hides(self)


class PersonalChar(PersonalField, fields.Char):
    """A line of text in which somebody may have written personal data."""


class PersonalName(PersonalChar):
    """A name; of customers who gave none it is their address or number."""

    on_request = True


class PersonalText(PersonalField, fields.Text):
    """Text in which somebody may have written personal data."""


class PersonalHtml(PersonalField, fields.Html):
    """What somebody has written, with markup; only customers themselves get the tokens of their links."""

    def mask(self, value):
        return Markup(mask_html(value))  # noqa: S704 (was markup before, and only letters became bullets)

    def convert_to_read(self, value, record, use_display_name=True):
        value = super().convert_to_read(value, record, use_display_name)
        if not value or not self._hides_links(record):
            return value
        return Markup(hide_link_tokens(value))  # noqa: S704 (as above)

    def convert_to_export(self, value, record):
        value = super().convert_to_export(value, record)
        return hide_link_tokens(value) if value and self._hides_links(record) else value

    def condition_to_sql(self, field_expr, operator, value, model, alias, query):
        condition = super().condition_to_sql(field_expr, operator, value, model, alias, query)
        if not operator.endswith("like") or model.env.su or model._hides_column(self):
            return condition
        # a search for the beginning of a token would spell it out
        column = model._field_to_sql(alias, field_expr, query)
        found = self._text_condition(column, operator, value, "helpdesk_search_text")
        return SQL("(%s) IS NOT TRUE", found) if operator.startswith("not") else found

    def _hides_links(self, record):
        hides = getattr(record, "_hides_links", None)
        return bool(hides) and hides()


class LinkToken(PersonalField, fields.Char):
    """The token of a customer's signed link: nobody who is logged in reads it, or they could act as the customer."""

    is_handle = True
    is_secret = True

    def mask(self, value):
        return MASK * len(value)


class HandleChar(PersonalChar):
    """An address, a number or another way to reach a person."""

    on_request = True
    is_handle = True


class HandleText(PersonalText):
    """Several of them."""

    on_request = True
    is_handle = True
