import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import providers
from ..providers.reports import MAX_ROWS
from .helpdesk_review import STORE_KINDS, edition_key

BATCH_SIZE = 500
MAX_BYTES = 100 * 1024 * 1024
SHOWN_PROBLEMS = 50


class HelpdeskReviewImport(models.Model):
    """A report of a store that was uploaded to fill in older reviews, and what became of it.

    The same rules hold as for what is pulled: a review known already is not doubled, another version of it is one more
    version.
    """

    _name = "helpdesk.review.import"
    _description = "Import of Reviews"
    _order = "id desc"
    _rec_name = "file_name"

    channel_id = fields.Many2one(
        "helpdesk.channel", "App", required=True, domain=[("kind", "in", STORE_KINDS)], ondelete="cascade"
    )
    store = fields.Selection(related="channel_id.kind", string="Kind of store")
    file = fields.Binary("Report", required=True, attachment=True)
    file_name = fields.Char()
    makes_tickets = fields.Boolean("Apply the review rules", help="Old reviews usually need no ticket.")
    state = fields.Selection(
        [("draft", "Not checked"), ("checked", "Checked"), ("done", "Imported")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    review_count = fields.Integer("Reviews in the file", readonly=True)
    new_count = fields.Integer("New", readonly=True)
    edited_count = fields.Integer("New versions", readonly=True)
    known_count = fields.Integer("Known already", readonly=True)
    skipped_count = fields.Integer("Stars without words", readonly=True, help="Stores give them no id.")
    problem_count = fields.Integer("Rows with errors", readonly=True)
    problems = fields.Text("Errors", readonly=True)

    @api.constrains("channel_id")
    def _check_channel(self):
        for upload in self:
            if upload.channel_id.kind not in STORE_KINDS:
                raise UserError(self.env._("%s is no app store.", upload.channel_id.name))

    @api.onchange("file", "channel_id")
    def _onchange_file(self):
        self.state = "draft"

    def write(self, vals):
        if vals.keys() & {"file", "channel_id"} and "state" not in vals:
            vals = {**vals, "state": "draft"}
        return super().write(vals)

    def action_check(self):
        """Read the file and tell what is in it; nothing is stored yet."""
        for upload in self:
            report = upload._read_report()
            known = upload._known_keys()
            ids = {external_id for external_id, _key in known}
            keys = {(record.external_id, edition_key(record)) for record in report.reviews}
            fresh = {external_id for external_id, _key in keys} - ids
            upload.write(
                {
                    "state": "checked",
                    "review_count": len({external_id for external_id, _key in keys}),
                    "new_count": len(fresh),
                    "edited_count": len([key for key in keys - known if key[0] not in fresh]),
                    "known_count": len(keys & known),
                    "skipped_count": report.skipped,
                    "problem_count": len(report.problems),
                    "problems": upload._describe(report.problems),
                }
            )

    def action_import(self):
        """Store the reviews of the file.

        :raise UserError: nothing in the file can be read
        """
        self.ensure_one()
        report = self._read_report()
        if not report.reviews:
            raise UserError(self._describe(report.problems) or self.env._("There is no review in this file."))
        found = sorted(report.reviews, key=lambda record: record.date or record.created_date or fields.Datetime.now())
        # sudo: only the machine writes reviews; who may import has been checked by the rights on this record
        reviews = self.env["helpdesk.review"].sudo()
        counts = {"new": 0, "edited": 0}
        for start in range(0, len(found), BATCH_SIZE):
            told = reviews._take([(self.channel_id, record) for record in found[start : start + BATCH_SIZE]])
            for kind in counts:
                counts[kind] += len([news for _review, news in told if news == kind])
            if self.makes_tickets:
                fresh = reviews.browse(review.id for review, news in told if news == "new")
                fresh._follow_rules()
        self.write(
            {
                "state": "done",
                "new_count": counts["new"],
                "edited_count": counts["edited"],
                "known_count": len(found) - counts["new"] - counts["edited"],
                "review_count": len({record.external_id for record in found}),
                "skipped_count": report.skipped,
                "problem_count": len(report.problems),
                "problems": self._describe(report.problems),
            }
        )

    def action_open_reviews(self):
        """The reviews of this app."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("kemenkes_channels.helpdesk_review_action")
        return {**action, "context": {"search_default_channel_id": self.channel_id.id}}

    def _read_report(self):
        raw = base64.b64decode(self.with_context(bin_size=False).file or b"")
        if len(raw) > MAX_BYTES:
            raise UserError(self.env._("The file is larger than %s MB.", MAX_BYTES // 1024**2))
        # sudo: the app's id is no secret, other settings of the account are
        return providers.load(self.channel_id.kind).read_report(self.channel_id.sudo()._account(), raw)

    def _known_keys(self):
        editions = self.env["helpdesk.review.edition"].sudo()
        rows = editions.search_fetch([("review_id.channel_id", "=", self.channel_id.id)], ["review_id", "key"])
        return {(row.review_id.external_id, row.key) for row in rows}

    def _describe(self, problems):
        lines = [self._describe_one(problem) for problem in problems[:SHOWN_PROBLEMS]]
        if len(problems) > SHOWN_PROBLEMS:
            lines.append(self.env._("… and %s more.", len(problems) - SHOWN_PROBLEMS))
        return "\n".join(lines)

    def _describe_one(self, problem):
        words = self._problem_words(problem)[problem.code]
        return self.env._("Line %(line)s: %(problem)s", line=problem.line, problem=words) if problem.line else words

    def _problem_words(self, problem):
        value = problem.value
        return {
            "encoding": self.env._("This is no text file in UTF-16 or UTF-8."),
            "empty": self.env._("The file is empty."),
            "columns": self.env._(
                "These columns are missing: %s. Download the report anew, without changing it.", value
            ),
            "broken": self.env._("The table is damaged here: %s", value),
            "other_app": self.env._("this review is about another app: %s", value),
            "stars": self.env._("“%s” is no number of stars from 1 to 5", value),
            "date": self.env._("“%s” is no date", value),
            "no_id": self.env._("the review has no id"),
            "too_many": self.env._("a file may have %s rows at most; the rest was left out", MAX_ROWS),
        }
