from odoo import api, fields, models

# Kind -> field of the ticket whose values "old" and "new" are in the row's data.
FIELD_BY_KIND = {
    "assigned": "user_id",
    "unassigned": "user_id",
    "team_changed": "team_id",
    "tier_changed": "tier",
    "stage_changed": "stage_id",
    "category_changed": "category_id",
    "priority_changed": "priority",
    "product_changed": "product_id",
    "site_changed": "site_id",
    "tags_changed": "tag_ids",
    "customer_changed": "partner_id",
}
# Values of these are told by id only: a name is personal data, and who reads the log need not see it.
UNNAMED = ("res.partner",)


class HelpdeskEvent(models.Model):
    """A row of the ledger in one line that a person reads."""

    _inherit = "helpdesk.event"

    description = fields.Char(compute="_compute_description")
    hash = fields.Char("Fingerprint", compute="_compute_hash")

    @api.depends("kind", "data", "target_user_id")
    def _compute_description(self):
        for event in self:
            parts = [event._describe_change(), event._describe_rights(), event._describe_target()]
            kind = event._fields["kind"].convert_to_export(event.kind, event) or event.kind or ""
            details = " ".join(part for part in parts if part) or event._describe_data()
            event.description = f"{kind}: {details}" if details else kind

    @api.depends("description")
    def _compute_display_name(self):
        for event in self:
            event.display_name = event.description

    def _compute_hash(self):
        self.env.cr.execute("SELECT id, encode(hash, 'hex') FROM helpdesk_event WHERE id = ANY(%s)", [list(self.ids)])
        hash_by_id = dict(self.env.cr.fetchall())
        for event in self:
            event.hash = hash_by_id.get(event.id)

    def _describe_change(self):
        """ "old → new" for the kinds that tell a change of one field."""
        name = FIELD_BY_KIND.get(self.kind)
        data = self.data or {}
        if not name or not data.keys() & {"old", "new"}:
            return ""
        field = self.env["helpdesk.ticket"]._fields[name]
        return f"{self._name_values(field, data.get('old'))} → {self._name_values(field, data.get('new'))}"

    def _describe_rights(self):
        """ "groups: + A - B" for links that were made or cut."""
        data = self.data or {}
        model = self.env.get(data.get("model"))
        if self.kind != "rights_changed":
            return ""
        if model is None or data.get("field") not in model._fields:
            label = data.get("field") or data.get("model") or ""
            return self.env["ir.model.fields"]._get("res.users", label).field_description or label
        field = model._fields[data["field"]]
        whose = "" if self.target_user_id else f"{self._name_records(model._name, [data.get('record')])}, "
        # sudo: the label of a field is no secret
        label = self.env["ir.model.fields"]._get(model._name, field.name).sudo().field_description
        signs = [
            f"{sign} {self._name_values(field, data[key])}"
            for key, sign in (("added", "+"), ("removed", "-"))
            if data.get(key)
        ]
        return f"{whose}{label} {' '.join(signs)}"

    def _describe_target(self):
        if not self.target_user_id:
            return ""
        return f"({self._name_records('res.users', self.target_user_id.ids)})"

    def _describe_data(self):
        return ", ".join(f"{key} {self._plain(value)}" for key, value in (self.data or {}).items())

    def _plain(self, value):
        if isinstance(value, list):
            return ", ".join(map(self._plain, value))
        return str(value)

    def _name_values(self, field, value):
        if value in (None, False, []):
            return "-"
        if field.relational:
            return self._name_records(field.comodel_name, value if isinstance(value, list) else [value])
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(str(value), str(value))
        return self._plain(value)

    def _name_records(self, model, ids):
        """Names of configuration and accounts; what was deleted meanwhile keeps its number."""
        if model in UNNAMED:
            return ", ".join(f"#{record_id}" for record_id in ids)
        # sudo: names of teams, stages, groups and accounts, for somebody who may read the log
        records = self.env[model].sudo().with_context(active_test=False).browse(ids)
        name_by_id = {record.id: record.display_name for record in records.exists()}
        return ", ".join(name_by_id.get(record_id) or f"#{record_id}" for record_id in ids)
