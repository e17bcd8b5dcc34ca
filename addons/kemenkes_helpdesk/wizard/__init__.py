from . import helpdesk_keyword_test, helpdesk_keyword_test_line, helpdesk_macro_run
