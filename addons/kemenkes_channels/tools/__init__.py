"""Plain Python around the providers: calling outside. No import of Odoo."""
