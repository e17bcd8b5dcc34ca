"""Run in Odoo's shell: a viewer, an API key, and an application registered for one address; told in a file."""
# ruff: noqa: F821 - the shell gives env

import json
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

from freezegun import freeze_time

# links name the address under which the helpdesk is known
env["ir.config_parameter"].set_param("web.base.url", os.environ["HELPDESK"])
viewer = (
    env["res.users"]
    .with_context(no_reset_password=True)
    .create(
        {
            "name": "Pemantau Pusdatin",
            "login": "pemantau@pusdatin.example",
            "lang": "id_ID",
            "tz": "Asia/Jakarta",
            "group_ids": [(6, 0, env.ref("kemenkes_helpdesk.group_pusdatin_viewer").ids)],
        }
    )
)
key = env["helpdesk.api.key"].create(
    {
        "name": "Portal Pusdatin",
        "user_id": env.ref("base.user_admin").id,
        "scope_ids": env["helpdesk.api.scope"].search([("code", "=", "embed:create")]).ids,
    }
)
secret = key.action_make_key()["context"]["default_key"]
application = env["helpdesk.embed.application"].create(
    {"name": "Portal Pusdatin", "origins": os.environ["ORIGIN"], "api_key_id": key.id}
)
with freeze_time(datetime.now(timezone.utc) - timedelta(hours=1)):
    over, _until = application._make_link(viewer)
env.cr.commit()
told = {"key": secret, "viewer": viewer.login, "link_that_is_over": over}
Path(os.environ["TOLD"]).write_text(json.dumps(told), encoding="utf-8")
