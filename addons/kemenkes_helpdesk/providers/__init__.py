"""Outside services as plain Python: nothing in here imports Odoo, nothing in here raises on bad input."""
