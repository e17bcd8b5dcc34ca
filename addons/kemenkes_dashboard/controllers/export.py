import re
from contextlib import ExitStack, closing
from datetime import date

from werkzeug.exceptions import BadRequest, NotFound, TooManyRequests

from odoo import api, http, sql_db
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..models.helpdesk_export_dataset import TIME_ZONE_NOTE
from ..tools import export_file
from ..tools.export_datasets import BY_NAME

NUMBERS = re.compile(r"[0-9]{1,9}(,[0-9]{1,9})*")
# Address parameter -> field of the rows.
FILTERS = {
    "site": "site_id",
    "product": "product_id",
    "channel": "channel_id",
    "team": "team_id",
    "category": "category_id",
}
FORMATS = tuple(export_file.WRITERS)
# Downloads that one account may begin in a minute: they hold a worker each.
PER_MINUTE = 20
# Streams that run at once, over all nodes: each holds a worker as long as it lasts, and agents need the others.
STREAMS = 2
# After so long it is worth asking again.
BUSY_SECONDS = 10


class Export(CustomerPortal):
    """Raw data to download: at once as a stream of CSV, or made in the background for other formats (R12)."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "helpdesk_export_count" in counters and request.env["helpdesk.export.dataset"]._may_export():
            values["helpdesk_export_count"] = request.env["helpdesk.export"].search_count([])
        return values

    # AT ONCE

    @http.route(
        "/helpdesk/export/<string(maxlength=40):dataset>.<any(csv,xlsx,xls):file_format>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=False,
        save_session=False,
    )
    def export(self, dataset, file_format, **params):
        """A dataset; CSV comes at once, XLSX and XLS are ordered and lead to the list of downloads.

        ``from`` and ``to`` are days (both included), ``site``, ``product``, ``channel``, ``team`` and ``category``
        numbers with commas, ``locale`` is ``id`` for Indonesian separators. A download that has fewer
        rows than were counted at its beginning breaks off.

        While as many CSV files run as may at once, a browser's is ordered like the other formats, and a program gets
        503 with ``Retry-After``.
        """
        datasets = request.env["helpdesk.export.dataset"]
        try:
            found = datasets._get(dataset)
        except (LookupError, AccessError):
            raise NotFound from None
        chosen = _read_choice(params)
        with ExitStack() as stack:
            is_at_once = file_format == "csv" and _take_place(stack)
            is_program = "text/html" not in request.httprequest.accept_mimetypes.values()
            if file_format == "csv" and is_program and not is_at_once:
                return self._ask_again()
            if not request.env["helpdesk.rate.limit"]._take("export", str(request.env.uid), PER_MINUTE, seconds=60):
                raise TooManyRequests(request.env._("Too many downloads at once. Wait a minute."))
            if not is_at_once:
                self._order(dataset, file_format, chosen, params.get("locale"))
                return request.redirect("/my/helpdesk/export", code=303)
            response = self._stream(found, chosen, params.get("locale") == "id")
            response.call_on_close(stack.pop_all().close)
            return response

    def _ask_again(self):
        message = request.env._("Other downloads run at this moment. Try again in a few seconds.")
        headers = {
            "Retry-After": str(BUSY_SECONDS),
            "Content-Type": "text/plain; charset=utf-8",
            "Cache-Control": "no-store",
        }
        return request.make_response(message, headers=list(headers.items()), status=503)

    def _stream(self, dataset, chosen, is_indonesian):
        """The rows while they are read, in a transaction that lasts as long as the download."""
        registry, uid = request.env.registry, request.env.uid
        context = {"lang": request.env.user.lang, "tz": request.env.user.tz}

        def lines():
            with registry.cursor() as cr:
                env = api.Environment(cr, uid, context)
                count, batches = env["helpdesk.export.dataset"]._read(dataset, chosen)
                data = {"dataset": dataset.name, "count": count, "format": "csv"}
                # known before the first row leaves, whatever becomes of the download
                env["helpdesk.event"]._record_apart([{"kind": "exported", "user_id": uid, "data": data}])
                text = export_file.CsvText(is_indonesian)
                yield text.begin([column.name for column in dataset.columns])
                for rows in batches:
                    count -= len(rows)
                    yield text.encode(rows)
                if count:
                    # the connection breaks, so that nobody takes a part for the whole
                    raise RuntimeError(f"{count} rows of {dataset.name} are missing")

        headers = {
            "Content-Type": export_file.MEDIA_TYPES["csv"],
            "Content-Disposition": f'attachment; filename="{dataset.name}.csv"',
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        }
        # a download that is broken off closes the generator, and with it the transaction
        return request.make_response(lines(), headers=list(headers.items()))

    @http.route(
        "/helpdesk/export/<string(maxlength=40):dataset>/dictionary.csv", type="http", auth="user", methods=["GET"]
    )
    def dictionary(self, dataset, **params):
        """What the columns of a dataset mean."""
        try:
            found = request.env["helpdesk.export.dataset"]._get(dataset)
        except (LookupError, AccessError):
            raise NotFound from None
        _heading, rows = request.env["helpdesk.export.dataset"]._dictionary(found)
        text = export_file.CsvText(params.get("locale") == "id")
        headers = {
            "Content-Type": export_file.MEDIA_TYPES["csv"],
            "Content-Disposition": f'attachment; filename="{dataset}-dictionary.csv"',
        }
        return request.make_response(text.begin(rows[0]) + text.encode(rows[1:]), headers=list(headers.items()))

    @http.route("/my/helpdesk/export/dictionary", type="http", auth="user", website=True, methods=["GET"])
    def show_dictionary(self, **_params):
        """What every column of every dataset means, on a page."""
        datasets = request.env["helpdesk.export.dataset"]
        found = datasets._datasets()
        if not found:
            raise NotFound
        return request.render(
            "kemenkes_dashboard.export_dictionary_page",
            {
                "page_title": request.env._("Data dictionary"),
                "datasets": [(one.name, request.env._(one.label), datasets._dictionary(one)[1][1:-1]) for one in found],
                "note": request.env._(TIME_ZONE_NOTE),
            },
        )

    # IN THE BACKGROUND

    def _order(self, dataset, file_format, chosen, locale):
        fields_by_name = {
            "site_id": "site_ids", "product_id": "product_ids", "channel_id": "channel_ids", "team_id": "team_ids",
            "category_id": "category_ids",
        }  # fmt: skip
        request.env["helpdesk.export"].create(
            {
                "dataset": dataset,
                "file_format": file_format,
                "locale": "id" if locale == "id" else "plain",
                "date_from": chosen.get("date_from"),
                "date_to": chosen.get("date_to"),
                **{fields_by_name[name]: chosen[name] for name in fields_by_name if chosen.get(name)},
            }
        )

    @http.route(
        "/helpdesk/export/file/<int(max=2147483647):export_id>/<string(maxlength=64):token>",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def fetch(self, export_id, token, **_params):
        """A file that is ready, for the account that ordered it; a download that broke off goes on where it was."""
        try:
            export = request.env["helpdesk.export"]._of_link(export_id, token)
        except LookupError:
            raise NotFound from None
        stream = request.env["ir.binary"]._get_stream_from(export.attachment_id)
        response = stream.get_response(as_attachment=True)
        response.headers["Cache-Control"] = "no-store"
        return response

    # THE FORM OF PUSDATIN'S VIEWERS

    @http.route("/my/helpdesk/export", type="http", auth="user", website=True, methods=["GET"])
    def show_form(self, error=None, params=None, status=200, **_params):
        """What may be downloaded, and what was ordered."""
        datasets = request.env["helpdesk.export.dataset"]._datasets()
        if not datasets:
            raise NotFound
        env = request.env
        user = env.user
        response = request.render(
            "kemenkes_dashboard.export_page",
            {
                "page_title": env._("Raw data"),
                "datasets": [(dataset.name, env._(dataset.label)) for dataset in datasets],
                "formats": env["helpdesk.export"]._fields["file_format"]._description_selection(env),
                "locales": env["helpdesk.export"]._fields["locale"]._description_selection(env),
                # sudo: names of the account's own products and sites
                "products": [(product.id, product.name) for product in user.sudo().helpdesk_product_ids],
                "sites": [(site.id, site.name) for site in user.sudo().helpdesk_site_ids],
                "exports": env["helpdesk.export"].search([], limit=30).sudo(),
                "states": dict(env["helpdesk.export"]._fields["state"]._description_selection(env)),
                "params": params or {},
                "error": error,
                "today": env["helpdesk.export"].default_get(["date_from", "date_to"]),
            },
        )
        response.headers["Cache-Control"] = "no-store"
        response.status_code = status
        return response

    @http.route("/my/helpdesk/export", type="http", auth="user", website=True, methods=["POST"])
    def order(self, **params):
        """Order a download."""
        file_format, dataset = params.get("format"), params.get("dataset")
        if file_format not in FORMATS or dataset not in BY_NAME:
            raise BadRequest
        try:
            with request.env.cr.savepoint():
                self._order(dataset, file_format, _read_choice(params), params.get("locale"))
        except UserError as error:
            return self.show_form(error=error.args[0], params=params, status=422)
        return request.redirect("/my/helpdesk/export", code=303)


def _take_place(stack):
    """Take one of the places for streams, until the stack is closed.

    :param stack: :class:`ExitStack`
    :return: whether there was one
    """
    # a connection that does nothing else: the place is given back with it, whatever becomes of the download
    cr = stack.enter_context(closing(sql_db.db_connect(request.db).cursor()))
    for place in range(STREAMS):
        cr.execute("SELECT pg_try_advisory_xact_lock(hashtext('helpdesk_export_stream'), %s)", [place])
        if cr.fetchone()[0]:
            return True
    return False


def _read_choice(params):
    """What of a dataset is wanted.

    :raise BadRequest: a day or a number can't be read
    """
    chosen = {}
    for name, key in (("from", "date_from"), ("to", "date_to")):
        if params.get(name):
            chosen[key] = _read_day(params[name])
    for name, field in FILTERS.items():
        if params.get(name):
            if not NUMBERS.fullmatch(params[name]):
                raise BadRequest(name)
            chosen[field] = [int(number) for number in params[name].split(",")]
    return chosen


def _read_day(text):
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadRequest(text[:20]) from None
    if not 1900 <= day.year <= 2200:
        raise BadRequest(text[:20])
    return day
