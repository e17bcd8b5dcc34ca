"""Run in Odoo's shell: a channel that takes webhooks, and for each agent a ticket."""

import json
import os

team = env["helpdesk.team"].search([("tier", "=", "1")], limit=1)  # noqa: F821 - the shell's
env["helpdesk.auto.reply"].search([]).active = False  # noqa: F821
channel = env["helpdesk.channel"].create(  # noqa: F821
    {
        "name": "Gladi",
        "kind": "whatsapp",
        "account_ref": os.environ["DRILL_NUMBER"],
        "app_secret": os.environ["DRILL_SECRET"],
        "verify_token": "kenal",
        "site_id": team.site_id.id,
        "team_id": team.id,
    }
)
logins, tickets = [], []
for number in range(1, 5):
    agent = env["res.users"].search([("login", "=", f"agen{number}@demo.kemenkes.example")])  # noqa: F821
    ticket = env["helpdesk.ticket"].create(  # noqa: F821
        {
            "name": f"Gladi {number}",
            "description": "Gladi",
            "team_id": team.id,
            "site_id": team.site_id.id,
            "user_id": agent.id,
        }
    )
    logins.append(agent.login)
    tickets.append(ticket.id)
env.cr.commit()  # noqa: F821
print(json.dumps({"token": channel.webhook_token, "logins": logins, "tickets": tickets}))
