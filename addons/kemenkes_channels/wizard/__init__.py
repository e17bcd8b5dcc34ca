from . import helpdesk_review_answer
