import json
import logging

from markupsafe import Markup

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tools.discuss import Store

from .common import HelpdeskCase

_logger = logging.getLogger(__name__)

NIK, PHONE, EMAIL = "3275014512900004", "+6281298765432", "rahasia.sekali@customer.example"
SECRETS = (NIK, "81298765432", "rahasia.sekali")
# Beginnings by which somebody would spell the secrets out.
GUESSES = ("327501", "8129876", "rahasia.sek")
# Of a customer who has not written them into any text: agents see texts, and these only after asking.
QUIET_PHONE, QUIET_EMAIL = "+6281377766554", "hanya.kontak@customer.example"
QUIET_SECRETS = ("81377766554", "hanya.kontak")
QUIET_GUESSES = ("8137776", "hanya.kon")
ROLES = ("quality", "analyst", "trainer", "admin_support", "agent")
# Roles beside the helpdesk's that an account may hold as well.
OTHER_GROUPS = ("sales_team.group_sale_salesman_all_leads", "base.group_partner_manager", "base.group_allow_export")
ROWS = 40
TEXT_TYPES = ("char", "text", "html")
RELATIONS = ("many2one", "one2many", "many2many")


@tagged("post_install", "-at_install")
class TestPersonalDataDoors(HelpdeskCase):
    """UU 27/2022: no model and no field hands out what a role sees masked, by whatever public method."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        everything = f"NIK {NIK}, telepon {PHONE}, surel {EMAIL}"
        cls.customer = cls.env["res.partner"].create({"name": "Budi Santoso", "email": EMAIL, "phone": PHONE})
        cls.nameless = cls.env["res.partner"].create({"name": EMAIL, "email": EMAIL})
        cls.ticket = cls.create_ticket(
            name=f"Subjek {everything}", description=everything, partner_id=cls.customer.id, email_cc=EMAIL
        )
        cls.message = cls.customer_says(cls.ticket, everything)
        cls.message.write({"email_from": EMAIL, "incoming_email_cc": EMAIL, "subject": everything})
        note = cls.ticket.message_post(body=everything, subtype_xmlid="mail.mt_note")
        note.starred_partner_ids = [Command.set(cls.users["quality"].partner_id.ids)]
        cls.ticket.message_subscribe((cls.customer | cls.nameless).ids)
        cls.ticket.activity_schedule(
            "mail.mail_activity_data_todo", summary=everything, note=everything, user_id=cls.users["quality"].id
        )
        cls.files = cls.env["ir.attachment"].create(
            {"name": f"KTP {everything}.txt", "res_model": "helpdesk.ticket", "res_id": cls.ticket.id, "raw": b"x"}
        )
        cls.ticket._message_log(body=Markup("<p>%s</p>") % everything)
        cls.env["helpdesk.identity"].create({"kind": "whatsapp", "handle": PHONE, "partner_id": cls.customer.id})
        cls.outbox = cls.env["helpdesk.outbox.message"].create(
            {
                "ticket_id": cls.ticket.id,
                "message_id": cls.message.id,
                "channel_id": cls.channel_email.id,
                "recipient": EMAIL,
                "error": everything,
            }
        )
        cls.env["helpdesk.escalation"].create(
            {"ticket_id": cls.ticket.id, "to_team_id": cls.team_l2.id, "reason": everything}
        )
        cls.env["rating.rating"].create(
            {
                "res_model_id": cls.env["ir.model"]._get_id("helpdesk.ticket"),
                "res_id": cls.ticket.id,
                "partner_id": cls.customer.id,
                "rated_partner_id": cls.users["agent"].partner_id.id,
                "rating": 5,
                "feedback": everything,
                "consumed": True,
            }
        )
        cls.ticket.action_create_lead()
        cls.lead = cls.ticket.lead_id
        cls.lead.write({"email_cc": EMAIL, "user_id": False})
        cls.citizen = cls.create_plain_user("rahasia.sekali", "base.group_portal", phone=PHONE, name="Warga")
        cls.env["mail.mail"].create({"body_html": everything, "email_to": EMAIL, "mail_message_id": cls.message.id})
        cls.create_quiet_customer()
        groups = [cls.env.ref(name).id for name in OTHER_GROUPS]
        for role in ROLES:
            cls.users[role].group_ids = [Command.link(group_id) for group_id in groups]
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def create_quiet_customer(cls):
        quiet = cls.env["res.partner"].create({"name": "Siti Aminah", "email": QUIET_EMAIL, "phone": QUIET_PHONE})
        ticket = cls.create_ticket(partner_id=quiet.id, email_cc=QUIET_EMAIL)
        message = cls.customer_says(ticket, "Halo")
        message.write({"email_from": QUIET_EMAIL, "incoming_email_cc": QUIET_EMAIL, "reply_to": QUIET_EMAIL})
        ticket.message_subscribe(quiet.ids)
        cls.env["helpdesk.identity"].create({"kind": "whatsapp", "handle": QUIET_PHONE, "partner_id": quiet.id})
        cls.agent_says(ticket, "Halo juga")
        ticket.action_create_lead()
        ticket.lead_id.write({"email_cc": QUIET_EMAIL, "user_id": False})
        cls.create_plain_user("hanya.kontak", "base.group_portal", phone=QUIET_PHONE, name="Ani")
        cls.env["helpdesk.inbox.event"].create(
            {"channel_id": cls.channel_email.id, "external_id": "1", "sender": QUIET_EMAIL, "ticket_id": ticket.id}
        )

    def setUp(self):
        super().setUp()
        self.doors = set()

    # WHAT IS TRIED

    def call(self, door, method, *args, secrets=SECRETS, **kwargs):
        """Call a public method and note the door when what it hands out holds a secret; None when it is refused."""
        try:
            with mute_logger("odoo.models", "odoo.addons.base.models.ir_rule"), self.env.cr.savepoint():
                result = method(*args, **kwargs)
        except (AccessError, UserError, ValueError, TypeError, NotImplementedError):
            return None
        text = json.dumps(result, default=str, ensure_ascii=False)
        for secret in secrets:
            if secret in text:
                self.doors.add((*door, secret))
        return result

    def readable_models(self, user):
        for name in sorted(self.env.registry):
            model = self.env[name].with_user(user)
            if not model._abstract and not model._transient and model._auto and model.has_access("read"):
                yield model

    def texts(self, model):
        """Fields that may hold text, and that the user may read."""
        return [
            name
            for name, field in model._fields.items()
            if field.type in (*TEXT_TYPES, "json", "properties", "reference") and model._has_field_access(field, "read")
        ]

    def relations(self, model):
        return [
            name
            for name, field in model._fields.items()
            if field.type in RELATIONS
            and field.comodel_name in self.env
            and model._has_field_access(field, "read")
            and self.env[field.comodel_name].with_user(model.env.user).has_access("read")
        ]

    def walk(self, role, secrets=SECRETS, guesses=GUESSES):
        for model in self.readable_models(self.users[role]):
            records = self.call((model._name, "search"), model.with_context(active_test=False).search, [], limit=ROWS)
            if not records:
                continue
            self.try_reading(model, records, secrets)
            self.try_nested(model, records, secrets)
            self.try_guessing(model, guesses)
            self.try_grouping(model, secrets)
            self.env.invalidate_all()
        self.try_store(role, secrets)
        self.assertFalse(self.doors, "\n".join(map(str, sorted(self.doors))))

    def try_reading(self, model, records, secrets):
        for name in [*self.texts(model), *self.relations(model)]:
            door = (model._name, name)
            self.call((*door, "read"), records.read, [name], secrets=secrets)
            self.call((*door, "export"), records.export_data, [name], secrets=secrets)
        self.call((model._name, "search_read"), model.search_read, [], limit=ROWS, secrets=secrets)
        self.call((model._name, "web_search_read"), model.web_search_read, [], {"display_name": {}}, secrets=secrets)
        for shown in ({}, {"show_email": True}, {"show_address": True, "show_phone": True}):
            found = self.call(
                (model._name, "name_search"), model.with_context(**shown).name_search, "", secrets=secrets
            )
            self.assertIsInstance(found, (list, type(None)))

    def try_nested(self, model, records, secrets):
        for name in self.relations(model):
            other = self.env[model._fields[name].comodel_name].with_user(model.env.user)
            inner = {text: {} for text in ["display_name", *self.texts(other)]}
            door = (model._name, name, "web_read")
            self.call(door, records.web_read, {name: {"fields": inner}}, secrets=secrets)

    def try_guessing(self, model, guesses):
        """Nothing is found by the beginning of what is masked, by any field."""
        plain = self.env[model._name].with_context(active_test=False)
        for name in [*self.texts(model), "display_name"]:
            for guess in guesses:
                for operator in ("ilike", "=like"):
                    value = guess if operator == "ilike" else f"{guess}%"
                    found = self.call((model._name,), model.search_count, [(name, operator, value)])
                    if found:
                        self.doors.add((model._name, name, operator, "guess", guess))
        for guess in guesses:
            if found := self.call((model._name,), model.name_search, guess):
                self.doors.add((model._name, "name_search", "guess", guess))
        self.assertIsNotNone(plain)

    def try_grouping(self, model, secrets):
        for name in self.texts(model):
            if not model._fields[name].store or model._fields[name].type not in TEXT_TYPES:
                continue
            self.call(
                (model._name, name, "group"), model.formatted_read_group, [], [name], ["__count"], secrets=secrets
            )
            for function in ("max", "array_agg"):
                self.call(
                    (model._name, name, function),
                    model.formatted_read_group,
                    [],
                    [],
                    [f"{name}:{function}"],
                    secrets=secrets,
                )

    def try_store(self, role, secrets):
        """What the chatter's own routes put into the page."""
        user = self.users[role]
        for record in (self.customer, self.nameless, self.message, self.files, self.citizen):
            self.call(
                ("store", record._name),
                lambda item: Store().add(item).get_result(),
                record.with_user(user),
                secrets=secrets,
            )
        parts = ["followers", "attachments", "activities", "suggestedRecipients", "contact_fields", "scheduledMessages"]
        thread = self.ticket.with_user(user)
        self.call(
            ("store", "thread"),
            lambda: Store().add(thread, [], as_thread=True, request_list=parts).get_result(),
            secrets=secrets,
        )
        partners = self.env["res.partner"].with_user(user)
        for guess in (*GUESSES, "Budi"):
            self.call(("mention", guess), partners.get_mention_suggestions, guess, secrets=secrets)

    # ROLES

    def test_quality(self):
        self.walk("quality")

    def test_analyst(self):
        self.walk("analyst")

    def test_trainer(self):
        self.walk("trainer")

    def test_admin_support(self):
        self.walk("admin_support")

    def test_viewer(self):
        self.walk("viewer")

    def test_agent(self):
        """Agents read texts, and contact data only after asking."""
        self.walk("agent", QUIET_SECRETS, QUIET_GUESSES)

    def test_supervisor(self):
        self.walk("supervisor", QUIET_SECRETS, QUIET_GUESSES)
