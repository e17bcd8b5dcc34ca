from . import helpdesk_account, helpdesk_event_check, helpdesk_keyword_test, helpdesk_keyword_test_line, helpdesk_macro_run
