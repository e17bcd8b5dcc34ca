from . import (
    base_partner_merge_automatic_wizard,
    helpdesk_account,
    helpdesk_category_merge,
    helpdesk_erase,
    helpdesk_escalate,
    helpdesk_escalation_return,
    helpdesk_event_check,
    helpdesk_keyword_test,
    helpdesk_keyword_test_line,
    helpdesk_macro_run,
    helpdesk_merge_answer,
    helpdesk_merge_wizard,
)
