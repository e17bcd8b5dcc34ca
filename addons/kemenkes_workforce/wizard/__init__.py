from . import (
    helpdesk_distribution_explanation,
    helpdesk_nda_revoke,
    helpdesk_redistribute,
    helpdesk_roster_change_refuse,
    helpdesk_roster_generate,
)
