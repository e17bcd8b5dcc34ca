"""Read by Odoo's shell for test_database_login.py: tickets of two products, and log-ins that read them."""

import json
import os

from markupsafe import Markup

product, other = env["helpdesk.product"].create(  # noqa: F821 (given by the shell)
    [{"name": name, "code": name.lower()} for name in ("Mobile", "Rahasia")]
)
site = env["helpdesk.site"].search([], limit=1)  # noqa: F821
team = env["helpdesk.team"].search([("site_id", "=", site.id)], limit=1)  # noqa: F821
customer = env["res.partner"].create({"name": "Siti Aminah", "email": "siti@customer.example"})  # noqa: F821
values = {"site_id": site.id, "team_id": team.id, "partner_id": customer.id}
ticket, _foreign = env["helpdesk.ticket"].create(  # noqa: F821
    [
        {**values, "name": "NIK 3171234567890123", "description": "Telepon 081234567890", "product_id": product.id},
        {**values, "name": "Lain", "product_id": other.id},
    ]
)
body = Markup("<p>Surel saya siti@customer.example &amp; NIK 3171234567890123</p>")
ticket.message_post(body=body, message_type="comment")
ticket.message_ids.write({"helpdesk_direction": "in", "is_internal": False})
note = ticket.message_post(body="catatan dalam", subtype_xmlid="mail.mt_note")
note.is_internal = True
logins = env["helpdesk.database.login"].create(  # noqa: F821
    [
        {
            "name": "Metabase: Pusdatin!",
            "product_ids": [(4, product.id)],
            "connection_limit": 10,
            "statement_seconds": 2,
        },
        {"name": "Alles", "statement_seconds": 600},
        {"name": "Weg"},
    ]
)
told = {}
for login in logins:
    action = login.action_create_login()
    told[login.name] = {
        "role": login.role_name,
        "password": action["context"]["default_password"],
        "id": login.id,
    }
logins[2].action_revoke()
with open(os.environ["TOLD"], "w", encoding="utf-8") as file:
    json.dump(told, file)
env.cr.commit()  # noqa: F821
