"""Meta's Graph API, played: WhatsApp Cloud API, Messenger, Page comments, Instagram comments and direct messages.

Answers, refusals and webhooks follow Meta's documents: what is not allowed there (a closed window, a second private
reply, too long a text, an expired token) is refused here with the same codes.
"""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime, timezone

from .fake import Entry, Fake, Reply, Room

DAY = 24 * 3600
TEXT_LIMITS = {"whatsapp": 4096, "messenger": 2000, "instagram": 1000}
POST_TEXT = "Jadwal Cek Kesehatan Gratis pekan ini sudah terbit. Cek di aplikasi SATUSEHAT Mobile, ya!"
CHAT_KINDS = ("whatsapp", "messenger", "instagram")
TREE_KINDS = ("facebook", "instagram_comments")
OBJECTS = {"whatsapp": "whatsapp_business_account", "messenger": "page", "facebook": "page", "instagram": "instagram"}
BUSINESS_ID = "900100200300400"
TEMPLATES = [
    {
        "id": "600100000000001",
        "name": "pembaruan_tiket",
        "language": "id",
        "status": "APPROVED",
        "category": "UTILITY",
        "components": [
            {
                "type": "BODY",
                "text": "Halo, tiket {{1}} Anda kini berstatus: {{2}}. Balas pesan ini bila masih ada kendala.",
            },
            {"type": "FOOTER", "text": "Kementerian Kesehatan RI"},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Masih terkendala"}]},
        ],
    },
    {
        "id": "600100000000002",
        "name": "lanjut_percakapan",
        "language": "id",
        "status": "APPROVED",
        "category": "UTILITY",
        "components": [
            {
                "type": "BODY",
                "text": "Halo {{1}}, kami sudah punya jawaban untuk laporan Anda. Balas pesan ini untuk melanjutkan.",
            }
        ],
    },
    {
        "id": "600100000000003",
        "name": "survei_kepuasan",
        "language": "id",
        "status": "PAUSED",
        "category": "UTILITY",
        "components": [{"type": "BODY", "text": "Bagaimana layanan kami hari ini?"}],
    },
]


def error(code, message, status=400, subcode=None, details=""):
    """An answer in Graph's error envelope."""
    body = {"message": f"(#{code}) {message}", "type": "OAuthException", "code": code, "fbtrace_id": "AuJiTrace0001"}
    if subcode:
        body["error_subcode"] = subcode
    if details:
        body["error_data"] = {"messaging_product": "whatsapp", "details": details}
    return Reply({"error": body}, status)


FAULTS = {
    "token": lambda: error(190, "Access token has expired", 401, 463),
    "permission": lambda: error(200, "Permissions error", 403),
    "rate": lambda: Reply(
        error(80007, "Rate limit issues").body,
        400,
        {
            "X-Business-Use-Case-Usage": json.dumps(
                {BUSINESS_ID: [{"type": "whatsapp", "call_count": 100, "estimated_time_to_regain_access": 1}]}
            )
        },
    ),
    "throughput": lambda: error(130429, "Rate limit hit", 429),
    "pair rate": lambda: error(131056, "Pair rate limit hit"),
    "temporary": lambda: error(2, "Service temporarily unavailable", 500),
    "window": lambda: error(
        131047, "Re-engagement message", details="Lebih dari 24 jam sejak pesan terakhir pelanggan."
    ),
    "undeliverable": lambda: error(131026, "Message undeliverable"),
}


def wire(payload):
    """The bytes Meta sends: non-ASCII escaped, slashes escaped."""
    return json.dumps(payload, separators=(",", ":"), ensure_ascii=True).replace("/", "\\/").encode()


def sign(body, secret):
    """The signature headers of a body."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={digest}"}


@dataclass
class Said:
    """A message or comment as the service keeps it."""

    id: str
    kind: str
    account_ref: str
    by: str
    citizen: str
    name: str
    text: str
    at: float
    post: str = ""
    parent: str = ""
    quote: str = ""
    media: list = field(default_factory=list)
    buttons: list = field(default_factory=list)
    reaction: str = ""
    state: str = ""
    reference: str = ""
    marks: list = field(default_factory=list)


class Graph(Fake):
    """One Graph for all of the ministry's accounts."""

    key = "graph"
    kinds = ("whatsapp", "messenger", "facebook", "instagram")
    routes = (
        ("GET", "/refresh_access_token", "refresh"),
        ("GET", "/cdn/<media_id>", "download"),
        ("GET", "/<version>/refresh_access_token", "refresh"),
        ("GET", "/<version>/<node>", "read_node"),
        ("POST", "/<version>/<node>", "change_node"),
        ("DELETE", "/<version>/<node>", "delete_node"),
        ("POST", "/<version>/<node>/messages", "send"),
        ("POST", "/<version>/<node>/media", "upload"),
        ("POST", "/<version>/<node>/message_attachments", "upload_attachment"),
        ("GET", "/<version>/<node>/message_templates", "templates"),
        ("GET", "/<version>/<node>/subscribed_apps", "subscribed"),
        ("POST", "/<version>/<node>/subscribed_apps", "subscribe"),
        ("GET", "/<version>/<node>/conversations", "conversations"),
        ("GET", "/<version>/<node>/feed", "posts"),
        ("GET", "/<version>/<node>/media", "posts"),
        ("POST", "/<version>/<node>/comments", "comment"),
        ("POST", "/<version>/<node>/likes", "like"),
        ("DELETE", "/<version>/<node>/likes", "unlike"),
        ("GET", "/<version>/<node>/comments", "read_comments"),
        ("GET", "/<version>/<node>/replies", "read_comments"),
        ("POST", "/<version>/<node>/replies", "comment"),
        ("POST", "/<version>/<node>/thread_control", "thread_control"),
        ("POST", "/<version>/<node>/pass_thread_control", "thread_control"),
        ("POST", "/<version>/<node>/take_thread_control", "thread_control"),
    )

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.said = {}
        self.media = {}
        self.read_by_citizens = True
        self.privately_answered = set()
        self.template_list = [dict(template) for template in TEMPLATES]

    # WHO ASKS

    def fault_names(self):
        return (*FAULTS, *super().fault_names())

    def fault_named(self, name):
        return FAULTS[name]() if name in FAULTS else super().fault_named(name)

    def answer(self, method_name, taken, names):
        if not self.faults and not self._may(taken, names.get("node")):
            self.taken.append(taken)
            return FAULTS["token"]()
        return super().answer(method_name, taken, names)

    def _may(self, taken, node):
        """Whether the request carries a token of the account; links to files of Messenger need none."""
        said = self.said.get(node)
        accounts = self._accounts_of(said.account_ref if said else node) or dict(enumerate(self.accounts.values()))
        tokens = {account.token for account in accounts.values()}
        given = taken.headers.get("Authorization", "").removeprefix("Bearer ")
        given = given or taken.query.get("access_token", "") or taken.form.get("access_token", "")
        is_open_file = taken.path.startswith("/cdn/") and "wa" not in taken.query
        return is_open_file or given in tokens

    def _accounts_of(self, node):
        return {kind: account for (kind, ref), account in self.accounts.items() if ref == node}

    # MESSAGES OUT

    def send(self, taken, version, node):
        """``POST /<id>/messages`` of WhatsApp, a Page or an Instagram account."""
        accounts = self._accounts_of(node)
        body = taken.json or {name: _loaded(value) for name, value in taken.form.items()}
        if "whatsapp" in accounts:
            return self._send_whatsapp(accounts["whatsapp"], body)
        if "comment_id" in body.get("recipient", {}):
            return self._send_private_reply(accounts, body)
        kind = "instagram" if "instagram" in accounts else "messenger"
        if kind not in accounts:
            return error(100, "Object does not exist", subcode=33)
        return self._send_chat(accounts[kind], kind, body, taken.files)

    def _send_whatsapp(self, account, body):
        if body.get("status") == "read":
            self._note_read_by_helpdesk(body["message_id"])
            return Reply({"success": True})
        citizen = (body.get("to") or "").lstrip("+") or body.get("recipient", "")
        if not citizen:
            return error(100, "Invalid parameter")
        if body["type"] == "reaction":
            self.said[body["reaction"]["message_id"]].marks.append(f"kami: {body['reaction'].get('emoji', '')}")
            return self._whatsapp_accepted(citizen, f"wamid.reaksi{self.number()}")
        if body["type"] != "template" and not self._window_open("whatsapp", account.account_ref, citizen, DAY):
            return FAULTS["window"]()
        if body["type"] == "template":
            name = body["template"]["name"]
            known = next((template for template in self.template_list if template["name"] == name), None)
            if not known or known["status"] != "APPROVED":
                return error(
                    132001 if not known else 132015, "Template does not exist" if not known else "Template paused"
                )
        text, media, buttons = self._read_whatsapp(body)
        if len(text) > TEXT_LIMITS["whatsapp"]:
            return error(100, "Invalid parameter", details="text.body is too long")
        if any(not item["url"] for item in media):
            return error(131053, "Media upload error")
        said = self._keep_ours(account, citizen, text, media, buttons, body.get("context", {}).get("message_id", ""))
        said.reference = body.get("biz_opaque_callback_data", "")
        for state in ("sent", "delivered"):
            self._status(said, state)
        return self._whatsapp_accepted(citizen, said.id)

    def _whatsapp_accepted(self, citizen, message_id):
        return Reply(
            {
                "messaging_product": "whatsapp",
                "contacts": [{"input": f"+{citizen}", "wa_id": citizen}],
                "messages": [{"id": message_id}],
            }
        )

    def _read_whatsapp(self, body):
        kind = body["type"]
        content = body.get(kind, {})
        if kind == "text":
            return content["body"], [], []
        if kind == "template":
            template = next(item for item in self.template_list if item["name"] == content["name"])
            values = [
                parameter["text"]
                for component in content.get("components", [])
                if component["type"] == "body"
                for parameter in component["parameters"]
            ]
            text = next(part["text"] for part in template["components"] if part["type"] == "BODY")
            for number, value in enumerate(values, 1):
                text = text.replace(f"{{{{{number}}}}}", value)
            return text, [], []
        if kind == "interactive":
            action = content["action"]
            rows = [row for section in action.get("sections", []) for row in section["rows"]]
            buttons = [
                {"id": item["reply"]["id"], "title": item["reply"]["title"]} for item in action.get("buttons", [])
            ]
            return content["body"]["text"], [], buttons + [{"id": row["id"], "title": row["title"]} for row in rows]
        return content.get("caption", ""), [self._media_entry(kind, content)], []

    def _media_entry(self, kind, content):
        media = self.media.get(content.get("id"))
        url = content.get("link") or (media and f"{self.base}/cdn/{content['id']}")
        return {"type": kind, "url": url, "name": content.get("filename") or (media and media["name"]) or ""}

    def _send_private_reply(self, accounts, body):
        comment_id = body["recipient"]["comment_id"]
        comment = self.said.get(comment_id)
        if not comment or "deleted" in comment.marks:
            return error(100, "Object does not exist", subcode=33)
        if comment_id in self.privately_answered:
            return error(10900, "Activity already replied to")
        self.privately_answered.add(comment_id)
        kind = "instagram" if comment.kind == "instagram_comments" else "messenger"
        account = accounts.get(kind) or next(iter(accounts.values()))
        said = self._keep_ours(account, comment.citizen, body["message"]["text"], [], [], "", kind=kind)
        comment.marks.append("dijawab secara pribadi")
        return Reply({"recipient_id": comment.citizen, "message_id": said.id})

    def _send_chat(self, account, kind, body, files):
        citizen = body["recipient"]["id"]
        if "sender_action" in body:
            if body["sender_action"] == "react":
                self.said[body["payload"]["message_id"]].marks.append(f"kami: {body['payload'].get('reaction', '')}")
            return Reply({"recipient_id": citizen})
        human = body.get("messaging_type") == "MESSAGE_TAG" and body.get("tag") == "HUMAN_AGENT"
        if body.get("messaging_type") == "MESSAGE_TAG" and not human:
            return error(100, "Invalid parameter")
        if not any(said.citizen == citizen and said.kind == kind for said in self.said.values()):
            return error(100, "No matching user found", subcode=2018001 if kind == "messenger" else 2534014)
        if not self._window_open(kind, account.account_ref, citizen, 7 * DAY if human else DAY):
            subcode = 2018278 if kind == "messenger" else 2534022
            return error(10, "This message is sent outside of allowed window.", subcode=subcode)
        message = body["message"]
        text = message.get("text", "")
        length = len(text.encode()) if kind == "instagram" else len(text)
        if length > TEXT_LIMITS[kind]:
            return error(100, "Length of param message[text] must be less than or equal to the limit")
        media = self._chat_media(message, files)
        buttons = [{"id": item["payload"], "title": item["title"]} for item in message.get("quick_replies", [])]
        said = self._keep_ours(account, citizen, text, media, buttons, body.get("reply_to", {}).get("mid", ""))
        said.reference = message.get("metadata", "")
        self._echo(account, said)
        if kind == "messenger":
            self._status(said, "delivered")
        return Reply({"recipient_id": citizen, "message_id": said.id})

    def _chat_media(self, message, files):
        attachment = message.get("attachment")
        if not attachment:
            return []
        payload = attachment.get("payload", {})
        if files:
            name, mimetype, content = next(iter(files.values()))
            media_id = self._keep_file(name, mimetype, content)
            return [{"type": attachment["type"], "url": f"{self.base}/cdn/{media_id}", "name": name}]
        media = self.media.get(payload.get("attachment_id"), {})
        url = payload.get("url") or f"{self.base}/cdn/{payload.get('attachment_id')}"
        return [{"type": attachment["type"], "url": url, "name": media.get("name", "")}]

    def _keep_ours(self, account, citizen, text, media, buttons, quoted_id, kind=None):
        kind = kind or account.kind
        quoted = self.said.get(quoted_id)
        said = Said(
            self._new_id(kind, "keluar"),
            kind,
            account.account_ref,
            "helpdesk",
            citizen,
            account.name,
            text,
            self.clock(),
            quote=quoted.text if quoted else "",
            media=media,
            buttons=buttons,
            state="sent",
        )
        self.said[said.id] = said
        return said

    def _window_open(self, kind, account_ref, citizen, seconds):
        last = max(
            (
                said.at
                for said in self.said.values()
                if (said.kind, said.account_ref, said.citizen, said.by) == (kind, account_ref, citizen, "citizen")
            ),
            default=0,
        )
        return self.clock() - last <= seconds

    def _note_read_by_helpdesk(self, message_id):
        if message_id in self.said:
            self.said[message_id].state = "read"

    # FILES

    def upload(self, taken, version, node):
        """WhatsApp's media upload."""
        name, mimetype, content = taken.files["file"]
        return Reply({"id": self._keep_file(name, taken.form.get("type") or mimetype, content)})

    def upload_attachment(self, taken, version, node):
        """Messenger's reusable attachment."""
        name, mimetype, content = taken.files["filedata"]
        return Reply({"attachment_id": self._keep_file(name, mimetype, content)})

    def _keep_file(self, name, mimetype, content):
        media_id = f"8110000{self.number():08d}"
        self.media[media_id] = {"name": name or "", "type": mimetype or "application/octet-stream", "content": content}
        return media_id

    def download(self, taken, media_id):
        """The file itself."""
        media = self.media.get(media_id)
        return Reply(media["content"], mimetype=media["type"]) if media else Reply({}, 404)

    # NODES

    def read_node(self, taken, version, node):
        """A file's address, a comment, a person's profile, an account."""
        if node in self.media:
            media = self.media[node]
            return Reply(
                {
                    "messaging_product": "whatsapp",
                    "url": f"{self.base}/cdn/{node}?wa=1",
                    "mime_type": media["type"],
                    "sha256": hashlib.sha256(media["content"]).hexdigest(),
                    "file_size": len(media["content"]),
                    "id": node,
                }
            )
        if node in self.said:
            said = self.said[node]
            can_reply = node not in self.privately_answered
            return Reply({**_row(said), "is_hidden": "hidden" in said.marks, "can_reply_privately": can_reply})
        if node.rpartition("_")[2] in (_post_of("facebook"), _post_of("instagram_comments")):
            return Reply(self._post_row(node))
        accounts = self._accounts_of(node)
        if node == "me":
            accounts = {"": next(iter(self.accounts.values()))}
        if accounts:
            account = next(iter(accounts.values()))
            return Reply(
                {
                    "id": account.account_ref,
                    "name": account.name,
                    "verified_name": account.name,
                    "username": account.name,
                }
            )
        names = [said.name for said in self.said.values() if said.citizen == node and said.by == "citizen"]
        if names:
            return Reply({"id": node, "name": names[-1], "first_name": names[-1].split()[0], "username": names[-1]})
        return error(100, "Object does not exist", subcode=33)

    def change_node(self, taken, version, node):
        """Hide or show a comment, or change its words."""
        comment = self.said.get(node)
        if not comment or "deleted" in comment.marks:
            return error(100, "Object does not exist", subcode=33)
        values = {**taken.query, **taken.form, **(taken.json or {})}
        hidden = values.get("is_hidden", values.get("hide"))
        if hidden is not None:
            comment.marks = [mark for mark in comment.marks if mark != "hidden"]
            if str(hidden).lower() == "true":
                comment.marks.append("hidden")
        if "message" in values:
            comment.text = values["message"]
            comment.marks.append("edited")
        return Reply({"success": True})

    def delete_node(self, taken, version, node):
        """Delete a comment."""
        if node not in self.said:
            return error(100, "Object does not exist", subcode=33)
        self.said[node].marks.append("deleted")
        return Reply({"success": True})

    def like(self, taken, version, node):
        """The Page likes a comment."""
        self.said[node].marks.append("disukai")
        return Reply({"success": True})

    def unlike(self, taken, version, node):
        """The Page takes its like back."""
        self.said[node].marks = [mark for mark in self.said[node].marks if mark != "disukai"]
        return Reply({"success": True})

    def comment(self, taken, version, node):
        """The account answers a comment in public; Facebook shows two levels only."""
        parent = self.said.get(node)
        if not parent or "deleted" in parent.marks:
            return error(100, "Object does not exist", subcode=33)
        values = {**taken.form, **(taken.json or {})}
        account = self._comment_account(parent.kind)
        said = Said(
            self._new_id(parent.kind, parent.post),
            parent.kind,
            account.account_ref,
            "helpdesk",
            account.account_ref,
            account.name,
            values.get("message", ""),
            self.clock(),
            post=parent.post,
            parent=node,
            state="sent",
        )
        self.said[said.id] = said
        self._comment_webhook(account, said)
        return Reply({"id": said.id})

    def read_comments(self, taken, version, node):
        """Comments of a post, or replies to a comment, newest first."""
        post = node.rpartition("_")[2]
        found = [said for said in self.said.values() if said.post == post or said.parent == node]
        return Reply({"data": [_row(said) for said in reversed(found)]})

    def posts(self, taken, version, node):
        """The account's one post, with the comments below it."""
        kind = "instagram_comments" if "instagram" in self._accounts_of(node) else "facebook"
        post = _post_of(kind)
        comments = [_row(said) for said in reversed(self.said.values()) if said.post == post and said.kind == kind]
        row = self._post_row(post if kind != "facebook" else f"{node}_{post}")
        return Reply({"data": [{**row, "comments": {"data": comments}}]})

    def _post_row(self, node):
        url = f"https://www.facebook.com/contoh/posts/{node}"
        return {"id": node, "message": POST_TEXT, "caption": POST_TEXT, "permalink_url": url, "permalink": url}

    def conversations(self, taken, version, node):
        """Private messages of an account, by person, newest first."""
        wanted = taken.query.get("user_id")
        kind = taken.query.get("platform", "messenger")
        by_person = {}
        for said in self.said.values():
            if (said.kind, said.account_ref) == (kind, node) and wanted in (None, said.citizen):
                by_person.setdefault(said.citizen, []).insert(0, said)
        return Reply({"data": [{"messages": {"data": [_row(said) for said in found]}} for found in by_person.values()]})

    def templates(self, taken, version, node):
        """The approved and other templates, two a page."""
        start = int(taken.query.get("after") or 0)
        page = self.template_list[start : start + 2]
        paging = {"cursors": {"after": str(start + 2)}}
        if start + 2 < len(self.template_list):
            paging["next"] = f"{self.base}{taken.path}?after={start + 2}"
        return Reply({"data": page, "paging": paging})

    def subscribed(self, taken, version, node):
        """Apps that get this account's webhooks."""
        return Reply(
            {"data": [{"id": "1200000000000001", "name": "Helpdesk", "subscribed_fields": ["feed", "messages"]}]}
        )

    def subscribe(self, taken, version, node):
        """Subscribe our app."""
        return Reply({"success": True})

    def refresh(self, taken, version=""):
        """A new token for an Instagram account; the old one goes on for a while."""
        account = next(account for (kind, _ref), account in self.accounts.items() if kind == "instagram")
        account.token = f"{account.token}-baru"
        return Reply({"access_token": account.token, "token_type": "bearer", "expires_in": 5183944})

    def thread_control(self, taken, version, node):
        """Conversation routing."""
        return Reply({"success": True})

    # WEBHOOKS

    def _deliver(self, account, payload):
        body = wire(payload)
        self.courier.take(account.webhook, body, sign(body, account.secret))

    def _whatsapp_webhook(self, account, **value):
        self._deliver(
            account,
            {
                "object": "whatsapp_business_account",
                "entry": [
                    {
                        "id": BUSINESS_ID,
                        "changes": [
                            {
                                "value": {
                                    "messaging_product": "whatsapp",
                                    "metadata": {
                                        "display_phone_number": "622150000000",
                                        "phone_number_id": account.account_ref,
                                    },
                                    **value,
                                },
                                "field": "messages",
                            }
                        ],
                    }
                ],
            },
        )

    def _messaging_webhook(self, account, sender, recipient, **event):
        now = round(self.clock() * 1000)
        item = {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": now, **event}
        entry = {"id": account.account_ref, "time": now, "messaging": [item]}
        self._deliver(account, {"object": OBJECTS[account.kind], "entry": [entry]})

    def _status(self, said, state):
        said.state = state
        account = self.accounts.get((said.kind, said.account_ref))
        if not account:
            return
        if said.kind == "whatsapp":
            status = {
                "id": said.id,
                "status": state,
                "timestamp": str(int(self.clock())),
                "recipient_id": said.citizen,
                "recipient_user_id": _user_id(said.citizen),
            }
            if said.reference:
                status["biz_opaque_callback_data"] = said.reference
            self._whatsapp_webhook(account, contacts=[_contact(said.citizen, "")], statuses=[status])
        elif state == "delivered":
            content = {"mids": [said.id], "watermark": round(said.at * 1000)}
            self._messaging_webhook(account, said.citizen, account.account_ref, delivery=content)
        elif said.kind == "instagram":
            self._messaging_webhook(account, said.citizen, account.account_ref, read={"mid": said.id})
        else:
            content = {"watermark": round(said.at * 1000)}
            self._messaging_webhook(account, said.citizen, account.account_ref, read=content)

    def fail_later(self, message_id, code=131026, details="Nomor ini tidak memakai WhatsApp."):
        """Report a WhatsApp message as failed after it was accepted."""
        said = self.said[message_id]
        said.state = "failed"
        self._whatsapp_webhook(
            self.accounts["whatsapp", said.account_ref],
            statuses=[
                {
                    "id": said.id,
                    "status": "failed",
                    "timestamp": str(int(self.clock())),
                    "recipient_id": said.citizen,
                    "errors": [{"code": code, "title": "Failed", "error_data": {"details": details}}],
                }
            ],
        )

    def _echo(self, account, said):
        message = {"mid": said.id, "is_echo": True, "text": said.text}
        if account.kind == "messenger":
            message |= {"app_id": 1200000000000001}
        if said.reference:
            message["metadata"] = said.reference
        self._messaging_webhook(account, account.account_ref, said.citizen, message=message)

    def _comment_webhook(self, account, said, verb="add"):
        if said.kind == "facebook":
            value = {
                "from": {"id": said.citizen, "name": said.name},
                "item": "comment",
                "verb": verb,
                "post_id": f"{account.account_ref}_{said.post}",
                "comment_id": said.id,
                "parent_id": said.parent or f"{account.account_ref}_{said.post}",
                "message": said.text,
                "created_time": int(said.at),
                "post": {
                    "id": f"{account.account_ref}_{said.post}",
                    "status_type": "added_photos",
                    "is_published": True,
                    "permalink_url": f"https://www.facebook.com/contoh/posts/{said.post}",
                },
            }
            change = {"field": "feed", "value": value}
        else:
            value = {
                "id": said.id,
                "from": {"id": said.citizen, "username": said.name},
                "media": {"id": said.post, "media_product_type": "FEED"},
                "text": said.text,
            }
            if said.parent:
                value["parent_id"] = said.parent
            change = {"field": "comments", "value": value}
        entry = {"id": account.account_ref, "time": int(self.clock()), "changes": [change]}
        self._deliver(account, {"object": OBJECTS[account.kind], "entry": [entry]})

    # PAYLOADS OF OTHERS

    def replay(self, kind, payload):
        """Bring a payload written elsewhere, such as a documented sample; what it says is known from then on."""
        account = next(account for (account_kind, _ref), account in self.accounts.items() if account_kind == kind)
        for entry in payload["entry"]:
            for event in entry.get("messaging", ()):
                self._learn_event(kind, account, event)
            for change in entry.get("changes", ()):
                self._learn_change(kind, account, change["value"])
        self._deliver(account, payload)

    def _learn_event(self, kind, account, event):
        message = event.get("message") or event.get("postback")
        if message and not message.get("is_echo"):
            citizen = event["sender"]["id"]
            self._learn(kind, account, message["mid"], citizen, message.get("text", ""))

    def _learn_change(self, kind, account, value):
        for message in value.get("messages", ()):
            self._learn(kind, account, message["id"], message["from"], message.get("text", {}).get("body", ""))
        comment_id = value.get("comment_id") or value.get("id")
        if comment_id and "from" in value:
            kind = "instagram_comments" if kind == "instagram" else kind
            author = value["from"]
            name = author.get("name") or author.get("username")
            said = self._learn(kind, account, comment_id, author["id"], value.get("message") or value.get("text"), name)
            said.post, said.parent = _post_of(kind), value.get("parent_id", "")

    def _learn(self, kind, account, message_id, citizen, text, name=""):
        by = "helpdesk" if citizen == account.account_ref else "citizen"
        said = Said(message_id, kind, account.account_ref, by, citizen, name, text, self.clock())
        self.said[message_id] = said
        return said

    # THE CITIZEN

    def rooms(self):
        chat = ("text", "file", "location", "contact", "reply", "react", "press")
        found = []
        for kind, account_ref in self.accounts:
            if kind == "whatsapp":
                found.append(Room(kind, "WhatsApp", account_ref, (*chat, "voice", "sticker", "edit", "unsend")))
            if kind == "messenger":
                found.append(
                    Room(kind, "Messenger", account_ref, ("text", "file", "voice", "reply", "react", "press", "edit"))
                )
            if kind == "facebook":
                actions = ("text", "reply", "edit", "unsend")
                found.append(Room(kind, "Facebook", account_ref, actions, tree=True))
            if kind == "instagram":
                found.append(
                    Room("instagram_comments", "Instagram · komentar", account_ref, ("text", "reply"), tree=True)
                )
                actions = ("text", "file", "voice", "reply", "react", "press", "edit", "unsend")
                found.append(Room(kind, "Instagram · pesan", account_ref, actions))
        return found

    def entries(self, room, citizen):
        """A chat is between two; comments are seen by everybody. Looking at a chat reads it."""
        if room.tree:
            return [self._post_entry(room), *(_entry(said) for said in self._of(room) if "hidden" not in said.marks)]
        found = [said for said in self._of(room) if said.citizen == citizen.id]
        if self.read_by_citizens:
            self.read(found)
        return [_entry(said) for said in found]

    def read(self, found):
        """The citizen has read these messages of the helpdesk."""
        for said in found:
            if said.by == "helpdesk" and said.state in ("sent", "delivered"):
                self._status(said, "read")

    def _of(self, room):
        return [said for said in self.said.values() if (said.kind, said.account_ref) == (room.kind, room.account_ref)]

    def _post_entry(self, room):
        account = self._comment_account(room.kind)
        return Entry(_post_of(room.kind), "other", account.name, POST_TEXT)

    def _comment_account(self, kind):
        wanted = "instagram" if kind == "instagram_comments" else kind
        return next(account for (account_kind, _ref), account in self.accounts.items() if account_kind == wanted)

    def do_text(self, room, citizen, values, **more):
        """Write a message, or a comment under the post."""
        if room.tree:
            return self._comment_by_citizen(room, citizen, values["text"], parent="")
        return self._message_by_citizen(room, citizen, "text", values["text"], {"body": values["text"]}, **more)

    def do_reply(self, room, citizen, values):
        """Quote a message, or answer a comment."""
        if room.tree:
            return self._comment_by_citizen(room, citizen, values["text"], parent=values["target"])
        return self.do_text(room, citizen, values, quoted=values["target"])

    def do_file(self, room, citizen, values):
        """Send a picture, video or document."""
        (name, mimetype, content) = values["files"][0]
        kind = mimetype.split("/")[0]
        kind = kind if kind in ("image", "video", "audio") else "document"
        return self._file_by_citizen(room, citizen, kind, name, mimetype, content, values.get("text", ""))

    def do_voice(self, room, citizen, values):
        """Send a voice note: what was recorded, or a short silence."""
        files = values.get("files") or [("voice.ogg", "audio/ogg; codecs=opus", SILENCE)]
        (name, mimetype, content) = files[0]
        return self._file_by_citizen(room, citizen, "audio", name, mimetype, content, "", voice=True)

    def do_sticker(self, room, citizen, values):
        """Send a sticker."""
        return self._file_by_citizen(room, citizen, "sticker", "sticker.webp", "image/webp", STICKER, "")

    def do_location(self, room, citizen, values):
        """Share a place."""
        place = {
            "latitude": float(values.get("latitude", -6.1754)),
            "longitude": float(values.get("longitude", 106.8272)),
            "name": values.get("place", "Puskesmas Contoh"),
            "address": "Jl. Contoh No. 1, Jakarta Pusat",
        }
        return self._message_by_citizen(room, citizen, "location", f"📍 {place['name']}", place)

    def do_contact(self, room, citizen, values):
        """Share a contact."""
        name, phone = values.get("contact", "Sari Pendamping"), values.get("phone", "+62 800-1234-0009")
        card = [
            {"name": {"formatted_name": name}, "phones": [{"phone": phone, "wa_id": _digits(phone), "type": "CELL"}]}
        ]
        return self._message_by_citizen(room, citizen, "contacts", f"👤 {name}", card)

    def do_press(self, room, citizen, values):
        """Press a button that the helpdesk offered."""
        reply = {"id": values["payload"], "title": values["text"]}
        quoted = values.get("target", "")
        if room.kind == "whatsapp":
            content = {"type": "button_reply", "button_reply": reply}
            return self._message_by_citizen(room, citizen, "interactive", reply["title"], content, quoted=quoted)
        extra = {"quick_reply": {"payload": reply["id"]}}
        return self._message_by_citizen(room, citizen, "text", reply["title"], {}, quoted="", extra=extra)

    def do_react(self, room, citizen, values):
        """Put an emoji on a message; none takes it back."""
        said, emoji = self.said[values["target"]], values.get("emoji", "")
        said.reaction = emoji
        account = self.accounts[room.kind, room.account_ref]
        if room.kind == "whatsapp":
            reaction = {"message_id": said.id, **({"emoji": emoji} if emoji else {})}
            self._whatsapp_message(account, citizen, f"wamid.reaksi{self.number()}", "reaction", reaction, {})
            return
        reaction = {"mid": said.id, "action": "react" if emoji else "unreact"}
        if emoji:
            reaction |= {"reaction": "other", "emoji": emoji}
        self._messaging_webhook(account, citizen.id, account.account_ref, reaction=reaction)

    def do_edit(self, room, citizen, values):
        """Change the words of a message or comment."""
        said = self.said[values["target"]]
        said.text = values["text"]
        said.marks.append("edited")
        if room.tree:
            self._comment_webhook(self._comment_account(room.kind), said, verb="edited")
            return
        account = self.accounts[room.kind, room.account_ref]
        if room.kind == "whatsapp":
            content = {"original_message_id": said.id, "message": {"type": "text", "text": {"body": said.text}}}
            self._whatsapp_message(account, citizen, f"wamid.ubah{self.number()}", "edit", content, {})
            return
        edit = {"mid": said.id, "text": said.text, "num_edit": str(said.marks.count("edited"))}
        self._messaging_webhook(account, citizen.id, account.account_ref, message_edit=edit)

    def do_unsend(self, room, citizen, values):
        """Take a message or comment back."""
        said = self.said[values["target"]]
        said.marks.append("deleted")
        if room.tree:
            self._comment_webhook(self._comment_account(room.kind), said, verb="remove")
            return
        account = self.accounts[room.kind, room.account_ref]
        if room.kind == "whatsapp":
            content = {"original_message_id": said.id}
            self._whatsapp_message(account, citizen, f"wamid.hapus{self.number()}", "revoke", content, {})
            return
        message = {"mid": said.id, "is_deleted": True}
        self._messaging_webhook(account, citizen.id, account.account_ref, message=message)

    def _comment_by_citizen(self, room, citizen, text, parent):
        post = _post_of(room.kind)
        above = self.said.get(parent)
        if above and above.parent in self.said:
            above = self.said[above.parent]
        said = Said(
            self._new_id(room.kind, post),
            room.kind,
            room.account_ref,
            "citizen",
            citizen.id,
            citizen.name,
            text,
            self.clock(),
            post=post,
            parent=above.id if above else "",
        )
        self.said[said.id] = said
        self._comment_webhook(self._comment_account(room.kind), said)
        return said

    def _file_by_citizen(self, room, citizen, kind, name, mimetype, content, caption, voice=False):
        media_id = self._keep_file(name, mimetype, content)
        value = {
            "id": media_id,
            "mime_type": mimetype,
            "sha256": base64.b64encode(hashlib.sha256(content).digest()).decode(),
        }
        if caption:
            value["caption"] = caption
        if kind == "document":
            value["filename"] = name
        if voice:
            value["voice"] = True
        media = [{"type": "voice" if voice else kind, "url": f"{self.base}/cdn/{media_id}", "name": name}]
        return self._message_by_citizen(room, citizen, kind, caption, value, media=media)

    def _message_by_citizen(self, room, citizen, kind, text, content, quoted="", media=(), extra=None):
        account = self.accounts[room.kind, room.account_ref]
        above = self.said.get(quoted)
        said = Said(
            self._new_id(room.kind, "masuk"),
            room.kind,
            room.account_ref,
            "citizen",
            citizen.id,
            citizen.name,
            text,
            self.clock(),
            quote=above.text if above else "",
            media=list(media),
        )
        self.said[said.id] = said
        if room.kind == "whatsapp":
            context = {"context": {"from": "622150000000", "id": quoted}} if quoted else {}
            self._whatsapp_message(account, citizen, said.id, kind, content, context)
            return said
        message = {"mid": said.id, **(extra or {})}
        if text:
            message["text"] = text
        if media:
            kind = "file" if kind == "document" else kind
            message["attachments"] = [{"type": kind, "payload": {"url": media[0]["url"]}}]
        if quoted:
            message["reply_to"] = {"mid": quoted}
        self._messaging_webhook(account, citizen.id, account.account_ref, message=message)
        return said

    def _whatsapp_message(self, account, citizen, message_id, kind, content, context):
        message = {
            "from": citizen.id,
            "from_user_id": _user_id(citizen.id),
            "id": message_id,
            "timestamp": str(int(self.clock())),
            "type": kind,
            **context,
            kind: content,
        }
        self._whatsapp_webhook(account, contacts=[_contact(citizen.id, citizen.name)], messages=[message])

    def _new_id(self, kind, part):
        number = self.number()
        if kind == "facebook":
            return f"{part}_5000000{number:08d}"
        if kind == "instagram_comments":
            return f"178700000{number:08d}"
        if kind == "whatsapp":
            return f"wamid.{base64.b64encode(f'UJI-{part}-{number}'.encode()).decode()}"
        return f"{'aWdfZ' if kind == 'instagram' else 'm'}-UJI-{part}-{number}"


def _loaded(value):
    """A form value that holds JSON, as the facebook-sdk sends it."""
    try:
        return json.loads(value)
    except ValueError:
        return value


def _post_of(kind):
    return "320000000000010" if kind == "facebook" else "17990000000000001"


def _digits(phone):
    return "".join(character for character in phone if character.isdigit())


def _user_id(citizen):
    return f"ID.9000000{citizen[-11:]:0>11}"


def _contact(citizen, name):
    return {"profile": {"name": name}, "wa_id": citizen, "user_id": _user_id(citizen)}


def _row(said):
    """A message or comment as the Graph gives it out."""
    author = said.account_ref if said.by == "helpdesk" else said.citizen
    time = datetime.fromtimestamp(said.at, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S+0000")
    row = {"id": said.id, "message": said.text, "text": said.text, "created_time": time, "timestamp": time}
    row["from"] = {"id": author, "name": said.name, "username": said.name}
    if said.by == "helpdesk":
        row["to"] = {"data": [{"id": said.citizen}]}
    if said.parent:
        row |= {"parent": {"id": said.parent}, "parent_id": said.parent}
    return row


def _entry(said):
    return Entry(
        said.id,
        said.by,
        said.name,
        "" if "deleted" in said.marks else said.text,
        said.at,
        said.parent,
        said.quote,
        [] if "deleted" in said.marks else said.media,
        said.buttons,
        said.reaction,
        said.state,
        marks=said.marks,
    )


# One second of nothing, as Opus in Ogg; a smiling face, as WebP.
SILENCE = base64.b64decode(
    "T2dnUwACAAAAAAAAAAABAAAAAAAAAJFLtm4BE09wdXNIZWFkAQE4AYA+AAAAAABPZ2dTAAAAAAAAAAAAAAEAAAABAAAA"
)
STICKER = base64.b64decode(
    "UklGRqoLAABXRUJQVlA4WAoAAAAQAAAAfwAAfwAAQUxQSOoFAAAB8EXbtmlb1rbV1lsPbO+5Vxzb9gnz2DZ3ipXSvDq2z5pxfexzwrZt27bNpf"
    "Dqrbd6MT1m75HOZURMAJ7TS9/6iGiMGgL6hqAxapA6iEZF32Wtta3W2tYa9A1RpXAhKgDo87abntn99NPunu35yJmnH9b54ftetgwAQgzFEg0A"
    "lm/6w8Oum+dIn7z75M771wGQKCUKEcBLd9z9LnZnS8kse28zSymz+9Ejf/hmAKpSGBVg1bePWiDpybJzpJ4tZZJ2/k9fCkClIBqAt//hHpKWMs"
    "fslkgu7P0hBVQKEQLwoZONNHM20i2RvGp6Q0BLIAp86GSSydlgNyevmd4QIUycApufTGZzNj0bec3XAJWJkoDn/32J2TiR2cjj3wroBCnw1ftI"
    "48TmzGc7EToxES8+gEzOSTbyws0RZCIk4CP305wT7onph4BOgAIdMrGA5jxoCrFxitaJzJlF9MSbN0VsWMS7LucSi5k4+2XERkVsOsvEghrZRm"
    "xQxKazNBY1G9uIjYnYdJaZhXVjG7EhEZvOMrO4bmwjNkKx6SwzC+zGNmIDFG+bZWaR3bgecWwSpq6msdA5P7kZwrgUpzCx2JkPvUDCeCI6XGLB"
    "E0+GjkXxIRqLnthBHEMIz3/Qc9lo/gHo6BQH01j4zFtXBRmV4stMLL7xX9ARSWg95Ll8NG4LHY3inzRWMPOyGGQUAe9J5jWg8TvQ0ZxJYxU9z0"
    "6JDKfYgcZKJnagwwWcUQ/3R6dEhlG8j5nVNHagwwScTquH+6ObiAwW8JbkrKixjThYxJ+YquIXhzCQYOX99Jow502hg0R8g8aqJu4yWMDxtXE+"
    "uArST/CiBXpdmPkJaL+I9TRWNnGPQRR7MdUm86aNpI9gxb302tDzexF6BbzHnNVN/CFir4gfMtXHeAS0l+IwWn0y71kG6SEb38hcH/ozb0LoEj"
    "x/kV6hzI9DuxRb5swKJ/4csdc0rUbGvaBdER2mOp2B0KXYnVajzOuWiQAIOKdOzsUp9DqlVo+u6RJZdTdzjehpUwRAsG6BXqXMD0K7Wo9Va4c+"
    "s9V63/8N5qr1/l5rH6mVb9eFIGfSauSc2wTShbNqNd/qc3idMu9aJV0ROzHVyHgGAnr8kFanw3spdmCuUeIMYlfAK550r5Dxi9AuwfK7mSvk6d"
    "0IXQg4iVYf5yOrIT0idmKqj/H0ENBT8T7P9UnsIPYSrJujVyfz/dBeCHIMrTbO+9ZA+kT8kKk2xiOh6Bvwxme9Pjsi9kOQC2l1cS6+EDJAxE+Z"
    "6mI8FgEDCl70uHtVMj8JHQSK/Zlqkv3WZSJDvM9zTRI7iBhc4vWe6+H+zGsQhlCsp9XDuBcUQ0rY6EbPtfD8zBskDAPFelotjHtBMbSEjW72XA"
    "fP6Q0ShoPiS7Q6GP8JxSgVJ9FqkPMDrSAjCfKGJfMKJK6HYrSKDlP5jKcGxYhFN7icVjq3xdcgjAqKd5l54RK/A8XoFT9kKpvxUESMM+JQppJl"
    "v60lMhYJrduZy+XZt4BivAHvnc25VJ7YhmLcEV+keaGW+BdEjD+iTfMiJe6MKA1ARJvmBUrcGUHQyIg2zYuTuDNU0NCINi0XZok7QwWNjWiTuS"
    "Ru3BkqaHDE9CJTOcz5FwRBoyM2u5+pFImpDRU0POJFJzLnEnjizVsjovkKzJBp8ow8aAqKSQwBH7mJOU+WJ85/D1BMaMSav5Pmk+NGnvh6BMHE"
    "KvCBC8nkk+FG3jcNREyyKDb43oNk8ua5kc/+/fmQgAlX4AWdB0nLzcpGPrv7W4GIyRcFXtB5kHTzprhl8pnd3wqooIgSgRe0zyOZUx5fNiN5w8"
    "wbAQ0opiiArXa+h6Qnyz4yt5RJLh716Y0ADSiqqACrP7PH9ezOKVl27+eezZI5Sd5z2I4vBaAB5VUFoJv+8PC7jL0992bfR06bef8qAEEFZRZV"
    "AFj+pg//Zo/TrpubZd/52btOP3zm85uuAQCNASUXjYqeobV20/f13G6qtQw9Q1RBBSVo1IAhg0ZVQVVFRPuKCJ67A1ZQOCCaBQAAMCMAnQEqgA"
    "CAAD7tZK1OqaUkIi6U++EwHYlsEUAEMUQfXpfi9Zyp4J/x7c3qt8wDnX+Yfzpvwz96v+Z9LfqK/6R6gH6Z+nL7Hv986QDWc37fuZTgFZTd17YV"
    "P3IcCiy37ocvL5uPqLDLbbAzjCSNZspQUT4ASWBf6+7HhMYFBItx+/0WqjjBdI5Ogx5KdSuSvkDC8zt2skyb1cz7Inb32PZDRB/eumo70bClRL"
    "OIhqG6zuaFU6ft5Y+FvlWUsM2P84FWPxbjxY9siN7tb+m9mf+OqKGtQ6O4vVCjzmQpCYWCl5RIG1QAUWxeoVg0LMVMohZgbMGwyP0OGrapsUhx"
    "Tx9Rehll2a1H3KFpL1G6bY/7J/wZ3H0vYpVTof8wb+dvSAAA/vtABy9lQSwWsPIlMU51F/U7P5rXQAsnZ8pG7bMllh4kRFwuiG+7meLK4tdVKq"
    "mk9U21Q9LOJte8JwRmoFaOb8nvIraDd1AnAAzt4rme7iH4PnCgyGn8CMlcCLnYvZOZiWyM2d9pwLFkY4IDJpw+gX6tzwVdnFBqSKZ72GpHdzFU"
    "wbSYSEttGHQSnRhVZ1+5C2xg5AINY1WoTjWagiBcEDFhvvQZzHcO9vzFS1D83cl98eTCeoEb0UFcX5eYzuJV69UoA8L9TtQcbDcWZ7Bb+duxSe"
    "3rtAXhtqtqVx1Jo9eZrNazPKBiHcHdJV0gAAQT3O2/0lLL12YY4Hp8xI7p+pnZLr7BoMclUXgdurqyaJg5Os1Q5VXRVGae+qeDKd1OSMemLLif"
    "yeQWl17AYoWQtULe8zZVOAWMdCuC8yDpWnekp4iOUF2rvo+FOHjN0t2x79Cg2yVfZ1vojaPzNmZ4t3Vg89E7bdhjVAVAnD7IDNML3+6gg2qX4d"
    "NKHWERFI4EHPqwoL5+a4ltuZybewMFTtF/UzPp9+W0CzshunHc2x8VwxykTAXEQl4qsRNRNti0oFw57Z2s+Ud5MRNTESlgIUHG6JU5d0IxFK1g"
    "oeZMrEC5rW0J9P+QRLAYUDwkAIhGt9T7pb2aXXo/aQlXXHvvlqiahXU0I8M5TFHv9/XPZcbMFdURfwSXbNpADpcVK+ijs9OzlGyYibmOhpwKU9"
    "o9dWTHkDUf/tEoKpw9pu/awJ3m2u+Zuoo4g6uw/m+A5WLzEsbPLD/ICTQDIRCo4LfHHFW5rbbSPGvyg2go4++fcjedkQLvxFCC2ypuQiBvfwYV"
    "k5TsUR4EvmhwURHwYwpRh5V0VnEUq1GaH4mjZJkT/N0g+52gVVTK1NyQ28xNouvrLHLGvQIKMopGvZAgvd8ObnFhofbPT4tTigtbFyo86K/2gy"
    "H8OjTpbXobPHEOyZweIB7khsjphPcaT/QoYnNjDA6t58kCdKJ+Algt7FPMQqKNP9nCBjSlkxKjNM/31koj4fARB4UnxrelAjjRuY7Fu75VXC1G"
    "UIkgVUomATiJhC7gSVCOZmGcmezdA3kNgQj0GFmSTcZwnegKWfMQNJr1v3qu5qH21Tx3L5jASI7UmPISJMivxTleifYv0Oy0SaRTtldx5oCtgR"
    "0zcVC4O6G2GNNDINaOoOxCcF3bsV3DGVKDu7fEj97JsYLIYKHlskbTEsYeQe2FsM32wtswjITcmn0fWBkO2369pNw2496/CHdYwrvPorww+5X/"
    "OnX4Sxeeihvc8SP5drWvhr6Qxl6n/sWczcxAjp9wFyWnmmZKent7TaGuG0V4hoaH8dSmI/HkNSWNUofShVkFEKOgfpl8PU7d5paa9YYEpZvBnh"
    "VyR5dqUd4Zp0PfwhjmTjcuFSRD3AgmnAYmwe/Jh0iAm4m0BXam22KVjZAVd39wqgL2khpNboVPzvbKpBV7Ypi3nh6g8BxdRo5JUWVun4gg/px/"
    "fQXxzPMXF4jbW8hVUAdbBjdCyTgAAAAA"
)
