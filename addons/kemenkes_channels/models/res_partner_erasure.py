from odoo import models
from odoo.fields import Domain


class ResPartner(models.Model):
    """The right to erasure reaches what outside services sent: earlier versions, files not yet fetched, raw batches."""

    _inherit = "res.partner"

    def _erasure_scope(self):
        scope = super()._erasure_scope()
        env = scope["tickets"].env
        of_customer = Domain("ticket_id", "in", scope["tickets"].ids)
        outside = env["helpdesk.channel.message"].search(
            of_customer | Domain("message_id", "in", scope["messages"].ids)
        )
        # a batch may hold several customers' words and stands on one ticket only
        keys = [("channel_id", "in", outside.channel_id.ids), ("key", "in", outside.mapped("external_id"))]
        batches = env["helpdesk.inbox.item"].search([("record", "=", "message"), *keys]).event_id
        calls = env["helpdesk.call"].search(of_customer | Domain("partner_id", "in", self.ids))
        # steps of a call hold its number and its recording's address
        steps = env["helpdesk.inbox.event"].search(
            [("channel_id", "in", calls.channel_id.ids), ("ticket_id", "in", calls.ticket_id.ids)]
        )
        return {**scope, "outside": outside, "calls": calls, "events": scope["events"] | batches | steps}

    def _erase_traffic(self, scope, mark):
        result = super()._erase_traffic(scope, mark)
        outside = scope["outside"]
        outside.write(dict.fromkeys(("recipient", "conversation", "versions", "post", "url"), False))
        outside.media_ids.write({"source": False, "name": False, "error": False})
        outside.media_ids.filtered(lambda media: media.state == "waiting").state = "failed"
        scope["outbox"].write({"reason_detail": False, "steps": False})
        scope["calls"]._erase(mark)
        outside.env["helpdesk.moderation"].search([("outside_id", "in", outside.ids)]).write({"error": False})
        return result
