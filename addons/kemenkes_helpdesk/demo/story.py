"""Four weeks of a helpdesk, told from scripts: who writes in when, what is said, what happens next.

Plain Python, no Odoo. The same day gives the same stories: chance comes from a generator seeded with the date.
All times are naive UTC, as in the database.
"""

import json
import random
import re
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path

FOLDER = Path(__file__).parent
DAYS = 28
UTC_HOURS = {"Asia/Jakarta": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9}
ZONE_NAMES = {7: "WIB", 8: "WITA", 9: "WIT"}
OFFICE = 7  # Pusdatin works on Jakarta's time

# How many write in, compared: Monday to Sunday, and hour by hour of a customer's day.
DAY_CURVE = (1.5, 1.2, 1.1, 1.1, 0.9, 0.5, 0.4)
HOUR_CURVE = (1, 1, 1, 1, 2, 4, 7, 14, 24, 28, 26, 22, 15, 18, 21, 18, 14, 10, 9, 10, 9, 6, 4, 2)
MONDAY_MORNING = range(7, 11)
MONDAY_PEAK = 1.7

INCIDENT_TICKETS = 28
INCIDENT_START = time(1, 10)  # 08.10 in Jakarta
INCIDENT_LENGTH = timedelta(hours=2)
INCIDENT_NOTICED = timedelta(minutes=25)
FRESH_TICKETS = 14  # of the last hours, so that the queue has something in it
FRESH_HOURS = 3
UNFINISHED = 36  # whose last word was said in the last hours, by anybody
UNFINISHED_MINUTES = 200
REPEATED = 6  # customers who write again on another channel
GIVE_UP = timedelta(days=5)  # a ticket whose customer stays silent is closed

CHOICE = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
SLOT = re.compile(r"\{([a-z_]+)\}")

MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
DEVICES = ("Samsung A15", "Redmi Note 12", "Oppo A57", "Vivo Y21", "Infinix Hot 30", "realme C55", "Samsung A03 Core")


@dataclass
class Step:
    """One thing that happens: ``do`` and ``then`` as in the scripts."""

    when: datetime
    do: str
    paragraphs: list = field(default_factory=list)
    reason: str = ""
    tier: int = 0
    then: str = ""


@dataclass
class Story:
    """One customer's conversation, up to now."""

    script: dict
    customer: dict
    channel: str
    subject: str
    steps: list

    @property
    def start(self):
        return self.steps[0].when


def read(name):
    """The content of a JSON file of the demo."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def read_scripts():
    """``(scripts of every day, scripts of the day of the outage)``."""
    files = sorted((FOLDER / "conversations").glob("*.json"))
    every_day = [script for path in files if path.stem != "incident_day" for script in read(path)]
    return every_day, read(FOLDER / "conversations" / "incident_day.json")


def province_hours():
    """``{province: hours before UTC}``."""
    return {region["province"]: UTC_HOURS[region["timezone"]] for region in read("people.json")["regions"]}


def tell(now, count):
    """The stories of the four weeks before ``now``, oldest first.

    :param datetime now: nothing happens later
    :param int count: how many stories
    """
    return Teller(now).tell(count)


class Teller:
    """Draws scripts, customers and times for one ``now``."""

    def __init__(self, now):
        self.now = now.replace(second=0, microsecond=0)
        self.chance = random.Random(f"kemenkes {now:%Y-%m-%d}")
        self.hours = province_hours()
        self.customers = read("people.json")["customers"]
        self.phrases = read("phrases.json")
        self.told = set()
        self.drawn = set()
        self.every_day, self.incident = read_scripts()
        self.incident_start = self._incident_on_a_tuesday(8)

    def tell(self, count):
        stories = self._tell_ended(count - INCIDENT_TICKETS - UNFINISHED - REPEATED, INCIDENT_TICKETS)
        stories += [self._unfinished_story() for _ in range(UNFINISHED)]
        stories += self._repeat(stories)
        return sorted(stories, key=lambda story: story.start)

    def _incident_on_a_tuesday(self, days_ago):
        """When it began on the last Tuesday that is at least so many days ago."""
        day = self.now.date() - timedelta(days=days_ago)
        day -= timedelta(days=(day.weekday() - 1) % 7)
        return datetime.combine(day, INCIDENT_START)

    def _tell_ended(self, usual, of_incident):
        """So many stories of every day, and so many of the incident."""
        stories = [
            self._story(script, start)
            for script, start in zip(self._draw_scripts(usual), self._draw_starts(usual), strict=True)
        ]
        stories += [
            self._story(self.incident[number % len(self.incident)], self._incident_moment())
            for number in range(of_incident)
        ]
        return stories

    # WHO AND WHEN

    def _draw_scripts(self, count):
        """Each script once, then by weight."""
        more = self.chance.choices(
            self.every_day, [script["weight"] for script in self.every_day], k=max(count - len(self.every_day), 0)
        )
        scripts = [*self.every_day, *more][:count]
        self.chance.shuffle(scripts)
        return scripts

    def _draw_starts(self, count):
        first = self.now - timedelta(days=DAYS) + timedelta(hours=1)
        hours = [first + timedelta(hours=number) for number in range(DAYS * 24 - FRESH_HOURS)]
        starts = [
            hour + timedelta(minutes=self.chance.uniform(0, 60))
            for hour in self.chance.choices(hours, [self._traffic(hour) for hour in hours], k=count - FRESH_TICKETS)
        ]
        fresh = [self.now - timedelta(minutes=self.chance.uniform(2, FRESH_HOURS * 60)) for _ in range(FRESH_TICKETS)]
        return starts + fresh

    def _traffic(self, hour):
        local = hour + timedelta(hours=OFFICE)
        peak = MONDAY_PEAK if local.weekday() == 0 and local.hour in MONDAY_MORNING else 1
        return DAY_CURVE[local.weekday()] * HOUR_CURVE[local.hour] * peak

    def _incident_moment(self):
        return self.incident_start + INCIDENT_LENGTH * self.chance.triangular(0, 1, 0.3)

    def _draw_customer(self, script):
        fitting = [customer for customer in self.customers if customer["kind"] == script["customer"]]
        local = [customer for customer in fitting if customer["province"] in script.get("provinces", ())]
        others = [customer for customer in local or fitting if (script["code"], customer["email"]) not in self.drawn]
        choices = others or local or fitting
        # the accounts that log in to the portal shall find tickets there
        weights = [6 if customer["email"].startswith("warga") else 1 for customer in choices]
        customer = self.chance.choices(choices, weights)[0]
        self.drawn.add((script["code"], customer["email"]))
        return customer

    def _repeat(self, stories):
        """Impatient customers write again a little later, on the other channel."""
        recent = [story for story in stories if timedelta(hours=2) < self.now - story.start < timedelta(days=2)]
        return [self._story_again(story) for story in self.chance.sample(recent, min(REPEATED, len(recent)))]

    # ONE STORY

    def _story(self, script, start):
        customer = self._draw_customer(script)
        return self._compose(script, customer, self._times(script, start, self.hours[customer["province"]]))

    def _unfinished_story(self):
        """A story of which anything but the end has just happened."""
        long = [script for script in self.every_day if len(script["steps"]) > 3]
        script = self.chance.choice(long)
        customer = self._draw_customer(script)
        times = self._times(script, self.now, self.hours[customer["province"]])
        told = self.chance.randrange(2, len(script["steps"]) - 1)
        pause = timedelta(minutes=self.chance.randint(2, UNFINISHED_MINUTES))
        shift = self.now - pause - times[told - 1]
        return self._compose(script, customer, [when + shift for when in times[:told]])

    def _compose(self, script, customer, times):
        slots = self._slots(customer, times[0])
        steps = self._cut(self._steps(script, times, slots))
        self._tell_apart(steps[0], customer)
        channel = self._channel(script, times[0])
        return Story(script, customer, channel, self._fill(script["subject"], slots), steps)

    def _channel(self, script, start):
        """On which kind of channel a story begins."""
        return script["channel"]

    def _tell_apart(self, first, customer):
        """No two customers write the same words: the second one signs."""
        signatures = [f"{customer['name']}, {customer['city']}", customer["phone"]]
        while "".join(first.paragraphs) in self.told and signatures:
            first.paragraphs = [*first.paragraphs, signatures.pop(0)]
        self.told.add("".join(first.paragraphs))

    def _story_again(self, story):
        start = story.start + timedelta(minutes=self.chance.randint(25, 110))
        first = story.steps[0].paragraphs
        again = self.phrases[story.script["language"]]["again"]
        steps = self._cut([Step(start, "customer", [again + first[0], *first[1:]])])
        channel = "form" if story.channel == "email" else "email"
        return Story(story.script, story.customer, channel, story.subject, steps)

    def _times(self, script, start, hours):
        when, times = start, []
        for scripted in script["steps"]:
            when = self._moment(scripted, when, hours, urgent=script["priority"] >= "2")
            times.append(when.replace(microsecond=0))
        return times

    def _steps(self, script, times, slots):
        """As many steps as there are times."""
        steps = [
            Step(
                when,
                scripted["do"],
                [self._fill(paragraph, slots) for paragraph in scripted.get("text", ())],
                self._fill(scripted.get("reason", ""), slots),
                scripted.get("tier", 0),
                scripted.get("then", ""),
            )
            for scripted, when in zip(script["steps"], times, strict=False)
        ]
        if steps[-1].then == "wait":
            steps.append(Step(steps[-1].when + GIVE_UP, "close"))
        return steps

    def _cut(self, steps):
        """What has happened by now; the first word always has."""
        return [step for step in steps if step.when <= self.now] or [Step(self.now, steps[0].do, steps[0].paragraphs)]

    def _moment(self, scripted, previous, hours, urgent):
        after = scripted["after"]
        if after == "noticed":
            soonest = max(previous, self.incident_start + INCIDENT_NOTICED)
            return soonest + timedelta(minutes=self.chance.uniform(3, 30))
        if after == "recovered":
            soonest = max(previous, self.incident_start + INCIDENT_LENGTH)
            return soonest + timedelta(minutes=self.chance.uniform(5, 60))
        when = previous + timedelta(minutes=after * self.chance.uniform(0.6, 1.5))
        if scripted["do"] == "customer" and after:
            return self._awake(when, hours)
        if scripted["do"] in ("accept", "expert", "return") and not urgent:
            return self._in_office(when)
        return when

    def _awake(self, when, hours):
        """Customers answer by day."""
        local = when + timedelta(hours=hours)
        if 6 <= local.hour < 22:
            return when
        morning = local.replace(hour=6, minute=30) + timedelta(days=local.hour >= 22)
        return morning - timedelta(hours=hours) + timedelta(minutes=self.chance.uniform(0, 120))

    def _in_office(self, when):
        """Pusdatin's experts work from Monday to Friday."""
        local = when + timedelta(hours=OFFICE)
        if local.weekday() < 5 and 8 <= local.hour < 17:
            return when
        morning = local.replace(hour=8, minute=15) + timedelta(days=local.hour >= 8)
        while morning.weekday() >= 5:
            morning += timedelta(days=1)
        return morning - timedelta(hours=OFFICE) + timedelta(minutes=self.chance.uniform(0, 60))

    # WORDS

    def _fill(self, text, slots):
        """Draw one of each ``[this|that]`` and fill in what is known; ``{agent}`` is filled in later."""
        text = CHOICE.sub(lambda match: self.chance.choice(match[1].split("|")), text)
        return SLOT.sub(lambda match: str(slots.get(match[1], match[0])), text)

    def _slots(self, customer, start):
        hours = self.hours[customer["province"]]
        local = start + timedelta(hours=hours)
        digits = self.chance.randint
        past, coming = local - timedelta(days=digits(5, 60)), local + timedelta(days=digits(4, 20))
        nik = customer["nik"]
        return {
            **{key: value or "" for key, value in customer.items()},
            "phone_old": f"+62 840-{digits(2000, 9999)}-{digits(1000, 9999)}",
            "nik_masked": f"{nik[:4]}********{nik[-4:]}",
            "greet": _greeting(local.hour),
            "tz": ZONE_NAMES[hours],
            "date": _long_date(local),
            "date_past": _long_date(past),
            "date_next": _long_date(coming),
            "month_past": MONTHS[(local.month - 2) % 12],
            "time": f"{local - timedelta(minutes=digits(10, 40)):%H.%M}",
            "version": f"{digits(6, 7)}.{digits(0, 9)}.{digits(0, 4)}",
            "device": self.chance.choice(DEVICES),
            "count": digits(12, 340),
            "org_id": f"9990{digits(10000, 99999)}",
            "facility_code": f"X{digits(1000000, 9999999)}",
            "code": f"REF-{digits(10000, 99999)}",
        }


def _greeting(hour):
    return "pagi" if hour < 11 else "siang" if hour < 15 else "sore" if hour < 18 else "malam"


def _long_date(day):
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
