"""Connections to outgoing mail servers that a batch of mails shares."""

import smtplib
from contextlib import suppress


class MailConnections:
    """One open connection for each mail server while a batch of mails is sent; a context manager, closing them all.

    Opening one costs more than the mail itself: greeting, TLS and log-in are half a dozen round trips.

    :param servers: ``ir.mail_server``, which finds and opens
    """

    def __init__(self, servers):
        self._servers = servers
        self._routes = {}
        self._sessions = {}

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        for session in filter(None, self._sessions.values()):
            # what was sent is sent, whatever the server says to a good-bye
            with suppress(smtplib.SMTPException, OSError):
                session.quit()

    def of_sender(self, sender):
        """The session for mails From ``sender``, opened where there is none or the server has hung up.

        :param str sender: the mail's From
        :return: ``smtplib.SMTP`` as ``ir.mail_server.send_email`` takes it; None where Odoo sends nothing (tests)
        :raise OSError, smtplib.SMTPException: the server can't be reached, or refuses the log-in
        """
        if sender not in self._routes:
            self._routes[sender] = self._servers._find_mail_server(sender)
        server, smtp_from = self._routes[sender]
        server_id = server.id if server else None
        session = self._sessions.get(server_id)
        if not _is_alive(session):
            session = self._servers._connect__(mail_server_id=server_id, smtp_from=smtp_from)
            self._sessions[server_id] = session
        if session:
            session.smtp_from = smtp_from
        return session


def _is_alive(session):
    """Whether the server still listens: asked before a mail, nobody has to guess afterwards if it has it."""
    try:
        return bool(session) and session.noop()[0] == 250
    except (smtplib.SMTPException, OSError):
        return False
