import re
from unittest.mock import patch
from urllib.parse import urlsplit

from odoo.tests import TransactionCase, tagged

# Every job that runs by itself, and why it calls nobody outside, or only whom somebody has configured.
JOBS = {
    "auth_signup.ir_cron_auth_signup_send_pending_user_reminder": "queues mails",
    "base.autovacuum_job": "cleans the database",
    "base.ir_cron_res_users_deletion": "removes portal accounts whose owners asked for it",
    "base_automation.ir_cron_data_base_automation_check": "rules that somebody wrote",
    "calendar.ir_cron_scheduler_alarm": "queues mails",
    "mail.ir_cron_delete_notification": "cleans the database",
    "mail.ir_cron_discuss_channel_member_unmute": "database only",
    "mail.ir_cron_mail_gateway_action": "fetches from configured mailboxes",
    "mail.ir_cron_mail_scheduler_action": "sends by configured mail servers",
    "mail.ir_cron_post_scheduled_message": "database only",
    "mail.ir_cron_send_scheduled_message": "queues mails",
    "sms.ir_cron_sms_scheduler_action": "only where somebody has installed text messages, and sent one",
    "gamification.ir_cron_check_challenge": "database only, and there is no challenge; comes with survey",
    "gamification.ir_cron_consolidate": "database only",
    "queue_job.ir_cron_queue_job_garbage_collector": "database only",
    "queue_job.ir_cron_autovacuum_queue_jobs": "cleans the database",
}
# Modules that call the publisher's or others' services as soon as they are there.
CALLERS = {
    "partner_autocomplete",
    "snailmail",
    "web_unsplash",
    "google_gmail",
    "microsoft_outlook",
    "crm_iap_enrich",
    "crm_iap_mine",
}
LOCAL_HOSTS = {"localhost", "127.0.0.1"}


@tagged("post_install", "-at_install")
class TestOutbound(TransactionCase):
    """UU 27/2022, R23.a.3: nobody is called whom no one has configured."""

    def test_jobs(self):
        jobs = self.env["ir.cron"].search([("active", "=", True)])
        names = jobs.get_external_id()
        unknown = [
            f"{names[job.id]} ({job.cron_name})"
            for job in jobs
            if names[job.id] not in JOBS and not names[job.id].startswith("kemenkes_")
        ]
        self.assertFalse(unknown, "jobs that nobody has looked at: does one call outside?")

    def test_publisher_is_not_told(self):
        self.assertFalse(self.env.ref("mail.ir_cron_module_update_notification").active)

    def test_no_host_by_default(self):
        """Mail servers, mailboxes, relays of calls, addresses in settings: none before somebody sets one."""
        self.assertFalse(
            self.env["ir.mail_server"].search([]).filtered(lambda server: server.smtp_host not in LOCAL_HOSTS)
        )
        self.assertFalse(self.env["fetchmail.server"].search([]))
        self.assertFalse(self.env["mail.ice.server"].search([]))
        self.assertFalse(self.env["mail.link.preview"]._is_link_preview_enabled())
        own = urlsplit(self.env["ir.config_parameter"].get_param("web.base.url")).hostname
        hosts = {
            (parameter.key, urlsplit(address).hostname)
            for parameter in self.env["ir.config_parameter"].search([])
            for address in re.findall(r"https?://[^\s\"']+", parameter.value or "")
        }
        self.assertFalse({(key, host) for key, host in hosts if host not in LOCAL_HOSTS | {own}})

    def test_no_push_by_browser_makers(self):
        """A browser that has registered with its maker's push service is not sent anything by it."""
        partner = self.env["res.partner"].create({"name": "Reader"})
        self.env["mail.push.device"].create(
            {"partner_id": partner.id, "endpoint": "https://push.example", "keys": "{}"}
        )
        self.env["mail.push.device"].get_web_push_vapid_public_key()
        with patch("odoo.addons.mail.models.mail_thread.push_to_end_point") as push:
            self.env["res.partner"].create({"name": "Thread"}).message_notify(body="Secret", partner_ids=partner.ids)
        push.assert_not_called()
        self.assertFalse(self.env["mail.push"].search([]))

    def test_needs_no_caller(self):
        """None of the addons that this one depends on, directly or not, is one that calls outside by itself."""
        needed, waiting = set(), {"kemenkes_helpdesk"}
        while waiting:
            needed |= waiting
            modules = self.env["ir.module.module"].search([("name", "in", list(waiting))])
            waiting = set(modules.dependencies_id.mapped("name")) - needed
        self.assertFalse(needed & CALLERS)
        self.assertFalse(
            self.env["ir.module.module"]
            .search([("name", "in", list(CALLERS)), ("state", "=", "installed")])
            .mapped("name")
        )
