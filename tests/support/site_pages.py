"""Finding the pages of the product by following links, as each of its people, one address for each view.

Whatever a colleague links to is found, so a test that walks these pages needs no list of them.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

from flask import Flask
from lxml import html
from werkzeug.exceptions import HTTPException

MOST_REQUESTS = 200

# who → where they begin; "" is somebody who has not signed in
STARTS: dict[str, tuple[str, ...]] = {
    "": ("/", "/lookup", "/sign-in"),
    "mai.lt": ("/staff/", "/staff/reception"),
    "linh.vt": ("/staff/", "/staff/dossiers"),
    "khoa.nd": ("/staff/", "/staff/incidents"),
    "nhi.ty": ("/staff/returns",),
    "hai.hv": ("/leader/", "/staff/"),
    "thao.np": ("/designer/",),
    "vinh.dq": ("/admin/", "/library/"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """One page: the view that makes it, and an address at which this person sees it."""

    login: str
    view: str
    address: str


def pages_of(app: Flask, login: str) -> list[Place]:
    """Return the pages that this person reaches by links, one for each view, in the order of reaching."""
    browser = app.test_client()
    if login:
        browser.sign_in(login)
    routes = app.url_map.bind("localhost")
    found: dict[str, Place] = {}
    waiting, asked, requests = deque(STARTS[login]), set(STARTS[login]), 0
    while waiting and requests < MOST_REQUESTS:
        address = waiting.popleft()
        try:
            view, _arguments = routes.match(urlsplit(address).path, method="GET")
        except HTTPException:
            continue
        view = _kind(view)
        if view in found or view == "static" or view.endswith(".static"):
            continue
        requests += 1
        answer = browser.get(address, follow_redirects=True)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        found[view] = Place(login, view, answer.request.full_path.rstrip("?"))
        for link in html.document_fromstring(answer.text).iter("a"):
            target = urldefrag(urljoin(answer.request.url, link.get("href", ""))).url
            parts = urlsplit(target)
            next_one = f"{parts.path}?{parts.query}" if parts.query else parts.path
            if parts.netloc == "localhost" and "lang=" not in parts.query and next_one not in asked:
                asked.add(next_one)
                waiting.append(next_one)
    return list(found.values())


def _kind(view: str) -> str:
    """Details and commands of the management pages are one page each, whatever the rows are."""
    name = view.rpartition(".")[2]
    return f"office.{name}" if view.startswith("office_") and name != "index_view" else view
