import io
import json
import math
import random
import wave
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import file_open

from ..providers.records import CallEvent, Handle, Media, Person, Recording, Segment, Transcript

DAYS = 21
CALLS = 140
MISSED_PERCENT = 12
OUTGOING_PERCENT = 18
WORD_SECONDS = 0.42
SAMPLE_RATE = 8000


class HelpdeskDemo(models.AbstractModel):
    """Three weeks of telephone calls, some of today with their sound and words."""

    _inherit = "helpdesk.demo"

    @api.model
    def _load_calls(self, now=None):
        """Write the demo's calls, once.

        :return: the calls
        """
        calls = self.env["helpdesk.call"]
        channel = self.env.ref("kemenkes_channels.demo_channel_call")
        if calls.search_count([("channel_id", "=", channel.id)], limit=1):
            return calls
        now = (now or fields.Datetime.now()).replace(microsecond=0)
        chance = random.Random(f"calls {now:%Y-%m-%d}")
        with file_open("kemenkes_channels/demo/calls.json") as file:
            script = json.load(file)
        agents = [self.env.ref(f"kemenkes_helpdesk.demo_user_agen{number}") for number in (1, 2, 3)]
        old = calls.create(self._tell_old_calls(chance, script, channel, agents, now))
        return old + self._tell_fresh_calls(chance, script, channel, agents, now)

    def _tell_old_calls(self, chance, script, channel, agents, now):
        """Calls about tickets of the past weeks, as rows; their tickets' threads are told already."""
        tickets = self.env["helpdesk.ticket"].search(
            [("partner_phone", "!=", False), ("create_date", ">", now - timedelta(days=DAYS + 7))],
            order="id",
            limit=200,
        )
        tags = self.env["helpdesk.tag"].search([])
        rows = []
        for number in range(CALLS if tickets and tags else 0):
            ticket, agent = chance.choice(tickets), chance.choice(agents)
            day = now - timedelta(days=1 + DAYS * (1 - number / CALLS))
            start = day.replace(hour=1, minute=0, second=0) + timedelta(
                seconds=int(chance.triangular(0, 36_000, 9_000))
            )
            is_out = chance.random() * 100 < OUTGOING_PERCENT
            is_missed = not is_out and chance.random() * 100 < MISSED_PERCENT
            wait = int(chance.triangular(3, 180 if is_missed else 70, 12))
            talk = 0 if is_missed else int(chance.triangular(40, 1100, 240))
            answered = start + timedelta(seconds=wait)
            rows.append(
                {
                    "channel_id": channel.id,
                    "external_id": f"demo-{number}",
                    "is_manual": False,
                    "direction": "out" if is_out else "in",
                    "state": "missed" if is_missed else "ended",
                    "number": ticket.partner_phone,
                    "partner_id": ticket.partner_id.id,
                    "ticket_id": ticket.id,
                    "user_id": False if is_missed else agent.id,
                    "extension": False if is_missed else agent.helpdesk_extension,
                    "queue": chance.choice(script["queues"]),
                    "ivr_path": " → ".join(chance.choice(script["keys"])),
                    "start_date": start,
                    "answer_date": False if is_missed else answered,
                    "end_date": answered + timedelta(seconds=talk),
                    "wait_seconds": wait,
                    "talk_seconds": talk,
                    "hold_seconds": chance.choice((0, 0, 0, 25, 60)) if talk else 0,
                    "wrap_up_seconds": int(chance.triangular(10, 170, 45)) if talk else 0,
                    "wrap_up_date": False if is_missed else answered + timedelta(seconds=talk + 60),
                    "is_answer_noted": True,
                    "is_talk_noted": True,
                    "note": chance.choice(script["notes"]) if talk else False,
                    "tag_ids": [(6, 0, chance.sample(tags.ids, k=chance.choice((0, 1, 1, 2))))] if talk else False,
                }
            )
        return rows

    def _tell_fresh_calls(self, chance, script, channel, agents, now):
        """Calls of this morning, as the telephone system tells them: with tickets, words and sound."""
        calls = self.env["helpdesk.call"]
        numbers = self.env["res.partner"].search(
            [("helpdesk_ticket_ids", "!=", False), ("phone", "!=", False)], limit=8
        )
        # the demo's numbers are of no range that is given out
        handles = {calls._clean_number(partner.phone): partner.id for partner in numbers}
        self.env["helpdesk.identity"]._insert("phone", handles)
        made = calls
        for number, lines in enumerate(script["conversations"]):
            partner = numbers[number : number + 1]
            start = now - timedelta(minutes=150 - 40 * number)
            segments = _spoken(lines)
            length = int(segments[-1].stop) + 1
            answered = start + timedelta(seconds=9)
            common = {
                "call_id": f"demo-fresh-{number}",
                "direction": "inbound",
                "number": partner.phone or f"+62800123400{number:02}",
                "sender": Person((Handle("phone", partner.phone or ""),), name=partner.name or ""),
                "queue": script["queues"][number % len(script["queues"])],
                "ivr_path": tuple(script["keys"][number % len(script["keys"])]),
                "extension": agents[number % len(agents)].helpdesk_extension or "",
            }
            steps = [
                CallEvent(key=f"d{number}-1", date=start, event="ringing", sequence=1, **common),
                CallEvent(key=f"d{number}-2", date=answered, event="answered", sequence=2, **common),
                CallEvent(
                    key=f"d{number}-3",
                    date=answered + timedelta(seconds=length),
                    event="ended",
                    sequence=3,
                    talk_seconds=length,
                    is_announced=True,
                    recording=Recording(f"demo-{number}", Media("audio", url="/demo", ref="demo"), length),
                    transcript=Transcript("cti", "id", 0.87, tuple(segments)),
                    **common,
                ),
            ]
            [call] = set(calls._take([(channel, step, step.date) for step in steps]))
            call.write({"wrap_up_seconds": chance.randrange(20, 90), "wrap_up_date": call.end_date})
            call.recording_ids._keep_content(_sound(length))
            made |= call
        return made


def _spoken(lines):
    segments, moment = [], 1.0
    for speaker, text in lines:
        stop = moment + max(1.5, len(text.split()) * WORD_SECONDS)
        segments.append(Segment(round(moment, 1), round(stop, 1), text, speaker))
        moment = stop + 0.6
    return segments


def _sound(seconds):
    """Two soft tones in turns: a demo has no voices."""
    with io.BytesIO() as content:
        with wave.open(content, "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(1)
            sound.setframerate(SAMPLE_RATE)
            one = [
                bytes(round(128 + 12 * math.sin(2 * math.pi * pitch * n / SAMPLE_RATE)) for n in range(SAMPLE_RATE))
                for pitch in (220, 330)
            ]
            sound.writeframes(b"".join(one[second % 2] for second in range(seconds)))
        return content.getvalue()
