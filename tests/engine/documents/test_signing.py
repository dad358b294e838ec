"""Decisions signed with keys: the page that was signed, a result for each, seals, proof."""

from __future__ import annotations

import asyncio
import io
import shutil
import subprocess
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from office import Office, open_office
from PIL import Image
from sqlalchemy import select

from engine.documents import pdf
from engine.documents.issuing import page_of
from engine.documents.signatures import SignatureRefused, check_signed, load_certificates, look_at, sign
from engine.store.document_rows import DocumentRow, SignatureRow, SigningKeyRow
from engine.store.keys import KeyMissing, KeyStore, WrongPin
from engine.store.rows import RevisionRow, WorkItemRow
from engine.usecases.signing import (
    KeyOfAnother,
    NoKey,
    NotToBeSigned,
    compose_decision,
    signing_queue,
)
from engine.usecases.signing_batches import (
    BadChoice,
    TooManyPins,
    seal_decisions,
    sealing_queue,
    sign_decisions,
)
from engine.usecases.tasks import complete_task
from engine.usecases.working import SignatureNeeded
from runtime_api.demo_keys import PIN, give_keys, make_certificate, subject_of

pytestmark = [
    pytest.mark.sqlite,
    pytest.mark.skipif(pdf.trouble() is not None, reason=f"PDF cannot be made here: {pdf.trouble()}"),
]
DIRECTOR, DEPUTY, CLERK = "tuan.pm", "oanh.tk", "huong.bt"


@pytest.fixture
def keys(tmp_path):
    return tmp_path / "keys"


@pytest.fixture
def office(province, clock, keys) -> Office:
    engine = replace(province, keys=KeyStore(keys))
    give_keys(engine, keys)
    return open_office(engine, clock)


def to_sign(office, count=1):
    """Bring refusals to the desk of the signatory; return their dossiers."""
    made = []
    for _ in range(count):
        dossier = office.permit()
        office.do(dossier, "T2", "assign", assigned_specialist="Võ Thùy Linh")
        office.do(dossier, "T3", "refuse", reason="Trái quy hoạch.")
        office.do(dossier, "TR", "refuse", refusal_reason="Trái quy hoạch.", refusal_legal="Điều 93")
        office.do(dossier, "T7", "approve")
        made.append(dossier)
    return made


def queue(office, login=DIRECTOR):
    with office.reading(login) as unit:
        return signing_queue(unit)


def chosen(office, *dossiers):
    """The steps that sign these dossiers, as a page would have shown them."""
    with office.reading(None) as unit:
        wanted = [office.task(one, "T8") for one in dossiers]
        rows = unit.session.execute(
            select(WorkItemRow.id, WorkItemRow.version)
            .where(WorkItemRow.id.in_(wanted))
            .order_by(WorkItemRow.id)
        )
        return [tuple(one) for one in rows]


def act(office, login=DIRECTOR):
    return office.engine, office.actor(login)


def file_of(office, dossier):
    with office.reading(None) as unit:
        row = unit.session.scalars(
            select(DocumentRow).where(
                DocumentRow.dossier_id == dossier, DocumentRow.form_code == "result:P03"
            )
        ).one()
        with unit.engine.files.open(row.pdf_sha256) as file:
            return row, file.read(), page_of(row)


def roots(office):
    return load_certificates(office.engine.keys.roots())


def test_the_queue_says_in_five_lines_what_is_signed(office):
    to_sign(office)
    line = queue(office)[0]

    assert (line.code, line.decision) == ("H12.01-261123-0001", "Thông báo từ chối")
    assert line.applicant == "Nguyễn Văn Á"
    assert "Luật Xây dựng" in line.legal
    assert line.gist == "Trái quy hoạch."
    assert "Từ chối" in [one.vi for one in line.marks]
    assert queue(office, CLERK) == []


def test_exactly_the_chosen_ones_are_signed_with_a_result_for_each(office, clock):
    first, _, third = to_sign(office, 3)
    picked = chosen(office, first, third)
    results = sign_decisions(*act(office), picked, PIN)
    again = sign_decisions(*act(office), picked, PIN)

    assert [(one.code, one.is_done) for one in results] == [
        ("H12.01-261123-0001", True),
        ("H12.01-261123-0003", True),
    ]
    assert [one.code for one in queue(office)] == ["H12.01-261123-0002"]
    assert not any(one.is_done for one in again)
    assert all("không cần làm nữa" in one.said.vi for one in again)
    with office.reading(None) as unit:
        assert unit.session.scalars(select(SignatureRow.kind)).all() == ["person", "person"]


def test_a_thread_with_an_event_loop_signs_and_looks_as_any_other(office, clock):
    (dossier,) = to_sign(office)

    async def sign_and_look():
        (result,) = sign_decisions(*act(office), chosen(office, dossier), PIN)
        return result, look_at(file_of(office, dossier)[1], roots(office), clock.now())

    result, found = asyncio.run(sign_and_look())

    assert result.is_done
    assert [one.is_good for one in found] == [True]


def test_the_kept_page_is_the_one_that_was_signed_and_a_stranger_can_prove_it(office, clock):
    (dossier,) = to_sign(office)
    sign_decisions(*act(office), chosen(office, dossier), PIN)
    row, content, page = file_of(office, dossier)
    (found,) = look_at(content, roots(office), clock.now())

    assert found.is_good
    assert found.signer == "Phạm Minh Tuấn"
    assert "Phạm Minh Tuấn" in page
    assert "GIÁM ĐỐC" in page
    assert "Trái quy hoạch." in page
    assert row.data["letter"]["refused"] is True


def test_a_deputy_signs_in_the_place_of_the_head(office):
    (dossier,) = to_sign(office)
    sign_decisions(*act(office, DEPUTY), chosen(office, dossier), PIN)
    page = file_of(office, dossier)[2]

    assert "KT. GIÁM ĐỐC" in page
    assert "PHÓ GIÁM ĐỐC" in page


def test_the_seal_brings_number_and_date_and_leaves_the_first_signature_whole(office, clock):
    (dossier,) = to_sign(office)
    sign_decisions(*act(office), chosen(office, dossier), PIN)
    with office.reading(CLERK) as unit:
        assert sealing_queue(unit) == []  # not numbered yet
    office.at("2026-11-24 10:00")
    office.do(dossier, "T9r", "issue")
    with office.reading(CLERK) as unit:
        (waiting,) = sealing_queue(unit)
    results = seal_decisions(*act(office, CLERK), [waiting.document_id], PIN)
    again = seal_decisions(*act(office, CLERK), [waiting.document_id], PIN)
    row, content, _ = file_of(office, dossier)
    found = look_at(content, roots(office), clock.now())

    assert waiting.number_text == row.number_text == "01/TB"
    assert [one.is_done for one in results] == [True]
    assert [one.is_done for one in again] == [False]
    assert [(one.signer, one.is_good) for one in found] == [("Phạm Minh Tuấn", True), ("Sở Xây dựng", True)]
    with office.reading(CLERK) as unit:
        assert sealing_queue(unit) == []


def ink(content, *words):
    """Return the dark dots of the first sheet, as rows of the picture from top to bottom."""
    if shutil.which("pdftoppm") is None:
        pytest.skip("poppler is not installed")
    made = subprocess.run(
        ["pdftoppm", "-r", "50", "-gray", "-f", "1", "-l", "1", "-"],
        input=content,
        capture_output=True,
        check=True,
    ).stdout
    picture = Image.open(io.BytesIO(made))
    width, height = picture.size
    dots = picture.tobytes()
    return [sum(dot < 160 for dot in dots[y * width : (y + 1) * width]) for y in range(height)]


def test_the_seal_covers_nothing_of_what_was_signed(office):
    (dossier,) = to_sign(office)
    sign_decisions(*act(office), chosen(office, dossier), PIN)
    signed = ink(file_of(office, dossier)[1])
    office.do(dossier, "T9r", "issue")
    with office.reading(CLERK) as unit:
        waiting = [one.document_id for one in sealing_queue(unit)]
    seal_decisions(*act(office, CLERK), waiting, PIN)
    sealed = ink(file_of(office, dossier)[1])

    below = len(signed) // 6  # the letterhead, where number and date come in, lies above
    assert sum(signed[below:]) > 500
    assert sealed[below:] == signed[below:]
    assert sealed[:below] != signed[:below]


def test_wrong_pins_sign_nothing_and_are_counted(office, clock):
    (dossier,) = to_sign(office)
    picked = chosen(office, dossier)
    for _ in range(4):
        with pytest.raises(WrongPin):
            sign_decisions(*act(office), picked, "000000")
    with pytest.raises(TooManyPins):
        sign_decisions(*act(office), picked, PIN)
    assert len(queue(office)) == 1

    clock.advance(hours=2)
    assert sign_decisions(*act(office), picked, PIN)[0].is_done


def test_nobody_signs_without_a_key_of_their_own(office):
    (dossier,) = to_sign(office)
    picked = chosen(office, dossier)
    with office.unit(None) as unit:
        director = unit.session.scalars(select(SigningKeyRow).where(SigningKeyRow.label == DIRECTOR)).one()
        deputy = unit.session.scalars(select(SigningKeyRow).where(SigningKeyRow.label == DEPUTY)).one()
        director.user_id, deputy.user_id = deputy.user_id, None
    with pytest.raises(NoKey):
        sign_decisions(*act(office), picked, PIN)
    with pytest.raises(KeyOfAnother):
        sign_decisions(*act(office, DEPUTY), picked, PIN)
    with pytest.raises(NoKey):
        sign_decisions(*act(office, "mai.lt"), picked, PIN)
    for nothing, pin in (([], PIN), (picked, ""), ([(one, 1) for one in range(99)], PIN)):
        with pytest.raises(BadChoice):
            sign_decisions(*act(office), nothing, pin)
    assert len(queue(office)) == 1


def test_a_refusal_of_one_does_not_stop_the_next(office):
    first, second = to_sign(office, 2)
    picked = chosen(office, first, second)
    with office.unit(DIRECTOR) as unit:
        complete_task(unit, picked[0][0], outcome="return", reason="Bổ sung căn cứ.")
    results = sign_decisions(*act(office), [*picked, (99_999, 1)], PIN)

    assert [one.is_done for one in results] == [False, True, False]


def test_a_key_whose_device_is_away_is_a_sentence(office, keys):
    (dossier,) = to_sign(office)
    (keys / f"{DIRECTOR}.p12").unlink()
    with pytest.raises(KeyMissing):
        sign_decisions(*act(office), chosen(office, dossier), PIN)
    with pytest.raises(KeyMissing):
        KeyStore(keys).open("pkcs11", "token/khóa", PIN)
    with pytest.raises(KeyMissing):
        KeyStore(keys).open("soft", "../../etc/passwd", PIN)
    assert len(queue(office)) == 1


def test_where_the_procedure_wants_a_signature_the_button_alone_is_refused(office):
    (dossier,) = to_sign(office)
    with office.unit(None) as unit:
        for row in unit.session.scalars(select(RevisionRow)):
            row.content = {**row.content, "options": {**row.content["options"], "signature": "required"}}

    with pytest.raises(SignatureNeeded):
        office.do(dossier, "T8", "sign")
    assert sign_decisions(*act(office), chosen(office, dossier), PIN)[0].is_done


def test_a_step_of_another_kind_is_not_signed(office):
    dossier = office.permit()
    with office.reading("khoa.nd") as unit, pytest.raises(NotToBeSigned):
        compose_decision(unit, office.task(dossier, "T2"))


# --- files that were signed elsewhere --------------------------------------------------------------


def signed_by(tmp_path, key_name="Trần Văn Ngoài", **dates):
    """A PDF signed by somebody whose issuer is not known here, or whose certificate has run out."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = subject_of(key_name)
    certificate = make_certificate(subject, key, subject, key, **dates)
    place = tmp_path / "other"
    place.mkdir(exist_ok=True)
    sealed = pkcs12.serialize_key_and_certificates(
        b"x", key, certificate, None, BestAvailableEncryption(PIN.encode())
    )
    (place / "x.p12").write_bytes(sealed)
    page = pdf.make_pdf("<p>Quyết định</p>", title="x")
    return sign(page, KeyStore(place).open("soft", "x", PIN), reason="Ký", place="Cà Mau")


def good_file(office, dossier=None):
    (dossier,) = to_sign(office)
    sign_decisions(*act(office), chosen(office, dossier), PIN)
    return file_of(office, dossier)[1]


def test_a_good_file_from_outside_is_taken_with_its_signers_named(office, clock):
    found = check_signed(good_file(office), "qd.pdf", roots(office), clock.now())

    assert [one.signer for one in found] == ["Phạm Minh Tuấn"]
    assert found[0].organisation == "Sở Xây dựng"
    assert found[0].signed_at is not None


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("unsigned", "không có chữ ký số"),
        ("no pdf", "không có chữ ký số"),
        ("changed", "đã bị sửa sau khi Phạm Minh Tuấn ký"),
        ("appended", "không có chữ ký số"),
        ("page added", "Phạm Minh Tuấn"),
        ("stranger", "không do nơi cấp được tin cậy cấp"),
    ],
)
def test_each_fault_of_a_signed_file_is_a_sentence(office, clock, tmp_path, harm, said):
    content = _harmed(office, tmp_path, harm)
    with pytest.raises(SignatureRefused) as refusal:
        check_signed(content, "qd.pdf", roots(office), clock.now())

    assert said in refusal.value.say("vi")
    assert "qd.pdf" in refusal.value.say("en")


def _harmed(office, tmp_path, harm):
    if harm == "unsigned":
        return pdf.make_pdf("<p>x</p>", title="x")
    if harm == "no pdf":
        return b"%PDF-1.7 nothing"
    if harm == "stranger":
        return signed_by(tmp_path)
    content = good_file(office)
    if harm == "changed":
        at = content.index(b"stream") + 30
        return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
    if harm == "appended":
        return content + b"\n% more\n%%EOF\n"
    return _with_another_page(content)


def _with_another_page(content):
    """Change the document after the signature, the way a PDF editor does."""
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Rotate"] = generic.NumberObject(90)
    writer.update_container(page)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()
