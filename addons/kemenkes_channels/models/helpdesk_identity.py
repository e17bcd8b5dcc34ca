import re

from odoo import api, models

# WhatsApp's business-scoped id of a person: ID.90000000000000000001, of an enterprise XX.ENT.…
SCOPED_ID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9.]{1,130}")
NUMBER = re.compile(r"\+?[0-9]{6,15}")


class HelpdeskIdentity(models.Model):
    """People as the services know them: one person may have several ids at once, and get new ones."""

    _inherit = "helpdesk.identity"

    @api.model
    def _normalize_handle(self, kind, handle):
        if kind != "whatsapp" or not handle:
            return super()._normalize_handle(kind, handle)
        written = handle.strip()
        if SCOPED_ID.fullmatch(written):
            return written
        # the service vouches for its numbers, also for those that no list of number ranges knows
        digits = re.sub(r"[\s().-]", "", written)
        if digits.startswith("0") or not NUMBER.fullmatch(digits):
            return super()._normalize_handle(kind, handle)
        return digits if digits.startswith("+") else f"+{digits}"

    @api.model
    def _prepare_partner(self, kind, handle, name):
        values = super()._prepare_partner(kind, handle, name)
        if kind == "whatsapp" and not handle.startswith("+"):
            values.pop("phone", None)
        return values

    @api.model
    def _partners_of_people(self, people):
        """The customers behind people of outside services, made where none of a person's ids is known.

        The first id that is known decides whose all the others are; new ids are added to that customer.

        :param list people: :class:`records.Person` with at least one handle each
        :return: ``{person: res.partner}``
        """
        handles = {person: self._handles_of(person) for person in people}
        known = self._known_partners({handle for found in handles.values() for handle in found})
        partners = {}
        for person, its_handles in handles.items():
            partner = next((known[handle] for handle in its_handles if handle in known), None)
            if partner:
                partners[person] = partner
        partners.update(self._create_people({person: handles[person] for person in people if person not in partners}))
        self._add_handles(partners, handles, known)
        self._add_names(partners)
        return partners

    @api.model
    def _handles_of(self, person):
        """``[(kind, normalised handle)]`` of a person, the most lasting first; never empty for a person with an id."""
        found = [
            (handle.kind, normalized)
            for handle in person.handles
            if (normalized := self._normalize_handle(handle.kind, handle.value))
        ]
        return list(dict.fromkeys(found))

    @api.model
    def _known_partners(self, handles):
        """``{(kind, handle): res.partner}`` of those that are known; a number also by another service's name."""
        by_kind = {}
        for kind, handle in handles:
            by_kind.setdefault(kind, set()).add(handle)
        if by_kind.get("whatsapp"):
            by_kind.setdefault("phone", set()).update(by_kind["whatsapp"])
        known = {
            (kind, handle): partner
            for kind, of_kind in by_kind.items()
            for handle, partner in self._partners_of(kind, of_kind).items()
        }
        for (kind, handle), partner in list(known.items()):
            if kind == "phone":
                known.setdefault(("whatsapp", handle), partner)
        return known

    @api.model
    def _create_people(self, handles_by_person):
        """Customers for people nobody knew, by their first id; the same person twice is one customer."""
        first = {person: handles[0] for person, handles in handles_by_person.items() if handles}
        names = {}
        for person, (kind, handle) in first.items():
            names.setdefault(kind, {})[handle] = person.name or person.username
        made = {kind: self._find_or_create_partners(kind, of_kind) for kind, of_kind in names.items()}
        return {person: made[kind][handle] for person, (kind, handle) in first.items()}

    @api.model
    def _add_handles(self, partners, handles, known):
        """Ids that were not known yet become those of their person's customer."""
        missing = {}
        for person, partner in partners.items():
            for kind, handle in handles[person]:
                if (kind, handle) not in known:
                    missing.setdefault(kind, {})[handle] = partner.id
        for kind, partner_id_by_handle in missing.items():
            self._insert(kind, partner_id_by_handle)

    @api.model
    def _add_names(self, partners):
        """A customer who so far was called by an id is called by name as soon as a service tells it."""
        for person, partner in partners.items():
            if person.name and partner.name in {handle.value for handle in person.handles}:
                partner.name = person.name
