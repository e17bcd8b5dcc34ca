import base64

from odoo.exceptions import UserError
from odoo.tests import tagged

from .review_common import MORNING, ReviewCase, play_review

HEADING = (
    "Package Name,App Version Code,App Version Name,Reviewer Language,Device,Review Submit Date and Time,"
    "Review Submit Millis Since Epoch,Review Last Update Date and Time,Review Last Update Millis Since Epoch,"
    "Star Rating,Review Title,Review Text,Developer Reply Date and Time,Developer Reply Millis Since Epoch,"
    "Developer Reply Text,Review Link\r\n"
)


def line(number, text="Tidak bisa masuk", stars=1, at=MORNING, reply="", package="id.contoh.sehatkita"):
    replied = (at + 60) * 1000 if reply else ""
    link = f"https://play.google.com/console/x?reviewId=r{number}&corpus=PUBLIC_REVIEWS"
    return (
        f'{package},502,5.2.0,id,a1,,{(at - 3600) * 1000},,{at * 1000},{stars},,"{text}",,{replied},{reply},{link}\r\n'
    )


@tagged("post_install", "-at_install")
class TestReviewImport(ReviewCase):
    """R26.b: older reviews are filled in from the store's report."""

    def upload(self, *lines, coding="utf-16", raw=None, login="supervisor", **values):
        content = raw if raw is not None else (HEADING + "".join(lines)).encode(coding)
        return (
            self.env["helpdesk.review.import"]
            .with_user(self.users[login])
            .create(
                {
                    "channel_id": self.play.id,
                    "file": base64.b64encode(content),
                    "file_name": "reviews_id.contoh.sehatkita_202611.csv",
                    **values,
                }
            )
        )

    def test_checked_then_stored_once(self):
        """R26.b: known ones are not doubled, other versions are versions, the check says so before."""
        self.take_play(play_review(1), play_review(2, "Lama", at=MORNING))
        upload = self.upload(line(1), line(2, "Baru", at=MORNING + 60), line(3, "Bagus", 5, reply="Terima kasih"))
        upload.action_check()
        told = (upload.review_count, upload.new_count, upload.edited_count, upload.known_count, upload.problem_count)
        self.assertEqual(told, (3, 1, 1, 1, 0))
        self.assertEqual(self.reviews.search_count([("channel_id", "=", self.play.id)]), 2, "only checked")
        upload.action_import()
        reviews = self.reviews.search([("channel_id", "=", self.play.id)], order="external_id")
        self.assertEqual(reviews.mapped("text"), ["Tidak bisa masuk", "Baru", "Bagus"])
        self.assertEqual(reviews[2].state, "answered")
        self.assertEqual(reviews[1].edition_count, 2)
        self.assertLess(reviews[0].date, reviews[0].edit_date, "the report knows when it was first written")
        self.assertFalse(reviews.ticket_id, "old reviews need no ticket")
        again = self.upload(line(1), line(2, "Baru", at=MORNING + 60), line(3, "Bagus", 5, reply="Terima kasih"))
        again.action_import()
        self.assertEqual((again.new_count, again.edited_count, again.known_count), (0, 0, 3))
        self.assertEqual(self.reviews.search_count([("channel_id", "=", self.play.id)]), 3)

    def test_bad_rows_are_told_and_lose_no_good_one(self):
        upload = self.upload(line(1), line(2, stars=7), line(3, package="com.other"), line(4))
        upload.action_check()
        self.assertEqual((upload.new_count, upload.problem_count), (2, 2))
        self.assertIn("Line 3", upload.problems)
        self.assertIn("com.other", upload.problems)
        upload.action_import()
        self.assertEqual(self.reviews.search_count([("channel_id", "=", self.play.id)]), 2)

    def test_file_that_is_no_report(self):
        upload = self.upload(raw=b"a,b\r\n1,2\r\n")
        upload.action_check()
        self.assertIn("Star Rating", upload.problems)
        with self.assertRaisesRegex(UserError, "Star Rating"):
            upload.action_import()
        with self.assertRaises(UserError):
            self.upload(raw=b"\x80\x81").action_import()

    def test_rules_on_request(self):
        self.create_rule()
        upload = self.upload(line(1), line(2, "Bagus", 5), makes_tickets=True)
        upload.action_import()
        reviews = self.reviews.search([("channel_id", "=", self.play.id)])
        self.assertEqual(len(reviews.ticket_id), 1)

    def test_another_file_is_checked_anew(self):
        upload = self.upload(line(1))
        upload.action_check()
        upload.file = base64.b64encode((HEADING + line(2)).encode())
        self.assertEqual(upload.state, "draft")

    def test_only_app_stores(self):
        with self.assertRaises(UserError):
            self.upload(line(1), channel_id=self.channel_email.id)
