from odoo import models


class IrBinary(models.AbstractModel):
    _inherit = "ir.binary"

    def _get_image_stream_from(self, record, *args, **kwargs):
        # pictures inside a conversation are part of looking at the ticket
        inline = self.with_context(helpdesk_inline=True)
        return super(IrBinary, inline)._get_image_stream_from(record, *args, **kwargs)

    def _get_stream_from(self, record, *args, **kwargs):
        if record._name == "ir.attachment" and not self.env.context.get("helpdesk_inline"):
            # the record may be in sudo after its access token was checked: the row is still the visitor's
            record.with_env(self.env)._record_download()
        return super()._get_stream_from(record, *args, **kwargs)
