from odoo import api, models
from odoo.tools import SQL

from ..demo.story import INCIDENT_LENGTH, INCIDENT_NOTICED, read
from .helpdesk_event import OWN_HISTORY

LEADER = "ketua1@demo.kemenkes.example"


class HelpdeskDemo(models.AbstractModel):
    """The day of the outage: one incident, and the tickets of everyone who wrote in."""

    _inherit = "helpdesk.demo"

    @api.model
    def _write_incident(self, tickets, stories):
        """Make the incident of the tickets that were told from the day's scripts, with the dates of that day."""
        codes = {script["code"] for script in read("conversations/incident_day.json")}
        pairs = [pair for pair in zip(tickets, stories, strict=True) if pair[1].script["code"] in codes]
        if not pairs:
            return
        noticed = min(story.start for _ticket, story in pairs) + INCIDENT_NOTICED
        recovered = noticed + INCIDENT_LENGTH
        incident = self._create_incident(noticed)
        children = [ticket for ticket, _story in pairs]
        self.env.execute_query(
            SQL(
                "UPDATE helpdesk_ticket SET parent_id = %s WHERE id = ANY(%s) RETURNING id",
                incident.id,
                [ticket.id for ticket in children],
            )
        )
        tickets.invalidate_recordset(["parent_id"])
        self._record_incident(incident, pairs, noticed, recovered)
        incident._rebuild_figures()

    def _create_incident(self, noticed):
        incident = (
            self.env["helpdesk.ticket"]
            .with_context(helpdesk_history=OWN_HISTORY)
            .create(
                {
                    "name": "Gangguan layanan masuk SATUSEHAT Mobile",
                    "description": "Layanan masuk menolak semua permintaan sejak pagi.",
                    "is_incident": True,
                    "product_id": self._ref("product_satusehat_mobile"),
                    "category_id": self._ref("category_incident_outage_down"),
                    "team_id": self._ref("team_first_line"),
                    "site_id": self._ref("site_jakarta"),
                    "user_id": self.env["res.users"].search([("login", "=", LEADER)]).id,
                    "assign_date": noticed,
                    "priority": "3",
                    "stage_id": self._ref("stage_solved"),
                }
            )
            .with_env(self.env)
        )
        incident.flush_recordset()
        self.env.execute_query(
            SQL("UPDATE helpdesk_ticket SET create_date = %s WHERE id = %s RETURNING id", noticed, incident.id)
        )
        incident.invalidate_recordset(["create_date"])
        return incident

    def _record_incident(self, incident, pairs, noticed, recovered):
        leader, stage = incident.user_id.id, self._ref("stage_new")
        new = {"user_id": leader, "stage_id": stage, "stage_kind": "new"}
        rows = [
            {"kind": kind, "ticket_id": incident.id, "date": noticed, **new} for kind in ("created", "incident_opened")
        ]
        rows += [
            {
                "kind": "incident_joined",
                "ticket_id": ticket.id,
                "other_ticket_id": incident.id,
                "date": max(noticed, story.start),
                "user_id": leader,
            }
            for ticket, story in pairs
        ]
        moved = {"old": stage, "new": incident.stage_id.id}
        rows += [
            {"kind": "stage_changed", "ticket_id": incident.id, "date": recovered, "user_id": leader, "data": moved},
            {"kind": "solved", "ticket_id": incident.id, "date": recovered, "user_id": leader},
        ]
        self.env["helpdesk.event"].with_context(helpdesk_history=OWN_HISTORY)._record(rows)
