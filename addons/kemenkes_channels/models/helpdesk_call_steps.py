from datetime import timedelta

from odoo import api, fields, models

STATE_OF = {
    "ringing": "ringing",
    "answered": "talking",
    "transferred": "talking",
    "hold": "held",
    "unhold": "talking",
    "missed": "missed",
    "ended": "ended",
}
# A telephone rings and an agent talks no longer than this: the telephone system forgot to tell of the end.
LONGEST_RINGING = timedelta(minutes=15)
LONGEST_TALK = timedelta(hours=4)
MILLISECONDS = 1000


class HelpdeskCall(models.Model):
    """The steps that a telephone system tells of, in whatever order: the highest decides, the others fill gaps."""

    _inherit = "helpdesk.call"

    @api.model
    def _take(self, found):
        """Follow steps of calls.

        :param list found: ``(helpdesk.channel, records.CallEvent, moment)``; the moment where the step tells none
        :return: for each of ``found`` its call
        """
        calls = self._find_or_create(found)
        users = self.env["res.users"]._of_telephone({_telephone(record) for _channel, record, _moment in found})
        told = []
        for channel, record, moment in found:
            call = calls[channel.id, record.call_id]
            # what changes a call under way meanwhile is a person's click, and rare
            before = call.state, call.user_id, call.ticket_id
            call._apply(record, record.date or moment, users.get(_telephone(record)))
            told.append((call, before))
        changed = self.browse(dict.fromkeys(call.id for call, _before in told))
        changed._follow()
        # of several steps the first one tells how it stood before
        changed._tell_agents(dict(reversed(told)))
        for (_channel, record, _moment), (call, _before) in zip(found, told, strict=True):
            if record.recording:
                self.env["helpdesk.call.recording"]._keep(call, record.recording)
            if record.transcript:
                self.env["helpdesk.call.transcript"]._keep(call, record.transcript)
        return [call for call, _before in told]

    @api.model
    def _find_or_create(self, found):
        keys = dict.fromkeys((channel.id, record.call_id) for channel, record, _moment in found)
        known = self.search(
            [
                ("channel_id", "in", [channel_id for channel_id, _call_id in keys]),
                ("external_id", "in", [call_id for _channel_id, call_id in keys]),
            ]
        )
        calls = {(call.channel_id.id, call.external_id): call for call in known}
        calls.update(self._find_requested(found, calls))
        first = {}
        for channel, record, moment in found:
            first.setdefault((channel.id, record.call_id), (record, record.date or moment))
        missing = [key for key in keys if key not in calls]
        made = self.create([self._prepare_call(*key, *first[key]) for key in missing])
        return {**calls, **dict(zip(missing, made, strict=True))}

    @api.model
    def _find_requested(self, found, known):
        """Calls that we asked for and of whose id the telephone system tells only now."""
        wanted = {}
        for channel, record, _moment in found:
            number = _requested_id(record.reference) or _requested_id(record.call_id)
            if number and (channel.id, record.call_id) not in known:
                wanted[channel.id, record.call_id] = number
        calls = self.browse(set(wanted.values())).exists()
        by_key = {(call.channel_id.id, call.id): call for call in calls if not call.external_id}
        pairs = {key: by_key.get((key[0], number)) for key, number in wanted.items()}
        for (_channel_id, call_id), call in pairs.items():
            if call:
                call.external_id = call_id
        return {key: call for key, call in pairs.items() if call}

    @api.model
    def _prepare_call(self, channel_id, call_id, record, moment):
        return {
            "channel_id": channel_id,
            "external_id": call_id,
            "is_manual": False,
            "direction": "out" if record.direction == "outbound" else "in",
            "state": "ringing",
            "user_id": False,
            "start_date": moment.replace(microsecond=0),
        }

    def _apply(self, record, moment, user):
        """Follow one step.

        :param CallEvent record: the step
        :param datetime moment: when it happened
        :param user: ``res.users`` whose telephone it names, or None
        """
        moment = min(moment.replace(microsecond=0), fields.Datetime.now())
        step = record.sequence or round(moment.timestamp() * MILLISECONDS)
        is_newest = step >= self.step
        values = self._fill_gaps(record, user)
        values.update(self._note_time(record.event, moment))
        if is_newest:
            values.update(self._go_on(record, moment, user), step=step)
        self.write(values)
        if self.state in ("ended", "missed"):
            self.write(self._sum_up(record))

    def _fill_gaps(self, record, user):
        """What the step tells and the call does not know yet."""
        # a short number of the ministry's own exchange stays as it is
        number = self._clean_number(record.number) or record.number
        told = {
            "number": number,
            "caller_name": record.sender.name,
            "line": record.line,
            "queue": record.queue,
            "ivr_path": " → ".join(record.ivr_path),
            "extension": record.extension,
            "user_id": user.id if user else False,
            "reason": record.reason,
            "is_announced": record.is_announced,
        }
        values = {name: value for name, value in told.items() if value and not self[name]}
        if record.direction and not self.step:
            values["direction"] = "out" if record.direction == "outbound" else "in"
        return values

    def _note_time(self, event, moment):
        values = {}
        if event == "ringing" and moment < self.start_date:
            values["start_date"] = moment
        if event in ("answered", "transferred") and (not self.answer_date or moment < self.answer_date):
            values["answer_date"] = moment
        if event == "ended" and not self.is_end_unknown:
            values["end_date"] = moment
        elif event == "ended":
            values.update(end_date=moment, is_end_unknown=False)
        return values

    def _go_on(self, record, moment, user):
        """The newest step decides where the call stands and with whom."""
        state = STATE_OF.get(record.event)
        if not state or (self.state in ("ended", "failed") and not (self.is_end_unknown and state == "ended")):
            return {}
        values = {"state": state}
        if user and record.event in ("ringing", "answered", "transferred"):
            values.update(user_id=user.id, extension=record.extension or self.extension)
        if state == "held":
            values["hold_date"] = self.hold_date or moment
        elif self.hold_date:
            values["hold_date"] = False
            values["hold_seconds"] = self.hold_seconds + max(0, int((moment - self.hold_date).total_seconds()))
        return values

    def _sum_up(self, record):
        """How long a call took, once it is over; the telephone system's own figures go first."""
        answered = self.answer_date or (record.talk_seconds and self.start_date)
        end = self.end_date or record.date or fields.Datetime.now()
        is_answered = bool(answered)
        values = {"state": "ended" if is_answered else "missed", "end_date": end}
        values["hold_seconds"] = record.hold_seconds or self.hold_seconds
        values["wait_seconds"] = record.wait_seconds or max(
            0, int(((self.answer_date or end) - self.start_date).total_seconds())
        )
        if is_answered:
            measured = max(0, int((end - answered).total_seconds()) - values["hold_seconds"])
            told = record.talk_seconds if record.event == "ended" else 0
            values["talk_seconds"] = told or (measured if self.end_date else self.talk_seconds)
        return values

    # A TELEPHONE SYSTEM THAT FORGETS

    @api.model
    def _cron_end_forgotten(self):
        """Close calls of whose end nobody told: so that no screen shows them for ever."""
        now = fields.Datetime.now()
        waiting = self.search(
            [
                ("is_manual", "=", False),
                "|",
                "&",
                ("state", "in", ("requested", "ringing")),
                ("start_date", "<", now - LONGEST_RINGING),
                "&",
                ("state", "in", ("talking", "held")),
                ("start_date", "<", now - LONGEST_TALK),
            ]
        )
        waiting._end_unknown()

    def _end_unknown(self):
        before = {call: (call.state, call.user_id, call.ticket_id) for call in self}
        now = fields.Datetime.now()
        for call in self:
            ended = {"ringing": "missed", "requested": "failed"}.get(call.state, "ended")
            call.write({"state": ended, "end_date": now, "is_end_unknown": ended == "ended", "hold_date": False})
        self._follow()
        self._tell_agents(before)


def _telephone(record):
    return record.extension, record.login


def _requested_id(reference):
    """The number of our call in a reference of ours; see ``HelpdeskCall._reference``."""
    head, _dash, number = reference.partition("-")
    return int(number) if head == "helpdesk" and number.isdigit() and len(number) < 10 else 0
