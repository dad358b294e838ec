"""Letters leave through a real mail server."""

from __future__ import annotations

import asyncio
import smtplib
from email import message_from_bytes, policy
from threading import Thread

import pytest
from aiosmtpd.smtp import SMTP

from engine.mail import open_mail
from engine.settings import Settings


class Keeper:
    """Takes every letter except those for closed boxes."""

    def __init__(self):
        self.letters = []

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server, session, envelope, address, options
    ):
        if address.startswith("closed"):
            return "550 no such box"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server, session, envelope
    ):
        self.letters.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        return "250 kept"


@pytest.fixture
def keeper():
    return Keeper()


@pytest.fixture
def mail(keeper):
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(_serve(keeper), loop).result()
    port = server.sockets[0].getsockname()[1]
    yield open_mail(
        Settings(smtp_host="127.0.0.1", smtp_port=port, smtp_security="none", smtp_from="motcua@example.vn")
    )
    loop.call_soon_threadsafe(server.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


async def _serve(keeper):
    return await asyncio.get_running_loop().create_server(lambda: SMTP(keeper), "127.0.0.1", 0)


def test_a_letter_arrives_with_its_vietnamese_words_and_a_number_of_its_own(mail, keeper):
    mail.send("khoa@example.vn", "[Một Cửa] H12.05-261123-0001", "Hồ sơ đã quá hạn.\n", "outbox-7")

    ((to, letter),) = keeper.letters
    assert to == ["khoa@example.vn"]
    assert letter["Subject"] == "[Một Cửa] H12.05-261123-0001"
    assert letter["Message-ID"] == "<outbox-7@example.vn>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content().strip() == "Hồ sơ đã quá hạn."


def test_an_address_that_is_refused_raises(mail, keeper):
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        mail.send("closed@example.vn", "x", "y", "outbox-8")

    assert keeper.letters == []


def test_a_line_break_in_an_address_or_subject_adds_no_header(mail, keeper):
    with pytest.raises(ValueError, match="linefeed"):
        mail.send("khoa@example.vn\nBcc: all@example.vn", "x", "y", "outbox-9")
    with pytest.raises(ValueError, match="linefeed"):
        mail.send("khoa@example.vn", "x\r\nBcc: all@example.vn", "y", "outbox-9")

    assert keeper.letters == []


def test_there_is_no_mail_without_a_server():
    assert open_mail(Settings()) is None
