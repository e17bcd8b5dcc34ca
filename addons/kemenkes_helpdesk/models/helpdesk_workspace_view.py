import logging

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.safe_eval import datetime as safe_datetime
from odoo.tools.safe_eval import safe_eval

_logger = logging.getLogger(__name__)

MOST_VIEWS = 12
PREFIX = "view_"


class HelpdeskWorkspace(models.AbstractModel):
    """Views that agents save: the favourites of the list of tickets are queues of the workspace, and the other way."""

    _inherit = "helpdesk.workspace"

    @api.model
    def save_view(self, name, key, search):
        """Keep what a queue shows with these words searched as a view of the account's own.

        :param str name: of the view
        :param str key: of the queue
        :param str search: as for :meth:`get_queue_rows`
        :return: the key of its queue
        :raise UserError: it has no name
        """
        self._check_role()
        if not name.strip():
            raise UserError(self.env._("Give the view a name."))
        domain = self._searched_domain(self._queue(key)["domain"], search)
        view = self.env["ir.filters"].create(
            {
                "name": name.strip(),
                "model_id": "helpdesk.ticket",
                "domain": repr(list(domain)),
                "user_ids": [fields.Command.set(self.env.user.ids)],
            }
        )
        return f"{PREFIX}{view.id}"

    @api.model
    def remove_view(self, key):
        """Forget a view of the account's own.

        :param str key: of its queue
        """
        self._saved_views().filtered(lambda view: f"{PREFIX}{view.id}" == key and view.user_ids).unlink()

    @api.model
    def _queues(self):
        queues = super()._queues()
        for view in self._saved_views():
            domain = self._view_domain(view)
            if domain is not None:
                queues[f"{PREFIX}{view.id}"] = {
                    "domain": domain,
                    "order": "next_due_date, priority desc, waiting_since, id",
                    "label": view.name,
                    "is_own": bool(view.user_ids),
                }
        return queues

    @api.model
    def _saved_views(self):
        return self.env["ir.filters"].search(
            [("model_id", "=", "helpdesk.ticket"), ("user_ids", "in", [self.env.uid, False])], limit=MOST_VIEWS
        )

    @api.model
    def _view_domain(self, view):
        """The view's domain, or None when nobody can read it any more."""
        today = fields.Date.context_today(self)
        names = {
            "uid": self.env.uid,
            "context_today": lambda: today,
            "datetime": safe_datetime,
            "relativedelta": relativedelta,
        }
        try:
            domain = Domain(safe_eval(view.domain, names))
            domain.validate(self.env["helpdesk.ticket"])
        except (SyntaxError, TypeError, ValueError):
            _logger.info("The view %s of user %s can't be read", view.id, self.env.uid)
            return None
        return domain
