import json

from jsonschema import Draft202012Validator

from odoo.tests import HttpCase

from odoo.addons.kemenkes_channels.tools.open_api import BASE
from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase


class ApiCase(HelpdeskCase, HttpCase):
    """Requests to the open API over HTTP; each answer is compared with the document."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["helpdesk.auto.reply"].search([]).active = False
        cls.document = cls.env["helpdesk.api"]._document()

    def setUp(self):
        super().setUp()
        self.secrets, self.keys = {}, {}

    def make_key(self, login, scopes=None, **values):
        """A key of a role's account, with all scopes unless told; its secret."""
        domain = [("code", "in", scopes)] if scopes is not None else []
        key = self.env["helpdesk.api.key"].create(
            {
                "name": f"Uji {login}",
                "user_id": self.users[login].id,
                "scope_ids": self.env["helpdesk.api.scope"].search(domain).ids,
                "rate_limit": 10_000,
                **values,
            }
        )
        secret = key.action_make_key()["context"]["default_key"]
        self.secrets[login] = secret
        self.keys[login] = key
        return secret

    def ask(self, method, path, body=None, login="agent", secret=None, status=None, **headers):
        """One request; the answer, checked against the document."""
        if secret is None:
            secret = self.secrets.get(login) or self.make_key(login)
        headers = {"Authorization": f"Bearer {secret}", **{name.replace("_", "-"): v for name, v in headers.items()}}
        data = None
        if body is not None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        answer = self.opener.request(method, self.base_url() + BASE + path, data=data, headers=headers, timeout=30)
        self.env.invalidate_all()
        if status is not None:
            self.assertEqual(answer.status_code, status, answer.text)
        self.check_answer(method, path.partition("?")[0], answer)
        return answer

    def check_answer(self, method, path, answer):
        operation, _numbers = self.env["helpdesk.api"]._find_operation(method, path)
        if answer.status_code >= 400:
            self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
            self.assertNotIn("Traceback", answer.text)
            self.assertNotIn("psycopg2", answer.text)
            name = "Problem"
        else:
            self.assertEqual(answer.status_code, operation.status)
            name = operation.answer
        if name:
            schemas = {"components": {"schemas": self.document["components"]["schemas"]}}
            Draft202012Validator({"$ref": f"#/components/schemas/{name}", **schemas}).validate(answer.json())

    def faults(self, answer):
        """``{pointer: words}`` of a refused request."""
        return {error["pointer"]: error["detail"] for error in answer.json()["errors"]}
