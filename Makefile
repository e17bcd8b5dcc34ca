# Thin: every target calls the package config/environment. PYTHON chooses the Python that runs it (3.10 to 3.13).
PYTHON ?= python3
ENVIRONMENT = $(PYTHON) -m config.environment

.PHONY: help run fakes speech test lint format bench drill drill-restore drill-upgrade load release translate pictures

help:
	@echo "make run     set up everything, then serve http://localhost:8069 (HELPDESK_PORT=<port>)"
	@echo "make fakes   WhatsApp, Messenger, Facebook, Instagram ... played: a page to write as a citizen, beside make run"
	@echo "make speech  calls written down: the engine and a model, offline from then on (some 500 MB)"
	@echo "make test    set up, then all tests; ARGS='kemenkes_helpdesk:TestTicket' for a part"
	@echo "make lint    ruff, pylint-odoo, prettier; make format mends what they can mend"
	@echo "make bench   the measurements in tests/bench; ARGS='name' for one"
	@echo "make drill   failover under load: two databases, two Odoo nodes, proxy, receiver on this machine, and what was lost"
	@echo "make drill-restore  backup, disaster, restore to a point in time in a scratch folder, verified"
	@echo "make drill-upgrade  the release before this one, brought up to date under load; ARGS=<commit> for another"
	@echo "make load     agents, viewers, citizens and services at work on the database of scripts/generate: times, failures, memory"
	@echo "make release  wheels of the addons and the image; ARGS=1.4.0 names a new version first"
	@echo "make translate  bring the Indonesian translations up to date with the terms, and list what has none"
	@echo "make pictures  the pictures of the guides, taken from the running product; ARGS='agent/workspace' for one"
	@echo "scripts/odoo ARGS    Odoo's command line with this project's settings"
	@echo "Settings: DATABASE_URL=postgres://user:password@host:port/  ODOO_SOURCE=<folder>  HELPDESK_VAR=<folder>"

run fakes speech test lint format bench drill drill-restore drill-upgrade load release translate pictures:
	@$(ENVIRONMENT) $@ $(ARGS)
