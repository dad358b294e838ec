"""What `motcua check` proves about signatures, and that each kind of harm has its name."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from office import Office, open_office
from signing import to_sign
from sqlalchemy import delete, select, update

from engine.documents import pdf
from engine.documents.issuing import page_of
from engine.store.document_rows import DocumentRow, SignatureRow, SigningKeyRow
from engine.store.keys import KeyStore
from engine.store.rows import AssignmentRow, UserRow, WorkItemRow
from engine.usecases.reception import ReceivedComponent
from engine.usecases.signing import ORGANISATION, PERSON
from engine.usecases.signing_batches import seal_decisions, sealing_queue, sign_decisions
from engine.usecases.substitutes import NewSubstitution, substitute
from runtime_api.demo_keys import PIN, give_keys, make_keys

pytestmark = [
    pytest.mark.sqlite,
    pytest.mark.skipif(pdf.trouble() is not None, reason=f"PDF cannot be made here: {pdf.trouble()}"),
]
DIRECTOR, HEAD, CLERK = "tuan.pm", "khoa.nd", "huong.bt"


@pytest.fixture
def office(province, clock, tmp_path) -> Office:
    engine = replace(province, keys=KeyStore(tmp_path / "keys"))
    give_keys(engine, tmp_path / "keys")
    return open_office(engine, clock)


@pytest.fixture
def sealed(office):
    """A refusal that was signed by the director, numbered and sealed by the clerk."""
    sign_decisions(office.engine, office.actor(DIRECTOR), to_sign(office), PIN)
    office.at("2026-11-24 10:00")
    with office.reading(None) as unit:
        dossier = unit.session.scalars(select(DocumentRow.dossier_id)).first()
    office.do(dossier, "T9r", "issue")
    with office.reading(CLERK) as unit:
        waiting = [one.document_id for one in sealing_queue(unit)]
    assert all(one.is_done for one in seal_decisions(office.engine, office.actor(CLERK), waiting, PIN))
    return dossier


def another_file(unit):
    return unit.engine.files.put(io.BytesIO(pdf.make_pdf("<p>khác</p>", title="x")), 10**7)[0]


def stranger(unit):
    return select(UserRow.id).where(UserRow.login == "my.nk").scalar_subquery()


PERSONS, SEALS = SignatureRow.kind == PERSON, SignatureRow.kind == ORGANISATION
SIGNED = DocumentRow.form_code == "result:P03"
HARMS = {
    "the paper shows another file": (
        lambda unit: update(DocumentRow).where(SIGNED).values(pdf_sha256=another_file(unit)),
        {"signed_papers_unlike_their_file"},
    ),
    "a file that nobody signed": (
        lambda unit: update(SignatureRow).where(SEALS).values(sha256=another_file(unit)),
        {"signed_papers_unlike_their_file", "signatures_that_do_not_hold"},
    ),
    "another key": (
        lambda unit: update(SignatureRow).where(PERSONS).values(serial="1"),
        {"signatures_that_do_not_hold"},
    ),
    "a signature that is not in the file": (
        lambda unit: delete(SignatureRow).where(PERSONS),
        {"signatures_that_do_not_hold", "sealed_before_signed"},
    ),
    "somebody without a chair": (
        lambda unit: update(SignatureRow).where(PERSONS).values(user_id=stranger(unit)),
        {"signed_without_authority"},
    ),
    "sealed by somebody else": (
        lambda unit: update(SignatureRow).where(SEALS).values(user_id=stranger(unit)),
        {"sealed_without_authority"},
    ),
    "a chair that ended before": (
        lambda unit: (
            update(AssignmentRow)
            .where(
                AssignmentRow.user_id == select(UserRow.id).where(UserRow.login == DIRECTOR).scalar_subquery()
            )
            .values(ends_on=date(2026, 11, 22))
        ),
        {"signed_without_authority"},
    ),
    "sealed before it was signed": (
        lambda unit: update(SignatureRow).where(PERSONS).values(signed_at=unit.now + timedelta(minutes=1)),
        {"sealed_before_signed"},
    ),
}


@pytest.mark.parametrize("harm", HARMS)
def test_harm_to_a_signature_is_counted_by_name(office, sealed, harm):
    assert office.check() == {}
    make, found = HARMS[harm]
    with office.unit(None) as unit:
        unit.session.execute(make(unit).execution_options(synchronize_session=False))

    assert set(office.check()) == found


def test_stored_bytes_that_changed_are_counted(office, sealed):
    with office.reading(None) as unit:
        place = unit.engine.files.place(
            unit.session.scalars(select(DocumentRow.pdf_sha256).where(SIGNED)).one()
        )
    place.chmod(0o600)
    content = place.read_bytes()
    place.write_bytes(content[:2000] + bytes([content[2000] ^ 1]) + content[2001:])

    assert {"signed_papers_unlike_their_file", "signatures_that_do_not_hold"} >= set(office.check()) != set()


@pytest.mark.parametrize(
    ("form", "lines"),
    [
        ("TUQ", ("TUQ. GIÁM ĐỐC", "TRƯỞNG PHÒNG QUẢN LÝ XÂY DỰNG")),
        ("TL", ("TL. GIÁM ĐỐC", "TRƯỞNG PHÒNG QUẢN LÝ XÂY DỰNG")),
    ],
)
def test_what_is_printed_is_the_authority_by_which_it_was_signed(office, tmp_path, form, lines):
    give = {"form": form, "decision_no": "15/UQ-SXD", "decision_on": date(2026, 11, 20)}
    with office.unit(DIRECTOR) as unit:
        chair, taker = (
            unit.session.scalars(select(wanted).where(UserRow.login == login)).first()
            for wanted, login in ((UserRow.id, DIRECTOR), (UserRow.id, HEAD))
        )
        seat = unit.session.scalars(select(AssignmentRow.id).where(AssignmentRow.user_id == chair)).first()
        week = {"starts_on": date(2026, 11, 23), "ends_on": date(2026, 11, 27)}
        roles = frozenset({"SIGNATORY"})
        substitute(unit, NewSubstitution(assignment_id=seat, taker_id=taker, roles=roles, **week, **give))
    make_keys(tmp_path / "keys", [(HEAD, "Nguyễn Đăng Khoa", "Sở Xây dựng")])
    with office.unit(None) as unit:
        unit.session.add(SigningKeyRow(user_id=taker, kind="soft", label=HEAD, added_at=unit.now))
    (result,) = sign_decisions(office.engine, office.actor(HEAD), to_sign(office), PIN)
    with office.reading(None) as unit:
        row = unit.session.get_one(DocumentRow, result.document_id)
        said, page = row.data["signer"], page_of(row)

    assert result.is_done
    assert tuple(said["lines"]) == lines
    assert said["name"] == "Nguyễn Đăng Khoa"
    assert all(one in page for one in (*lines, "Nguyễn Đăng Khoa"))
    assert office.check() == {}


def test_a_certified_copy_is_had_as_signed_and_sealed_pdf(office):
    data = {"doc_title": "Bằng tốt nghiệp đại học", "pages": "3", "copies": "2", "consent": "1"}
    papers = [ReceivedComponent(code="C1")]
    dossier = office.receive("my.nk", "P07", "nam-can", data, components=papers)
    office.do(dossier, "T2", "valid")
    step = office.task(dossier, "T3")
    signer = office.who(step)
    with office.reading(None) as unit:
        version = unit.session.get_one(WorkItemRow, step).version
    (signed,) = sign_decisions(office.engine, office.actor(signer), [(step, version)], PIN)
    assert signed.is_done, signed.said
    clerk = office.who(office.task(dossier, "T4"))
    office.do(dossier, "T4", "sealed")
    with office.reading(clerk) as unit:
        (waiting,) = sealing_queue(unit)
    (sealed_,) = seal_decisions(office.engine, office.actor(clerk), [waiting.document_id], PIN)
    with office.reading(None) as unit:
        row = unit.session.get_one(DocumentRow, sealed_.document_id)
        page, kinds = page_of(row), unit.session.scalars(select(SignatureRow.kind)).all()

    assert kinds == ["person", "organisation"]
    assert row.number_text == "01/CTBS"
    for part in ("LỜI CHỨNG", "đúng với bản chính", "Bằng tốt nghiệp đại học", "03", "02"):
        assert part in page
    assert office.check() == {}
