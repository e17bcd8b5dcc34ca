"""X, played: mentions and replies in public, direct messages, webhooks of the X Activity API.

What the service refuses is refused here: a reply to somebody who did not mention the account, the same words twice, too
long a post, an expired token.
"""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime, timezone

from .fake import Entry, Fake, Reply, Room

POST_LENGTH = 280
PAGE_SIZE = 100


def problem(status, title, detail="", kind="about:blank", headers=None):
    """An answer in the service's form of errors."""
    body = {"title": title, "detail": detail or title, "type": kind, "status": status}
    return Reply(body, status, headers or {})


def sign(body, secret):
    """The headers of a webhook's body."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "x-twitter-webhooks-signature": "sha256=" + base64.b64encode(digest).decode(),
    }


@dataclass
class Said:
    """A post, or a direct message."""

    id: str
    by: str
    author: str
    name: str
    text: str
    at: float
    citizen: str = ""
    is_public: bool = True
    reply_to: str = ""
    conversation: str = ""
    media: list = field(default_factory=list)
    marks: list = field(default_factory=list)


class X(Fake):
    """The posts and messages of some citizens and of the ministry's account."""

    key = "x"
    kinds = ("x",)
    routes = (
        ("POST", "/2/oauth2/token", "renew_token"),
        ("GET", "/2/users/me", "me"),
        ("GET", "/2/users/<user_id>", "user"),
        ("GET", "/2/users/<user_id>/mentions", "mentions"),
        ("GET", "/2/users/<user_id>/tweets", "timeline"),
        ("POST", "/2/tweets", "post"),
        ("DELETE", "/2/tweets/<post_id>", "delete_post"),
        ("PUT", "/2/tweets/<post_id>/hidden", "hide"),
        ("POST", "/2/media/upload", "upload"),
        ("POST", "/2/dm_conversations/with/<user_id>/messages", "send_message"),
        ("GET", "/2/dm_events", "messages"),
        ("DELETE", "/2/dm_events/<event_id>", "delete_message"),
        ("POST", "/2/webhooks", "add_webhook"),
        ("GET", "/cdn/<media_id>", "download"),
    )

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.said = {}
        self.media = {}
        # who takes no direct messages
        self.closed = set()

    # WHO ASKS

    def fault_names(self):
        return ("token", "rate", "credits", "not mentioned", *super().fault_names())

    def fault_named(self, name):
        reset = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(round(self.clock()) + 60)}
        faults = {
            "token": problem(401, "Unauthorized"),
            "rate": problem(429, "Too Many Requests", headers=reset),
            "credits": problem(402, "Payment Required", "The enrolled account has no credits left."),
            "not mentioned": problem(403, "Forbidden", "You may only reply to posts that mention you."),
        }
        return faults.get(name) or super().fault_named(name)

    def answer(self, method_name, taken, names):
        is_open = method_name in ("renew_token", "download")
        if not self.faults and not is_open and self._account_of(taken) is None:
            self.taken.append(taken)
            return problem(401, "Unauthorized")
        return super().answer(method_name, taken, names)

    def _account_of(self, taken):
        token = taken.headers.get("Authorization", "").removeprefix("Bearer ")
        return next((account for account in self.accounts.values() if token and account.token == token), None)

    def renew_token(self, taken):
        """A new access token and a new refresh token; the old ones are spent."""
        account = next((one for one in self.accounts.values() if one.verify_token == taken.form["refresh_token"]), None)
        if account is None:
            return Reply(
                {"error": "invalid_request", "error_description": "Value passed for the token was invalid."}, 400
            )
        number = self.number()
        account.token, account.verify_token = f"akses-{number}", f"segar-{number}"
        return Reply({"access_token": account.token, "refresh_token": account.verify_token, "expires_in": 7200})

    def me(self, taken):
        account = self._account_of(taken)
        return Reply({"data": self._user(account.account_ref)})

    def user(self, taken, user_id):
        return Reply({"data": self._user(user_id)})

    def _user(self, user_id):
        names = [said.name for said in self.said.values() if said.author == user_id]
        account = self.accounts.get(("x", user_id))
        name = account.name if account else (names or ["?"])[-1]
        return {"id": user_id, "name": name, "username": _username(name)}

    # READING

    def mentions(self, taken, user_id):
        """The newest 800 posts that mention the account, newest first."""
        posts = [said for said in self._posts() if said.by == "citizen" and self._mentions(said.text, user_id)]
        return self._page(taken, posts[:800])

    def timeline(self, taken, user_id):
        """The account's own posts."""
        return self._page(taken, [said for said in self._posts() if said.author == user_id])

    def _posts(self):
        return [said for said in reversed(self.said.values()) if said.is_public and "deleted" not in said.marks]

    def _page(self, taken, posts):
        since = taken.query.get("since_id", "0")
        posts = [post for post in posts if int(post.id) > int(since)]
        start, size = int(taken.query.get("pagination_token") or 0), int(taken.query.get("max_results") or 10)
        page = posts[start : start + size]
        if not page:
            return Reply({"meta": {"result_count": 0}})
        meta = {"result_count": len(page), "newest_id": page[0].id, "oldest_id": page[-1].id}
        if start + size < len(posts):
            meta["next_token"] = str(start + size)
        return Reply({"data": [self._as_post(post) for post in page], "includes": self._includes(page), "meta": meta})

    def _as_post(self, said):
        post = {
            "id": said.id,
            "text": said.text,
            "author_id": said.author,
            "conversation_id": said.conversation or said.id,
            "created_at": _iso(said.at),
            "edit_history_tweet_ids": [said.id],
            "lang": "in",
        }
        if said.media:
            post["attachments"] = {"media_keys": [f"3_{media_id}" for media_id in said.media]}
        if said.reply_to:
            replied = self.said[said.reply_to]
            post["in_reply_to_user_id"] = replied.author
            post["referenced_tweets"] = [{"type": "replied_to", "id": said.reply_to}]
        return post

    def _includes(self, posts):
        authors = dict.fromkeys(post.author for post in posts)
        media = [
            {"media_key": f"3_{media_id}", "type": "photo", "url": f"{self.base}/cdn/{media_id}"}
            for post in posts
            for media_id in post.media
        ]
        answered = [self.said[post.reply_to] for post in posts if post.reply_to]
        includes = {"users": [self._user(author) for author in authors]}
        if media:
            includes["media"] = media
        if answered:
            includes["tweets"] = [self._as_post(post) for post in answered]
        return includes

    def messages(self, taken):
        """Direct messages of the last 30 days."""
        account = self._account_of(taken)
        found = [said for said in reversed(self.said.values()) if not said.is_public][:PAGE_SIZE]
        events = [
            {
                "id": said.id,
                "event_type": "MessageCreate",
                "text": said.text,
                "sender_id": said.author,
                "dm_conversation_id": _conversation(account.account_ref, said.citizen),
                "created_at": _iso(said.at),
            }
            for said in found
        ]
        meta = {"meta": {"result_count": len(events)}}
        return Reply({"data": events, "includes": self._includes(found), **meta} if events else meta)

    # WRITING

    def post(self, taken):
        """A post; as a reply only to who mentioned or quoted the account."""
        account, body = self._account_of(taken), taken.json
        text, target_id = body.get("text", ""), body.get("reply", {}).get("in_reply_to_tweet_id", "")
        target = self.said.get(target_id)
        if len(text) > POST_LENGTH:
            return problem(400, "Invalid Request", "Your Tweet text is too long.")
        if target_id and (target is None or "deleted" in target.marks):
            return problem(404, "Not Found", kind="https://api.x.com/2/problems/resource-not-found")
        if target and not self._is_summoned(account, target):
            return self.fault_named("not mentioned")
        if any(
            said.author == account.account_ref and said.text == text and said.reply_to == target_id
            for said in self._posts()
        ):
            return problem(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.")
        said = self._keep(
            "helpdesk",
            account.account_ref,
            account.name,
            text,
            citizen=target.citizen if target else "",
            reply_to=target_id,
            conversation=target.conversation or target.id if target else "",
            media=body.get("media", {}).get("media_ids", []),
        )
        return Reply({"data": {"id": said.id, "text": text, "edit_history_tweet_ids": [said.id]}}, 201)

    def _is_summoned(self, account, target):
        return self._mentions(target.text, account.account_ref)

    def _mentions(self, text, user_id):
        return f"@{_username(self.accounts['x', user_id].name)}".lower() in text.lower()

    def delete_post(self, taken, post_id):
        self.said[post_id].marks.append("deleted")
        return Reply({"data": {"deleted": True}})

    def hide(self, taken, post_id):
        """Hide a reply, or show it again."""
        marks = [mark for mark in self.said[post_id].marks if mark != "hidden"]
        self.said[post_id].marks = [*marks, *(["hidden"] if taken.json["hidden"] else [])]
        return Reply({"data": {"hidden": taken.json["hidden"]}})

    def upload(self, taken):
        """A picture, before the post that shows it."""
        name, mimetype, content = taken.files["media"]
        return Reply({"data": {"id": self._keep_file(name, mimetype, content)}})

    def _keep_file(self, name, mimetype, content):
        media_id = f"71{self.number():06d}"
        self.media[media_id] = {"name": name or "", "type": mimetype or "image/png", "content": content}
        return media_id

    def download(self, taken, media_id):
        media = self.media.get(media_id)
        return Reply(media["content"], mimetype=media["type"]) if media else Reply({}, 404)

    def send_message(self, taken, user_id):
        """A direct message."""
        account = self._account_of(taken)
        if user_id in self.closed:
            return problem(403, "Forbidden", "You do not have permission to DM one or more participants.")
        media = [item["media_id"] for item in taken.json.get("attachments", [])]
        said = self._keep(
            "helpdesk",
            account.account_ref,
            account.name,
            taken.json.get("text", ""),
            user_id,
            is_public=False,
            media=media,
        )
        conversation = _conversation(account.account_ref, user_id)
        return Reply({"data": {"dm_conversation_id": conversation, "dm_event_id": said.id}}, 201)

    def delete_message(self, taken, event_id):
        self.said[event_id].marks.append("deleted")
        return Reply({"data": {"deleted": True}})

    def add_webhook(self, taken):
        """The service asks the address at once whether it is ours."""
        account = self._account_of(taken)
        account.webhook = taken.json["url"]
        answer = self.handshake(account, {"crc_token": "uji-crc"})
        digest = hmac.new(account.secret.encode(), b"uji-crc", hashlib.sha256).digest()
        expected = {"response_token": "sha256=" + base64.b64encode(digest).decode()}
        if answer.status_code != 200 or answer.json() != expected:
            return problem(400, "CrcValidationFailed")
        return Reply({"data": {"id": f"199{self.number():06d}", "url": account.webhook, "valid": True}})

    def _keep(self, by, author, name, text, citizen="", **values):
        number = f"21{round(self.clock() * 1000):013d}{self.number() % 10_000:04d}"
        said = Said(number, by, author, name, text, self.clock(), citizen, **values)
        self.said[said.id] = said
        return said

    # THE CITIZEN

    def rooms(self):
        return [
            room
            for account in self.accounts.values()
            for room in (
                Room("x", "X", account.account_ref, ("text", "file", "reply", "unsend"), tree=True),
                Room("x_messages", "X · DM", account.account_ref, ("text",)),
            )
        ]

    def entries(self, room, citizen):
        shown = [said for said in self.said.values() if said.is_public is room.tree]
        if not room.tree:
            shown = [said for said in shown if said.citizen == citizen.id]
        return [
            Entry(
                said.id,
                said.by,
                said.name,
                "" if "deleted" in said.marks else said.text,
                said.at,
                parent=said.reply_to,
                media=[{"type": "image", "url": f"{self.base}/cdn/{media_id}", "name": ""} for media_id in said.media],
                state="sent" if said.by == "helpdesk" else "",
                marks=said.marks,
            )
            for said in shown
        ]

    def do_text(self, room, citizen, values, media=(), reply_to=""):
        """A post that mentions the account, or a direct message."""
        account = self.accounts["x", room.account_ref]
        text = values.get("text", "")
        if not room.tree:
            return self._say_privately(account, citizen, text)
        mention = f"@{_username(account.name)}"
        text = text if mention in text else f"{mention} {text}".strip()
        target = self.said.get(reply_to)
        said = self._keep(
            "citizen",
            citizen.id,
            citizen.name,
            text,
            citizen.id,
            reply_to=reply_to,
            conversation=(target.conversation or target.id) if target else "",
            media=list(media),
        )
        kind = "post.reply.create" if target and target.by == "helpdesk" else "post.mention.create"
        self._deliver(account, kind, self._as_post(said), self._includes([said]))
        return said

    def do_reply(self, room, citizen, values):
        return self.do_text(room, citizen, values, reply_to=values["target"])

    def do_file(self, room, citizen, values):
        media = [self._keep_file(*file) for file in values["files"]]
        return self.do_text(room, citizen, values, media=media)

    def do_unsend(self, room, citizen, values):
        said = self.said[values["target"]]
        said.marks.append("deleted")
        self._deliver(self.accounts["x", room.account_ref], "post.delete", {"id": said.id}, {})

    def learn(self, event):
        """Know what an event written elsewhere, such as a documented sample, tells of: it can be answered then.

        :param dict event: ``data`` of a webhook's body
        """
        said = event["payload"]
        if "text" not in said:
            return
        account = next(iter(self.accounts.values()))
        # the sample's name for the account is its own
        text = said["text"].replace("@SehatKitaUji", f"@{_username(account.name)}")
        self.said[said["id"]] = Said(
            said["id"], "citizen", said["author_id"], "", text, self.clock(), said["author_id"]
        )

    def _say_privately(self, account, citizen, text):
        said = self._keep("citizen", citizen.id, citizen.name, text, citizen.id, is_public=False)
        event = {
            "type": "message_create",
            "id": said.id,
            "created_timestamp": str(round(said.at * 1000)),
            "message_create": {
                "target": {"recipient_id": account.account_ref},
                "sender_id": citizen.id,
                "message_data": {"text": text, "entities": {}},
            },
        }
        users = {user_id: {"data": self._user(user_id)} for user_id in (citizen.id, account.account_ref)}
        self._deliver(account, "dm.received", {"direct_message_events": [event], "users": users}, {})
        return said

    def _deliver(self, account, kind, payload, includes):
        event = {
            "event_uuid": str(self.number()),
            "filter": {"user_id": account.account_ref},
            "event_type": kind,
            "tag": kind,
            "payload": payload,
            "includes": includes,
        }
        body = json.dumps({"data": event}).encode()
        if account.webhook:
            self.courier.take(account.webhook, body, sign(body, account.secret))


def _username(name):
    return "".join(letter for letter in name if letter.isalnum()) or "warga"


def _iso(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _conversation(*people):
    return "-".join(sorted(people, key=lambda person: (len(person), person)))
