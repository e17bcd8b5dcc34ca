"""Asterisk's events in the words of :mod:`providers.call`. No input, no output.

Asterisk tells of channels: the caller's, and one of each telephone that is rung for it. ``Dial`` says which belongs to
which; a call is the caller's channel. What is remembered here is only that, so a restart loses the names of telephones
under way and nothing else.
"""

from providers import reading

INTERNAL_LENGTH = 6
# What Dial says of the telephone that is rung.
DIALLED = {"": "call.ringing", "RINGING": "call.ringing", "PROGRESS": "call.ringing", "ANSWER": "call.answered"}
FINISHED = {"ChannelDestroyed", "StasisEnd"}


class Interpreter:
    """Turns one event after the other into those of the helpdesk.

    :param str base: address of the Asterisk, where recordings lie
    """

    def __init__(self, base):
        self._base = base.rstrip("/")
        # id of a rung telephone's channel -> id of the caller's
        self._calls = {}
        self._known = {}

    def read(self, event):  # pylint: disable=method-required-super
        """The helpdesk's events for one of Asterisk's.

        :param dict event: as it came over the websocket
        :return: list of dicts, mostly one or none
        """
        kind = reading.text(event, "type")
        reader = getattr(self, f"_read_{kind}", None)
        told = reader(event) if reader else None
        return [told] if told else []

    def _read_StasisStart(self, event):  # noqa: N802 - the event's name
        channel = reading.table(event, "channel")
        if reading.text(channel, "id") in self._calls:
            return None  # a telephone that we rang
        return self._tell(event, "call.ringing", self._begin(channel), ivr_path=reading.items(event, "args"))

    def _read_Dial(self, event):  # noqa: N802
        caller, peer = reading.table(event, "caller"), reading.table(event, "peer")
        name = DIALLED.get(reading.text(event, "dialstatus"))
        if not name or not reading.text(caller, "id"):
            return None
        call = self._begin(caller)
        self._calls[reading.text(peer, "id")] = call["call_id"]
        extension = call["extension"] or _resource(peer)
        return self._tell(event, name, call, agent={"extension": extension})

    def _read_ChannelHold(self, event):  # noqa: N802
        return self._tell_known(event, "call.hold")

    def _read_ChannelUnhold(self, event):  # noqa: N802
        return self._tell_known(event, "call.unhold")

    def _read_ChannelDestroyed(self, event):  # noqa: N802
        channel_id = reading.text(event, "channel", "id")
        if self._calls.pop(channel_id, None):
            return None  # one telephone stopped ringing; the caller may still wait
        told = self._tell_known(event, "call.ended", hangup_cause=reading.text(event, "cause_txt"))
        self._known.pop(channel_id, None)
        self._calls = {peer: call for peer, call in self._calls.items() if call != channel_id}
        return told

    def _read_RecordingFinished(self, event):  # noqa: N802
        recording = reading.table(event, "recording")
        where, _colon, channel_id = reading.text(recording, "target_uri").partition(":")
        name, form = reading.text(recording, "name"), reading.text(recording, "format") or "wav"
        if where != "channel" or not name or not channel_id:
            return None
        call_id = self._calls.get(channel_id, channel_id)
        told = {
            "id": name,
            "url": f"{self._base}/ari/recordings/stored/{name}/file",
            "mime_type": f"audio/{form}",
            "duration_s": reading.whole(recording, "duration"),
        }
        return self._tell(event, "recording.ready", self._known.get(call_id, {"call_id": call_id}), recording=told)

    def _begin(self, channel):
        """What is known of the call of a caller's channel."""
        call_id = reading.text(channel, "id")
        own = _resource(channel)
        is_ours = own.isdigit() and len(own) <= INTERNAL_LENGTH
        exten = reading.text(channel, "dialplan", "exten")
        number = reading.text(channel, "caller", "number")
        call = {
            "call_id": call_id,
            "direction": "outbound" if is_ours else "inbound",
            "from": number,
            "to": exten,
            "extension": own if is_ours else "",
        }
        return self._known.setdefault(call_id, call)

    def _tell_known(self, event, name, **values):
        channel_id = reading.text(event, "channel", "id")
        call = self._known.get(self._calls.get(channel_id, channel_id))
        return self._tell(event, name, call, **values) if call else None

    def _tell(self, event, name, call, **values):
        stamp = reading.text(event, "timestamp")
        moment = reading.time_of_iso(stamp)
        told = {
            "event": name,
            "event_id": f"{call['call_id']}:{name}:{stamp}",
            # rises, also after a restart of this program
            "sequence": round((moment - reading.EPOCH).total_seconds() * 1000) if moment else 0,
            "occurred_at": f"{moment.isoformat()}Z" if moment else "",
            **{key: value for key, value in call.items() if key != "extension" and value},
            **values,
        }
        if call.get("extension") and "agent" not in told:
            told["agent"] = {"extension": call["extension"]}
        return told


def _resource(channel):
    """``2011`` of a channel named ``PJSIP/2011-0000004d``."""
    return reading.text(channel, "name").rpartition("/")[2].rpartition("-")[0]
