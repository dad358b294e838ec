"""A certified copy in one file: the scans lie inside the PDF that is signed, covered by the signature."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from office import open_office
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader
from sqlalchemy import select, update

from engine.documents import pdf
from engine.documents.signatures import load_certificates, look_at
from engine.store.document_rows import SignatureRow
from engine.store.file_rows import FileStateRow
from engine.store.keys import KeyStore
from engine.store.rows import AttachmentRow, WorkItemRow
from engine.usecases import enclosures
from engine.usecases.attachments import NewFile
from engine.usecases.reception import ReceivedComponent
from engine.usecases.signing_batches import sign_decisions
from runtime_api.demo_keys import PIN, give_keys

pytestmark = [
    pytest.mark.sqlite,
    pytest.mark.skipif(pdf.trouble() is not None, reason=f"PDF cannot be made here: {pdf.trouble()}"),
]
COPIES = {"doc_title": "Giấy khai sinh", "pages": "2", "copies": "1"}
CHAIRMAN = "khanh.tq"


@pytest.fixture
def office(province, clock, tmp_path):
    engine = replace(province, keys=KeyStore(tmp_path / "keys"))
    give_keys(engine, tmp_path / "keys")
    return open_office(engine, clock)


def picture(colour):
    target = io.BytesIO()
    Image.new("RGB", (60, 80), colour).save(target, "PNG")
    return target.getvalue()


def scan(name, content, paper="C1"):
    return NewFile(component_code=paper, file_name=name, content_type="image/png", stream=io.BytesIO(content))


def to_sign(office, *files):
    """Receive copies with scans and bring them to the chairman; return step and version."""
    papers = [ReceivedComponent(code="C1")]
    dossier = office.receive("my.nk", "P07", "nam-can", COPIES, components=papers, files=files)
    office.do(dossier, "T2", "valid")
    step = office.task(dossier, "T3")
    with office.reading(None) as unit:
        return step, unit.session.get_one(WorkItemRow, step).version


def signed(office, chosen):
    (result,) = sign_decisions(office.engine, office.actor(CHAIRMAN), [chosen], PIN)
    return result


def inside(content):
    """Return name → content of the files that lie in a PDF."""
    names = PdfFileReader(io.BytesIO(content)).root["/Names"]["/EmbeddedFiles"]["/Names"]
    files = [names[at].get_object() for at in range(1, len(names), 2)]
    assert {str(one["/AFRelationship"]) for one in files} == {"/Source"}
    return {str(one["/UF"]): one["/EF"]["/F"].data for one in files}


def test_the_scans_of_the_original_lie_in_the_file_and_are_covered(office, clock):
    front, back = picture("red"), picture("blue")
    other = scan("khác.png", picture("green"), "C2")
    chosen = to_sign(office, scan("mặt trước.png", front), scan("mặt sau.png", back), other)

    result = signed(office, chosen)

    assert result.is_done, result.said
    with office.reading(None) as unit:
        sha256 = unit.session.scalars(select(SignatureRow.sha256)).one()
    with office.engine.files.open(sha256) as file:
        content = file.read()
    (found,) = look_at(content, load_certificates(office.engine.keys.roots()), clock.now())
    assert inside(content) == {"mặt trước.png": front, "mặt sau.png": back}
    assert found.is_good
    assert office.check() == {}


def test_the_page_that_is_shown_lists_them_with_their_hashes(app, office):
    step, _ = to_sign(office, scan("<b>mặt trước.png", picture("red")))

    page = app.test_client().sign_in(CHAIRMAN).get(f"/staff/signing/{step}").text

    with office.reading(None) as unit:
        sha256 = unit.session.scalars(select(AttachmentRow.sha256)).one()
    assert sha256 in page
    assert "mặt trước.png" in page
    assert "<b>mặt trước" not in page


def test_without_scans_the_decision_is_signed_as_before(office):
    assert signed(office, to_sign(office)).is_done


def test_malware_and_too_much_stop_the_signing_of_that_decision(office, monkeypatch):
    infected = to_sign(office, scan("a.png", picture("red")))
    much = to_sign(office, scan("b.png", picture("blue")))
    with office.unit(None) as unit:
        first = unit.session.scalars(select(AttachmentRow.sha256).order_by(AttachmentRow.id)).first()
        values = {"scan": "infected", "found": "Eicar"}
        unit.session.execute(update(FileStateRow).where(FileStateRow.sha256 == first).values(values))
    monkeypatch.setattr(enclosures, "LARGEST", 10)

    held, large = signed(office, infected), signed(office, much)

    assert "mã độc" in held.said.vi
    assert "quá nhiều" in large.said.vi
    with office.reading(None) as unit:
        assert unit.session.scalars(select(SignatureRow)).all() == []
