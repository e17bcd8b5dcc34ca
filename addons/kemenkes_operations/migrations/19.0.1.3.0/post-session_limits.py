from odoo import SUPERUSER_ID, api

# Minutes, as data/account_security_data.xml has them for new databases.
LIMITS = {
    "base.group_user": {"lock_timeout_inactivity": 30, "lock_timeout": 720},
    "kemenkes_helpdesk.group_pusdatin_viewer": {"lock_timeout_inactivity": 60, "lock_timeout": 720},
}


def migrate(cr, _version):
    """Sessions end in databases from before there were limits too; what somebody has set there stays."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name, limits in LIMITS.items():
        group = env.ref(name)
        if not any(group[field] for field in limits):
            group.write(limits)
