"""The staff workspace: receiving, working on a step, finding dossiers, handing back results."""

from runtime_api.staff import (  # each adds its views to `bp`
    choices,
    dossiers,
    drafts,
    files,
    filings,
    handing,
    incidents,
    lists,
    many,
    notifications,
    papers,
    reception,
    registers,
    returns,
    signing,
    talk,
    work,
)
from runtime_api.staff.blueprint import bp

__all__ = [
    "bp", "choices", "dossiers", "drafts", "files", "filings", "handing", "incidents", "lists", "many",
    "notifications", "papers", "reception", "registers", "returns", "signing", "talk", "work",
]  # fmt: skip
