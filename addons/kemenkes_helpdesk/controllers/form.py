import json
import secrets
import time
from datetime import timedelta

from werkzeug.exceptions import NotFound

from odoo import fields, http
from odoo.http import request
from odoo.tools.misc import hash_sign, verify_hash_signed

from ..tools import form_submission
from . import intake

FORM_SCOPE = "helpdesk-form"
SENT_SCOPE = "helpdesk-form-sent"
# People follow the link on the page within this time; the ticket's own link in the mail holds for ever.
SENT_HOURS = 72
# How often, and for how long, the receipt's page looks whether the ticket is made.
LOOK_AGAIN_SECONDS = 3
LOOK_AGAIN_FOR = timedelta(minutes=1)
HONEYPOT = "company_url"
# In the order of the page; errors are told in this order too.
FIELDS = ("name", "email", "phone", "product_id", "category_id", "subject", "message", "consent")
ERROR_ORDER = ("form", *FIELDS[:-1], "files", "consent")
KEEP_FOR_EMBED_SECONDS = 3600

EMBED_SCRIPT = """(function () {
    "use strict";
    var script = document.currentScript;
    var base = new URL(script.src);
    var frame = document.createElement("iframe");
    frame.src = base.origin + base.pathname.replace(/\\/embed\\.js$/, "") + "?embed=1";
    frame.title = script.dataset.title || "Helpdesk";
    frame.style.cssText = "width:100%;border:0;min-height:640px;color-scheme:light";
    window.addEventListener("message", function (event) {
        if (event.origin !== base.origin || event.source !== frame.contentWindow) {
            return;
        }
        var height = event.data && event.data.helpdeskFormHeight;
        if (typeof height === "number" && height > 0 && height < 20000) {
            frame.style.height = Math.ceil(height) + "px";
        }
    });
    script.parentNode.insertBefore(frame, script.nextSibling);
})();
"""


class WebForm(http.Controller):
    """The public form. It needs no session and no cookies, so that it can live in another site's frame."""

    @http.route("/helpdesk/form", type="http", auth="public", website=True, methods=["GET"], sitemap=False)
    def choose_form(self):
        """All forms there are: products first, then sites."""
        # sudo: that a form exists is public, whoever asks
        env = request.env(su=True)
        domain = [("form_enabled", "=", True)]
        return request.render(
            "kemenkes_helpdesk.form_chooser",
            {
                "products": env["helpdesk.product"].search(domain),
                "sites": env["helpdesk.site"].search(domain),
                "page_title": request.env._("Contact us"),
            },
        )

    @http.route(
        "/helpdesk/form/<string:code>", type="http", auth="public", website=True, methods=["GET"], sitemap=False
    )
    def show_form(self, code, embed=None, **params):
        """The form of a product or a site; a link may fill in ``subject``, ``product`` (a code), ``category``."""
        page = self._form_page(code)
        values = self._prefill(page, params)
        return self._render_form(page, values, {}, embed=embed)

    @http.route(
        "/helpdesk/form/<string:code>",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        csrf=False,  # signed by ourselves: in another site's frame there is no cookie
        save_session=False,
        captcha="helpdesk_form",
        max_content_length=intake.MAX_BYTES,
        sitemap=False,
    )
    def submit_form(self, code, embed=None, **params):
        """Take in a form. See :meth:`_receive_form` of ``helpdesk.inbox.event`` for what follows."""
        page = self._form_page(code)
        values = {name: params.get(name) or "" for name in FIELDS}
        token = self._read_token(page, params.get("form_token"))
        submission, errors = self._check(page, values)
        files, file_error = intake.read_files(page["channel"])
        if file_error:
            errors["files"] = file_error
        # whoever has to mend something takes the time anyway
        if token.get("error") and not errors:
            errors["form"] = token["error"]
        if errors:
            return self._render_form(page, values, errors, embed=embed, token=params.get("form_token"), status=422)
        self._verify_captcha(page)
        if not self._may_send(page["channel"]):
            response = self._render_form(
                page, values, {"form": "rate"}, embed=embed, token=params["form_token"], status=429
            )
            response.headers["Retry-After"] = "3600"
            return response
        hold_reason = "honeypot" if params.get(HONEYPOT) else None
        event = intake.take_in(page["channel"], submission, files, token["key"], hold_reason)
        sent = hash_sign(request.env(su=True), SENT_SCOPE, event.id, expiration_hours=SENT_HOURS)
        return request.redirect(
            self._localized(f"/helpdesk/form/{code}/sent/{sent}" + ("?embed=1" if embed else "")), code=303
        )

    @http.route(
        "/helpdesk/form/<string:code>/sent/<string:sent>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
    )
    def show_sent(self, code, sent, embed=None):
        """The receipt: the ticket's reference and link, or the receipt number while it waits."""
        page = self._form_page(code)
        event_id = _verify(SENT_SCOPE, sent)
        # sudo: the signature proves that the reader sent the form
        event = request.env["helpdesk.inbox.event"].sudo().browse(event_id or []).exists()
        if not event or event.channel_id.kind != "form":
            raise NotFound
        ticket = event.ticket_id
        # The same words again are the same ticket, but a link that was handed out once is not handed out twice.
        link = ticket.get_portal_url() if ticket and event.outcome == "ticket" else None
        values = {"event": event, "ticket": ticket, "ticket_link": link}
        response = self._respond("kemenkes_helpdesk.form_sent", page, values, embed=embed)
        if not ticket and event.create_date > fields.Datetime.now() - LOOK_AGAIN_FOR:
            # after a double click the first request is at it still
            response.headers["Refresh"] = str(LOOK_AGAIN_SECONDS)
        return response

    @http.route(
        "/helpdesk/form/<string:code>/embed.js", type="http", auth="public", methods=["GET"], save_session=False
    )
    def embed_script(self, code):
        """A script for other sites: puts the form where the script stands and keeps the frame as high as the form."""
        self._form_page(code)
        return request.make_response(
            EMBED_SCRIPT,
            headers=[
                ("Content-Type", "text/javascript; charset=utf-8"),
                ("Cache-Control", f"public, max-age={KEEP_FOR_EMBED_SECONDS}"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )

    # WHAT THE FORM IS ABOUT

    def _form_page(self, code):
        """What the form with ``code`` is about.

        :return: dict ``owner`` (product or site), ``code``, ``site`` or ``product`` (the other one empty), ``products``
            to choose from, ``channel``, ``categories`` (see ``helpdesk.category._form_tree``)
        :raise NotFound: no such form, or it is switched off
        """
        # sudo: visitors have no rights on products and sites; what the page shows of them is public
        env = request.env(su=True)
        domain = [("code", "=", code), ("form_enabled", "=", True)]
        product = env["helpdesk.product"].search(domain, limit=1)
        site = env["helpdesk.site"].search(domain, limit=1) if not product else env["helpdesk.site"]
        channel = env["helpdesk.channel"]._form_channel(site=site, product=product)
        if not (product or site) or not channel:
            raise NotFound
        products = product or env["helpdesk.product"].search([("form_enabled", "=", True)])
        return {
            "owner": product or site,
            "code": code,
            "site": site,
            "product": product,
            "products": products,
            "channel": channel,
            "categories": env["helpdesk.category"]._form_tree(site or channel.site_id, products),
        }

    def _prefill(self, page, params):
        values = dict.fromkeys(FIELDS, "")
        values["subject"] = form_submission.clean_line(params.get("subject"), form_submission.SUBJECT_MAX)
        product = page["products"].filtered(lambda product: product.code == params.get("product"))
        values["product_id"] = str(product.id) if product else ""
        values["category_id"] = str(params.get("category") or "")
        user = request.env.user
        if not user._is_public():
            values.update(name=user.name or "", email=user.email or "", phone=user.phone or "")
        return values

    # CHECKS

    def _read_token(self, page, token):
        """What the page was signed with: ``{"key", "age"}``, or ``{"error"}`` with a code."""
        content = _verify(FORM_SCOPE, token)
        if not content or content[0] != page["code"]:
            return {"error": "expired"}
        _code, key, issued = content
        age = time.time() - issued
        if age < page["channel"].form_min_seconds:
            return {"error": "fast"}
        return {"key": key, "age": age}

    def _check(self, page, values):
        """The submission as it goes to the inbox, and ``{field: code}`` of what is wrong with it."""
        read = form_submission.read(values)
        errors = read.errors
        product = page["product"]
        if not product and values["product_id"] != "other":
            product = page["products"].filtered(lambda product: str(product.id) == values["product_id"])
            if not product:
                errors["product_id"] = "product_missing"
        category_id = self._check_category(page, values["category_id"], product, errors)
        submission = {
            "type": "ticket",
            "name": read.name,
            "email": read.email,
            "phone": read.phone,
            "subject": read.subject,
            "message": read.message,
            "site_id": page["site"].id or False,
            "product_id": product.id or False,
            "category_id": category_id,
            "consent_id": self._keep_consent(page["owner"]) if not errors else False,
            "lang": request.env.lang,
        }
        return submission, errors

    def _keep_consent(self, owner):
        texts = request.env["helpdesk.consent.text"]
        return texts._keep(texts._wording(owner)).id

    def _check_category(self, page, value, product, errors):
        if not page["categories"]:
            return False
        row = next((row for row in page["categories"] if str(row["id"]) == value), None)
        if not row:
            errors["category_id"] = "category_missing"
        elif product and row["product_ids"] and product.id not in row["product_ids"]:
            errors["category_id"] = "category_foreign"
        else:
            return row["id"]
        return False

    def _verify_captcha(self, page):
        """Hook for a captcha that Odoo's ``captcha=`` on the route doesn't know: raise to refuse the form.

        Odoo's own (``google_recaptcha``, ``website_cf_turnstile``) need no code, only to be installed and configured.

        :param dict page: see :meth:`_form_page`
        :raise odoo.exceptions.UserError: the visitor did not pass
        """

    def _may_send(self, channel):
        limiter = request.env["helpdesk.rate.limit"]
        network = limiter._network(request.httprequest.remote_addr)
        return limiter._take("form", network, channel.form_rate_limit)

    # PAGES

    def _render_form(self, page, values, errors, embed=None, token=None, status=200):
        channel = page["channel"]
        # A page that is shown again keeps its key: what was sent twice stays one. An expired one starts anew.
        if not token or self._read_token(page, token).get("error") == "expired":
            token = self._sign_token(page)
        response = self._respond(
            "kemenkes_helpdesk.form_page",
            page,
            {
                "values": values,
                "errors": {name: intake.error_text(errors[name], channel) for name in ERROR_ORDER if name in errors},
                "file_names": intake.file_names(),
                "form_token": token,
                "honeypot": HONEYPOT,
                "limits": form_submission.LIMITS,
                "extensions": channel._form_extension_list(),
                "category_rows": page["categories"],
                "category_json": json.dumps(page["categories"]),
                "notices": request.env["helpdesk.ticket"]._form_notices(page["product"], page["site"]),
                "consent_wording": request.env["helpdesk.consent.text"]._wording(page["owner"]),
            },
            embed=embed,
        )
        response.status_code = status
        return response

    def _sign_token(self, page):
        return hash_sign(
            request.env(su=True),
            FORM_SCOPE,
            [page["code"], secrets.token_urlsafe(12), int(time.time())],
            expiration_hours=page["channel"].form_max_hours,
        )

    def _respond(self, template, page, values, embed=None):
        response = request.render(
            template,
            {
                **page,
                **values,
                "embed": bool(embed),
                "no_header": bool(embed),
                "no_footer": bool(embed),
                "page_title": page["owner"].name,
            },
        )
        ancestors = page["owner"]._frame_ancestors() if embed else "'self'"
        response.headers["Content-Security-Policy"] = f"frame-ancestors {ancestors}"
        response.headers["Cache-Control"] = "no-store"
        # the links on these pages carry signatures
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    def _localized(self, path):
        return request.env["ir.http"]._url_for(path, request.env.lang)


def _verify(scope, token):
    """What ``token`` was signed with, or None."""
    try:
        return verify_hash_signed(request.env(su=True), scope, token or "")
    except ValueError:
        return None
