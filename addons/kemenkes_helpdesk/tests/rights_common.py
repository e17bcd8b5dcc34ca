from .common import HelpdeskCase

NOBODY, READ, READ_WRITE, NO_DELETE, ALL = "", "r", "rw", "rwc", "rwcd"
OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}

# The columns of the table below. "leader" stands for team leaders, "managers" for operation managers.
COLUMNS = (
    "agent", "expert", "leader", "supervisor", "quality", "analyst", "trainer", "admin_support", "operation_manager",
    "manager", "viewer", "customer", "employee",
)  # fmt: skip


def row(agents, supervisors, readers, operation_manager, manager, viewer):
    """One line of the table: agents and leaders, supervisors, the four reading roles, and the others one by one.

    Customers and employees without a role have no right on any model: portal pages and forms show them what is theirs.
    """
    return dict(
        zip(
            COLUMNS,
            (*[agents] * 3, supervisors, *[readers] * 4, operation_manager, manager, viewer, NOBODY, NOBODY),
            strict=True,
        )
    )


class RightsMatrixCase(HelpdeskCase):
    """An addon's table of models and roles, against the rights that hold."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["customer"] = cls.create_plain_user("test_customer", "base.group_portal")
        cls.users["employee"] = cls.create_plain_user("test_employee", "base.group_user")

    def check_matrix(self, addon, expected):
        """Every model that ``addon`` brings has a line in ``expected``, and each role has the rights in it."""
        models = {
            name
            for name, model in self.env.registry.items()
            if name.startswith("helpdesk.") and not model._abstract and model._original_module == addon
        }
        self.assertEqual(set(expected), models, "a model has no line in the table, or a line has no model")
        wrong = []
        for model, letters_by_role in expected.items():
            for role, letters in letters_by_role.items():
                actual = self._letters(model, role)
                if actual != letters:
                    wrong.append(f"{model} {role}: expected {letters or 'nothing'}, got {actual or 'nothing'}")
        self.assertFalse(wrong, "\n".join(wrong))

    def _letters(self, model, role):
        records = self.env[model].with_user(self.users[role])
        return "".join(letter for letter, operation in OPERATIONS.items() if records.has_access(operation))
