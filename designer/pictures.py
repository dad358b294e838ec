"""A diagram as a file of its own: SVG, PDF on one sheet, PNG for slides."""

from __future__ import annotations

import io
import re

from engine.bpmn.svg import draw
from engine.documents.pdf import make_pdf

_VARIABLE = re.compile(r"var\(--[\w-]+,\s*((?:[^()]|\([^()]*\))*)\)")
PNG_SCALE = 3.0  # of a sheet at 72 dots an inch


def svg_file(xml: bytes, language: str = "vi") -> str:
    """Return the diagram as an SVG file with its colours and fonts written out.

    Raises:
        BadXml: If the drawing cannot be read.
    """
    return _VARIABLE.sub(r"\1", draw(xml, None, language))


def pdf_file(xml: bytes, title: str, language: str = "vi") -> bytes:
    """Return the diagram on one landscape sheet.

    Raises:
        BadXml, PdfMissing, DocumentTooLong.
    """
    return make_pdf(
        f'<div class="diagram">{fitted(svg_file(xml, language))}</div>', title=title, size="a4-wide"
    )


def png_file(xml: bytes, title: str, language: str = "vi") -> bytes:
    """Return the sheet of `pdf_file` as a picture of about 2,500 dots."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf_file(xml, title, language))
    try:
        image = document[0].render(scale=PNG_SCALE).to_pil()
    finally:
        document.close()
    target = io.BytesIO()
    image.save(target, "PNG", optimize=True)
    return target.getvalue()


def fitted(svg: str, width: str = "267mm", height: str = "170mm") -> str:
    """Return an SVG that fills a sheet without leaving it."""
    found = re.search(r'viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"', svg)
    if found is None:
        return svg
    wide, high = float(found[1]), float(found[2])
    most_wide, most_high = float(width.removesuffix("mm")), float(height.removesuffix("mm"))
    scale = min(most_wide / wide, most_high / high)
    size = f'width="{wide * scale:.1f}mm" height="{high * scale:.1f}mm"'
    return re.sub(r' width="[\d.]+" height="[\d.]+"', f" {size}", svg, count=1)
