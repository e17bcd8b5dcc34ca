from odoo.tests import HttpCase

from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase


class Visitor:
    """A citizen's browser on a page with the widget: speaks to Odoo's routes as the widget does."""

    def __init__(self, case, channel, script=None):
        self.case, self.channel, self.script = case, channel, script
        self.token, self.chat_id = "", None

    def call(self, path, **params):
        # patient: a busy machine is no failure
        return self.case.make_jsonrpc_request(path, {"guest_token": self.token, **params}, timeout=120)

    def open(self):
        found = self.call(
            "/im_livechat/cors/get_session",
            channel_id=self.channel.livechat_id.id,
            chatbot_script_id=self.script.id if self.script else None,
            previous_operator_id=None,
            persisted=True,
        )
        self.chat_id = found["channel_id"]
        self.token = found["store_data"]["Store"].get("guest_token") or self.token
        return self

    def say(self, text, answer=None):
        """Write, or press the button of an answer; the first words open the session."""
        if not self.chat_id:
            self.open()
        self.call(
            "/im_livechat/cors/message/post",
            thread_model="discuss.channel",
            thread_id=self.chat_id,
            post_data={"body": text, "message_type": "comment", "subtype_xmlid": "mail.mt_comment"},
            context={"selected_answer_id": answer.id} if answer else {},
        )
        if self.script:
            self.call("/chatbot/cors/step/trigger", channel_id=self.chat_id, chatbot_script_id=self.script.id)

    def leave(self):
        self.call("/im_livechat/cors/visitor_leave_session", channel_id=self.chat_id)

    @property
    def chat(self):
        return self.case.env["discuss.channel"].browse(self.chat_id)

    @property
    def ticket(self):
        return self.chat.helpdesk_ticket_id

    def heard(self):
        """What stands in the chat, oldest first, as plain text."""
        self.case.env.invalidate_all()
        said = self.chat.message_ids.filtered(lambda message: message.message_type == "comment").sorted("id")
        return [str(message.preview) for message in said]


class LivechatCase(HelpdeskCase, HttpCase):
    """A live chat of the first team, and visitors who use it over HTTP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["helpdesk.auto.reply"].search([]).active = False
        cls.channel = cls.create_channel("livechat", name="Chat SATUSEHAT", product_id=cls.product_a.id)
        cls.agent, cls.leader = cls.users["agent"], cls.users["leader"]
        # the core's way to hand out work; the distribution of other addons has tests of its own
        if "distribution_rule" in cls.team_l1._fields:
            cls.team_l1.distribution_rule = "manual"

    def visit(self, *words, channel=None, script=None):
        visitor = Visitor(self, channel or self.channel, script)
        for text in words:
            visitor.say(text)
        return visitor

    def set_online(self, *users):
        """These are at their screens, nobody else."""
        self.env["mail.presence"].search([]).unlink()
        for user in users:
            self.env["mail.presence"].create({"user_id": user.id, "status": "online"})

    def thread_of(self, ticket):
        """What the ticket's thread says, oldest first: ``(direction, text)``."""
        messages = ticket.message_ids.filtered("helpdesk_direction").sorted("id")
        return [(message.helpdesk_direction, str(message.preview)) for message in messages]
