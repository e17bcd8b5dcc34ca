"""Run in Odoo's shell: a viewer, an API key and an application registered for one address; the rest is told in a file."""

import json
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

from freezegun import freeze_time

viewer = (
    env["res.users"]
    .with_context(no_reset_password=True)
    .create(  # noqa: F821 - the shell's
        {
            "name": "Pemantau Pusdatin",
            "login": "pemantau@pusdatin.example",
            "lang": "id_ID",
            "tz": "Asia/Jakarta",
            "group_ids": [(6, 0, env.ref("kemenkes_helpdesk.group_pusdatin_viewer").ids)],  # noqa: F821
        }
    )
)
key = env["helpdesk.api.key"].create(  # noqa: F821
    {
        "name": "Portal Pusdatin",
        "user_id": env.ref("base.user_admin").id,  # noqa: F821
        "scope_ids": env["helpdesk.api.scope"].search([("code", "=", "embed:create")]).ids,  # noqa: F821
    }
)
secret = key.action_make_key()["context"]["default_key"]
application = env["helpdesk.embed.application"].create(  # noqa: F821
    {"name": "Portal Pusdatin", "origins": os.environ["ORIGIN"], "api_key_id": key.id}
)
with freeze_time(datetime.now(timezone.utc) - timedelta(hours=1)):
    over, _until = application._make_link(viewer)
env.cr.commit()  # noqa: F821
told = {"key": secret, "viewer": viewer.login, "link_that_is_over": over}
Path(os.environ["TOLD"]).write_text(json.dumps(told), encoding="utf-8")
