"""The adapter beside an Asterisk: listens to its events (ARI) and tells them to the helpdesk in the neutral form.

A process of its own, as near to the Asterisk as can be: ``PYTHONPATH=addons/kemenkes_channels python -m ari --help``.
"""
