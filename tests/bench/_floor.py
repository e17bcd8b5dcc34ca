"""Agents at work and tickets that wait, for the measurements of the distribution."""

from datetime import datetime, timedelta


def make_agents(env, count, **team_values):
    """A team that hands out to the least loaded, with ``count`` agents of equal rights.

    :return: ``(team, users)``
    """
    env["helpdesk.nda.rule"].search([]).required = False
    site = env["helpdesk.site"].create({"name": "Bench", "code": "bench"})
    product = env["helpdesk.product"].create({"name": "Bench", "code": "bench"})
    users = (
        env["res.users"]
        .with_context(no_reset_password=True, tracking_disable=True)
        .create(
            [
                {
                    "name": f"Bench {number}",
                    "login": f"bench{number}@helpdesk.example",
                    "group_ids": [(4, env.ref("kemenkes_helpdesk.group_agent").id)],
                    "helpdesk_product_ids": [(6, 0, product.ids)],
                    "helpdesk_site_ids": [(6, 0, site.ids)],
                }
                for number in range(count)
            ]
        )
    )
    values = {"distribution_rule": "least_loaded", "distribution_mode": "direct", **team_values}
    team = env["helpdesk.team"].create({"name": "Bench", "site_id": site.id, "member_ids": users.ids, **values})
    return team, users


def set_capacity(env, kind, maximum, weight):
    env["helpdesk.capacity"].search([("channel_kind", "=", kind), ("user_id", "=", False)]).write(
        {"maximum": maximum, "weight": weight}
    )


def make_tickets(env, team, channel, count):
    """``count`` tickets of ``team`` that wait, each due at a moment of its own, in no order."""
    product = env["helpdesk.product"].search([("code", "=", "bench")])
    start = datetime(2026, 1, 1)
    for first in range(0, count, 1000):
        env["helpdesk.ticket"].with_context(tracking_disable=True, helpdesk_distributing=True).create(
            [
                {
                    "name": f"Tidak bisa masuk {number}",
                    "team_id": team.id,
                    "site_id": team.site_id.id,
                    "product_id": product.id,
                    "channel_id": channel.id,
                    "next_due_date": start + timedelta(seconds=number * 7919 % 1_000_003),
                }
                for number in range(first, min(first + 1000, count))
            ]
        )
        env.cr.commit()
