from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# After that nobody is new any more, and the ledger need not be asked about longer.
NEW_DAYS = 30
# What the ledger tells of the account's own doing, and which step that is.
STEP_OF_KIND = {
    "work_started": "work",
    "accepted": "take",
    "assigned": "take",
    "note": "note",
    "message_out": "answer",
    "solved": "solve",
}
# What it does not know, and where that is kept.
NOTED = {"keys": "helpdesk_has_seen_keys", "prepared_words": "helpdesk_has_used_prepared_words"}


class HelpdeskFirstHour(models.AbstractModel):
    """The first hour of a new agent: steps in the workspace, ticked by what the agent has truly done."""

    _name = "helpdesk.first.hour"
    _description = "First Hour of an Agent"

    @api.model
    def get_steps(self):
        """The account's own steps in order.

        :return: dicts with ``key``, ``title``, ``hint``, ``is_done``, and ``anchor``, the section of the agents' guide;
            none for those who are not led
        :rtype: list
        """
        if not self._is_shown():
            return []
        done = self._done()
        return [{**step, "is_done": step["key"] in done} for step in self._steps()]

    @api.model
    def note_step(self, key):
        """The agent has done what only the browser knows of.

        :param str key: a key of ``NOTED``
        :raise UserError: it is another
        """
        if key not in NOTED:
            raise UserError(self.env._("There is no such step."))
        self._settings().write({NOTED[key]: True})

    @api.model
    def hide(self):
        """The agent does not want to be led any more."""
        self._settings().helpdesk_hides_first_hour = True

    @api.model
    def _is_shown(self):
        """To new agents; who leads a team has been one before."""
        user = self.env.user
        return (
            user.has_group("kemenkes_helpdesk.group_agent")
            and not user.has_group("kemenkes_helpdesk.group_team_leader")
            and user.create_date > fields.Datetime.now() - timedelta(days=NEW_DAYS)
            # sudo: everybody may know their own settings
            and not user.sudo().res_users_settings_id.helpdesk_hides_first_hour
        )

    def _settings(self):
        return self.env["res.users.settings"]._find_or_create_for_user(self.env.user)

    def _done(self):
        """Keys of the steps that are done."""
        user = self.env.user
        own = Domain("user_id", "=", user.id) & Domain("date", ">=", user.create_date)
        kinds = Domain("kind", "in", [kind for kind in STEP_OF_KIND if kind != "assigned"])
        taken = Domain("kind", "=", "assigned") & Domain("agent_id", "=", user.id)
        # sudo: agents do not read the log; this tells which kinds of their own rows there are, and nothing of them
        found = self.env["helpdesk.event"].sudo()._read_group(own & (kinds | taken), ["kind"])
        settings = self._settings()
        noted = {key for key, name in NOTED.items() if settings[name]}
        return noted | {STEP_OF_KIND[kind] for (kind,) in found}

    def _steps(self):
        return [
            {
                "key": "work",
                "anchor": "work",
                "title": self.env._("Start work"),
                "hint": self.env._("In your status menu on top: choose a seat, then you are ready."),
            },
            {
                "key": "keys",
                "anchor": "workspace",
                "title": self.env._("Look at the keys"),
                "hint": self.env._("Press ? anywhere outside a text."),
            },
            {
                "key": "take",
                "anchor": "take",
                "title": self.env._("Take your first ticket"),
                "hint": self.env._("Accept an offer, or open one of your team's queue and press T."),
            },
            {
                "key": "note",
                "anchor": "note",
                "title": self.env._("Write an internal note"),
                "hint": self.env._("Press N. The customer does not see it."),
            },
            {
                "key": "prepared_words",
                "anchor": "prepared-words",
                "title": self.env._("Use prepared words"),
                "hint": self.env._("Type / in an answer and choose."),
            },
            {
                "key": "answer",
                "anchor": "answer",
                "title": self.env._("Answer a customer"),
                "hint": self.env._("Press R, write, send by Ctrl + Enter."),
            },
            {
                "key": "solve",
                "anchor": "solve",
                "title": self.env._("Solve a ticket"),
                "hint": self.env._("Fill in what the product wants on the right, then press E."),
            },
        ]
