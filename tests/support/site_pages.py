"""Finding the pages of the product by following links, as each of its people, one for each way to ask.

Whatever a colleague links to is found, so a test that walks these pages needs no list of them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

from flask import Flask
from lxml import html
from werkzeug.exceptions import HTTPException

MOST_REQUESTS = 200
SHAPING = ("aria-label", "aria-labelledby", "aria-invalid", "hidden", "disabled", "open", "title")
LONGEST_SHAPE = 160
PLAIN = ("index_view",)
ORDERING = {"sort", "desc", "page_size", "url"}  # of the lists of Flask-Admin: the same page in another order

# who → where they begin; "" is somebody who has not signed in
STARTS: dict[str, tuple[str, ...]] = {
    "": ("/", "/lookup", "/sign-in"),
    "mai.lt": ("/staff/", "/staff/reception"),
    "linh.vt": ("/staff/", "/staff/dossiers"),
    "khoa.nd": ("/staff/", "/staff/incidents"),
    "nhi.ty": ("/staff/returns",),
    "hai.hv": ("/leader/", "/staff/"),
    "tuan.pm": ("/staff/signing", "/designer/"),
    "thao.np": ("/designer/",),
    "lan.dt": ("/designer/",),
    "vinh.dq": ("/admin/", "/library/"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """One page: the view that makes it, an address at which this person sees it, and what it shows.

    Attributes:
        text: The page.
        shape: Each kind of element on it, with the kinds around it; two pages with one shape break one rule.
    """

    login: str
    view: str
    address: str
    text: str = field(repr=False)
    shape: frozenset[str] = field(repr=False)


def pages_of(app: Flask, login: str, more: Iterable[str] = ()) -> list[Place]:
    """Return the pages that this person reaches by links, in the order of reaching.

    Of each view there is one page for each way to ask for it, as the names in its query tell; pages that
    show only kinds of elements that others of the same view show are left out.

    Args:
        more: Addresses to begin at besides those of `STARTS`.
    """
    browser = app.test_client()
    if login:
        browser.sign_in(login)
    routes = app.url_map.bind("localhost")
    begin = (*STARTS.get(login, ()), *more)
    found: dict[tuple[str, ...], Place] = {}
    seen: dict[str, set[str]] = {}
    waiting, asked, requests = deque(begin), set(begin), 0
    while waiting and requests < MOST_REQUESTS:
        address = waiting.popleft()
        try:
            endpoint, _arguments = routes.match(urlsplit(address).path, method="GET")
        except HTTPException:
            continue
        view = _kind(endpoint)
        way = (view, *sorted(set(dict(parse_qsl(urlsplit(address).query))) - ORDERING))
        if way in found or view == "static" or view.endswith(".static"):
            continue
        requests += 1
        answer = browser.get(address, follow_redirects=True)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        page = html.document_fromstring(answer.text)
        shape = frozenset(_shape(page))
        here = answer.request.full_path.rstrip("?")
        found[way] = Place(login, view, here, answer.text, shape - seen.get(view, set()))
        seen.setdefault(view, set()).update(shape)
        for link in page.iter("a"):
            target = urldefrag(urljoin(answer.request.url, link.get("href", ""))).url
            parts = urlsplit(target)
            next_one = f"{parts.path}?{parts.query}" if parts.query else parts.path
            if parts.netloc == "localhost" and "lang=" not in parts.query and next_one not in asked:
                asked.add(next_one)
                waiting.append(next_one)
    return [one for one in found.values() if one.shape]


def ways_on(place: Place) -> list[str]:
    """Return where a page leads to without the browser's own back: other pages, named by words in a link."""
    page = html.document_fromstring(place.text)
    found = []
    for link in page.iter("a"):
        target = urlsplit(urljoin(place.address, link.get("href", "")))
        is_itself = target.path == urlsplit(place.address).path
        says = " ".join(link.text_content().split()) or link.get("aria-label")
        if not is_itself and says and target.path.startswith("/") and not link.get("download"):
            found.append(target.path)
    return found


def _shape(element: html.HtmlElement, around: str = "") -> Iterator[str]:
    """Yield the kinds of elements: tag, classes, and the attributes that rules look at, inside of what."""
    if not isinstance(element.tag, str) or element.tag in ("svg", "head"):
        return
    classes = [one for one in (element.get("class") or "").split() if not one.startswith("col-")]
    told = [element.tag, *sorted(classes)]  # col-…: the columns of the lists of Flask-Admin, all alike
    told += [f"[{name}]" for name in SHAPING if element.get(name) is not None]
    told += [f"[{name}={element.get(name)}]" for name in ("type", "role") if element.get(name)]
    kind = f"{around}>{'.'.join(told)}"[-LONGEST_SHAPE:]
    yield kind
    for child in element:
        yield from _shape(child, kind)


def _kind(view: str) -> str:
    """Details and commands of the management pages are one page each, whatever the rows are."""
    name = view.rpartition(".")[2]
    return f"office.{name}" if view.startswith("office_") and name not in PLAIN else view
