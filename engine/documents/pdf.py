"""HTML to PDF/A with embedded fonts, by WeasyPrint; nothing is fetched from anywhere.

WeasyPrint needs Pango on the machine, and Vietnamese letters need the fonts that `./run.sh assets` puts into
`engine/documents/fonts`; `trouble()` says what is missing. Works outside any transaction: a page takes time.
"""

from __future__ import annotations

import atexit
import io
import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from engine.documents.errors import DocumentTooLong, PdfMissing
from engine.domain.texts import Text

FOLDER = Path(__file__).parent
FONTS = FOLDER / "fonts"
LAYOUT = FOLDER / "layout.css"
LONGEST_PAGE = 600_000  # characters of HTML; about 300 sheets of a register
SIZES = {
    "a4": "A4; margin: 14mm 15mm",
    "a5": "A5; margin: 8mm 9mm 6mm",
    "a4-wide": "A4 landscape; margin: 12mm",
}
FAMILIES = {"Motcua Latin": "latin", "Motcua Viet": "vietnamese", "Motcua More": "latin-ext"}
STYLES = ((400, "normal"), (400, "italic"), (700, "normal"), (700, "italic"))
_one_at_a_time = Lock()  # Pango's font maps are shared


def make_pdf(
    html: str,
    *,
    title: str,
    size: str = "a4",
    mark: str = "",
    overlay: str = "",
    enclosed: Sequence[tuple[str, datetime, bytes]] = (),
) -> bytes:
    """Return the page of a paper as PDF/A-3b.

    Args:
        html: What a template made; the page around it is added here.
        size: "a4", "a5" or "a4-wide".
        mark: Printed in the corner of a copy.
        overlay: CSS selector; only what it names is painted, the rest keeps its place unseen.
        enclosed: Files that lie inside it: name, when they were added, content.

    Raises:
        PdfMissing: If this machine cannot make PDF.
        DocumentTooLong: If the page is longer than can be painted in a reasonable time.
    """
    if len(html) > LONGEST_PAGE:
        raise DocumentTooLong("a shorter paper", f"{len(html)} characters", form=title, most=LONGEST_PAGE)
    missing = trouble()
    if missing:
        raise PdfMissing("what makes PDF", missing.en, why=missing.vi)
    from weasyprint import CSS, HTML, Attachment

    with _one_at_a_time:
        fonts, layout = _style()
        extra = f"@page {{ size: {SIZES[size]} }}"
        if overlay:
            extra += " html, body { background: none !important }"  # else it hides what was signed
            extra += f" body * {{ visibility: hidden }} {overlay}, {overlay} * {{ visibility: visible }}"
        sheets = [layout, CSS(string=extra, font_config=fonts, url_fetcher=_fetcher())]
        target = io.BytesIO()
        inside = [
            Attachment(string=content, name=name, created=at, modified=at, relationship="Source")
            for name, at, content in enclosed
        ]
        HTML(string=whole_page(html, title, size, mark), url_fetcher=_fetcher()).write_pdf(
            target, stylesheets=sheets, font_config=fonts, pdf_variant="pdf/a-3b", attachments=inside
        )
    return target.getvalue()


def whole_page(html: str, title: str, size: str, mark: str = "") -> str:
    """Return a page of its own around what a template made."""
    from markupsafe import escape

    corner = f'<p class="copy-mark">{escape(mark)}</p>' if mark else ""
    kind = "paper a5" if size == "a5" else "paper"
    return (
        f'<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
        f'<body class="{kind}">{corner}{html}</body></html>'
    )


def trouble() -> Text | None:
    """Return why this machine cannot make PDF; None when it can."""
    return _load_trouble()


def fonts_missing() -> bool:
    """Say whether the fonts of the papers were not built; others of the system stand in then."""
    return not any(FONTS.glob("tinos-*.woff2"))


@lru_cache(maxsize=1)
def _load_trouble() -> Text | None:
    try:
        import weasyprint  # noqa: F401 - it loads Pango
    except ImportError:
        return Text("thiếu gói weasyprint", "the package weasyprint is missing")
    except OSError:
        return Text("thiếu thư viện Pango", "the library Pango is missing")
    return None


@lru_cache(maxsize=1)
def _fetcher() -> Any:
    """Let a page have its fonts and what it carries itself, and nothing else."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Fonts(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            folder, _, name = url.rpartition("/")
            if folder != FONTS.as_uri() or not re.fullmatch(r"tinos-[a-z0-9-]+\.woff2", name):
                raise ValueError("a paper fetches nothing")
            return URLFetcherResponse(url, (FONTS / name).read_bytes(), {"Content-Type": "font/woff2"})

    return Fonts()


@lru_cache(maxsize=1)
def _style() -> tuple[Any, Any]:
    """Load fonts and layout once: unpacking the fonts takes longer than painting a page."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    atexit.register(_style.cache_clear)  # it lets go of its fonts while there is still something to call
    fonts = FontConfiguration()
    faces = "".join(
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; font-style: {style};'
        f' src: url("{(FONTS / name).as_uri()}") }}\n'
        for family, part in FAMILIES.items()
        for weight, style in STYLES
        if (FONTS / (name := f"tinos-{part}-{weight}-{style}.woff2")).exists()
    )
    css = faces + "body { margin: 0 }\n" + LAYOUT.read_text(encoding="utf-8")
    return fonts, CSS(string=css, font_config=fonts, url_fetcher=_fetcher())
