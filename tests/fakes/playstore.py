"""Google Play's interface for reviews, played: pages of the last seven days, one answer each, 350 characters."""

from dataclasses import dataclass, field

from .fake import STORE_NOTE, Citizen, Entry, Fake, Reply, Room

REPLY_LENGTH = 350
SHOWN_SECONDS = 7 * 24 * 3600
DEVICES = ("Samsung A15", "Redmi Note 12", "Oppo A57", "Vivo Y21", "Infinix Hot 30", "realme C55")
PREFIX = "/androidpublisher/v3/applications/<package>/reviews"


def error(status, message, reason="", code=""):
    """An answer in Google's form of errors."""
    details = [{"message": message, "domain": "androidpublisher", "reason": reason}]
    return Reply({"error": {"code": status, "message": message, "status": code, "errors": details}}, status)


@dataclass
class Written:
    """A review."""

    id: str
    package: str
    citizen: str
    name: str
    stars: int
    text: str
    at: float
    version: str = "5.2.0"
    device: str = DEVICES[0]
    reply: str = ""
    reply_at: float = 0.0
    marks: list = field(default_factory=list)
    raw: dict = field(default_factory=dict)


class PlayStore(Fake):
    """Reviews of the ministry's apps."""

    key = "playstore"
    kinds = ("playstore",)
    routes = (
        ("POST", "/token", "give_token"),
        ("GET", PREFIX, "page"),
        ("GET", f"{PREFIX}/<review_id>", "one"),
        ("POST", f"{PREFIX}/<review_id>:reply", "reply"),
    )

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.written = {}
        self.tokens = set()

    def fault_names(self):
        return ("token", "permission", "quota", *super().fault_names())

    def fault_named(self, name):
        faults = {
            "token": error(401, "Request had invalid authentication credentials.", code="UNAUTHENTICATED"),
            "permission": error(403, "The caller does not have permission", "permissionDenied"),
            "quota": error(429, "Quota exceeded", code="RESOURCE_EXHAUSTED"),
        }
        return faults.get(name) or super().fault_named(name)

    def answer(self, method_name, taken, names):
        token = taken.headers.get("Authorization", "").removeprefix("Bearer ")
        known = self.tokens | {account.token for account in self.accounts.values() if account.token}
        if not self.faults and method_name != "give_token" and token not in known:
            self.taken.append(taken)
            return self.fault_named("token")
        return super().answer(method_name, taken, names)

    def give_token(self, taken):
        """A token of an hour for a signed assertion; the old ones end, so that a test sees them renewed."""
        if taken.form.get("assertion", "").count(".") != 2:
            return Reply({"error": "invalid_grant", "error_description": "Invalid JWT"}, 400)
        self.tokens = {f"ya29.{self.number()}"}
        return Reply({"access_token": next(iter(self.tokens)), "expires_in": 3599, "token_type": "Bearer"})

    def page(self, taken, package):
        """Reviews that were written or changed in the last seven days, newest first."""
        since = self.clock() - SHOWN_SECONDS
        shown = [one for one in self.written.values() if one.package == package and one.at > since]
        shown.sort(key=lambda one: one.at, reverse=True)
        start, size = int(taken.query.get("token") or 0), min(int(taken.query.get("maxResults") or 10), 100)
        part = shown[start : start + size]
        if not part:
            return Reply({})
        body = {"reviews": [self._as_review(one) for one in part]}
        if start + size < len(shown):
            body["tokenPagination"] = {"nextPageToken": str(start + size)}
        return Reply(body)

    def one(self, taken, package, review_id):
        found = self.written.get(review_id)
        return Reply(self._as_review(found)) if found else error(404, "Review not found", "notFound")

    def _as_review(self, one):
        said = {
            "text": f"\t{one.text}",
            "lastModified": _timestamp(one.at),
            "starRating": one.stars,
            "reviewerLanguage": "id",
            "device": "uji_a1",
            "androidOsVersion": 34,
            "appVersionName": one.version,
            "thumbsUpCount": 0,
            "deviceMetadata": {"productName": one.device},
        }
        comments = [{"userComment": said}] if not one.raw else one.raw["comments"][:1]
        if one.reply:
            comments = [*comments, {"developerComment": {"text": one.reply, "lastModified": _timestamp(one.reply_at)}}]
        if one.raw:
            return {**one.raw, "comments": comments}
        return {"reviewId": one.id, "authorName": one.name, "comments": comments}

    def reply(self, taken, package, review_id):
        """The answer; a second one replaces the first."""
        one = self.written.get(review_id)
        text = (taken.json or {}).get("replyText", "")
        if one is None or one.package != package:
            return error(404, "Review not found", "notFound")
        if not text or len(text) > REPLY_LENGTH:
            return error(400, "The reply text is too long.", code="INVALID_ARGUMENT")
        one.reply, one.reply_at = text, self.clock()
        return Reply({"result": {"replyText": text, "lastEdited": _timestamp(one.reply_at)}})

    # THE CITIZEN

    def rooms(self):
        return [
            Room(
                "playstore",
                f"Google Play · {account.name}",
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
            if one.package != room.account_ref:
                continue
            found.append(Entry(one.id, "citizen", one.name, one.text, one.at, stars=one.stars, marks=one.marks))
            if one.reply:
                found.append(
                    Entry(
                        f"{one.id}:reply",
                        "helpdesk",
                        "Pengembang",
                        one.reply,
                        one.reply_at,
                        parent=one.id,
                        state="read",
                    )
                )
        return found

    def do_text(self, room, citizen, values):
        """Words alone are a complaint: one star."""
        return self.do_stars(room, citizen, {"stars": "1", **values})

    def do_stars(self, room, citizen, values):
        return self.write(room.account_ref, citizen, int(values["stars"]), values.get("text", ""))

    def do_edit(self, room, citizen, values):
        one = self.written[values["target"]]
        one.text, one.at = values["text"], self.clock()
        one.stars = int(values.get("stars") or one.stars)
        one.marks.append("edited")

    def write(self, package, citizen, stars, text, at=None, **values):
        """A review, as of now or of a time before.

        :param Citizen citizen: who writes
        :param float at: seconds since 1970
        """
        number = self.number()
        device = values.pop("device", DEVICES[number % len(DEVICES)])
        at = self.clock() if at is None else at
        one = Written(f"gp:{number}", package, citizen.id, citizen.name, stars, text, at, device=device, **values)
        self.written[one.id] = one
        return one

    def learn(self, package, review):
        """A review as it was written elsewhere, such as in a documented sample; it is given out just so.

        :param dict review: in the form of the service
        """
        said = review["comments"][0]["userComment"]
        name, at = review.get("authorName", ""), float(said["lastModified"]["seconds"])
        one = Written(review["reviewId"], package, name, name, said["starRating"], said["text"], at, raw=review)
        self.written[one.id] = one
        return one

    def write_many(self, package, rows):
        """Reviews by the dozen: ``(name, stars, text, seconds since 1970)``."""
        return [self.write(package, Citizen(name, name), stars, text, at) for name, stars, text, at in rows]


def _timestamp(seconds):
    return {"seconds": str(int(seconds)), "nanos": round(seconds % 1 * 1000) * 1_000_000}
