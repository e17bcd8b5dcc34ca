from odoo import api, models


class HelpdeskEventMembershipMixin(models.AbstractModel):
    """Rights that are given by linking records: each link made or cut becomes a ledger row.

    The links can be edited from both ends (a user's groups, a group's users), so both ends use this mixin. A row is
    about one record: ``target_user_id`` when it is an account, ``model`` and ``record`` in ``data`` otherwise;
    ``added`` and ``removed`` hold ids.
    """

    _name = "helpdesk.event.membership.mixin"
    _description = "Rights Given by Links, in the Ledger"

    # Names of the many2many fields that give rights.
    _ledger_memberships = ()

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        nobody = dict.fromkeys(self._ledger_memberships, ())
        records._record_memberships({record.id: nobody for record in records})
        return records

    def write(self, vals):
        before = self._read_memberships([name for name in self._ledger_memberships if name in vals])
        result = super().write(vals)
        self._record_memberships(before)
        return result

    def _read_memberships(self, names):
        if not names:
            return {}
        # sudo: the ledger sees archived accounts and groups that the one who writes may not see
        records = self.sudo().with_context(active_test=False)
        return {record.id: {name: tuple(record[name].ids) for name in names} for record in records}

    def _record_memberships(self, before):
        names = next(iter(before.values()), {})
        after = self.browse(before)._read_memberships(list(names))
        rows = []
        for record_id, old in before.items():
            for name, old_ids in old.items():
                new_ids = after[record_id][name]
                if set(new_ids) != set(old_ids):
                    rows.append(self._prepare_membership_row(record_id, name, old_ids, new_ids))
        self.env["helpdesk.event"]._record(rows)

    def _prepare_membership_row(self, record_id, name, old_ids, new_ids):
        return {
            "kind": "rights_changed",
            "data": {
                "model": self._name,
                "record": record_id,
                "field": name,
                "added": sorted(set(new_ids) - set(old_ids)),
                "removed": sorted(set(old_ids) - set(new_ids)),
            },
        }
