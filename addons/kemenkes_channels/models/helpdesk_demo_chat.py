import json
from dataclasses import replace
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import file_open

from odoo.addons.kemenkes_helpdesk.demo.history import Replay
from odoo.addons.kemenkes_helpdesk.demo.story import Step, Story, read

OUTSIDE_KINDS = ("whatsapp", "messenger", "telegram", "instagram", "facebook", "x")
PUBLIC_KINDS = ("facebook", "x")
POST = {
    "text": "Jadwal Cek Kesehatan Gratis pekan ini sudah terbit. Cek di aplikasi SATUSEHAT Mobile, ya!",
    "url": "",
    "author": "Kementerian Kesehatan",
}


class ChatReplay(Replay):
    """Who chats writes no letters."""

    def _letter(self, step):
        return step.paragraphs


class HelpdeskDemo(models.AbstractModel):
    """What was said on messengers and networks, as their services know it; and today's conversations of one agent."""

    _inherit = "helpdesk.demo"

    @api.model
    def _load_chats(self, now=None):
        """Write the conversations that an agent finds at the first log-in, once.

        Among them one on WhatsApp that may be answered freely, and one that has been silent for over a day.

        :return: the tickets
        """
        if self.env.ref("kemenkes_channels.demo_ticket_whatsapp_open", raise_if_not_found=False):
            return self.env["helpdesk.ticket"]
        stories = _tell_chats((now or fields.Datetime.now()).replace(second=0, microsecond=0))
        agent = self._person(self.env.ref("kemenkes_helpdesk.demo_user_agen1"))
        world = self._world()
        first_line = self._ref("team_first_line")
        world = replace(world, crews={**world.crews, first_line: [agent]})
        tickets = self._write(
            [
                ChatReplay(story, subject, world, seed=story.script["code"]).play()
                for story, subject in zip(stories, self._subjects(stories), strict=True)
            ]
        )
        self.env["ir.model.data"]._update_xmlids(
            [
                {"xml_id": f"kemenkes_channels.demo_ticket_{story.script['code']}", "record": ticket, "noupdate": True}
                for story, ticket in zip(stories, tickets, strict=True)
            ]
        )
        return tickets

    # AT THE SERVICES

    def _write_messages(self, tickets, histories):
        """An answer goes to the customer's last words as the service knows them, and its window counts from there."""
        super()._write_messages(tickets, histories)
        said = [
            (ticket, message)
            for ticket, history in zip(tickets, histories, strict=True)
            if ticket.channel_kind in OUTSIDE_KINDS
            for message in history.messages
            if message["helpdesk_direction"]
        ]
        self.env["helpdesk.channel.message"].create(
            [self._prepare_outside_message(ticket, message) for ticket, message in said]
        )
        self._write_identities({ticket for ticket, _message in said})

    def _prepare_outside_message(self, ticket, message):
        is_public = ticket.channel_kind in PUBLIC_KINDS
        return {
            "channel_id": ticket.channel_id.id,
            "external_id": f"demo-{message['id']}",
            "message_id": message["id"],
            "ticket_id": ticket.id,
            "direction": message["helpdesk_direction"],
            "kind": "comment" if is_public else "text",
            "date": message["date"],
            "recipient": self._recipient(ticket),
            "is_public": is_public,
            "post": POST if ticket.channel_kind == "facebook" else False,
        }

    def _write_identities(self, tickets):
        by_kind = {}
        for ticket in tickets:
            by_kind.setdefault(ticket.channel_kind, {})[self._recipient(ticket)] = ticket.partner_id.id
        for kind, partner_id_by_handle in by_kind.items():
            self.env["helpdesk.identity"]._insert(kind, partner_id_by_handle)

    def _recipient(self, ticket):
        """On WhatsApp the number, elsewhere an id that nobody has."""
        if ticket.channel_kind == "whatsapp":
            return self.env["helpdesk.call"]._clean_number(ticket.partner_phone)
        if ticket.channel_kind in OUTSIDE_KINDS:
            return f"demo-{ticket.partner_id.id}"
        return super()._recipient(ticket)


def _tell_chats(now):
    """The stories of chats.json.

    :param datetime now: nothing happens later
    """
    with file_open("kemenkes_channels/demo/chats.json") as file:
        scripts = json.load(file)
    customers = {customer["email"]: customer for customer in read("people.json")["customers"]}
    return [
        Story(
            script,
            customers[script["customer"]],
            script["channel"],
            script["subject"],
            [
                Step(
                    now - timedelta(minutes=step["minutes_ago"]),
                    step["do"],
                    step.get("text", []),
                    step.get("reason", ""),
                    step.get("tier", 0),
                    step.get("then", ""),
                )
                for step in script["steps"]
            ],
        )
        for script in scripts
    ]
