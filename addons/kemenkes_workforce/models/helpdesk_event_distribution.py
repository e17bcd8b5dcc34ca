from odoo import api, fields, models

DISTRIBUTION_KINDS = [
    ("offered", "Offered to an agent"),
    ("offer_missed", "Offer missed"),
    ("offer_withdrawn", "Offer withdrawn"),
    ("distributed", "Given by the distribution"),
    ("taken_back", "Taken back into the queue"),
    ("skill_changed", "Skill changed"),
]


class HelpdeskEvent(models.Model):
    """What the distribution did, and why."""

    _inherit = "helpdesk.event"

    # rows of the ledger stay when the addon goes
    kind = fields.Selection(
        selection_add=DISTRIBUTION_KINDS, ondelete={kind: lambda _rows: None for kind, _label in DISTRIBUTION_KINDS}
    )

    @api.model
    def _readers(self):
        return [*super()._readers(), "helpdesk.distribution"]

    def _describe_data(self):
        data = self.data or {}
        if self.kind in ("offered", "distributed"):
            return self._describe_decision(data)
        if self.kind == "taken_back":
            return self._describe_taking_back(data)
        if self.kind == "skill_changed":
            name = self._name_records("helpdesk.skill", [data.get("skill")])
            return f"{name} {data.get('old_level') or '-'} → {data.get('level') or '-'}"
        if self.kind == "rejected" and data.get("reason"):
            return self._name_records("helpdesk.reject.reason", [data["reason"]])
        return super()._describe_data()

    def _describe_taking_back(self, data):
        if data.get("why") == "left":
            return self.env._("the agent has left, or the connection is lost")
        return self.env._("the customer waited, and the agent was not at work")

    def _describe_decision(self, data):
        """In words: why this agent, who would have been next, and who was left out."""
        sentences = [self._describe_why(data)]
        if data.get("next"):
            sentences.append(
                self.env._(
                    "Next would have been %(agent)s with a load of %(load)s%%.",
                    agent=self._name_records("res.users", [data["next"]]),
                    load=data.get("next_load", 0),
                )
            )
        if left_out := self._describe_left_out(data.get("left_out") or {}):
            sentences.append(self.env._("Not in question: %s.", left_out))
        sentences.append(self.env._("It had waited %s seconds.", data.get("waited", 0)))
        return " ".join(sentences)

    def _describe_why(self, data):
        values = {key: data.get(key, 0) for key in ("load", "count", "score", "candidates")}
        why = data.get("why")
        if why == "sticky":
            return self.env._("This agent helped the customer last.")
        if why == "only":
            return self.env._("Nobody else could take it (load %(load)s%%).", **values)
        if why == "round_robin":
            return self.env._("Of %(candidates)s agents, this one's last ticket was the longest ago.", **values)
        if why == "skills_first":
            return self.env._("Of %(candidates)s agents, this one knows it best (skill %(score)s).", **values)
        return self.env._(
            "Of %(candidates)s agents, this one had the least to do (load %(load)s%%, %(count)s tickets).", **values
        )

    def _describe_left_out(self, left_out):
        labels = {
            "full": self.env._("no room left"),
            "product": self.env._("no access to the product"),
            "skill": self.env._("without the skill"),
            "channel": self.env._("not for this channel"),
            "refused": self.env._("refused it lately"),
        }
        return ", ".join(f"{labels.get(key, key)}: {count}" for key, count in left_out.items())
