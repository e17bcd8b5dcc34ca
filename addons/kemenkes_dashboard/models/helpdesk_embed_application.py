from datetime import timedelta
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.misc import hash_sign, verify_hash_signed

from odoo.addons.kemenkes_helpdesk.models.helpdesk_form_mixin import is_origin
from odoo.addons.kemenkes_helpdesk.models.helpdesk_ticket_viewer import VIEWER_GROUP

SCOPE = "helpdesk-embed"
LONGEST_MINUTES = 60
# Somebody who looks on gets the next link with each page, but no longer than a working day.
SESSION_HOURS = 10
# The last use is known to this many minutes: one write for many pages.
USE_MINUTES = 5


class HelpdeskEmbedApplication(models.Model):
    """An application of Pusdatin's that shows our figures in a frame of its own (R28.a).

    The application has logged its user in. Its server asks the open API for a link in the name of that user, who is a
    viewer here, and puts it into a frame. The link is signed, holds for minutes, opens this viewer's figures and no
    more, and is shown by browsers in frames of the registered addresses only.
    """

    _name = "helpdesk.embed.application"
    _description = "Application that Shows Figures"
    _order = "name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    origins = fields.Char(
        "Addresses", required=True, help="Of the sites that show the frame, separated by blanks: https://portal.example"
    )
    api_key_id = fields.Many2one(
        "helpdesk.api.key",
        "API key",
        required=True,
        ondelete="restrict",
        help="With which its server asks for links; it needs the scope “Links to embedded figures”.",
    )
    link_minutes = fields.Integer("A link holds (minutes)", required=True, default=10)
    generation = fields.Integer(readonly=True, copy=False, default=1, help="Links of earlier ones are void.")
    use_date = fields.Datetime("Last used", readonly=True, copy=False)

    _key_unique = models.UniqueIndex("(api_key_id)", "A key belongs to one application.")
    _minutes_range = models.Constraint(
        f"CHECK(link_minutes BETWEEN 1 AND {LONGEST_MINUTES})", "A link holds one minute to one hour."
    )

    @api.constrains("origins")
    def _check_origins(self):
        for application in self:
            for origin in application.origins.split():
                # http only where nobody listens in between
                is_plain = urlsplit(origin).scheme == "http" if is_origin(origin) else True
                if is_plain and urlsplit(origin).hostname not in ("localhost", "127.0.0.1"):
                    raise ValidationError(
                        self.env._("%s is not a secure address. Write it like https://www.example.org", origin)
                    )

    def action_end_links(self):
        """All links given so far open nothing from now on."""
        for application in self:
            application.generation += 1

    # LINKS

    def _make_link(self, viewer, since=None):
        """A signed link to the figures of a viewer.

        :param viewer: ``res.users``
        :param datetime since: when the viewer began to look, naive UTC; None: now
        :return: ``(path, moment until which it holds, naive UTC)``
        """
        self.ensure_one()
        now = fields.Datetime.now()
        since = since or now
        until = now + timedelta(minutes=self.link_minutes)
        values = [self.id, self.generation, viewer.id, *(fields.Datetime.to_string(one) for one in (since, until))]
        # sudo: the database's secret signs
        token = hash_sign(self.env(su=True), SCOPE, values)
        return f"/helpdesk/embed/{token}", until

    @api.model
    def _read_link(self, token):
        """Who looks at what with a link.

        :param str token: as it came
        :return: ``(application, viewer, since when)``, sudo; None for a link that opens nothing: forged, expired,
            withdrawn, or its viewer is none any more
        """
        # sudo: nobody is logged in; the signature is the right
        applications = self.sudo()
        try:
            values = verify_hash_signed(applications.env, SCOPE, token)
        except ValueError:
            return None
        if not values:
            return None
        application_id, generation, viewer_id, since, until = values
        now = fields.Datetime.now()
        since, until = map(fields.Datetime.to_datetime, (since, until))
        if now >= until or now >= since + timedelta(hours=SESSION_HOURS):
            return None
        application = applications.search([("id", "=", application_id), ("generation", "=", generation)])
        viewer = applications.env["res.users"].search([("id", "=", viewer_id)])
        if not application or application.api_key_id.state != "valid":
            return None
        if not viewer or not viewer.has_group(VIEWER_GROUP):
            return None
        return application, viewer, since

    def _note_use(self):
        now = fields.Datetime.now()
        if not self.use_date or self.use_date < now - timedelta(minutes=USE_MINUTES):
            self.use_date = now

    def _frame_ancestors(self):
        """Who may show the frame, as the value of the CSP directive ``frame-ancestors``."""
        self.ensure_one()
        return " ".join(self.origins.split())
