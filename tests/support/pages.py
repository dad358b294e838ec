"""Reading pages as people do: links that are there, fields with what stands in them, words that are said."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import Any

from lxml import html
from werkzeug.test import TestResponse


@dataclass
class Page:
    """An answer, parsed."""

    answer: TestResponse
    tree: Any

    @property
    def words(self) -> str:
        """Everything that is said on the page, with single spaces."""
        body = self.tree.find("body")
        return " ".join(" ".join(body.itertext()).split())

    def links(self) -> list[str]:
        return [link.get("href") for link in self.tree.iter("a")]

    def field(self, name: str) -> str:
        """Return what stands in a control."""
        for element in self.tree.xpath("//*[@name=$name]", name=name):
            if element.tag == "textarea":
                return (element.text or "").strip()
            if element.tag == "select":
                return next((one.get("value", "") for one in element if one.get("selected") is not None), "")
            if element.get("type") not in ("radio", "checkbox"):
                return element.get("value", "")
            if element.get("checked") is not None:
                return element.get("value", "")
        return ""

    def problem_of(self, name: str) -> str:
        """Return the sentence under a control, found the way a screen reader finds it."""
        for element in self.tree.xpath("//*[@name=$name]", name=name):
            for holder in (element, *element.iterancestors("fieldset")):
                for one in (holder.get("aria-describedby") or "").split():
                    if one.endswith("-err"):
                        return "".join(self.tree.get_element_by_id(one).itertext()).strip()
        return ""

    def form(self, action: str) -> dict[str, str]:
        """Return the hidden fields of the form that goes to `action`."""
        form = self.tree.xpath("//form[@action=$action]", action=action)[0]
        hidden = form.xpath('.//input[@type="hidden"]')
        return {one.get("name"): one.get("value", "") for one in hidden}

    @property
    def weight(self) -> int:
        """Bytes of the page itself as they travel, packed."""
        return len(gzip.compress(self.answer.data, 6))


def read(answer: TestResponse) -> Page:
    """Parse an answer and check what holds for every page: no inline script, no inline handler, labels."""
    page = Page(answer, html.document_fromstring(answer.text))
    for element in page.tree.iter():
        if not isinstance(element.tag, str):
            continue
        handlers = [name for name in element.attrib if name.startswith("on")]
        assert not handlers, f"{element.tag} has {handlers}"
        assert "style" not in element.attrib or _is_drawing(element), f"{element.tag} has an inline style"
        if element.tag == "script":
            assert element.get("src"), "a script stands in the page itself"
    ids = [element.get("id") for element in page.tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids)), (
        f"ids are used twice: {sorted(one for one in ids if ids.count(one) > 1)}"
    )
    for control in page.tree.xpath('//input[not(@type="hidden")] | //select | //textarea'):
        named = control.get("aria-label") or page.tree.xpath("//label[@for=$id]", id=control.get("id") or "-")
        assert named or any(True for _ in control.iterancestors("label")), (
            f"{control.get('name')} has no label"
        )
    return page


def _is_drawing(element: Any) -> bool:
    return element.tag == "svg" or any(True for _ in element.iterancestors("svg"))
