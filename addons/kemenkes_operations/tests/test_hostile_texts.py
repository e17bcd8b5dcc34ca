import json
from urllib.parse import quote

from lxml import html

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import SQL

from odoo.addons.kemenkes_helpdesk.personal_fields import PersonalField

MARK = "teksjahat"
# Leaves an element and an attribute, and says so on the console when it is run; that alone fails the test.
EVIL = (
    f"""'"><img src="x:" class="{MARK}" onerror="console.error('a text was run')"><svg onload="console.error('run')">"""
)
EVIL += "{{7*7}}${7*7}<script>console.error('run')</script>" + MARK
EVIL_LINK = "javascript:console.error('a link was run')"
# Addresses that services bring with a message; people follow them.
LINKS = {"helpdesk.post": "url", "helpdesk.channel.message": "url"}
SIGNS = f"img.{MARK}, img[onerror], svg[onload], a[href^='javascript:console']"
VIEWS = ("list", "kanban", "form")

LOOK = """
(async () => {
    const { action } = odoo.__WOWL_DEBUG__.root.env.services;
    const later = (wait) => new Promise((resolve) => setTimeout(resolve, wait));
    const faults = [];
    const seen = [];
    const look = async (place, wait) => {
        await later(wait);
        if (document.querySelector(%(signs)s)) faults.push(place);
        const typed = [...document.querySelectorAll("input, textarea")].some((input) => input.value.includes(%(mark)s));
        if (typed || document.body.textContent.includes(%(mark)s)) seen.push(place);
    };
    for (const [xmlid, name, view, resId] of %(screens)s) {
        const options = { viewType: view, clearBreadcrumbs: true, props: resId ? { resId } : {} };
        try {
            await action.doAction(xmlid, options);
        } catch (error) {
            throw new Error(`${xmlid} ${view}: ${error.message}`);
        }
        await look(`${name} ${view}`, resId ? 400 : 100);
    }
    if (faults.length) throw new Error(`as HTML in ${faults.join(", ")}`);
    for (const wanted of %(wanted)s) {
        if (!seen.includes(wanted)) throw new Error(`the text is not seen in ${wanted}, but in ${seen.join(", ")}`);
    }
    console.log("test successful");
})().catch((error) => console.error(String(error)));
"""


@tagged("post_install", "-at_install", "demo_data")
class TestHostileTextsDemo(HttpCase):
    """R27.a.3, ASVS 1.2.1: every text that a customer can write, in the screens that show it, is shown as typed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hostile = {name for name in cls.env.registry if cls.make_hostile(name)}
        cls.env.invalidate_all()
        cls.user = cls.env["res.users"].search([("login", "=", "manajer1@demo.kemenkes.example")])
        cls.user.password = cls.user.login

    @classmethod
    def make_hostile(cls, name):
        """Write the text into all columns of a model that hold customers' words; whether there were any."""
        model = cls.env[name]
        if model._abstract or not model._auto:
            return False
        columns = [
            field.name
            for field in model._fields.values()
            if isinstance(field, PersonalField)
            and not field.is_secret
            and field.store
            and field.column_type
            and field.type in ("char", "text")
            and not field.translate
        ]
        for column in columns:
            # some are unique
            cls.write(model, column, SQL("%s || id", EVIL))
        if name in LINKS:
            cls.write(model, LINKS[name], SQL("%s", EVIL_LINK))
        return bool(columns)

    @classmethod
    def write(cls, model, column, value):
        table, column = SQL.identifier(model._table), SQL.identifier(column)
        cls.env.cr.execute(SQL("UPDATE %s SET %s = %s WHERE %s IS NOT NULL", table, column, value, column))

    def screens(self):
        """``(action, model, view, record)`` of each list, board and form of ours about hostile records."""
        domain = [("res_model", "in", sorted(self.showing()))]
        found = {}
        for action in self.env["ir.actions.act_window"].search(domain):
            xmlid = action.xml_id or ""
            if not xmlid.startswith("kemenkes_") or action.target == "new":
                continue
            record = self.env[action.res_model].with_user(self.user).search([], limit=1, order="id desc")
            for view in VIEWS:
                if view in action.view_mode.split(",") and (view != "form" or record):
                    name = (xmlid, action.res_model, view, record.id if view == "form" else 0)
                    found.setdefault((action.res_model, view, action.view_id.id), name)
        return list(found.values())

    def showing(self):
        """Models that hold such texts, and those that show a ticket's or customer's name."""
        own = {name for name in self.hostile if name.startswith("helpdesk.")}
        return own | {
            name
            for name, model in self.env.registry.items()
            if name.startswith("helpdesk.")
            and not model._abstract
            and any(
                isinstance(field, fields.Many2one) and field.comodel_name in own for field in model._fields.values()
            )
        }

    def test_lists_boards_and_forms(self):
        screens = self.screens()
        self.assertGreater(len(screens), 35)
        wanted = [f"{model} {view}" for model, view in (
            ("helpdesk.ticket", "list"), ("helpdesk.ticket", "kanban"), ("helpdesk.ticket", "form"),
            ("helpdesk.review", "form"), ("helpdesk.csat.request", "form"), ("helpdesk.inbox.event", "list"),
        )]  # fmt: skip
        names = {"signs": SIGNS, "mark": MARK, "screens": screens, "wanted": wanted}
        script = LOOK % {name: json.dumps(value) for name, value in names.items()}
        self.browser_js(
            "/odoo/action-kemenkes_helpdesk.helpdesk_tag_action",
            script,
            ready="!!document.querySelector('.o_list_view')",
            login=self.user.login,
            timeout=300,
        )

    def test_pages(self):
        """Pusdatin's, the citizen's own and their rating."""
        viewer = self.env["res.users"].search([("login", "=", "pusdatin1@demo.kemenkes.example")])
        viewer.password = viewer.login
        ticket = self.env["helpdesk.ticket"].with_user(viewer).search([("partner_id", "!=", False)], limit=1).sudo()
        request = self.env["helpdesk.csat.request"].search([("state", "=", "answered")], limit=1)
        citizen = f"/my/tickets/{ticket.id}?access_token={ticket._portal_ensure_token()}"
        self.look([citizen, f"/helpdesk/rate?access_token={quote(request.token)}"])
        self.authenticate(viewer.login, viewer.login)
        self.look([
            "/my/helpdesk", f"/my/helpdesk/tickets/{ticket.id}", "/my/helpdesk/escalations", "/my/helpdesk/figures",
            "/my/helpdesk/reports", "/my/helpdesk/export",
        ])  # fmt: skip

    def look(self, addresses):
        seen = False
        for address in addresses:
            answer = self.url_open(address)
            self.assertEqual(answer.status_code, 200, address)
            page = html.fromstring(answer.content)
            self.assertFalse(page.xpath(f"//img[@class='{MARK}'] | //img[@onerror] | //svg[@onload]"), address)
            seen |= MARK in page.text_content()
        self.assertTrue(seen, addresses)
