from odoo import fields, models


class HelpdeskWallboardLink(models.AbstractModel):
    """The dialogue that shows a new link; it is stored nowhere."""

    _name = "helpdesk.wallboard.link"
    _description = "Link of a Wallboard's Screen"

    # a form is opened on it, and nothing is ever read from the database
    id = fields.Id()
    url = fields.Char("Link", readonly=True)
