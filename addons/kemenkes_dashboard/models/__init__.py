from . import helpdesk_sentiment, helpdesk_ticket
