import pytz

from odoo import api, fields, models

from ..demo.history import Person, Replay, Subject, World
from ..demo.past import tell_past
from ..demo.story import OFFICE, province_hours, tell
from .helpdesk_event import OWN_HISTORY

TICKETS = 300
PAST_TICKETS = 600
CHANNEL_KINDS = ("email", "form")


class HelpdeskDemo(models.AbstractModel):
    """Writes the demo's tickets, with the dates of the past, in a few batches."""

    _name = "helpdesk.demo"
    _description = "Helpdesk Demo Data"

    @api.model
    def _share_password(self):
        """Give all demo accounts the first one's: a hash takes half a second, as it is meant to, and one is enough."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            UPDATE res_users SET password = first.password FROM res_users first
             WHERE first.id = %s AND res_users.login LIKE '%%@demo.kemenkes.example' AND res_users.password IS NULL
            """,
            [self.env.ref("kemenkes_helpdesk.demo_user_agen1").id],
        )
        self.env.invalidate_all()

    @api.model
    def _load(self, now=None, count=TICKETS):
        """Tell ``count`` tickets of the four weeks before ``now``, and those of the months before, once.

        :return: the tickets, the oldest first
        """
        now = now or fields.Datetime.now()
        if self.env.ref("kemenkes_helpdesk.demo_ticket_first", raise_if_not_found=False):
            return self.env["helpdesk.ticket"]
        self._speak_indonesian()
        self._admit_people()
        world = self._world()
        # first: the newer a ticket is, the higher its number
        past = tell_past(now, PAST_TICKETS, self._channel_shares())
        stories = [*past, *tell(now, count)]
        subjects = self._subjects(stories)
        histories = [
            Replay(story, subject, world, seed=f"{now:%Y-%m-%d} {number}").play()
            for number, (story, subject) in enumerate(zip(stories, subjects, strict=True))
        ]
        tickets = self._write(histories)
        recent = tickets[len(past) :]
        self._write_incident(recent, stories[len(past) :])
        self._mark_loaded(recent[0])
        return tickets

    def _channel_shares(self):
        """How many of a hundred citizens wrote on which other kind of channel, in the beginning and lately."""
        return {}

    def _speak_indonesian(self):
        """Everybody in the beginning; English can be chosen in the preferences."""
        self.env["res.lang"]._activate_lang("en_US")
        if "id_ID" in dict(self.env["res.lang"].get_installed()):
            self.env["res.users"].search([("login", "=like", "%@demo.kemenkes.example")]).lang = "id_ID"

    def _admit_people(self):
        """Give the demo's accounts what an addon asks for before they may see tickets; addons extend it."""

    # WHAT THE STORIES REFER TO

    def _ref(self, name):
        return self.env["ir.model.data"]._xmlid_to_res_id(f"kemenkes_helpdesk.{name}", raise_if_not_found=True)

    def _world(self):
        jakarta, makassar = self._ref("site_jakarta"), self._ref("demo_site_makassar")
        teams = {
            (jakarta, 1): self._ref("team_first_line"),
            (makassar, 1): self._ref("demo_team_makassar"),
            (None, 2): self._ref("team_pusdatin"),
            (None, 3): self._ref("team_product"),
        }
        channels = {(jakarta, kind): self._ref(f"channel_{kind}") for kind in CHANNEL_KINDS}
        channels |= {(makassar, kind): self._ref(f"demo_channel_{kind}_makassar") for kind in CHANNEL_KINDS}
        return World(
            robot=self._person(self.env.ref("base.user_root")),
            stages={kind: self._ref(f"stage_{kind}") for kind in self._stage_kinds()},
            teams=teams,
            crews={team_id: self._crew(team_id) for team_id in teams.values()},
            channels=channels,
            escalation_reasons={
                name: self._ref(f"escalation_reason_{name}") for name in ("access", "data", "decision", "defect")
            },
            subtypes={name: self.env.ref(f"mail.mt_{name}").id for name in ("comment", "note")},
        )

    def _stage_kinds(self):
        return dict(self.env["helpdesk.stage"]._fields["kind"].selection)

    def _crew(self, team_id):
        """The agents of a team; its leader watches."""
        members = self.env["helpdesk.team"].browse(team_id).member_ids
        agents = members.filtered(lambda user: not user.has_group("kemenkes_helpdesk.group_team_leader"))
        return [self._person(user) for user in agents.sorted("login")]

    def _person(self, user):
        return Person(
            user.id, user.partner_id.id, user.name, user.email or "", frozenset(user.helpdesk_product_ids.ids)
        )

    def _subjects(self, stories):
        partner_by_email = self._customers(stories)
        jakarta, makassar = self._ref("site_jakarta"), self._ref("demo_site_makassar")
        hours = province_hours()
        return [
            Subject(
                partner_id=partner_by_email[story.customer["email"]].id,
                site_id=jakarta if hours[story.customer["province"]] == OFFICE else makassar,
                product_id=story.script["product"] and self._ref(f"product_{story.script['product']}"),
                category_id=self._ref(f"category_{story.script['category']}"),
                tag_ids=[self._ref(f"tag_{tag}") for tag in story.script["tags"]],
            )
            for story in stories
        ]

    def _customers(self, stories):
        """``{e-mail: res.partner}``; customers that are not known yet are made, each with an identity."""
        customers = {story.customer["email"]: story.customer for story in stories}
        partners = self.env["res.partner"].search([("email_normalized", "in", list(customers))])
        known = set(partners.mapped("email_normalized"))
        self.env["res.partner"].create(
            [self._prepare_partner(customer) for email, customer in customers.items() if email not in known]
        )
        names = {email: customer["name"] for email, customer in customers.items()}
        return self.env["helpdesk.identity"]._find_or_create_partners("email", names)

    def _prepare_partner(self, customer):
        return {
            "name": customer["name"],
            "email": customer["email"],
            "phone": customer["phone"],
            "function": customer["job"],
            "company_name": customer["facility"] if customer["job"] else False,
            "city": customer["city"],
            "country_id": self.env.ref("base.id").id,
        }

    # WRITING

    def _write(self, histories):
        tickets = (
            self.env["helpdesk.ticket"]
            .with_context(helpdesk_history=OWN_HISTORY)
            .create([history.ticket for history in histories])
        )
        tickets = tickets.with_env(self.env)
        self._backdate(tickets, histories)
        self._write_messages(tickets, histories)
        self.env["helpdesk.escalation"].create(
            [
                {**escalation, "ticket_id": ticket.id}
                for ticket, history in zip(tickets, histories, strict=True)
                for escalation in history.escalations
            ]
        )
        self._write_handling(tickets, histories)
        self._write_events(tickets, histories)
        tickets._rebuild_figures()
        return tickets

    def _backdate(self, tickets, histories):
        """The ORM gives every row today's date."""
        tickets.flush_recordset()
        self.env.cr.execute_values(
            """
            UPDATE helpdesk_ticket ticket SET create_date = past.created, write_date = past.changed
              FROM (VALUES %s) AS past (id, created, changed) WHERE ticket.id = past.id
            """,
            [
                (ticket.id, history.created, history.events[-1]["date"])
                for ticket, history in zip(tickets, histories, strict=True)
            ],
        )
        tickets.invalidate_recordset(["create_date", "write_date"])

    def _write_messages(self, tickets, histories):
        written = [
            (ticket, message)
            for ticket, history in zip(tickets, histories, strict=True)
            for message in history.messages
        ]
        records = self.env["mail.message"].create(
            [
                {**message, "model": ticket._name, "res_id": ticket.id, "reply_to": message["email_from"]}
                for ticket, message in written
            ]
        )
        for (_ticket, message), record in zip(written, records, strict=True):
            message["id"] = record.id
        self._write_outbox([(ticket, message) for ticket, message in written if message["helpdesk_direction"] == "out"])

    def _write_outbox(self, replies):
        """Replies stand in the outbox as sent; nothing leaves the house."""
        self.env["helpdesk.outbox.message"].create(
            [
                {
                    "message_id": message["id"],
                    "ticket_id": ticket.id,
                    "channel_id": ticket.channel_id.id,
                    "recipient": self._recipient(ticket),
                    "state": "sent",
                    "attempts": 1,
                    "sent_date": message["date"],
                }
                for ticket, message in replies
            ]
        )

    def _recipient(self, ticket):
        return ticket.partner_email_normalized if ticket.channel_kind in CHANNEL_KINDS else ticket.partner_phone

    def _write_handling(self, tickets, histories):
        """Agents worked on one ticket at a time: where stories overlap, the later work began when the earlier ended."""
        work = [
            (event, ticket.id)
            for ticket, history in zip(tickets, histories, strict=True)
            for event in history.events
            if event["kind"] == "handled"
        ]
        values, free = [], {}
        for event, ticket_id in sorted(work, key=lambda pair: pair[0]["date"]):
            agent_id, begun = event["user_id"], event["data"].pop("begun")
            start = min(max(begun, free.get(agent_id, begun)), event["date"])
            free[agent_id] = event["date"]
            event.update(
                target_user_id=agent_id,
                data={"seconds": int((event["date"] - start).total_seconds()), "source": "focus"},
            )
            values.append(self._prepare_handling(event, ticket_id, start))
        self.env["helpdesk.handling"].create([row for row in values if row["seconds"]])
        for history in histories:
            history.events = [
                event for event in history.events if event["kind"] != "handled" or event["data"]["seconds"]
            ]

    def _prepare_handling(self, event, ticket_id, start):
        zone = pytz.timezone(self.env["helpdesk.site"].browse(event["site_id"]).timezone)
        return {
            **{name: event[name] for name in ("user_id", "team_id", "site_id", "product_id", "channel_id")},
            "ticket_id": ticket_id,
            "source": "focus",
            "start": start,
            "stop": event["date"],
            "date": pytz.utc.localize(start).astimezone(zone).date(),
            "seconds": event["data"]["seconds"],
        }

    def _write_events(self, tickets, histories):
        rows = []
        for ticket, history in zip(tickets, histories, strict=True):
            for event in history.events:
                message = event.pop("message")
                rows.append({**event, "ticket_id": ticket.id, "message_id": message and message["id"]})
        rows.sort(key=lambda row: row["date"])
        self.env["helpdesk.event"].with_context(helpdesk_history=OWN_HISTORY)._record(rows)

    def _mark_loaded(self, ticket):
        self.env["ir.model.data"].create(
            {
                "module": "kemenkes_helpdesk",
                "name": "demo_ticket_first",
                "model": ticket._name,
                "res_id": ticket.id,
                "noupdate": True,
            }
        )
