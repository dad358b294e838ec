"""People made of code: they sign in, receive and finish steps over HTTP, and note what was acknowledged.

A robot repeats a request whose answer it never saw, with the same submission key, as a browser would.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

from lxml import html

PASSWORD = "motcua-demo"
PATIENCE = 2000  # tries of one request while the server is down; each waits a little


class _StayHere(HTTPRedirectHandler):
    """A redirect is the acknowledgement; it is looked at, not followed."""

    def redirect_request(self, *_: object) -> None:
        return None


@dataclass
class Acknowledged:
    """What the server has confirmed, kept outside of it. Shared by threads; lists only grow."""

    dossiers: list[str] = field(default_factory=list)
    tasks: list[int] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


class Stopped(Exception):
    """The campaign is over; the request under way is given up."""


class Robot:
    """One signed-in person."""

    def __init__(self, address: str, login: str, over: threading.Event) -> None:
        self.address, self.login, self.over = address, login, over
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()), _StayHere)
        self._sign_in()

    def get(self, path: str) -> tuple[int, str, str]:
        return self._insist(lambda: Request(urljoin(self.address, path)))

    def post(self, path: str, data: dict[str, str]) -> tuple[int, str, str]:
        """Return status, text and the address that the answer leads to."""
        body = urlencode(data).encode()
        headers = {"Referer": self.address, "Origin": self.address}
        return self._insist(lambda: Request(urljoin(self.address, path), body, headers))

    def receive(self, copy: int) -> str:
        """Receive a request for certified copies; return the code of the dossier, "" if refused."""
        page = html.fromstring(self.get("/staff/reception?procedure=P07")[1])
        form = next(one for one in page.forms if "submission_key" in one.fields)
        data = _filled(form) | {
            "applicant_name": f"Nguyễn Văn Bản {copy}",
            "applicant_id_no": f"0960900{copy % 100000:05}",
            "applicant_phone": "0912345678",
            "d.doc_title": "Bằng tốt nghiệp",
            "d.pages": "2",
            "d.copies": "1",
        }
        status, text, leads_to = self.post(form.action, data)
        found = re.search(r"/dossiers/([^/]+)/", leads_to)
        if status == 303 and found:
            return found[1]
        raise AssertionError(f"reception answered {status}: {said(text)}")

    def finish_one(self) -> tuple[int, int, str]:
        """Finish the first step of the list; return its number (0: nothing to do), the status, the words."""
        page = html.fromstring(self.get("/staff/")[1])
        links = [re.search(r"/staff/tasks/(\d+)$", one) for one in page.xpath("//a/@href")]
        tasks = [int(one[1]) for one in links if one]
        if not tasks:
            return 0, 0, ""
        task = html.fromstring(self.get(f"/staff/tasks/{tasks[0]}")[1])
        form = next((one for one in task.forms if one.get("id") == "work"), None)
        buttons = form.xpath(".//button[@name='outcome']") if form is not None else []
        desk = task.xpath("//a[contains(@href, '/staff/returns/')]/@href")
        if not buttons and desk:
            return tasks[0], *self._hand_back(desk[0])
        if not buttons:
            return tasks[0], 0, "no button"
        data = _filled(form) | {"outcome": buttons[0].get("value", "")}
        status, text, _ = self.post(form.action, data)
        return tasks[0], status, said(text)

    def _hand_back(self, desk: str) -> tuple[int, str]:
        """Hand a result back at its desk: that step has no button on its own page."""
        page = html.fromstring(self.get(desk)[1])
        form = next(one for one in page.forms if "recipient_name" in one.fields)
        data = _filled(form) | {
            "method": "counter",
            "checked_by": "id_card",
            "recipient_name": "Nguyễn Văn Bản",
            "recipient_id_no": "096090001234",
        }
        status, text, _ = self.post(form.action, data)
        return status, said(text)

    def _sign_in(self) -> None:
        form = html.fromstring(self.get("/sign-in")[1]).forms[0]
        sent = _filled(form) | {"login": self.login, "password": PASSWORD}
        status, text, _ = self.post("/sign-in", sent)
        assert status == 303, f"{self.login} could not sign in: {status} {said(text)}"

    def _insist(self, make: Callable[[], Request]) -> tuple[int, str, str]:
        for _ in range(PATIENCE):
            try:
                status, text, location = self._ask(make())
                if status < 502:
                    return status, text, location
            except (OSError, HTTPException):
                pass  # killed under way, or not up yet: the outcome is unknown, so ask again
            if self.over.wait(0.05):
                raise Stopped
        raise AssertionError(f"the server stayed away from {self.login}")

    def _ask(self, request: Request) -> tuple[int, str, str]:
        try:
            answer = self._opener.open(request, timeout=30)
        except HTTPError as refused:
            answer = refused
        with answer:
            return answer.status, answer.read().decode(), answer.headers.get("Location", "")


def _filled(form: html.FormElement) -> dict[str, str]:
    """Read a form as a browser would send it, and fill what is empty and needed with something fitting."""
    data = {name: str(value) for name, value in form.form_values()}
    for field_ in form.inputs:
        if (field_.name or "").endswith("id_no") and not data.get(field_.name):
            data[field_.name] = "096090001234"
        elif field_.get("required") is not None and not data.get(field_.name):
            if field_.tag == "select":
                data[field_.name] = next(one for one in field_.value_options if one)
            else:
                data[field_.name] = "1" if field_.get("inputmode") in ("numeric", "decimal") else "Đã xem"
    return data


def said(text: str) -> str:
    """Return what a page says in its alerts, else in its main part, else its beginning."""
    page = html.fromstring(text) if text.strip() else None
    alerts = (
        page.xpath("//*[@role='alert']//text()") or page.xpath("//main//text()") if page is not None else []
    )
    return " ".join(" ".join(alerts).split()) or " ".join(text.split())[:300]
