"""Read by Odoo's shell: loads the demo data of the addons in HELPDESK_ADDONS, and of no other module.

Odoo itself loads demo data for every module or none. The modules are marked as having it, so an update refreshes it.
"""

import os

from odoo.modules.loading import load_data
from odoo.modules.module_graph import ModuleGraph

names = os.environ["HELPDESK_ADDONS"].split(",")
environment = env(su=True)  # noqa: F821 (given by the shell)
graph = ModuleGraph(environment.cr, mode="load")
# the graph leaves out a module whose dependencies it doesn't know
graph.extend(environment["ir.module.module"].search([("state", "=", "installed")]).mapped("name"))
packages = [package for package in graph if package.name in names]
if len(packages) != len(names):
    raise SystemExit(f"not installed: {set(names) - {package.name for package in packages}}")
for package in packages:
    module = environment["ir.module.module"].search([("name", "=", package.name)])
    # again: what is there stays as it is; setting the passwords anew would mail warnings to all demo accounts
    load_data(environment, {}, "update" if module.demo else "init", kind="demo", package=package)
    module.demo = True
environment.cr.commit()
