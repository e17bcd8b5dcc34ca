from collections import Counter
from typing import NamedTuple

import pytz

from odoo import models
from odoo.tools.misc import formatLang

from odoo.addons.kemenkes_helpdesk.models.helpdesk_target import HOME_ZONE

from ..tools.goals import fitting_goal
from ..tools.indicators import INDICATORS

# The kinds of status in the order of the tile, with what they mean for a customer who waits.
STATUS_TONES = {
    "ready": "good",
    "busy": "busy",
    "wrap_up": "busy",
    "break": "quiet",
    "training": "quiet",
    "coaching": "quiet",
    "away": "warn",
}
# From this part of a limit on, a figure comes near to it.
NEAR = 0.8
# What fits into a tile, for each of its rows.
ALERTS_IN_A_ROW, BARS_IN_A_ROW = 2, 3
# An empty tile must not shout: where fewer customers than these wrote, a share of them says nothing.
FEWEST_MESSAGES = 5
# A word of which more than this is negative is coloured like that.
MOSTLY = 50


class Scope(NamedTuple):
    """Which rows a tile adds up; empty teams and products are all."""

    sites: frozenset
    teams: frozenset
    products: frozenset

    def holds(self, place):
        """Whether a row of figures is about what the tile is about."""
        return (
            place.site in self.sites
            and (not self.teams or place.team in self.teams)
            and (not self.products or place.product in self.products)
        )

    def holds_agents(self, place):
        """Agents work for a site and a team, not for a product."""
        return place.site in self.sites and (not self.teams or place.team in self.teams)

    def touches(self, place):
        """Whether what is told of a place, or of everything, concerns the tile."""
        return (
            (not place.site or place.site in self.sites)
            and (not place.team or not self.teams or place.team in self.teams)
            and (not place.product or not self.products or place.product in self.products)
        )


class HelpdeskWallboard(models.Model):
    """What a screen gets: texts and numbers that are ready to be shown, a shape for each tile."""

    _inherit = "helpdesk.wallboard"

    def _show(self):
        """The wallboard as it stands now, in its own language.

        :return: dict for JSON; times are seconds since 1970
        """
        self.ensure_one()
        # sudo: sums, and names of teams and products; who may ask for them has been seen to by the caller
        board = self.sudo().with_context(lang=self.lang, active_test=False)
        reading = board.env["helpdesk.wallboard.reading"]._read()
        return {
            "name": board.name,
            "lang": board.lang.replace("_", "-"),
            "zone": board.site_ids[:1].timezone or HOME_ZONE,
            "theme": board.theme,
            "columns": board.column_count,
            "now": _seconds(reading["date"]),
            "texts": {
                "stale": board.env._("Connection lost. Figures of %s"),
                "empty": board.env._("Nothing to show"),
                "calm": board.env._("All calm"),
                "units": {"minute": board.env._("min"), "hour": board.env._("hrs"), "day": board.env._("days")},
            },
            "tiles": [board._show_tile(tile, reading) for tile in board.tile_ids],
        }

    def _show_tile(self, tile, reading):
        scope = Scope(
            frozenset(self.site_ids.ids),
            frozenset(tile.team_id.ids or self.team_ids.ids),
            frozenset(tile.product_id.ids or self.product_ids.ids),
        )
        about = " · ".join(name for name in (tile.team_id.name, tile.product_id.name) if name)
        content = getattr(self, f"_show_{tile.kind}")(tile, scope, reading)
        frame = {"id": tile.id, "title": tile._title(), "about": about}
        return {**frame, "width": min(tile.width, self.column_count), "height": tile.height, **content}

    # EVERY MOMENT

    def _show_service_level(self, tile, scope, reading):
        in_time = count = 0
        for place, met, due in reading["answers"]:
            if scope.holds(place):
                in_time, count = in_time + met, count + due
        if not count:
            return self._number("–", note=self.env._("No answer was due in the last hour"))
        value = 100 * in_time / count
        limit = self._limit("service_level", tile, reading)
        note = self.env._("%(met)s of %(count)s in the last hour", met=in_time, count=count)
        return self._number(
            self._percent(value),
            note=note,
            goal=limit and self._percent(limit),
            tone=_tone(value, limit, higher_is_better=True),
            share=round(value, 1),
        )

    def _show_waiting(self, tile, scope, reading):
        count = sum(waiting for place, _channel, _open, waiting, _since in reading["queues"] if scope.holds(place))
        limit = self._limit("waiting", tile, reading)
        return self._number(
            self._whole(count), goal=limit and self._whole(limit), tone=_tone(count, limit, higher_is_better=False)
        )

    def _show_longest_wait(self, tile, scope, reading):
        moments = [since for place, *_row, since in reading["queues"] if since and scope.holds(place)]
        if not moments:
            return self._number("–", note=self.env._("Nobody waits"), tone="good")
        oldest = min(moments)
        limit = self._limit("longest_wait", tile, reading)
        minutes = (reading["date"] - oldest).total_seconds() / 60
        return self._number(
            "",
            since=_seconds(oldest),
            goal=limit and self.env._("%s minutes", self._whole(limit)),
            tone=_tone(minutes, limit, higher_is_better=False),
        )

    def _show_open(self, _tile, scope, reading):
        count = sum(number for place, _channel, number, _waiting, _since in reading["queues"] if scope.holds(place))
        return self._number(self._whole(count))

    def _show_agents(self, _tile, scope, reading):
        counts = Counter()
        for place, kind, count in reading["agents"]:
            if scope.holds_agents(place):
                counts[kind] += count
        labels = dict(self.env["helpdesk.agent.status"]._fields["kind"]._description_selection(self.env))
        parts = [
            {"label": labels[kind], "value": counts[kind], "tone": tone}
            for kind, tone in STATUS_TONES.items()
            if counts[kind] or kind in ("ready", "busy")
        ]
        return {"shape": "parts", "value": self._whole(sum(counts.values())), "parts": parts}

    def _show_channels(self, tile, scope, reading):
        counts = Counter()
        for place, channel, _open, waiting, _since in reading["queues"]:
            if waiting and scope.holds(place):
                counts[channel] += waiting
        names = {one.id: one.name for one in self.env["helpdesk.channel"].browse(filter(None, counts))}
        return self._bars(
            [(names.get(key, "–"), count) for key, count in counts.most_common(BARS_IN_A_ROW * tile.height)]
        )

    def _show_teams(self, tile, scope, reading):
        teams = self.team_ids or self.env["helpdesk.team"].search([("site_id", "in", self.site_ids.ids)])
        # of teams without agents and work there is nothing to tell
        rows = [self._team_row(team, scope, reading) for team in teams.filtered("active")]
        head = ("", self.env._("Waiting"), self.env._("Longest"), self.env._("Ready"), self.env._("In time"))
        return {"shape": "table", "head": head, "rows": rows[: BARS_IN_A_ROW * tile.height]}

    def _team_row(self, team, scope, reading):
        queues = [row for row in reading["queues"] if row[0].team == team.id and scope.holds(row[0])]
        answers = [row for row in reading["answers"] if row[0].team == team.id and scope.holds(row[0])]
        ready = sum(count for place, kind, count in reading["agents"] if place.team == team.id and kind == "ready")
        waiting = sum(row[3] for row in queues)
        oldest = min((row[4] for row in queues if row[4]), default=None)
        met, due = sum(row[1] for row in answers), sum(row[2] for row in answers)
        level = 100 * met / due if due else None
        place = (team.site_id.id, team.id)
        limits = {name: reading["limits"].get((name, *place)) for name in ("waiting", "longest_wait", "service_level")}
        minutes = (reading["date"] - oldest).total_seconds() / 60 if oldest else 0
        return [
            {"text": team.name},
            {"text": self._whole(waiting), "tone": _tone(waiting, limits["waiting"], higher_is_better=False)},
            {
                "text": "" if oldest else "–",
                "since": oldest and _seconds(oldest),
                "tone": _tone(minutes, limits["longest_wait"], higher_is_better=False),
            },
            {"text": self._whole(ready), "tone": "bad" if waiting and not ready else "plain"},
            {
                "text": "–" if level is None else self._percent(level),
                "tone": _tone(level, limits["service_level"], higher_is_better=True),
            },
        ]

    # TODAY

    def _show_today(self, tile, scope, reading):
        sums = self._sums(scope, reading)
        name = tile.figure
        if name not in INDICATORS:
            return self._number(self._whole(sums[name]))
        indicator = INDICATORS[name]
        whole = sum(sums[part] for part in indicator.denominator)
        if not whole:
            return self._number("–", note=self.env._("Nothing to count yet"))
        value = indicator.factor * sum(sums[part] for part in indicator.numerator) / whole
        goal = fitting_goal(reading["goals"], name, *scope)
        return self._number(
            self._figure(indicator, value),
            goal=goal and self._figure(indicator, goal),
            tone=_tone(value, goal, higher_is_better=indicator.higher_is_better),
            share=round(value, 1) if indicator.unit == "percent" else None,
        )

    def _sums(self, scope, reading):
        sums = Counter()
        for place, row in reading["todays"]:
            if scope.holds(place):
                sums.update(row)
        return sums

    def _show_moods(self, tile, scope, reading):
        """Products by their share of negative messages, of those about which enough was written."""
        moods = {}
        for place, row in reading["todays"]:
            if place.product and scope.holds(place):
                moods.setdefault(place.product, Counter()).update(row)
        indicator = INDICATORS["negative_percent"]
        shares = {}
        for product, sums in moods.items():
            count = sum(sums[part] for part in indicator.denominator)
            if count >= FEWEST_MESSAGES:
                shares[product] = 100 * sums["sentiment_negative"] / count
        names = {one.id: one.name for one in self.env["helpdesk.product"].browse(shares)}
        worst = sorted(shares, key=lambda product: (-shares[product], product))[: BARS_IN_A_ROW * tile.height]
        rows = [
            {"label": names[key], "value": self._percent(shares[key]), "share": round(shares[key], 1), "tone": "mood"}
            for key in worst
        ]
        return {"shape": "bars", "rows": rows}

    def _show_topics(self, tile, scope, reading):
        """The words that rise this week; how many tickets have them."""
        rows = [row for row in reading["topics"] if not scope.products or row[0] in scope.products]
        rows = rows[: BARS_IN_A_ROW * tile.height]
        highest = max((count for _product, _term, count, _negative in rows), default=0) or 1
        return {
            "shape": "bars",
            "rows": [
                {
                    "label": term,
                    "value": self._whole(count),
                    "share": round(100 * count / highest, 1),
                    "tone": "mood" if negative > MOSTLY else "plain",
                }
                for _product, term, count, negative in rows
            ],
        }

    def _show_hours(self, _tile, scope, reading):
        counts = Counter()
        for place, days_ago, hour, count in reading["hours"]:
            if scope.holds(place):
                counts[days_ago, hour] += count
        highest = max(counts.values(), default=0) or 1
        local = pytz.utc.localize(reading["date"]).astimezone(pytz.timezone(self.site_ids[:1].timezone or HOME_ZONE))
        return {
            "shape": "hours",
            "value": self._whole(sum(count for (days_ago, _hour), count in counts.items() if not days_ago)),
            "legend": [self.env._("today"), self.env._("yesterday")],
            "hour": local.hour,
            "rows": [
                {
                    "label": f"{hour:02}",
                    "share": round(100 * counts[0, hour] / highest, 1),
                    "before": round(100 * counts[1, hour] / highest, 1),
                }
                for hour in range(24)
            ],
        }

    # WHAT SOMEBODY SHOULD LOOK AT

    def _show_alerts(self, tile, scope, reading):
        alerts = [alert for alert in reading["alerts"] if scope.touches(alert["place"])]
        alerts.sort(key=lambda alert: alert["since"], reverse=True)
        most = ALERTS_IN_A_ROW * tile.height
        shown = alerts if len(alerts) <= most else alerts[: most - 1]
        rows = [
            {
                "text": getattr(self, f"_say_{alert['kind']}")(alert),
                "since": _seconds(alert["since"]),
                "tone": "warn" if alert["kind"] == "target" else "bad",
            }
            for alert in shown
        ]
        if len(shown) < len(alerts):
            more = self.env._("and %s more", len(alerts) - len(shown))
            rows.append({"text": more, "since": None, "tone": "warn"})
        return {"shape": "alerts", "rows": rows}

    def _say_threshold(self, alert):
        labels = dict(self.env["helpdesk.threshold"]._fields["metric"]._description_selection(self.env))
        return self._say(labels[alert["metric"]], alert["place"])

    def _say_incident(self, alert):
        return self._say(self.env._("Mass incident"), alert["place"])

    def _say_rise(self, alert):
        text = self._say(self.env._("Many negative messages"), alert["place"])
        return f"{text}: {alert['words']}" if alert["words"] else text

    def _say_target(self, alert):
        labels = dict(self.env["helpdesk.target"]._fields["metric"]._description_selection(self.env))
        return self._say(self.env._("Target missed: %s", labels[alert["metric"]]), alert["place"])

    def _say(self, text, place):
        """``text`` with the name of what it is about."""
        product = self.env["helpdesk.product"].browse(place.product or [])
        team = self.env["helpdesk.team"].browse(place.team or [])
        site = self.env["helpdesk.site"].browse(place.site or [])
        name = product.name or team.name or (site.name if len(self.site_ids) > 1 else "")
        return f"{text} · {name}" if name else text

    def _show_text(self, tile, _scope, _reading):
        return {"shape": "text", "text": tile.text or ""}

    # SHAPES

    @staticmethod
    def _number(value, note="", goal=None, tone="plain", since=None, share=None):
        return {
            "shape": "number", "value": value, "note": note, "goal": goal or "", "tone": tone, "since": since,
            "share": share,
        }  # fmt: skip

    def _bars(self, pairs):
        highest = max((count for _label, count in pairs), default=0) or 1
        rows = [
            {"label": label, "value": self._whole(count), "share": round(100 * count / highest, 1), "tone": "plain"}
            for label, count in pairs
        ]
        return {"shape": "bars", "rows": rows}

    def _limit(self, metric, tile, reading):
        """The threshold that fits what the tile is about, or None."""
        team = tile.team_id or (self.team_ids if len(self.team_ids) == 1 else self.env["helpdesk.team"])
        if tile.product_id or self.product_ids:
            return None
        if team:
            return reading["limits"].get((metric, team.site_id.id, team.id))
        if len(self.site_ids) == 1 and not self.team_ids:
            return reading["limits"].get((metric, self.site_ids.id, False))
        return None

    def _whole(self, value):
        return formatLang(self.env, value, digits=0)

    def _percent(self, value):
        return f"{formatLang(self.env, value, digits=0)}%"

    def _figure(self, indicator, value):
        if indicator.unit == "percent":
            return self._percent(value)
        number = formatLang(self.env, value, digits=1)
        units = {"minutes": self.env._("min"), "hours": self.env._("hrs"), "score": "★"}
        return f"{number} {units[indicator.unit]}"


def _seconds(moment):
    """Seconds since 1970 of a naive UTC moment."""
    return int(pytz.utc.localize(moment).timestamp())


def _tone(value, limit, higher_is_better):
    """good, warn or bad; plain where there is nothing to compare with."""
    if value is None or limit is None or limit is False:
        return "plain"
    if higher_is_better:
        if value < limit:
            return "bad"
        return "good"
    if value > limit:
        return "bad"
    return "warn" if value > NEAR * limit else "good"
