import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.orm.models import NO_ACCESS
from odoo.tools import SQL

from ..tools.open_api import BadRequestError

KEEP_HOURS = 24


class HelpdeskApiAnswer(models.Model):
    """What was answered to a request that had a name, so that the same request is not done twice.

    Two at once meet in the unique index: the later one fails as a serialization failure, Odoo plays it again, and then
    it finds the answer of the first.
    """

    _name = "helpdesk.api.answer"
    _description = "Answer to a Named API Request"
    _rec_name = "request_name"

    key_id = fields.Many2one("helpdesk.api.key", required=True, ondelete="cascade")
    request_name = fields.Char(required=True)
    request_hash = fields.Char(required=True)
    answer = fields.Text(groups=NO_ACCESS)
    is_done = fields.Boolean()

    _request_unique = models.UniqueIndex("(key_id, request_name)")
    _create_date_idx = models.Index("(create_date)")

    @api.model
    def _begin(self, key, name, request_hash):
        """The row of a request: a fresh one, or that of the first time.

        :param key: ``helpdesk.api.key``
        :param str name: chosen by who asks
        :param str request_hash: of what is asked
        :return: the row, sudo
        :raise BadRequestError: the name stands for another request
        """
        # sudo: answers belong to the machine
        answers = self.sudo()
        # two at once are nothing to report: the later one is played again
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO helpdesk_api_answer (key_id, request_name, request_hash, create_date)
                VALUES (%s, %s, %s, %s) ON CONFLICT (key_id, request_name) DO NOTHING RETURNING id
                """,
                key.id,
                name,
                request_hash,
                fields.Datetime.now(),
            ),
            log_exceptions=False,
        )
        if found := self.env.cr.fetchone():
            return answers.browse(found[0])
        known = answers.search([("key_id", "=", key.id), ("request_name", "=", name)])
        if known.request_hash != request_hash:
            raise BadRequestError([("Idempotency-Key", "reused", None)])
        return known

    def _finish(self, answer):
        """Keep what is answered."""
        self.write({"answer": json.dumps(answer), "is_done": True})

    @api.autovacuum
    def _gc_old(self):
        self.env.cr.execute(
            "DELETE FROM helpdesk_api_answer WHERE create_date < %s",
            [fields.Datetime.now() - timedelta(hours=KEEP_HOURS)],
        )
