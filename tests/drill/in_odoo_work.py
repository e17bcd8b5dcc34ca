"""Run in Odoo's shell: customers write tickets with a file each, one transaction a ticket (DRILL_TICKETS)."""

import json
import os

team = env["helpdesk.team"].search([("tier", "=", "1")], limit=1)  # noqa: F821 - the shell's
channel = env["helpdesk.channel"].search([("kind", "=", "form")], limit=1)  # noqa: F821
tickets = []
for number in range(int(os.environ["DRILL_TICKETS"])):
    ticket = env["helpdesk.ticket"].create(  # noqa: F821
        {
            "name": f"Gladi {number}",
            "description": "Tidak bisa masuk.",
            "team_id": team.id,
            "site_id": team.site_id.id,
            "channel_id": channel.id,
        }
    )
    attachment = env["ir.attachment"].create(  # noqa: F821
        {"name": "layar.bin", "raw": os.urandom(50_000), "res_model": ticket._name, "res_id": ticket.id}
    )
    ticket.message_post(body=f"Lampiran {number}", attachment_ids=attachment.ids)
    env.cr.commit()  # noqa: F821
    tickets.append(ticket.id)
print(json.dumps({"first": tickets[0], "last": tickets[-1]}))
