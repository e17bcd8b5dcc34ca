import hashlib
import ipaddress
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.http import request
from odoo.tools import SQL
from odoo.tools.misc import hmac

_logger = logging.getLogger(__name__)

KEEP_HOURS = 25
# An IPv6 customer usually holds a /64 and can change the lower half at will.
IPV6_PREFIX = 64


class HelpdeskRateLimit(models.Model):
    """How often somebody did something lately; counted in the database, so that it holds over all workers.

    A row for each time, never an update: two requests at once never wait for, or undo, each other. Who it was is
    kept as a keyed hash that changes every day, so the table tells nothing about people.
    """

    _name = "helpdesk.rate.limit"
    _description = "Rate Limit"
    _log_access = False

    key = fields.Char(required=True)
    date = fields.Datetime(required=True)

    _key_idx = models.Index("(key, date)")

    @api.model
    def _take(self, scope, who, limit, seconds=3600):
        """Count one more time, unless it would be too often.

        :param str scope: what is being done, such as "form"
        :param str who: an address, an e-mail; only its hash is kept
        :param int limit: how often it may be done in ``seconds``; 0 for as often as one likes
        :param int seconds: length of the window
        :return: True when it may be done
        """
        if not limit:
            return True
        if self._is_used_up(scope, who, limit, seconds):
            return False
        self._count(scope, who)
        return True

    @api.model
    def _is_used_up(self, scope, who, limit, seconds=3600):
        """Whether one more time would be too often; nothing is counted. See :meth:`_take`.

        :rtype: bool
        """
        now = fields.Datetime.now()
        key = self._hash(scope, who, now.date())
        # sudo: the counter belongs to nobody; only these methods touch it
        times = self.sudo().search_count(
            [("key", "=", key), ("date", ">", now - timedelta(seconds=seconds))], limit=limit
        )
        if times < limit:
            return False
        self._note_refused(scope)
        return True

    @api.model
    def _count(self, scope, who):
        """Count one more time."""
        now = fields.Datetime.now()
        # sudo: the counter belongs to nobody; only these methods touch it
        self.sudo().create({"key": self._hash(scope, who, now.date()), "date": now})

    @api.model
    def _take_counted(self, scope, who, limit, seconds):
        """Like :meth:`_take`, for those who want to know how they stand.

        :return: ``(is allowed, times left, seconds until it is allowed again)``
        """
        now = fields.Datetime.now()
        key = self._hash(scope, who, now.date())
        # sudo: the counter belongs to nobody; only this method touches it
        limiter = self.sudo()
        start = now - timedelta(seconds=seconds)
        taken = limiter.search([("key", "=", key), ("date", ">", start)], order="date desc, id desc", limit=limit)
        if len(taken) >= limit:
            self._note_refused(scope)
            return False, 0, max(1, int((taken[-1].date - start).total_seconds()) + 1)
        limiter.create({"key": key, "date": now})
        return True, limit - len(taken) - 1, 0

    @api.model
    def _note_refused(self, scope):
        """A line in the log, so that somebody sees who keeps trying; who was meant stays unsaid."""
        address = request.httprequest.remote_addr if request else None
        _logger.info("Too often: %s refused for %s", scope, address or "a job")

    @api.model
    def _hash(self, scope, who, day):
        # sudo: the database's secret keys the hash
        return hmac(
            self.env(su=True), "helpdesk-rate-limit", (scope, who, day.isoformat()), hash_function=hashlib.sha256
        )

    @api.model
    def _network(self, address):
        """The part of an IP address that stands for one customer.

        :param str address: IPv4 or IPv6, or None where the server knows none
        :rtype: str
        """
        try:
            parsed = ipaddress.ip_address(address or "")
        except ValueError:
            return address or ""
        if parsed.version == 6 and not parsed.ipv4_mapped:
            return str(ipaddress.ip_network((parsed, IPV6_PREFIX), strict=False))
        return str(parsed.ipv4_mapped or parsed) if parsed.version == 6 else str(parsed)

    @api.autovacuum
    def _gc_old(self):
        self.env.cr.execute(
            SQL(
                "DELETE FROM helpdesk_rate_limit WHERE date < %s",
                fields.Datetime.now() - timedelta(hours=KEEP_HOURS),
            )
        )
