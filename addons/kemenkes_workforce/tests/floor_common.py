from .common import WorkCase


class FloorCase(WorkCase):
    """A floor with both seats on it, and a colleague at a site far away."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.floor = cls.env["helpdesk.floor"].create({"name": "2nd floor", "site_id": cls.site.id})
        (cls.seat | cls.own_seat).floor_id = cls.floor
        cls.leader, cls.supervisor = cls.users["leader"], cls.users["supervisor"]
        cls.users["stranger"] = cls.create_user("stranger", "group_supervisor", sites=cls.site_east)
        cls.users["second"] = cls.create_user("second", "group_agent")
        cls.team_l1.member_ids |= cls.users["second"]
        cls.monitor = cls.env["helpdesk.monitor"]

    @classmethod
    def live(cls, login="leader"):
        """What the screens of somebody read."""
        cls.env.flush_all()
        cls.env.invalidate_all()
        return cls.monitor.with_user(cls.users[login]).get_live()

    @classmethod
    def ticket_row(cls, data, ticket):
        rows = [dict(zip(data["ticket_columns"], row, strict=True)) for row in data["tickets"]]
        return next((row for row in rows if row["id"] == ticket.id), None)
