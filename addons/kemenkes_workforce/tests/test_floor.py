import base64
import io

from PIL import Image
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .floor_common import FloorCase


def picture(width, height):
    stream = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(stream, "PNG")
    return base64.b64encode(stream.getvalue())


@tagged("post_install", "-at_install")
class TestFloor(FloorCase):
    """R23.a.2, R24.c, R25.b.1: floors of the sites, with their seats on a plan."""

    def test_picture_gives_the_proportions(self):
        self.floor.write({"image": picture(1600, 800), "column_count": 40})
        self.assertEqual(self.floor.row_count, 20)
        self.floor.image = picture(100, 1000)
        self.assertEqual(self.floor.row_count, 120, "as many as there may be")
        with self.assertRaises(UserError):
            self.floor.image = base64.b64encode(b"no picture")

    def test_seats_are_saved_as_the_editor_does(self):
        """A supervisor moves one seat, adds another, takes a third away, in one write."""
        self.floor.with_user(self.supervisor).write(
            {
                "seat_ids": [
                    (1, self.seat.id, {"position_x": 0.25, "position_y": 0.125}),
                    (1, self.own_seat.id, {"active": False}),
                    (0, 0, {"name": "A3", "position_x": 1, "position_y": 0, "user_id": self.users["second"].id}),
                ]
            }
        )
        self.assertEqual((self.seat.position_x, self.seat.position_y), (0.25, 0.125))
        self.assertFalse(self.own_seat.active)
        self.assertEqual(self.floor.seat_ids.mapped("name"), ["A1", "A3"])
        self.assertEqual(self.floor.seat_ids.site_id, self.site)
        self.assertEqual(self.floor.seat_count, 2)

    @mute_logger("odoo.sql_db")
    def test_what_is_refused(self):
        for values, error in (
            ({"position_x": 1.1}, IntegrityError),
            ({"name": "A2"}, IntegrityError),
            ({"user_id": self.agent.id}, IntegrityError),
            ({"site_id": self.site_east.id}, ValidationError),
        ):
            with self.subTest(values), self.assertRaises(error), self.cr.savepoint():
                self.seat.write(values)
                self.env.flush_all()
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self.floor.column_count = 3
            self.env.flush_all()

    def test_a_name_is_free_again_when_its_seat_is_gone(self):
        self.seat.active = False
        self.env["helpdesk.seat"].create({"name": "A1", "floor_id": self.floor.id})

    def test_who_sees_and_changes_floors(self):
        """R7: agents see the floors of their sites; supervisors arrange them; other sites are shut."""
        for login, may_write in (("agent", False), ("leader", False), ("supervisor", True), ("admin_support", True)):
            floor = self.floor.with_user(self.users[login])
            self.assertEqual(floor.name, "2nd floor")
            self.assertEqual(floor.has_access("write"), may_write, login)
            self.assertEqual(floor.seat_ids.has_access("write"), may_write, login)
        stranger = self.users["stranger"]
        self.assertFalse(self.env["helpdesk.floor"].with_user(stranger).search([("id", "=", self.floor.id)]))
        with self.assertRaises(AccessError):
            self.floor.with_user(stranger).write({"name": "Mine"})
        with self.assertRaises(AccessError):
            self.seat.with_user(stranger).write({"name": "Mine"})
