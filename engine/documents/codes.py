"""Codes that scanners read: a QR code for the citizen's telephone, a bar code for the counter."""

from __future__ import annotations

import segno
from barcode.codex import Code128
from markupsafe import Markup

LONGEST = 300
BAR_HEIGHT = 12


def qr_svg(text: str) -> Markup:
    """Return a QR code as an inline SVG without a size of its own."""
    code = segno.make(text[:LONGEST], error="m", micro=False)
    return Markup(code.svg_inline(border=0, omitsize=True, svgclass="qr-code", lineclass=None))


def barcode_svg(text: str) -> Markup:
    """Return Code 128 as an inline SVG; nothing where a letter has no bars."""
    plain = text[:60]
    if not plain or not plain.isascii() or not plain.isprintable():
        return Markup("")
    modules = Code128(plain).build()[0]
    bars, at = [], 0
    while at < len(modules):
        end = at
        while end < len(modules) and modules[end] == modules[at]:
            end += 1
        if modules[at] == "1":
            bars.append(f"M{at} 0h{end - at}v{BAR_HEIGHT}h-{end - at}z")
        at = end
    return Markup(  # only digits of ours stand in it
        f'<svg class="bar-code" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(modules)} {BAR_HEIGHT}"'
        f' preserveAspectRatio="none"><path d="{"".join(bars)}"/></svg>'
    )
