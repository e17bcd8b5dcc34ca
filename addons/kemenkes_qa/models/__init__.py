from . import (
    helpdesk_demo,
    helpdesk_event,
    helpdesk_qa_criterion,
    helpdesk_qa_evaluation,
    helpdesk_qa_evaluation_line,
    helpdesk_qa_root_cause,
    helpdesk_qa_scorecard,
    helpdesk_qa_section,
    helpdesk_ticket,
)
