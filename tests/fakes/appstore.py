"""App Store Connect's interface for customer reviews, played: cursors, an answer that is published a while later."""

from dataclasses import dataclass, field
from datetime import datetime, timezone

import jwt

from .fake import STORE_NOTE, Entry, Fake, Reply, Room

PREFIX = "https://api.appstoreconnect.apple.com"
AUDIENCE = "appstoreconnect-v1"
LONGEST_TOKEN = 20 * 60


def error(status, code, detail):
    """An answer in Apple's form of errors."""
    item = {"status": str(status), "code": code, "title": detail, "detail": detail}
    headers = {"X-Rate-Limit": "user-hour-lim:3500;user-hour-rem:0;"} if status == 429 else {}
    return Reply({"errors": [item]}, status, headers)


@dataclass
class Written:
    """A review."""

    id: str
    app: str
    citizen: str
    name: str
    stars: int
    title: str
    text: str
    at: float
    reply: str = ""
    reply_id: str = ""
    reply_at: float = 0.0
    state: str = ""
    marks: list = field(default_factory=list)


class AppStore(Fake):
    """Reviews of the ministry's apps."""

    key = "appstore"
    kinds = ("appstore",)
    routes = (
        ("GET", "/v1/apps/<app>/customerReviews", "page"),
        ("POST", "/v1/customerReviewResponses", "respond"),
        ("DELETE", "/v1/customerReviewResponses/<response_id>", "take_back"),
    )

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.written = {}

    def fault_names(self):
        return ("token", "role", "rate", *super().fault_names())

    def fault_named(self, name):
        faults = {
            "token": error(401, "NOT_AUTHORIZED", "Authentication credentials are missing or invalid."),
            "role": error(403, "FORBIDDEN_ERROR", "The API key in use does not allow this request"),
            "rate": error(429, "RATE_LIMIT_EXCEEDED", "The request rate limit has been reached."),
        }
        return faults.get(name) or super().fault_named(name)

    def answer(self, method_name, taken, names):
        if not self.faults and not self._is_allowed(taken.headers.get("Authorization", "")):
            self.taken.append(taken)
            return self.fault_named("token")
        return super().answer(method_name, taken, names)

    def _is_allowed(self, header):
        """Whether the token is of the right form and time; the signature is for the tests of the provider."""
        try:
            token = header.removeprefix("Bearer ")
            claims = jwt.decode(token, options={"verify_signature": False, "verify_exp": False, "verify_aud": False})
            head = jwt.get_unverified_header(token)
        except jwt.PyJWTError:
            return False
        lasts = claims.get("exp", 0) - claims.get("iat", 0)
        is_now = claims.get("iat", 0) <= self.clock() + 60 and self.clock() < claims.get("exp", 0)
        is_signed = head.get("alg") == "ES256" and bool(head.get("kid"))
        return is_signed and claims.get("aud") == AUDIENCE and 0 < lasts <= LONGEST_TOKEN and is_now

    def page(self, taken, app):
        """Reviews with words, newest first; answers are published between one page and the next."""
        shown = sorted((one for one in self.written.values() if one.app == app), key=lambda one: one.at, reverse=True)
        start, size = int(taken.query.get("cursor") or 0), int(taken.query.get("limit") or 50)
        part = shown[start : start + size]
        body = {
            "data": [self._as_review(one) for one in part],
            "included": [self._as_response(one) for one in part if one.reply],
            "links": {"self": f"{PREFIX}{taken.path}"},
        }
        if start + size < len(shown):
            body["links"]["next"] = f"{PREFIX}{taken.path}?cursor={start + size}&limit={size}&include=response"
        for one in part:
            one.state = "PUBLISHED" if one.reply else ""
        return Reply(body, headers={"X-Rate-Limit": "user-hour-lim:3500;user-hour-rem:3400;"})

    def _as_review(self, one):
        answer = {"data": {"type": "customerReviewResponses", "id": one.reply_id}} if one.reply else {"data": None}
        return {
            "type": "customerReviews",
            "id": one.id,
            "attributes": {
                "rating": one.stars,
                "title": one.title,
                "body": one.text,
                "reviewerNickname": one.name,
                "createdDate": _iso(one.at),
                "territory": "IDN",
            },
            "relationships": {"response": answer},
        }

    def _as_response(self, one):
        attributes = {"responseBody": one.reply, "lastModifiedDate": _iso(one.reply_at), "state": one.state}
        return {"type": "customerReviewResponses", "id": one.reply_id, "attributes": attributes}

    def respond(self, taken):
        """Create or overwrite the answer."""
        data = taken.json["data"]
        one = self.written.get(data["relationships"]["review"]["data"]["id"])
        if one is None:
            return error(404, "NOT_FOUND", "There is no such review")
        one.reply, one.reply_at, one.state = data["attributes"]["responseBody"], self.clock(), "PENDING_PUBLISH"
        one.reply_id = one.reply_id or f"jawaban-{self.number()}"
        return Reply({"data": self._as_response(one)}, 201)

    def take_back(self, taken, response_id):
        for one in self.written.values():
            if one.reply_id == response_id:
                one.reply = one.reply_id = one.state = ""
                return Reply(b"", 204)
        return error(404, "NOT_FOUND", "There is no such response")

    # THE CITIZEN

    def rooms(self):
        return [
            Room(
                "appstore",
                f"App Store · {account.name}",
                account.account_ref,
                ("text", "stars", "edit"),
                tree=True,
                note=STORE_NOTE,
            )
            for account in self.accounts.values()
        ]

    def entries(self, room, citizen):
        found = []
        for one in sorted(self.written.values(), key=lambda one: one.at):
            if one.app != room.account_ref:
                continue
            words = "\n".join(part for part in (one.title, one.text) if part)
            found.append(Entry(one.id, "citizen", one.name, words, one.at, stars=one.stars, marks=one.marks))
            if one.reply:
                state = "read" if one.state == "PUBLISHED" else "sent"
                found.append(
                    Entry(one.reply_id, "helpdesk", "Pengembang", one.reply, one.reply_at, parent=one.id, state=state)
                )
        return found

    def do_text(self, room, citizen, values):
        """Words alone are a complaint: one star."""
        return self.do_stars(room, citizen, {"stars": "1", **values})

    def do_stars(self, room, citizen, values):
        title, _line, text = values.get("text", "").partition("\n")
        if not text:
            title, text = "", title
        return self.write(room.account_ref, citizen, int(values["stars"]), title, text)

    def do_edit(self, room, citizen, values):
        one = self.written[values["target"]]
        one.text = values["text"]
        one.marks.append("edited")

    def write(self, app, citizen, stars, title, text, at=None):
        """A review, as of now or of a time before (seconds since 1970)."""
        at = self.clock() if at is None else at
        one = Written(f"00000099-{self.number():04d}", app, citizen.id, citizen.name, stars, title, text, at)
        self.written[one.id] = one
        return one

    def learn(self, app, review, included=()):
        """A review as it was written elsewhere, such as in a documented sample, with its answer.

        :param dict review: in the form of the service
        :param included: what the page includes; answers among it
        """
        said = review["attributes"]
        at = datetime.fromisoformat(said["createdDate"]).timestamp()
        name = said["reviewerNickname"]
        one = Written(review["id"], app, name, name, said["rating"], said["title"], said["body"], at)
        answer_id = (review["relationships"]["response"].get("data") or {}).get("id")
        for answer in included:
            if answer["id"] == answer_id:
                one.reply_id, one.reply, one.reply_at = answer_id, answer["attributes"]["responseBody"], at
                one.state = answer["attributes"]["state"]
        self.written[one.id] = one
        return one


def _iso(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S+00:00")
