"""Letters to staff by SMTP: one connection per letter, plain text."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate

from engine.ports import Mail
from engine.settings import Settings

ANSWERS = 3  # a server that lets each answer wait for its part of the worker's time is still in time


class SmtpMail:
    """Sends through the mail server of the installation."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, address: str, subject: str, text: str, key: str) -> None:
        """Send one letter; the same key gives the same Message-ID, by which a repeat is recognised.

        Raises:
            OSError, smtplib.SMTPException: Whatever keeps the server from taking it.
        """
        settings = self._settings
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = settings.smtp_from, address, subject
        letter["Date"] = formatdate(localtime=True)
        letter["Message-ID"] = f"<{key}@{settings.smtp_from.rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(text)
        with self._connect() as server:
            if settings.smtp_security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password)
            server.send_message(letter)

    def _connect(self) -> smtplib.SMTP:
        host, port = self._settings.smtp_host, self._settings.smtp_port
        patience = self._settings.rescue / ANSWERS
        if self._settings.smtp_security == "tls":
            return smtplib.SMTP_SSL(host, port, timeout=patience, context=ssl.create_default_context())
        return smtplib.SMTP(host, port, timeout=patience)


def open_mail(settings: Settings) -> Mail | None:
    """Return what sends letters; None where no mail server is named."""
    return SmtpMail(settings) if settings.smtp_host else None
