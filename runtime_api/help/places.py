"""Which page of help belongs to which page of the product, and which tour begins there."""

from __future__ import annotations

from flask import request, url_for

PAGES = (
    "start", "tasks", "task", "reception", "dossier", "papers", "returns", "leader", "incidents", "notices",
    "designer", "library", "admin", "keys",
)  # fmt: skip

# the beginning of a view's name → page of help; the longest that fits counts
PLACES: dict[str, str] = {
    "staff.task_list": "tasks",
    "staff.task": "task",
    "staff.practi": "task",
    "staff.reception": "reception",
    "staff.receive": "reception",
    "staff.accepted": "reception",
    "staff.draft": "reception",
    "staff.dossier": "dossier",
    "staff.find": "dossier",
    "staff.diagram": "dossier",
    "staff.look": "papers",
    "staff.return": "returns",
    "staff.incident": "incidents",
    "staff.notif": "notices",
    "staff.": "start",
    "leader.": "leader",
    "designer.": "designer",
    "trials.": "designer",
    "library.": "library",
    "admin.": "admin",
    "office_": "admin",
}


def help_address() -> str:
    """Return the address of the help for the page that is being made."""
    return url_for("help.page", name=_page_of(request.endpoint or ""))


def _page_of(endpoint: str) -> str:
    fitting = [place for place in PLACES if endpoint.startswith(place)]
    return PLACES[max(fitting, key=len)] if fitting else "start"
