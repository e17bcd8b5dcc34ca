from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import HelpdeskCase
from .parallel_common import ParallelCase


class CategoryCase(HelpdeskCase):
    """Two branches: old > old child, and new; a ticket under each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        categories = cls.env["helpdesk.category"]
        cls.new, cls.old = categories.create([{"name": "Akun"}, {"name": "Masalah akun"}])
        cls.old_child = categories.create({"name": "Kata sandi", "parent_id": cls.old.id})
        cls.tickets = {
            category: cls.create_ticket(category_id=category.id) for category in (cls.new, cls.old, cls.old_child)
        }

    def as_supervisor(self, record):
        return record.with_user(self.users["supervisor"])


@tagged("post_install", "-at_install")
class TestCategoryMerge(CategoryCase):
    """R27.c.3: categories that turned out to be one."""

    def merge(self, sources, target):
        return self.as_supervisor(sources).merge_into(self.as_supervisor(target))

    def test_everything_that_named_it_names_the_other(self):
        """R27.c.3: tickets with a ledger row each, whatever their product, archived or not; settings; children."""
        hidden = self.create_ticket(category_id=self.old.id, product_id=self.product_b.id, active=False)
        rule = self.env["helpdesk.keyword.rule"].create(
            {"name": "Sandi", "match": "words", "words": "sandi", "category_id": self.old.id}
        )
        macro = self.env["helpdesk.macro"].create({"name": "Sandi", "category_id": self.old.id})
        self.channel_form.category_id = self.old
        self.merge(self.old, self.new)
        moved = [self.tickets[self.old], hidden]
        self.assertEqual([ticket.category_id for ticket in moved], [self.new] * 2)
        self.assertEqual((rule | rule).category_id | macro.category_id | self.channel_form.category_id, self.new)
        for ticket in moved:
            row = self.env["helpdesk.event"].sudo().search([("ticket_id", "=", ticket.id)], order="id desc", limit=1)
            self.assertEqual(row.kind, "category_changed")
            self.assertEqual(
                (row.data, row.user_id), ({"old": self.old.id, "new": self.new.id}, self.users["supervisor"])
            )
        self.assertEqual(self.old_child.parent_id, self.new)
        self.assertEqual(self.tickets[self.old_child].category_id, self.old_child)
        self.assertRecordValues(self.old, [{"active": False, "merged_into_id": self.new.id}])

    def test_becomes_what_either_was_for(self):
        """R27.c.3: no ticket is left with a category that its product or site has not."""
        self.new.write({"product_ids": [(6, 0, self.product_a.ids)], "site_ids": [(6, 0, self.site.ids)]})
        self.old.product_ids = self.product_b
        self.merge(self.old, self.new)
        self.assertEqual(self.new.product_ids, self.product_a | self.product_b)
        self.assertFalse(self.new.site_ids, "for every site, as the other was")

    def test_chain_leads_to_the_last(self):
        """R27.c.3: what was merged before follows."""
        self.merge(self.old_child, self.old)
        self.merge(self.old, self.new)
        self.assertEqual((self.old_child | self.old).merged_into_id, self.new)
        self.assertEqual(self.old_child._current(), self.new)

    def test_refusals_say_why(self):
        """R27.c.3: itself, its own sub-category, one that is archived, one that is merged."""
        for sources, target, reason in (
            (self.old | self.new, self.new, "into itself"),
            (self.old, self.old_child, "Give it another parent first"),
        ):
            with self.assertRaisesRegex(UserError, reason):
                self.merge(sources, target)
        self.merge(self.old, self.new)
        for sources, target, reason in (
            (self.new, self.old, "is archived"),
            (self.old, self.category, f"already merged into {self.new.name}"),
        ):
            with self.assertRaisesRegex(UserError, reason):
                self.merge(sources, target)

    def test_rights(self):
        """R27.c.3: who may change categories merges them."""
        with self.assertRaises(AccessError):
            self.old.with_user(self.users["agent"]).merge_into(self.new.with_user(self.users["agent"]))

    def test_form_that_was_open_meanwhile(self):
        """R27.c.3: a visitor who chose the old category gets the other one."""
        self.merge(self.old, self.new)
        events = self.env["helpdesk.inbox.event"].with_context(active_test=False)
        payload = {"product_id": self.product_a.id, "category_id": self.old.id, "site_id": False}
        chosen = events._existing_choices([payload])
        payload.update(subject="x", message="x", name="Budi", email="budi@rs.example", phone=False)
        event = events.create({"channel_id": self.channel_form.id, "external_id": "test-category"})
        self.assertEqual(event._prepare_form_ticket(payload, self.customer, chosen)["category_id"], self.new.id)

    def test_is_in_the_log_of_settings(self):
        """R27.b.2, R27.c.3: who merged which category can be looked up."""
        self.merge(self.old, self.new)
        self.env.flush_all()
        logs = (
            self.env["auditlog.log"]
            .sudo()
            .search([("model_model", "=", "helpdesk.category"), ("res_id", "=", self.old.id)])
        )
        line = logs.line_ids.filtered(lambda line: line.field_name == "merged_into_id")
        self.assertEqual(line.log_id.user_id, self.users["supervisor"])

    def wizard(self, categories):
        wizards = self.env["helpdesk.category.merge"].with_user(self.users["supervisor"])
        return Form(wizards.with_context(active_model="helpdesk.category", active_ids=categories.ids))

    def test_wizard_tells_and_asks(self):
        """R27.c.3: it can't be undone, so it says what it changes and wants to be confirmed."""
        self.env["helpdesk.macro"].create({"name": "Sandi ulang", "category_id": self.old.id})
        form = self.wizard(self.old)
        form.target_id = self.new
        for words in ("Kata sandi", "Sandi ulang", "Masalah akun"):
            self.assertIn(words, form.outcome)
        unconfirmed = form.save()
        with self.assertRaises(UserError):
            unconfirmed.action_merge()
        form = self.wizard(self.old)
        form.target_id = self.new
        form.is_understood = True
        self.assertEqual(form.save().action_merge()["res_id"], self.new.id)
        self.assertFalse(self.old.active)

    def test_selection_proposes_the_one_most_used(self):
        """R27.c.3: and refuses with a reason."""
        self.create_ticket(category_id=self.new.id)
        self.create_ticket(category_id=self.new.id)
        form = self.wizard(self.old | self.new)
        self.assertEqual(form.target_id, self.new)
        form.target_id = self.old
        self.assertFalse(form.refusal)
        form = self.wizard(self.old)
        form.target_id = self.old_child
        self.assertTrue(form.refusal)
        self.assertFalse(form.outcome)


@tagged("post_install", "-at_install")
class TestCategoryUse(CategoryCase):
    """R27.c.3: what is used, and how what isn't goes away."""

    def test_usage_counts_the_subtree(self):
        """R27.c.3: number and time of the newest, of what the reader may see."""
        foreign = self.create_ticket(category_id=self.old_child.id, product_id=self.product_b.id)
        old = self.old.with_user(self.users["manager"])
        self.env.cr.execute("UPDATE helpdesk_ticket SET create_date = '2026-01-05' WHERE id = %s", [foreign.id])
        self.env.invalidate_all()
        self.assertEqual((self.old.ticket_count, self.old_child.ticket_count, self.new.ticket_count), (3, 2, 1))
        self.assertEqual(str(self.old_child.last_used_date.date()), "2026-01-05")
        self.assertEqual(self.old.with_user(self.users["agent"]).ticket_count, 2)
        self.assertFalse(self.category_otp.last_used_date)
        self.assertEqual(self.env["helpdesk.ticket"].search_count(old.action_view_tickets()["domain"]), 3)

    def test_a_page_of_categories_costs_what_one_costs(self):
        """R27.c.3: no query for each row."""
        categories = self.env["helpdesk.category"].create([{"name": f"Topik {n}"} for n in range(40)])
        for category in categories:
            self.create_ticket(category_id=category.id)

        def cost(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.mapped("ticket_count")
            return self.env.cr.sql_log_count - before

        self.assertEqual(cost(categories), cost(categories[:1]))

    def test_archiving_takes_the_branch_along(self):
        """R27.c.3: and bringing back a twig brings back what it hangs on, nothing else."""
        sibling = self.env["helpdesk.category"].create({"name": "Surel", "parent_id": self.old.id})
        self.as_supervisor(self.old).action_archive()
        self.assertFalse(any((self.old | self.old_child | sibling).mapped("active")))
        self.assertTrue(self.new.active)
        self.as_supervisor(self.old_child).action_unarchive()
        self.assertEqual([one.active for one in (self.old, self.old_child, sibling)], [True, True, False])

    def test_what_has_tickets_is_not_deleted(self):
        """R27.c.3: no ticket loses its category, also none in a sub-category; what was never used goes."""
        manager = self.users["manager"]
        for category in (self.old, self.old_child):
            with self.assertRaisesRegex(UserError, category.name):
                category.with_user(manager).unlink()
        unused = self.env["helpdesk.category"].create({"name": "Salah ketik"})
        unused.with_user(manager).unlink()
        self.assertFalse(unused.exists())

    def test_search_by_branch(self):
        """R27.c.3: a category finds its whole subtree in the list of categories."""
        view = self.env.ref("kemenkes_helpdesk.helpdesk_category_view_search")
        self.assertIn('name="parent_id" string="In the category" operator="child_of"', view.arch)
        found = self.env["helpdesk.category"].search([("parent_id", "child_of", self.old.id)])
        self.assertEqual(found, self.old | self.old_child)


@tagged("post_install", "-at_install")
class TestCategoryMergeParallel(ParallelCase):
    def setUp(self):
        super().setUp()
        with self.transaction() as env:
            self.ids = env["helpdesk.category"].create([{"name": f"{self.mark} {n}"} for n in (1, 2)]).ids
        self.addCleanup(self.clean_up)

    def clean_up(self):
        with self.transaction() as env:
            categories = env["helpdesk.category"].browse(self.ids)
            categories.merged_into_id = False
            categories.unlink()

    def merging(self, source_id, target_id):
        """A transaction that merges, and tells whether it could."""

        def merge(env):
            categories = env["helpdesk.category"]
            try:
                categories.browse(source_id).merge_into(categories.browse(target_id))
            except UserError:
                return "refused"
            return "merged"

        return lambda: self.replayed(merge)

    def test_into_each_other_at_once(self):
        """R27.c.3: two supervisors, each the other way round: one of the two categories stays in use."""
        one, two = self.ids
        outcomes = self.collide_on("helpdesk_category", one, self.merging(one, two), self.merging(two, one))
        self.assertEqual(sorted(outcomes), ["merged", "refused"])
        with self.transaction() as env:
            self.assertEqual(sorted(env["helpdesk.category"].browse(self.ids).mapped("active")), [False, True])
