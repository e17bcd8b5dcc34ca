"""Telegram's Bot API, played: a chat of each citizen with the bot."""

import json
from dataclasses import dataclass, field

from .fake import Entry, Fake, Reply, Room

TEXT_LENGTH = 4096
KIND_OF_METHOD = {"sendPhoto": "image", "sendVideo": "video", "sendAudio": "audio", "sendDocument": "document"}


def error(status, description, **parameters):
    """An answer in Telegram's form of errors."""
    body = {"ok": False, "error_code": status, "description": description}
    return Reply({**body, "parameters": parameters} if parameters else body, status)


@dataclass
class Said:
    """A message of a chat."""

    number: int
    chat: str
    by: str
    name: str
    text: str
    at: float
    quote: int = 0
    media: list = field(default_factory=list)
    buttons: list = field(default_factory=list)
    reaction: str = ""
    marks: list = field(default_factory=list)


class Telegram(Fake):
    """One bot, some citizens."""

    key = "telegram"
    kinds = ("telegram",)
    routes = (
        ("POST", "/bot<token>/<method>", "call"),
        ("GET", "/file/bot<token>/<path:path>", "download"),
    )

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.said = {}
        self.files = {}
        self.blocked = set()
        self.answered_queries = []

    def fault_names(self):
        return ("token", "flood", "blocked", *super().fault_names())

    def fault_named(self, name):
        faults = {
            "token": error(401, "Unauthorized"),
            "flood": error(429, "Too Many Requests: retry after 5", retry_after=5),
            "blocked": error(403, "Forbidden: bot was blocked by the user"),
        }
        return faults.get(name) or super().fault_named(name)

    # THE BOT'S REQUESTS

    def call(self, taken, token, method):
        """One method of the interface."""
        account = next((one for one in self.accounts.values() if one.token == token), None)
        if account is None:
            return error(401, "Unauthorized")
        answer = getattr(self, f"call_{method}", None)
        body = taken.json or {name: _loaded(value) for name, value in taken.form.items()}
        if method in KIND_OF_METHOD:
            return self._send_file(account, body, taken.files, KIND_OF_METHOD[method])
        return answer(account, body) if answer else error(404, "Not Found")

    def call_setWebhook(self, account, body):  # noqa: N802 - the method's name
        account.webhook, account.verify_token = body["url"], body.get("secret_token", "")
        return Reply({"ok": True, "result": True})

    def call_getWebhookInfo(self, account, _body):  # noqa: N802
        return Reply({"ok": True, "result": {"url": account.webhook, "pending_update_count": 0}})

    def call_sendMessage(self, account, body):  # noqa: N802
        if len(body.get("text", "")) > TEXT_LENGTH:
            return error(400, "Bad Request: message is too long")
        return self._send(account, body, body.get("text", ""), [])

    def call_editMessageText(self, account, body):  # noqa: N802
        said = self.said.get((str(body["chat_id"]), body["message_id"]))
        if said is None:
            return error(400, "Bad Request: message to edit not found")
        said.text = body["text"]
        said.marks.append("edited")
        return Reply({"ok": True, "result": self._as_message(account, said)})

    def call_deleteMessage(self, _account, body):  # noqa: N802
        self.said[str(body["chat_id"]), body["message_id"]].marks.append("deleted")
        return Reply({"ok": True, "result": True})

    def call_sendChatAction(self, _account, _body):  # noqa: N802
        return Reply({"ok": True, "result": True})

    def call_answerCallbackQuery(self, _account, body):  # noqa: N802
        self.answered_queries.append(body["callback_query_id"])
        return Reply({"ok": True, "result": True})

    def call_getFile(self, _account, body):  # noqa: N802
        file = self.files.get(body["file_id"])
        if file is None:
            return error(400, "Bad Request: wrong file_id")
        result = {
            "file_id": body["file_id"],
            "file_size": len(file["content"]),
            "file_path": f"berkas/{body['file_id']}",
        }
        return Reply({"ok": True, "result": result})

    def _send_file(self, account, body, files, kind):
        name, mimetype, content = next(iter(files.values()))
        file_id = self._keep_file(name, mimetype, content)
        return self._send(account, body, body.get("caption", ""), [(kind, file_id, name)])

    def _send(self, account, body, text, media):
        chat = str(body["chat_id"])
        if chat in self.blocked:
            return self.fault_named("blocked")
        if not any(said.chat == chat for said in self.said.values()):
            return error(400, "Bad Request: chat not found")
        rows = body.get("reply_markup", {}).get("inline_keyboard", [])
        said = self._keep(
            chat,
            "helpdesk",
            account.name,
            text,
            quote=body.get("reply_parameters", {}).get("message_id", 0),
            media=media,
            buttons=[{"id": button["callback_data"], "title": button["text"]} for row in rows for button in row],
        )
        return Reply({"ok": True, "result": self._as_message(account, said)})

    def download(self, taken, token, path):
        file = self.files.get(path.rpartition("/")[2])
        return Reply(file["content"], mimetype=file["type"]) if file else Reply({"ok": False}, 404)

    def _keep_file(self, name, mimetype, content):
        file_id = f"berkas{self.number()}"
        self.files[file_id] = {"name": name or "", "type": mimetype or "application/octet-stream", "content": content}
        return file_id

    def _keep(self, chat, by, name, text, **values):
        said = Said(self.number(), chat, by, name, text, self.clock(), **values)
        self.said[chat, said.number] = said
        return said

    def _as_message(self, account, said):
        chat = {"id": int(said.chat), "type": "private", "first_name": said.name}
        sender = {"id": int(account.account_ref), "is_bot": True, "first_name": account.name}
        if said.by == "citizen":
            sender = {"id": int(said.chat), "is_bot": False, "first_name": said.name, "language_code": "id"}
        message = {"message_id": said.number, "from": sender, "chat": chat, "date": round(said.at)}
        if said.text:
            message["caption" if said.media else "text"] = said.text
        for kind, file_id, name in said.media:
            file = self.files[file_id]
            content = {
                "file_id": file_id,
                "file_size": len(file["content"]),
                "mime_type": file["type"],
                "file_name": name,
            }
            message["photo" if kind == "image" else kind] = (
                [{**content, "width": 800, "height": 600}] if kind == "image" else content
            )
        if said.quote and (quoted := self.said.get((said.chat, said.quote))):
            message["reply_to_message"] = self._as_message(account, quoted)
        return message

    # THE CITIZEN

    def rooms(self):
        actions = ("text", "file", "voice", "location", "contact", "reply", "react", "edit", "press", "start", "block")
        return [Room("telegram", "Telegram", account.account_ref, actions) for account in self.accounts.values()]

    def entries(self, room, citizen):
        return [
            Entry(
                str(said.number),
                said.by,
                said.name,
                "" if "deleted" in said.marks else said.text,
                said.at,
                quote=self.said[said.chat, said.quote].text if (said.chat, said.quote) in self.said else "",
                media=[
                    {"type": kind, "url": f"{self.base}/file/bot{self._token()}/x/{file_id}", "name": name}
                    for kind, file_id, name in said.media
                ],
                buttons=said.buttons,
                reaction=said.reaction,
                state="sent" if said.by == "helpdesk" else "",
                marks=said.marks,
            )
            for said in self.said.values()
            if said.chat == citizen.id
        ]

    def _token(self):
        return next(iter(self.accounts.values())).token

    def learn(self, update):
        """Know the chat of an update that was written elsewhere, such as a documented sample; it can be answered."""
        said = update.get("message")
        if said:
            chat, number = str(said["chat"]["id"]), said["message_id"]
            name, text = said["from"]["first_name"], said.get("text", "")
            self.said[chat, number] = Said(number, chat, "citizen", name, text, self.clock())

    def do_text(self, room, citizen, values, **parts):
        said = self._keep(citizen.id, "citizen", citizen.name, values.get("text", ""), **parts)
        self._deliver(room, message=self._as_message(self._account(room), said))
        return said

    def do_start(self, room, citizen, values):
        reference = values.get("reference", "")
        return self.do_text(room, citizen, {"text": f"/start {reference}".strip()})

    def do_reply(self, room, citizen, values):
        return self.do_text(room, citizen, values, quote=int(values["target"]))

    def do_file(self, room, citizen, values):
        name, mimetype, content = values["files"][0]
        kind = "image" if (mimetype or "").startswith("image/") else "document"
        return self.do_text(room, citizen, values, media=[(kind, self._keep_file(name, mimetype, content), name)])

    def do_voice(self, room, citizen, values):
        return self.do_text(room, citizen, {}, media=[("voice", self._keep_file("", "audio/ogg", b"OggS"), "")])

    def do_location(self, room, citizen, values):
        said = self._keep(citizen.id, "citizen", citizen.name, "📍 -7.257500, 112.752100")
        message = self._as_message(self._account(room), said)
        del message["text"]
        self._deliver(room, message={**message, "location": {"latitude": -7.2575, "longitude": 112.7521}})

    def do_contact(self, room, citizen, values):
        said = self._keep(citizen.id, "citizen", citizen.name, f"👤 {citizen.name}")
        message = self._as_message(self._account(room), said)
        del message["text"]
        contact = {"phone_number": "6280012340002", "first_name": citizen.name, "user_id": int(citizen.id)}
        self._deliver(room, message={**message, "contact": contact})

    def do_edit(self, room, citizen, values):
        said = self.said[citizen.id, int(values["target"])]
        said.text = values["text"]
        said.marks.append("edited")
        message = {**self._as_message(self._account(room), said), "edit_date": round(self.clock())}
        self._deliver(room, edited_message=message)

    def do_react(self, room, citizen, values):
        said = self.said[citizen.id, int(values["target"])]
        said.reaction = values.get("emoji", "")
        self._deliver(
            room,
            message_reaction={
                "chat": {"id": int(citizen.id), "type": "private"},
                "message_id": said.number,
                "user": {"id": int(citizen.id), "first_name": citizen.name},
                "date": round(self.clock()),
                "old_reaction": [],
                "new_reaction": [{"type": "emoji", "emoji": said.reaction}] if said.reaction else [],
            },
        )

    def do_press(self, room, citizen, values):
        said = self.said[citizen.id, int(values["target"])]
        self._deliver(
            room,
            callback_query={
                "id": f"34{self.number():06d}",
                "from": {"id": int(citizen.id), "first_name": citizen.name},
                "data": values["payload"],
                "message": self._as_message(self._account(room), said),
            },
        )

    def do_block(self, room, citizen, values):
        """Block the bot, or take it back."""
        self.blocked ^= {citizen.id}
        status = "kicked" if citizen.id in self.blocked else "member"
        self._deliver(
            room,
            my_chat_member={
                "chat": {"id": int(citizen.id), "type": "private"},
                "from": {"id": int(citizen.id), "first_name": citizen.name},
                "date": round(self.clock()),
                "new_chat_member": {"user": {"id": int(room.account_ref), "is_bot": True}, "status": status},
            },
        )

    def _account(self, room):
        return self.accounts["telegram", room.account_ref]

    def _deliver(self, room, **content):
        account = self._account(room)
        body = json.dumps({"update_id": 500_000_000 + self.number(), **content}).encode()
        headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": account.verify_token}
        self.courier.take(account.webhook, body, headers)


def _loaded(value):
    try:
        return json.loads(value)
    except ValueError:
        return value
