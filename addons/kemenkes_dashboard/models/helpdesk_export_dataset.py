from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext
from odoo.tools.translate import LazyTranslate

from odoo.addons.kemenkes_helpdesk.models.helpdesk_target import HOME_ZONE
from odoo.addons.kemenkes_helpdesk.models.helpdesk_ticket_viewer import VIEWER_GROUP
from odoo.addons.kemenkes_helpdesk.tools.personal_data import drop_link_tokens, mask, mask_handle

from ..tools.export_datasets import BY_NAME, DATASETS, HANDLE, HTML, NAME, TEXT

_lt = LazyTranslate(__name__)

EXPORT_GROUP = "base.group_allow_export"
FETCH_SIZE = 2000
# Kind of column -> what hides it. From agents, who read texts, only names and handles are hidden.
MASKS = {TEXT: mask, HTML: mask, NAME: mask, HANDLE: mask_handle}
ON_REQUEST = (NAME, HANDLE)
TIME_ZONE_NOTE = _lt("Times are UTC.")


class HelpdeskExportDataset(models.AbstractModel):
    """Raw data as its receiver may have it: rows by the receiver's rights, personal data masked as on screens (R12).

    Rows come from the database a few thousand at a time, from one moment: what is written meanwhile does not show, and
    the count that is asked first is the count that must come.
    """

    _name = "helpdesk.export.dataset"
    _description = "Raw Data"

    @api.model
    def _may_export(self):
        """Whether the environment's user downloads raw data at all: Pusdatin's viewers, and roles that export."""
        user = self.env.user
        return (user.has_group(EXPORT_GROUP) or user.has_group(VIEWER_GROUP)) and user._is_admitted()

    @api.model
    def _datasets(self):
        """The datasets of which the environment's user may have rows.

        :return: list of :class:`Dataset`
        """
        if not self._may_export():
            return []
        return [dataset for dataset in DATASETS if self._is_open(dataset)]

    @api.model
    def _is_open(self, dataset):
        return dataset.rights != "model" or self.env[dataset.model].has_access("read")

    @api.model
    def _get(self, name):
        """The dataset of a name.

        :raise LookupError: there is none
        :raise AccessError: the user may have no rows of it
        """
        if name not in BY_NAME:
            raise LookupError(name)
        if not self._may_export() or not self._is_open(BY_NAME[name]):
            raise AccessError(self.env._("Your role does not download this data."))
        return BY_NAME[name]

    @api.model
    def _dictionary(self, dataset):
        """What each column means, for the reader: heading and rows of texts."""
        env = self.env
        rows = [(env._("Column"), env._("Meaning"), env._("Personal data"))]
        rows += [
            (
                column.name,
                self._meaning(dataset, column),
                env._("masked by your rights") if column.kind in MASKS else "",
            )
            for column in dataset.columns
        ]
        rows.append(("", env._(TIME_ZONE_NOTE), ""))
        return env._("Data dictionary"), rows

    @api.model
    def _meaning(self, dataset, column):
        """What a column means, a sentence in the reader's language."""
        if column.meaning:
            return self.env._(column.meaning)
        field = self.env[dataset.model]._fields[column.name]
        label, explanation = field._description_string(self.env), field._description_help(self.env)
        return f"{label}: {explanation}" if explanation else f"{label}."

    # ROWS

    @api.model
    def _read(self, dataset, chosen):
        """The rows of a dataset.

        :param dataset: :class:`Dataset`
        :param dict chosen: ``date_from`` and ``date_to`` (days of the user's time zone, both included), and numbers by
            field name
        :return: ``(count, iterator of lists of rows)``; the iterator is read in this transaction
        """
        source = self._source(dataset, chosen)
        ((count,),) = self.env.execute_query(SQL("SELECT count(*) %s", source))
        return count, self._fetch(dataset, source)

    @api.model
    def _source(self, dataset, chosen):
        self.env.flush_all()
        conditions = [SQL(dataset.where), self._rights(dataset)]  # pylint: disable=sql-injection
        date = SQL(dataset.date)  # pylint: disable=sql-injection
        # days of the figures are days at the sites already
        field = self.env[dataset.model]._fields.get(dataset.date.removeprefix("t."))
        start_of = self._start_of if field is None or field.type == "datetime" else lambda day: day
        if chosen.get("date_from"):
            conditions.append(SQL("%s >= %s", date, start_of(chosen["date_from"])))
        if chosen.get("date_to"):
            conditions.append(SQL("%s < %s", date, start_of(chosen["date_to"] + timedelta(days=1))))
        for name in dataset.filters:
            if not chosen.get(name):
                continue
            ids = tuple(chosen[name])
            if name == "category_id":
                ids = tuple(self.env["helpdesk.category"].search([("id", "child_of", ids)]).ids) or (0,)
            conditions.append(SQL("t.%s IN %s", SQL.identifier(name), ids))
        return SQL(
            "FROM %s t %s WHERE %s",
            SQL.identifier(self.env[dataset.model]._table),
            SQL(dataset.joins),  # pylint: disable=sql-injection
            SQL(" AND ").join(conditions),
        )

    @api.model
    def _start_of(self, day):
        """The first moment of a day in the user's time zone, naive UTC."""
        zone = ZoneInfo(self.env.user.tz or HOME_ZONE)
        return datetime.combine(day, time.min, tzinfo=zone).astimezone(ZoneInfo("UTC")).replace(tzinfo=None)

    @api.model
    def _rights(self, dataset):
        """Which rows the user may have, as a condition."""
        if dataset.rights == "model":
            return self._readable(dataset.model, SQL("t.id"))
        if dataset.rights == "lists":
            return self._of_lists(dataset)
        if dataset.rights == "calls":
            of_tickets = self._readable("helpdesk.ticket", SQL("t.ticket_id"))
            return SQL("(%s OR (t.ticket_id IS NULL AND %s))", of_tickets, self._of_lists(dataset))
        ticket = SQL(dataset.ticket)  # pylint: disable=sql-injection
        condition = self._readable("helpdesk.ticket", ticket)
        if dataset.model == "helpdesk.event" and self.env["helpdesk.event"].has_access("read"):
            condition = SQL(
                "(%s OR (t.ticket_id IS NULL AND %s))", condition, self._readable(dataset.model, SQL("t.id"))
            )
        if dataset.model == "mail.message" and not self.env.user._is_internal():
            # notes stay among colleagues
            condition = SQL("%s AND t.helpdesk_direction IS NOT NULL AND t.is_internal IS NOT TRUE", condition)
        return condition

    @api.model
    def _readable(self, model, column):
        records = self.env[model].with_context(active_test=False)
        records.check_access("read")
        return SQL("%s IN %s", column, records._search([]).subselect())

    @api.model
    def _of_lists(self, dataset):
        user = self.env.user
        everything = user.has_group("kemenkes_helpdesk.group_operation_manager")
        domain = Domain.TRUE if everything else user._helpdesk_list_domain()
        # sudo: viewers have no right on the model; the account's lists are the condition
        records = self.env[dataset.model].sudo()._search(domain)
        return SQL("t.id IN %s", records.subselect())

    @api.model
    def _fetch(self, dataset, source):
        columns = SQL(", ").join(SQL(column.sql) for column in dataset.columns)  # pylint: disable=sql-injection
        writers = [self._writer(column) for column in dataset.columns]
        cr = self.env.cr
        cr.execute(SQL("DECLARE helpdesk_export NO SCROLL CURSOR FOR SELECT %s %s ORDER BY t.id", columns, source))
        try:
            while True:
                cr.execute("FETCH %s FROM helpdesk_export", [FETCH_SIZE])
                rows = cr.fetchall()
                if not rows:
                    return
                yield [[write(value) if write else value for write, value in zip(writers, row)] for row in rows]  # noqa: B905
        finally:
            cr.execute("CLOSE helpdesk_export")

    @api.model
    def _writer(self, column):
        """What makes of a value in the database what the receiver gets; None for as it is."""
        if column.model:
            return self._names(column.model).get
        steps = []
        if column.kind == HTML:
            steps.append(lambda value: html2plaintext(drop_link_tokens(value), include_references=False))
        clearance = self.env.user._personal_data_clearance()
        if column.kind in MASKS and (clearance == "none" or (clearance == "ask" and column.kind in ON_REQUEST)):
            steps.append(MASKS[column.kind])
        if not steps:
            return None

        def write(value):
            for step in steps:
                value = step(value) if value else value
            return value

        return write

    @api.model
    def _names(self, model):
        # sudo: names of configuration and colleagues, of rows that the user may have
        # customers with an account are no colleagues
        domain = [("share", "=", False)] if model == "res.users" else []
        records = self.env[model].sudo().with_context(active_test=False).search(domain)
        return {record.id: record.display_name for record in records}
