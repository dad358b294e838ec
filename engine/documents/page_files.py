"""Which HTML an office may have as the page of a form: text, tables and lists, nothing that loads or runs."""

from __future__ import annotations

from html.parser import HTMLParser

from engine.documents.errors import PageTemplateRefused
from engine.documents.language import check_template
from engine.domain.texts import Text

TAGS = frozenset(
    {
        "p", "div", "span", "b", "i", "u", "s", "em", "strong", "small", "sub", "sup", "br", "hr",
        "h1", "h2", "h3", "h4", "ul", "ol", "li", "dl", "dt", "dd", "header", "footer", "section",
        "table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td",
    }
)  # fmt: skip
ATTRIBUTES = frozenset({"class", "colspan", "rowspan", "lang", "span", "start"})


def check_page(content: bytes, name: str) -> str:
    """Return the text of a page that may be a template.

    Raises:
        PageTemplateRefused, TemplateRefused: Naming what is not allowed and the line.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        raise _refused(name, 1, Text("tệp phải dùng mã UTF-8", "it must be UTF-8")) from broken
    check_template(text)
    reader = _Reader(name)
    reader.feed(text)
    reader.close()
    return text


class _Reader(HTMLParser):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        if tag not in TAGS:
            raise _refused(self.name, line, Text(f"không được dùng thẻ <{tag}>", f"<{tag}> is not allowed"))
        for attribute, value in attrs:
            if attribute not in ATTRIBUTES or "{" in (value or ""):
                said = attribute[:30]
                raise _refused(
                    self.name, line, Text(f"không được dùng thuộc tính {said}", f"{said} is not allowed")
                )

    handle_startendtag = handle_starttag

    def handle_decl(self, decl: str) -> None:
        self.unknown_decl(decl)

    def handle_pi(self, data: str) -> None:
        self.unknown_decl(data)

    def unknown_decl(self, data: str) -> None:
        why = Text("không được dùng khai báo <! hoặc <?", "declarations are not allowed")
        raise _refused(self.name, self.getpos()[0], why)


def _refused(name: str, line: int, why: Text) -> PageTemplateRefused:
    return PageTemplateRefused(
        "a page of text and tables", why.en, name=name[:80], line=line, why=why.vi, why_en=why.en
    )
