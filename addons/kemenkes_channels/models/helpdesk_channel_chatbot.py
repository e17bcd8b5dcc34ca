from odoo import fields, models

# On a live chat the rules of the widget name the script.
CHATBOT_KINDS = ("whatsapp", "messenger", "telegram")


class HelpdeskChannel(models.Model):
    """The chatbot that answers first on an account of an outside service."""

    _inherit = "helpdesk.channel"

    chatbot_script_id = fields.Many2one(
        "chatbot.script",
        "Chatbot",
        index="btree_not_null",
        ondelete="restrict",
        help="Answers new conversations, and hands over to people. Write its steps in Live Chat, Chatbots.",
    )

    def _answering_script(self):
        """The script that answers new conversations here, empty where people do."""
        script = self.sudo().chatbot_script_id  # sudo: the machine answers
        return script if self.kind in CHATBOT_KINDS and script.active and script.script_step_ids else script.browse()
