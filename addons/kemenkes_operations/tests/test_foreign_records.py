import inspect
import logging
import re
from unittest.mock import patch

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.service.model import get_public_method
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

OURS = "odoo.addons.kemenkes_"
CHANGE = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
# Who has no business with the records: an agent without lists, an employee without a role, a customer with an account.
ROLES = {
    "agent": "kemenkes_helpdesk.group_agent",
    "supervisor": "kemenkes_helpdesk.group_supervisor",
    "viewer": "kemenkes_helpdesk.group_pusdatin_viewer",
    "employee": "base.group_user",
    "customer": "base.group_portal",
}
# What a parameter gets, by its name; others get the foreign record itself.
ARGUMENTS = {
    "text": "teks", "reason": "alasan", "value": 1, "limit": 5, "offset": 0, "term": "a", "search": "a",
    "specification": {"name": {}}, "reason_id": 1, "vals": {}, "msg_dict": {}, "custom_values": {},
}  # fmt: skip


@tagged("post_install", "-at_install", "demo_data")
class TestForeignRecordsDemo(TransactionCase):
    """R27.a.3 (IDOR): no public method of ours does anything with a record that the account may not read."""

    def test_every_public_method(self):
        users = {name: new_test_user(self.env, f"asing_{name}", groups=group) for name, group in ROLES.items()}
        answered, tried = set(), 0
        loggers = (
            "odoo.addons.base.models.ir_rule",
            "odoo.addons.base.models.ir_model",
            "odoo.models.unlink",
            "odoo.sql_db",
        )
        with mute_logger(*loggers):
            for name in sorted(self.env.registry):
                model = self.env[name]
                if model._abstract or model._transient or not name.startswith("helpdesk."):
                    continue
                record = model.with_context(active_test=False).search([], limit=1, order="id desc")
                for user in users.values():
                    foreign = record.with_user(user).with_context(active_test=False)
                    if not record or (foreign.has_access("read") and foreign.search_count([("id", "=", record.id)])):
                        continue
                    for method in self.methods(model):
                        tried += 1
                        if self.is_answered(foreign, method):
                            answered.add(f"{name}.{method}")
        self.assertGreater(tried, 500)
        self.assertEqual(sorted(answered), [])

    def methods(self, model):
        """Names of the public methods that our addons give a model, for records."""
        found = []
        for name in dir(type(model)):
            if name.startswith("_") or not callable(getattr(type(model), name, None)):
                continue
            try:
                method = get_public_method(model, name)
            except (AttributeError, AccessError):
                continue
            is_ours = any(
                name in vars(layer) and vars(layer)[name].__module__.startswith(OURS)
                for layer in type(model).mro()
                if callable(vars(layer).get(name))
            )
            if is_ours and not getattr(method, "_api_model", False) and not hasattr(models.BaseModel, name):
                found.append(name)
        return found

    def is_answered(self, record, name):
        """Whether a call of the method with the foreign record changes something or tells something."""
        method = getattr(record, name)
        parameters = inspect.signature(method).parameters.values()
        kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        needed = [one for one in parameters if one.default is one.empty and one.kind not in kinds]
        execute, changes = self.cr.execute, []

        def note(query, *parameters, **options):
            if CHANGE.match(str(getattr(query, "code", query))):
                changes.append(query)
            return execute(query, *parameters, **options)

        try:
            with self.cr.savepoint() as savepoint, patch.object(self.cr, "execute", note):
                result = method(*[ARGUMENTS.get(one.name, record) for one in needed])
                self.env.flush_all()
                savepoint.rollback()
        except (AccessError, UserError):
            return False
        except Exception:
            # what stumbles over made-up arguments has told nothing
            logging.getLogger(__name__).info("%s.%s", record._name, name, exc_info=True)
            return bool(changes)
        finally:
            self.env.invalidate_all()
        # an action leads to a screen, which asks for the rights itself
        is_action = isinstance(result, dict) and str(result.get("type")).startswith("ir.actions.")
        return bool(changes) or not (is_action or isinstance(result, bool) or not result)
