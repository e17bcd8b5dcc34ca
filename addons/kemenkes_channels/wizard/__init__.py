from . import helpdesk_review_answer, helpdesk_webhook_replay
