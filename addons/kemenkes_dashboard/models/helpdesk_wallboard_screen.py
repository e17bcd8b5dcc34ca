import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models

TOKEN_BYTES = 32
TOKEN_START = 6
# A screen asks every few seconds; that it does is written down once in so many.
SEEN_SECONDS = 60
# After so long without a question it is taken to be dark.
DARK_SECONDS = 180


class HelpdeskWallboardScreen(models.Model):
    """A screen on a wall that shows a wallboard: its link is its right, until somebody withdraws it (R18.b).

    Of the link only a hash is kept, so nobody can read it here afterwards. It opens the figures of one wallboard and
    nothing else: no account, no session.
    """

    _name = "helpdesk.wallboard.screen"
    _description = "Screen of a Wallboard"
    _order = "wallboard_id, name, id"

    name = fields.Char(required=True, help="Where it hangs, such as: operations room, left.")
    active = fields.Boolean(default=True)
    wallboard_id = fields.Many2one("helpdesk.wallboard", required=True, index=True, ondelete="cascade")
    token_hash = fields.Char(readonly=True, copy=False, groups="base.group_system")
    token_start = fields.Char("Link begins with", readonly=True, copy=False)
    token_date = fields.Datetime("Link made on", readonly=True, copy=False)
    seen_date = fields.Datetime("Last seen", readonly=True, copy=False)
    state = fields.Selection(
        [("draft", "No link yet"), ("shown", "Shows the wallboard"), ("dark", "Not seen"), ("withdrawn", "Withdrawn")],
        compute="_compute_state",
    )

    _token_unique = models.UniqueIndex("(token_hash) WHERE token_hash IS NOT NULL")

    @api.depends("active", "token_start", "seen_date")
    def _compute_state(self):
        lately = fields.Datetime.now() - timedelta(seconds=DARK_SECONDS)
        for screen in self:
            if not screen.active:
                screen.state = "withdrawn"
            elif not screen.token_start:
                screen.state = "draft"
            else:
                screen.state = "shown" if screen.seen_date and screen.seen_date > lately else "dark"

    def write(self, vals):
        if vals.get("active") is False:
            # a link that was withdrawn does not come back with the screen
            vals = {**vals, "token_start": False, "token_date": False, "seen_date": False}
            # sudo: whoever may take the screen away may end its link
            self.sudo().token_hash = False
        return super().write(vals)

    # THE LINK

    def action_make_link(self):
        """Make the screen's link, or a new one in the place of the old one; it is shown this once.

        :return: an action
        """
        self.ensure_one()
        self.check_access("write")
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self.write({"token_start": token[:TOKEN_START], "token_date": fields.Datetime.now(), "seen_date": False})
        # sudo: only the hash is written, by whoever may change the screen
        self.sudo().token_hash = _hash(token)
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.wallboard.link",
            "name": self.env._("Link of the screen"),
            "views": [(False, "form")],
            "target": "new",
            # behind the #: browsers send it to no server, so it stands in no log
            "context": {"default_url": f"{self.get_base_url()}/helpdesk/wallboard#{token}"},
        }

    def action_withdraw(self):
        """The link opens nothing from now on."""
        self.active = False

    @api.model
    def _find_by_token(self, token):
        """The screen that a link belongs to.

        :param str token: as it came
        :return: the screen, sudo; empty for a stranger's
        """
        # sudo: nobody is logged in; the link is the right. What is compared is a hash of 256 random bits
        screens = self.sudo().browse()
        if not 0 < len(token) <= 2 * TOKEN_BYTES:
            return screens
        return screens.search([("token_hash", "=", _hash(token)), ("wallboard_id.active", "=", True)])

    def _note_seen(self):
        """Remember that the screen asked; seldom enough that a question is a read."""
        now = fields.Datetime.now()
        if not self.seen_date or self.seen_date < now - timedelta(seconds=SEEN_SECONDS):
            self.seen_date = now


def _hash(token):
    return hashlib.sha256(token.encode()).hexdigest()
