"""The light webhook receiver: verifies and stores, nothing else.

It answers at the same address as the Odoo controller and with the same code of the providers, without Odoo: so it
accepts while Odoo restarts or is upgraded, and many times faster. What it stores is worked off by Odoo's inbox like
everything else. While the database is away payloads wait in a folder on its own disk (see :mod:`spool`).

Run it with the addon's folder on the path: ``PYTHONPATH=addons/kemenkes_channels python -m receiver --help``.
"""
