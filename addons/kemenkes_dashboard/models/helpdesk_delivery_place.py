import ipaddress

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import file_places
from ..tools.file_places import PlaceError

# Networks that are not public and may be written to all the same, with commas: 10.1.2.0/24
NETWORKS = "kemenkes_dashboard.delivery_networks"
ADMIN = "kemenkes_helpdesk.group_manager"


class HelpdeskDeliveryPlace(models.Model):
    """Where files are put for others to fetch: a folder of an SFTP server, or of storage that speaks S3 (R12)."""

    _name = "helpdesk.delivery.place"
    _description = "Place for Files"
    _order = "name"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    kind = fields.Selection([("sftp", "SFTP"), ("s3", "S3")], required=True, default="sftp")
    user_ids = fields.Many2many("res.users", string="Who may send there", domain=[("share", "=", False)])
    host = fields.Char(required=True, groups=ADMIN, help="Name of the server, without a scheme.")
    port = fields.Integer(default=22, groups=ADMIN)
    folder = fields.Char(groups=ADMIN)
    login = fields.Char("Account or access key", groups=ADMIN)
    password = fields.Char("Password or secret key", groups=ADMIN, copy=False)
    private_key = fields.Text(groups=ADMIN, copy=False, help="Instead of a password: OpenSSH or PEM, no passphrase.")
    host_key = fields.Char(
        "Server's fingerprint",
        groups=ADMIN,
        copy=False,
        help="SHA256:… Compare it with what its owner tells you.",
    )
    bucket = fields.Char(groups=ADMIN)
    region = fields.Char(groups=ADMIN)
    is_encrypted = fields.Boolean("TLS", default=True, groups=ADMIN)
    checked_date = fields.Datetime("Last reached", readonly=True, copy=False)

    @api.constrains("is_encrypted", "kind", "host")
    def _check_encrypted(self):
        for place in self:
            if place.kind == "s3" and not place.is_encrypted and not self._networks():
                raise ValidationError(
                    self.env._("Without TLS only networks that an administrator has listed are used.")
                )

    @api.model
    def _networks(self):
        """The networks of the system parameter.

        :raise UserError: one can't be read
        """
        # sudo: a setting of the server
        written = self.env["ir.config_parameter"].sudo().get_param(NETWORKS) or ""
        try:
            return tuple(ipaddress.ip_network(one.strip()) for one in written.split(",") if one.strip())
        except ValueError as error:
            raise UserError(
                self.env._(
                    "The system parameter %(name)s is no list of networks: %(error)s", name=NETWORKS, error=error
                )
            ) from error

    def _place(self):
        """What :mod:`file_places` needs."""
        self.ensure_one()
        place = self.sudo()  # sudo: who may send there need not know how
        if place.kind == "s3":
            endpoint = place.host if place._used_port() == 443 else f"{place.host}:{place.port}"
            return file_places.S3(
                endpoint, place.region or "", place.bucket or "", place.folder or "", place.login or "",
                place.password or "", place.is_encrypted, self._networks(),
            )  # fmt: skip
        return file_places.Sftp(
            place.host, place._used_port(), place.login or "", place.folder or "", place.host_key or "",
            place.password or "", place.private_key or "", self._networks(),
        )  # fmt: skip

    def _put(self, path, name):
        """Put a file there; put twice, it stands there once.

        :raise PlaceError: it is not there
        """
        self._place().put(path, name)

    def _explain(self, error):
        """What went wrong, a sentence for people."""
        texts = {
            "address": self.env._("The server %(host)s is not reached: %(detail)s"),
            "closed": self.env._("%(host)s refuses the connection: nothing listens on port %(port)s."),
            "silent": self.env._("%(host)s does not answer in time."),
            "name": self.env._("There is no server named %(host)s."),
            "certificate": self.env._("The certificate of %(host)s is not trusted."),
            "protocol": self.env._("What answers at %(host)s, port %(port)s, does not speak SFTP."),
            "key": self.env._("The private key can't be read: OpenSSH or PEM without a passphrase is needed."),
            "private": self.env._("%(host)s is in a network that is not public, and no administrator has listed it."),
            "host_key": self.env._("%(host)s shows the fingerprint %(detail)s, which is not the one on file."),
            "login": self.env._("%(host)s does not accept the account. %(detail)s"),
            "refused": self.env._("%(host)s did not take the file: %(detail)s"),
        }
        place = self.sudo()  # sudo: who may send there need not know how, but may know where
        return texts[error.reason] % {"host": place.host, "port": place._used_port(), "detail": error.detail}

    def _used_port(self):
        if self.kind == "s3":
            return 443 if self.port in (0, 22) else self.port
        return self.port or 22

    # ACTIONS

    def action_check(self):
        """Log in and look at the folder.

        :raise UserError: it can't be used; says why
        """
        self.ensure_one()
        self.check_access("write")
        try:
            self._place().check()
        except PlaceError as error:
            raise UserError(self._explain(error)) from error
        self.checked_date = fields.Datetime.now()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success", "message": self.env._("The place can be used.")},
        }

    def action_fetch_host_key(self):
        """Fill in the fingerprint that the server shows, for the administrator to compare.

        :raise UserError: the server is not reached
        """
        self.ensure_one()
        self.check_access("write")
        try:
            self.host_key = self._place().fetch_host_key()
        except PlaceError as error:
            raise UserError(self._explain(error)) from error
