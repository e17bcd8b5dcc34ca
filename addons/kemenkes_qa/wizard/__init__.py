from . import helpdesk_qa_reason
