from odoo.tests import tagged

from .common import WorkCase


@tagged("post_install", "-at_install")
class TestTalk(WorkCase):
    """R23.b.1, R24.b: an agent's status follows calls, by hooks of the core that channels call."""

    def setUp(self):
        super().setUp()
        self.session = self.start_work("agent")

    def kind(self):
        return self.session.status_kind

    def test_a_call_and_its_wrap_up(self):
        self.agent._begin_talk()
        self.agent._begin_talk()
        self.assertEqual((self.kind(), self.session.is_available), ("busy", False))
        self.agent._end_talk(True)
        self.assertEqual((self.kind(), self.session.is_available), ("wrap_up", False))
        self.agent._end_wrap_up()
        self.agent._end_wrap_up()
        self.assertEqual((self.kind(), self.session.is_available), ("ready", True))
        kinds = self.session.interval_ids.sorted("id").mapped("kind")
        self.assertEqual(kinds, ["ready", "busy", "wrap_up", "ready"])

    def test_no_wrap_up(self):
        self.agent._begin_talk()
        self.agent._end_talk(False)
        self.assertEqual(self.kind(), "ready")

    def test_next_call_in_the_wrap_up(self):
        self.agent._begin_talk()
        self.agent._end_talk(True)
        self.agent._begin_talk()
        self.assertEqual(self.kind(), "busy")
        self.agent._end_talk(True)
        self.agent._end_wrap_up()
        self.assertEqual(self.kind(), "ready")

    def test_what_the_agent_chooses_stays(self):
        self.agent._begin_talk()
        self.call_as("agent", "set_status", self.statuses["break"].id, self.meal.id)
        self.agent._end_talk(True)
        self.assertEqual(self.kind(), "break")
        self.agent._begin_talk()
        self.assertEqual(self.kind(), "break", "who picks up on a break goes on with it")
        self.call_as("agent", "set_status", self.statuses["wrap_up"].id)
        self.agent._end_wrap_up()
        self.assertEqual(self.kind(), "wrap_up")

    def test_who_is_not_at_work(self):
        self.users["leader"]._begin_talk()
        self.users["leader"]._end_talk(True)
        self.assertFalse(self.users["leader"]._work_session())

    def test_house_without_such_a_status(self):
        self.statuses["busy"].active = False
        self.agent._begin_talk()
        self.assertEqual(self.kind(), "ready")
