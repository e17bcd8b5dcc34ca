"""The datasets of raw data: which rows, which columns, what each one means, and which may hold personal data (R12).

Plain data. The columns' names are stable: files of two years ago and of today fit together.
"""

from dataclasses import dataclass

from odoo.tools.translate import LazyTranslate

from .indicators import MEASURES

_lt = LazyTranslate(__name__)

# Kinds of columns beside plain values. Text, names and handles are masked as the receiver sees them on screens.
PLAIN, TEXT, NAME, HANDLE, HTML = "plain", "text", "name", "handle", "html"


@dataclass(frozen=True)
class Column:
    """One column of a dataset.

    :param str name: heading, stable
    :param str sql: expression; ``t`` is the dataset's table
    :param meaning: a sentence for people; None: what the model's field of this name says
    :param str kind: see above
    :param str model: of the record whose number the expression gives; its name is written
    """

    name: str
    sql: str
    meaning: object
    kind: str = PLAIN
    model: str = ""


@dataclass(frozen=True)
class Dataset:
    """One kind of raw data.

    :param str name: in addresses, stable
    :param label: for people
    :param str model: of the table ``t``
    :param str rights: ``model``: rows that the receiver may read of the model; ``ticket``: rows of tickets that the
        receiver may read, ``lists``: rows of the receiver's products, sites and teams, ``calls``: calls of tickets
        that the receiver may read, and those without one of the receiver's products, sites and teams
    :param str date: expression of the time by which a period is meant
    :param str joins: SQL after the table
    :param str where: SQL that every row fulfils
    :param tuple filters: fields of the table by which somebody may narrow it
    :param str place: of the table that knows the row's site and product; empty where rows have none
    """

    name: str
    label: object
    model: str
    rights: str
    date: str
    columns: tuple
    joins: str = ""
    where: str = "TRUE"
    ticket: str = "t.ticket_id"
    filters: tuple = ()
    place: str = "t"


# What many datasets are told apart by: heading -> (field of the table, what it means, model of the record).
DIMENSIONS = {
    "site": ("site_id", _lt("Site that owes the answer."), "helpdesk.site"),
    "product": ("product_id", _lt("Application it is about."), "helpdesk.product"),
    "channel": ("channel_id", _lt("Channel it came by."), "helpdesk.channel"),
    "team": ("team_id", _lt("Team."), "helpdesk.team"),
    "category": ("category_id", _lt("What it is about."), "helpdesk.category"),
    "agent": ("user_id", _lt("Agent."), "res.users"),
}


def _dimensions(*names, table="t"):
    """Columns of a table that has the fields of these dimensions."""
    for name in names:
        field, meaning, model = DIMENSIONS[name]
        yield Column(name, f"{table}.{field}", meaning, model=model)


REFERENCE = Column("ticket", "ticket.ticket_ref", _lt("The ticket's number."))
OF_TICKET = "JOIN helpdesk_ticket ticket ON ticket.id = t.ticket_id"
DIMENSION_FILTERS = ("site_id", "product_id", "channel_id", "team_id", "category_id")
CHAT_KINDS = ("livechat", "whatsapp", "messenger", "telegram")

_MESSAGE = {
    "model": "mail.message",
    "rights": "ticket",
    "ticket": "ticket.id",
    "date": "t.date",
    "place": "ticket",
    "joins": "JOIN helpdesk_ticket ticket ON t.model = 'helpdesk.ticket' AND ticket.id = t.res_id "
    "LEFT JOIN helpdesk_channel channel ON channel.id = t.helpdesk_channel_id",
    "columns": (
        Column("id", "t.id", _lt("Number of the message.")),
        REFERENCE,
        Column("sent_at", "t.date", _lt("When it was written.")),
        Column(
            "direction", "COALESCE(t.helpdesk_direction, 'note')",
            _lt("in: the customer; out: an agent; auto: the machine; note: among colleagues."),
        ),
        Column("channel", "t.helpdesk_channel_id", _lt("Channel it went by."), model="helpdesk.channel"),
        *_dimensions("product", "site", table="ticket"),
        Column(
            "author", "(SELECT name FROM res_partner WHERE id = t.author_id AND partner_share IS NOT TRUE)",
            _lt("Colleague who wrote it; empty for customers."),
        ),
        Column("text", "t.body", _lt("The whole text."), HTML),
        Column(
            "files", "(SELECT count(*) FROM message_attachment_rel file WHERE file.message_id = t.id)",
            _lt("How many files hang on it."),
        ),
    ),
}  # fmt: skip

DATASETS = (
    Dataset(
        "tickets", _lt("Tickets"), "helpdesk.ticket", "ticket", "t.create_date", ticket="t.id",
        filters=DIMENSION_FILTERS,
        columns=(
            Column("id", "t.id", _lt("Number in the database.")),
            Column("reference", "t.ticket_ref", _lt("Number that the customer knows.")),
            Column("subject", "t.name", _lt("What it is about, in a few words."), TEXT),
            Column("description", "t.description", _lt("The customer's first words."), TEXT),
            Column("customer_name", "t.partner_name", _lt("Customer."), NAME),
            Column("customer_email", "t.partner_email", _lt("Customer's address."), HANDLE),
            Column("customer_phone", "t.partner_phone", _lt("Customer's number."), HANDLE),
            *_dimensions(*DIMENSIONS),
            Column("tier", "t.tier", _lt("1, 2 or 3: tier of the team that has it.")),
            Column("priority", "t.priority", _lt("0 low, 1 normal, 2 high, 3 urgent.")),
            Column("stage", "t.stage_id", _lt("Stage."), model="helpdesk.stage"),
            Column("stage_kind", "t.stage_kind", _lt("new, open, waiting_customer, waiting_internal, solved, closed.")),
            Column("created_at", "t.create_date", _lt("When it came in.")),
            Column("assigned_at", "t.assign_date", _lt("When an agent last got it.")),
            Column("first_response_at", "t.first_response_date", _lt("First answer of an agent.")),
            Column("solved_at", "t.solved_date", _lt("When it was last solved.")),
            Column("closed_at", "t.close_date", _lt("When it was closed.")),
            Column("first_response_seconds", "t.first_response_seconds", _lt("From coming in to the first answer.")),
            Column("resolution_seconds", "t.resolution_seconds", _lt("From coming in to being solved.")),
            Column("handling_seconds", "t.handling_seconds", _lt("Time in which agents worked on it.")),
            Column("replies", "t.reply_count", _lt("Answers of agents.")),
            Column("reopened", "t.reopen_count", _lt("How often it was opened again.")),
            Column(
                "merged_into", "(SELECT ticket_ref FROM helpdesk_ticket other WHERE other.id = t.merged_into_id)",
                _lt("Number of the ticket that it was merged into."),
            ),
        ),
    ),
    Dataset("messages", _lt("Messages"), where="t.message_type IN ('comment', 'email', 'auto_comment')", **_MESSAGE),
    Dataset(
        "chats", _lt("Chats"), where=f"t.helpdesk_direction IS NOT NULL AND channel.kind IN {CHAT_KINDS}", **_MESSAGE
    ),
    Dataset(
        "events", _lt("Events"), "helpdesk.event", "ticket", "t.date", filters=DIMENSION_FILTERS,
        columns=(
            Column("id", "t.id", _lt("Row of the log.")),
            Column("date", "t.date", _lt("When it happened.")),
            Column("kind", "t.kind", _lt("What happened.")),
            Column(
                "ticket", "(SELECT ticket_ref FROM helpdesk_ticket ticket WHERE ticket.id = t.ticket_id)",
                _lt("The ticket's number."),
            ),
            Column("user", "t.user_id", _lt("Account that did it."), model="res.users"),
            *_dimensions("site", "product", "channel", "team", "category"),
            Column("agent", "t.agent_id", _lt("Agent who had the ticket."), model="res.users"),
            Column("tier", "t.tier", _lt("Tier of the ticket then.")),
            Column("stage_kind", "t.stage_kind", _lt("Kind of its stage then.")),
            Column("details", "t.data::text", _lt("Further facts, as JSON: numbers and codes only.")),
        ),
    ),
    Dataset(
        "sla", _lt("SLA clocks"), "helpdesk.sla.status", "ticket", "t.start_date", joins=OF_TICKET,
        filters=("site_id", "product_id", "team_id"),
        columns=(
            Column("id", "t.id", _lt("Number of the clock.")),
            REFERENCE,
            Column("policy", "t.sla_id", _lt("Policy."), model="helpdesk.sla"),
            Column("target", "t.target", _lt("What is waited for: first answer, next answer, resolution …")),
            Column("state", "t.state", _lt("How it stands.")),
            Column("started_at", "t.start_date", _lt("When the clock began.")),
            Column("due_at", "t.deadline", _lt("Until when; empty while it is paused.")),
            Column("reached_at", "t.reached_date", _lt("When it was done.")),
            Column("elapsed_seconds", "t.elapsed_seconds", _lt("Counted time, without pauses.")),
            Column("paused_seconds", "t.paused_seconds", _lt("Time of the pauses.")),
            Column("late_seconds", "t.late_seconds", _lt("Time over the limit.")),
            Column("cause", "t.cause", _lt("With whom it was when time ran out.")),
            *_dimensions("site", "product", "team", "agent"),
            Column("tier", "t.tier", _lt("Tier.")),
        ),
    ),
    Dataset(
        "calls", _lt("Calls"), "helpdesk.call", "calls", "t.start_date",
        filters=("site_id", "product_id", "channel_id", "team_id"),
        columns=(
            Column("id", "t.id", _lt("Number of the call.")),
            Column(
                "ticket", "(SELECT ticket_ref FROM helpdesk_ticket ticket WHERE ticket.id = t.ticket_id)",
                _lt("The ticket's number."),
            ),
            Column("direction", "t.direction", _lt("in: the customer called; out: an agent called.")),
            Column("state", "t.state", _lt("ended, missed, failed, or how it stands.")),
            Column("number", "t.number", _lt("Customer's number."), HANDLE),
            Column("caller", "t.caller_name", _lt("Name that the telephone system told."), NAME),
            *_dimensions("channel", "site", "product", "team", "agent"),
            Column("started_at", "t.start_date", _lt("Beginning.")),
            Column("answered_at", "t.answer_date", _lt("When somebody picked up.")),
            Column("ended_at", "t.end_date", _lt("End.")),
            Column("wait_seconds", "t.wait_seconds", _lt("How long the customer waited.")),
            Column("talk_seconds", "t.talk_seconds", _lt("Time in which they talked, without the time on hold.")),
            Column("hold_seconds", "t.hold_seconds", _lt("Time on hold.")),
            Column("wrap_up_seconds", "t.wrap_up_seconds", _lt("Work after the call.")),
            Column("reason", "t.reason", _lt("Why it ended or was missed, as the telephone system told.")),
            Column("by_hand", "t.is_manual", _lt("Whether an agent wrote it down.")),
            Column("recording_announced", "t.is_announced", _lt("Whether the caller was told of the recording.")),
            Column(
                "recordings", "(SELECT count(*) FROM helpdesk_call_recording file WHERE file.call_id = t.id)",
                _lt("How many recordings there are."),
            ),
            Column("note", "t.note", _lt("What it was about, in the agent's words."), TEXT),
            Column(
                "transcript",
                "(SELECT string_agg(said.text, E'\\n' ORDER BY said.id) FROM helpdesk_call_transcript said"
                " WHERE said.call_id = t.id AND said.state = 'done')",
                _lt("What was said, as text."), TEXT,
            ),
            Column(
                "summary",
                "(SELECT string_agg(said.summary, E'\\n' ORDER BY said.id) FROM helpdesk_call_transcript said"
                " WHERE said.call_id = t.id AND said.state = 'done')",
                _lt("Sentences of the call that tell most."), TEXT,
            ),
        ),
    ),
    Dataset(
        "reviews", _lt("App reviews"), "helpdesk.review", "lists", "t.date",
        filters=("site_id", "product_id", "channel_id", "team_id"),
        columns=(
            Column("id", "t.id", _lt("Number of the review.")),
            Column("store", "t.store", _lt("playstore or appstore.")),
            *_dimensions("product"),
            Column("stars", "t.stars", _lt("One to five.")),
            Column("title", "t.title", _lt("Heading."), TEXT),
            Column("text", "t.text", _lt("The whole text."), TEXT),
            Column("author", "t.author", _lt("Name that the store shows."), NAME),
            Column("language", "t.language", _lt("Language of the device.")),
            Column("territory", "t.territory", _lt("Country.")),
            Column("app_version", "t.app_version", _lt("Version of the app.")),
            Column("device", "t.device", _lt("Device.")),
            Column("written_at", "t.date", _lt("When it was written.")),
            Column("changed_at", "t.edit_date", _lt("When it was last changed.")),
            Column("state", "t.state", _lt("unanswered, changed after the answer, answered.")),
            Column("answer", "t.published_reply", _lt("Answer in the store."), TEXT),
            Column("answered_at", "t.reply_date", _lt("When the answer was last changed.")),
            Column("answer_seconds", "t.answer_seconds", _lt("From the review to the first answer.")),
        ),
    ),
    Dataset(
        "ratings", _lt("Ratings"), "rating.rating", "ticket", "t.write_date", ticket="ticket.id",
        joins="JOIN helpdesk_ticket ticket ON t.res_model = 'helpdesk.ticket' AND ticket.id = t.res_id",
        where="t.consumed", place="ticket",
        columns=(
            Column("id", "t.id", _lt("Number of the rating.")),
            REFERENCE,
            Column("rated_at", "t.write_date", _lt("When the customer rated.")),
            Column("stars", "t.rating", _lt("One to five.")),
            Column("words", "t.feedback", _lt("What the customer added."), TEXT),
            *_dimensions("product", "site", "team", "agent", table="ticket"),
        ),
    ),
    Dataset(
        "evaluations", _lt("Evaluations"), "helpdesk.qa.evaluation", "model", "t.create_date", joins=OF_TICKET,
        filters=("site_id", "product_id", "channel_id", "team_id"),
        columns=(
            Column("id", "t.id", _lt("Number of the evaluation.")),
            REFERENCE,
            Column("created_at", "t.create_date", _lt("When it was begun.")),
            Column("published_at", "t.published_date", _lt("When the agent could read it.")),
            Column("scorecard", "t.scorecard_id", _lt("Scorecard."), model="helpdesk.qa.scorecard"),
            Column("state", "t.state", _lt("How it stands.")),
            Column("score_percent", "t.score::float", _lt("Score.")),
            Column("passed", "t.is_passed", _lt("Whether the score is enough.")),
            Column("failed", "t.is_failed", _lt("Whether a criterion was missed that must not be.")),
            Column("agent", "t.agent_id", _lt("Agent."), model="res.users"),
            Column("evaluator", "t.evaluator_id", _lt("Who evaluated."), model="res.users"),
            *_dimensions("team", "site", "product"),
        ),
    ),
    Dataset(
        "agent_status", _lt("Agents' status times"), "helpdesk.agent.interval", "model", "t.start_date",
        filters=("site_id", "team_id"), place="",
        columns=(
            Column("id", "t.id", _lt("Number of the interval.")),
            *_dimensions("agent"),
            Column("status", "t.status_id", _lt("Status."), model="helpdesk.agent.status"),
            Column("kind", "t.kind", _lt("What the status means.")),
            Column("reason", "t.reason_id", _lt("Reason of a break."), model="helpdesk.agent.reason"),
            Column("started_at", "t.start_date", _lt("Beginning.")),
            Column("ended_at", "t.end_date", _lt("End; empty while it lasts.")),
            Column("seconds", "t.duration_seconds", _lt("How long it lasted.")),
            Column("gets_work", "t.is_available", _lt("Whether new work was given.")),
            Column("counts_as_work", "t.is_productive", _lt("Whether it counts as work.")),
            *_dimensions("team", "site"),
        ),
    ),
    Dataset(
        "categories", _lt("Categories"), "helpdesk.category", "model", "t.create_date", place="",
        columns=(
            Column("id", "t.id", _lt("Number of the category.")),
            Column("code", "t.code", _lt("Code.")),
            Column("name", "t.id", _lt("Name with the categories above it."), model="helpdesk.category"),
            Column("parent_id", "t.parent_id", _lt("Number of the category above.")),
            Column("active", "t.active", _lt("Whether it can be chosen.")),
        ),
    ),
    Dataset(
        "figures", _lt("Figures of the days"), "helpdesk.kpi.day", "lists", "t.date", filters=DIMENSION_FILTERS,
        columns=(
            Column("id", "t.id", _lt("Number of the row.")),
            Column("date", "t.date", _lt("Day at the site.")),
            *_dimensions(*DIMENSIONS),
            Column("tier", "t.tier", _lt("Tier.")),
            *(Column(measure, f"t.{measure}", None) for measure in MEASURES),
        ),
    ),
    Dataset(
        "backlog", _lt("Backlog of the days"), "helpdesk.backlog.day", "lists", "t.date", filters=DIMENSION_FILTERS,
        columns=(
            Column("id", "t.id", _lt("Number of the row.")),
            Column("date", "t.date", _lt("Day at the site.")),
            Column("age", "t.age", _lt("How old the tickets were then.")),
            *_dimensions(*DIMENSIONS),
            Column("tier", "t.tier", _lt("Tier.")),
            Column("open_count", "t.open_count", _lt("Tickets open at the end of the day.")),
            Column("age_days", "t.age_days", _lt("Their ages together, in days.")),
        ),
    ),
)  # fmt: skip
BY_NAME = {dataset.name: dataset for dataset in DATASETS}
