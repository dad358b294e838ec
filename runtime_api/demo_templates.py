"""The demo province's own Word letter: the request for a supplement (Mẫu 02) as its centre likes to write it.

Made by python-docx when the demo is made, the same bytes every time, and added as IT staff would add it.
"""

from __future__ import annotations

import io
import zipfile
from datetime import date

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt
from sqlalchemy import select

from engine.domain.calendar import local_day
from engine.runtime import Engine
from engine.store.rows import UnitRow
from engine.usecases.paper_templates import NewTemplate, add_template
from runtime_api.demo_procedures import person

CENTRE, IT_STAFF = "ttpvhcc", "vinh.dq"
FACE = "Times New Roman"
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # what stands beside each part of the archive
ROW = ("{{ loop.index }}", "{{ one.name }}", "{{ one.wrong|default|dong }}", "{{ one.bring|default|dong }}")
HEAD = ("TT", "Giấy tờ, nội dung", "Chưa đạt ở điểm nào", "Cần làm gì")


def add_letter(engine: Engine) -> str:
    """Add the letter for the centre from the engine's today on; return the hash of the template."""
    actor = person(engine, IT_STAFF)
    with engine.reading(actor) as unit:
        office = unit.session.scalars(select(UnitRow.id).where(UnitRow.code == CENTRE)).one()
        today = local_day(unit.now)
    return add_template(engine, actor, letter_of(office, today))


def letter_of(unit_id: int, day: date) -> NewTemplate:
    return NewTemplate(
        form_code="02",
        unit_id=unit_id,
        version_name="Thư mời bổ sung của Trung tâm (Word)",
        effective_from=day,
        effective_to=None,
        source="Mẫu thử của tỉnh mẫu; nội dung theo Mẫu 02",
        file_name="thu-moi-bo-sung.docx",
        content=letter_file(),
    )


def letter_file() -> bytes:
    """Return the .docx, with the language of templates typed into its text."""
    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = FACE, Pt(13)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FACE)
    _line(document, "{{ office.superior|default|hoa }}", centre=True)
    _line(document, "{{ office.name|hoa }}", centre=True, bold=True)
    _line(document, "Số: {{ issued.number_text }}", centre=True)
    _line(document, "THƯ MỜI BỔ SUNG, HOÀN THIỆN HỒ SƠ", centre=True, bold=True)
    _line(document, "Kính gửi: Ông/Bà {{ applicant.name }}")
    _line(
        document,
        "Trung tâm đã nhận hồ sơ {{ dossier.code }} của ông/bà về việc “{{ dossier.procedure }}”. "
        "Để giải quyết được, mời ông/bà bổ sung:",
    )
    _gaps(document)
    _line(document, "Lý do: {{ letter.reason|dong }}")
    _line(document, "{%p if letter.deadline|default %}")
    _line(document, "Mời ông/bà nộp trước {{ letter.deadline|gio_ngay }} tại {{ dossier.received_unit }}.")
    _line(document, "{%p endif %}")
    _line(document, "Thời gian chờ bổ sung không tính vào thời hạn giải quyết. Xin cảm ơn ông/bà.")
    for line in ("{%p for line in signer.lines %}", "{{ line|hoa }}", "{%p endfor %}", "{{ signer.name }}"):
        _line(document, line, centre=True, bold=True)
    target = io.BytesIO()
    document.save(target)
    return _timeless(target.getvalue())


def _line(document: Document, text: str, *, centre: bool = False, bold: bool = False) -> None:
    paragraph = document.add_paragraph()
    paragraph.add_run(text).bold = bold
    if centre:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _gaps(document: Document) -> None:
    """A table with a row for each paper that is missing; the rows around it hold the loop."""
    table = document.add_table(rows=4, cols=len(HEAD))
    table.style = "Table Grid"
    table.rows[1].cells[0].text = "{%tr for one in letter.gaps %}"
    table.rows[3].cells[0].text = "{%tr endfor %}"
    for number, (head, text) in enumerate(zip(HEAD, ROW, strict=True)):
        table.rows[0].cells[number].paragraphs[0].add_run(head).bold = True
        table.rows[2].cells[number].text = text


def _timeless(content: bytes) -> bytes:
    """The same archive without the moment at which it was packed."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
        for one in sorted(old.namelist()):
            part = zipfile.ZipInfo(one, LONG_AGO)
            part.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(part, old.read(one))
    return target.getvalue()
