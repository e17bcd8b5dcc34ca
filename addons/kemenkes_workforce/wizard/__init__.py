from . import helpdesk_distribution_explanation
