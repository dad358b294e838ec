"""Files of dossiers: scanned in the background, held back with malware, sent in pieces, drawn."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from clamd import EICAR, FakeClamd
from office import open_office
from papers import office_file, pdf, photo
from sqlalchemy import select, update

from engine.domain.file_types import FileRefused
from engine.rendering import NotDrawn
from engine.scanning import Clamd
from engine.store.file_rows import FilePictureRow, FileStateRow, UploadRow
from engine.store.files import FileTooLarge
from engine.store.notification_rows import NotificationRow
from engine.store.rows import AttachmentRow
from engine.usecases import uploads
from engine.usecases.attachments import NewFile, add_files, get_attachment, open_attachment
from engine.usecases.checks import check_everything
from engine.usecases.file_states import FileNotScanned, FileQuarantined, scan_due
from engine.usecases.pictures import PAGE, SMALL, draw_due, find_picture, make_picture
from engine.usecases.uploads import TooManyUploads, UploadGone, UploadUnfinished, WrongOffset

CLERK = "mai.lt"


@pytest.fixture
def office(province, clock):
    office = open_office(province, clock)
    office.at("2026-11-23 09:10")
    return office


@pytest.fixture
def attach(office):
    """`attach(content)` puts a file to the permit dossier `attach.dossier` and returns its id."""

    def act(content: bytes, name: str = "don.pdf", engine=None) -> int:
        engine = engine or office.engine
        with engine.unit(office.actor(CLERK)) as unit:
            add_files(
                unit,
                act.dossier,
                [NewFile(component_code="", file_name=name, content_type="", stream=io.BytesIO(content))],
            )
        with engine.reading(office.actor(CLERK)) as unit:
            return unit.session.scalars(select(AttachmentRow.id).order_by(AttachmentRow.id.desc())).first()

    act.dossier = office.permit()
    return act


@pytest.fixture
def scanned(office):
    """The office with a scanner connected."""
    with FakeClamd() as daemon:
        yield replace(office.engine, scanner=Clamd(daemon.address)), daemon


# --- scanning ---------------------------------------------------------------------------------


def test_a_file_is_scanned_in_the_background_and_may_be_opened_meanwhile(office, attach, scanned):
    engine, daemon = scanned
    file_id = attach(pdf(), engine=engine)
    with engine.reading(office.actor(CLERK)) as unit:
        open_attachment(unit, file_id).stream.close()

    assert scan_due(engine) == 1
    assert scan_due(engine) == 0
    assert daemon.seen == [pdf()]
    with engine.reading(office.actor(CLERK)) as unit:
        assert unit.session.scalars(select(FileStateRow)).one().scan == "clean"


def test_malware_is_held_back_whoever_asks_and_whoever_added_it_is_told(office, attach, scanned):
    engine, _daemon = scanned
    file_id = attach(pdf() + EICAR, engine=engine)
    assert scan_due(engine) == 1

    with engine.reading(office.actor(CLERK)) as unit:
        for opening in (open_attachment, get_attachment):
            with pytest.raises(FileQuarantined) as refusal:
                opening(unit, file_id)
        told = unit.session.scalars(select(NotificationRow)).all()
    assert "Eicar-Signature" in refusal.value.say("vi")
    assert [one.kind for one in told] == ["system.malware"]
    assert "don.pdf" in told[0].text_vi


def test_the_same_malware_is_refused_at_once_the_next_time(office, attach, scanned):
    engine, _daemon = scanned
    attach(pdf() + EICAR, engine=engine)
    scan_due(engine)

    with pytest.raises(FileQuarantined):
        attach(pdf() + EICAR, "khac.pdf", engine=engine)


def test_while_the_scanner_is_away_files_are_kept_and_scanned_when_it_is_back(office, attach, scanned, clock):
    engine, daemon = scanned
    daemon.answer = b"Can't allocate memory ERROR\0"
    file_id = attach(pdf(), engine=engine)

    assert scan_due(engine) == 0
    with engine.reading(office.actor(CLERK)) as unit:
        open_attachment(unit, file_id).stream.close()
        state = unit.session.scalars(select(FileStateRow)).one()
    assert (state.scan, state.scan_tries) == ("waiting", 1)
    assert state.scan_at > clock.now()

    daemon.answer = b""
    clock.advance(minutes=3)
    assert scan_due(engine) == 1


def test_an_installation_may_hold_files_back_until_they_are_scanned(office, attach, scanned):
    engine = replace(scanned[0], hold_unscanned=True)
    file_id = attach(pdf(), engine=engine)

    with engine.reading(office.actor(CLERK)) as unit, pytest.raises(FileNotScanned):
        open_attachment(unit, file_id)
    scan_due(engine)
    with engine.reading(office.actor(CLERK)) as unit:
        open_attachment(unit, file_id).stream.close()


def test_a_worker_that_dies_while_scanning_leaves_the_file_to_another(office, attach, scanned, clock):
    engine, _daemon = scanned
    attach(pdf(), engine=engine)

    class Dies:
        def scan(self, stream):
            raise SystemExit

    with pytest.raises(SystemExit):
        scan_due(replace(engine, scanner=Dies()))
    assert scan_due(engine) == 0, "another has it in hand"
    clock.advance(seconds=31)
    assert scan_due(engine) == 1


def test_without_a_scanner_nothing_is_scanned_and_nothing_is_said(office, attach):
    attach(pdf())

    assert scan_due(office.engine) == 0
    assert office.check() == dict.fromkeys(office.check(), 0)


# --- in pieces --------------------------------------------------------------------------------


def begin(office, name="don.pdf", size=0, login=CLERK):
    with office.engine.unit(office.actor(login)) as unit:
        return uploads.begin_upload(unit, name, size)


def piece(office, token, offset, content, login=CLERK):
    with office.engine.unit(office.actor(login)) as unit:
        return uploads.add_piece(unit, token, offset, content)


def test_a_file_comes_in_pieces_goes_on_after_a_cut_and_is_used_once(office, attach):
    content = pdf(pages=5)
    token = begin(office, size=len(content)).token
    piece(office, token, 0, content[:400])
    with office.engine.reading(office.actor(CLERK)) as unit:
        assert uploads.get_upload(unit, token).received == 400

    sent = piece(office, token, 400, content[400:])
    uploads.settle_upload(office.engine, sent)
    assert sent.is_whole
    with office.engine.unit(office.actor(CLERK)) as unit:
        add_files(
            unit, attach.dossier, [NewFile(component_code="C1", file_name="", content_type="", upload=token)]
        )
    with office.engine.reading(office.actor(CLERK)) as unit:
        row = unit.session.scalars(select(AttachmentRow)).one()
        with open_attachment(unit, row.id).stream as stream:
            assert stream.read() == content
    assert (row.file_name, row.component_code, row.content_type) == ("don.pdf", "C1", "application/pdf")

    with pytest.raises(UploadGone), office.engine.unit(office.actor(CLERK)) as unit:
        add_files(
            unit, attach.dossier, [NewFile(component_code="", file_name="", content_type="", upload=token)]
        )


def test_a_piece_that_does_not_follow_changes_nothing(office):
    token = begin(office, size=1000).token
    piece(office, token, 0, pdf()[:300])

    for offset in (0, 200, 400):
        with pytest.raises(WrongOffset) as refusal:
            piece(office, token, offset, b"x")
        assert "300" in refusal.value.say("vi")
    with pytest.raises(FileTooLarge):
        piece(office, token, 300, bytes(701))
    with office.engine.reading(office.actor(CLERK)) as unit:
        assert uploads.get_upload(unit, token).received == 300


def test_a_piece_whose_commit_was_lost_may_come_again(office):
    content = pdf(pages=2)
    token = begin(office, size=len(content)).token
    office.engine.files.add_part(token, 0, b"%PDF-1.4 the line was cut before the commit")

    piece(office, token, 0, content[:200])
    assert piece(office, token, 200, content[200:]).is_whole


def test_a_file_that_is_not_what_its_name_says_is_refused_with_its_first_piece(office):
    token = begin(office, size=1000).token
    with pytest.raises(FileRefused):
        piece(office, token, 0, b"<html>")

    for name in ("don.exe", "don", "don.svg"):
        with pytest.raises(FileRefused):
            begin(office, name=name, size=10)
    with pytest.raises(FileRefused):
        begin(office, size=0)
    with pytest.raises(FileTooLarge):
        begin(office, size=office.engine.max_file + 1)


def test_an_office_file_with_programs_is_refused_with_its_last_piece_and_nothing_is_stored(office):
    content = office_file("word/document.xml", "word/vbaProject.bin")
    token = begin(office, name="don.docx", size=len(content)).token
    piece(office, token, 0, content[:100])

    with pytest.raises(FileRefused):
        piece(office, token, 100, content[100:])
    assert list(office.engine.files.names()) == []


def test_nobody_else_goes_on_with_or_uses_a_file(office, attach):
    content = pdf()
    token = begin(office, size=len(content)).token

    with pytest.raises(UploadGone):
        piece(office, token, 0, content, login="khoa.nd")
    with pytest.raises(UploadUnfinished), office.engine.unit(office.actor(CLERK)) as unit:
        add_files(
            unit, attach.dossier, [NewFile(component_code="", file_name="", content_type="", upload=token)]
        )
    piece(office, token, 0, content)
    with pytest.raises(UploadGone), office.engine.unit(office.actor("nhi.ty")) as unit:
        add_files(
            unit, attach.dossier, [NewFile(component_code="", file_name="", content_type="", upload=token)]
        )


def test_what_nobody_used_is_forgotten_after_a_day(office, clock):
    token = begin(office, size=1000).token
    piece(office, token, 0, pdf()[:100])
    clock.advance(hours=23)
    assert uploads.forget_uploads(office.engine) == 0

    clock.advance(hours=2)
    assert uploads.forget_uploads(office.engine) == 1
    with pytest.raises(UploadGone):
        piece(office, token, 100, b"x")
    assert list((office.engine.files.root / "parts").iterdir()) == []


def grow_old(engine):
    """Let what lies in the store have lain there for a long time."""
    for name in engine.files.names():
        os.utime(engine.files.place(name), (0, 0))


def test_a_whole_file_that_nobody_attached_is_gone_after_a_day_with_its_bytes(office, clock):
    content = pdf()
    token = begin(office, size=len(content)).token
    piece(office, token, 0, content)
    grow_old(office.engine)
    assert len(list(office.engine.files.names())) == 1

    clock.advance(hours=25)
    assert uploads.forget_uploads(office.engine) == 1
    assert list(office.engine.files.names()) == []
    with office.reading(None) as unit:
        assert unit.session.scalars(select(FileStateRow)).all() == []
    assert office.check() == {}


def test_bytes_that_an_attachment_shares_with_a_forgotten_upload_stay(office, attach, clock):
    content = pdf()
    used, left = (begin(office, size=len(content)).token for _ in range(2))
    for token in (used, left):
        piece(office, token, 0, content)
    with office.engine.unit(office.actor(CLERK)) as unit:
        add_files(
            unit, attach.dossier, [NewFile(component_code="", file_name="", content_type="", upload=used)]
        )
    grow_old(office.engine)

    clock.advance(hours=25)
    assert uploads.forget_uploads(office.engine) == 1
    assert len(list(office.engine.files.names())) == 1
    assert office.check() == {}


def test_one_person_has_only_so_many_unused_files(office):
    for _ in range(uploads.MOST_OPEN):
        begin(office, size=10)

    with pytest.raises(TooManyUploads):
        begin(office, size=10)


def test_malware_is_refused_as_soon_as_the_file_is_whole(office, attach, scanned):
    engine, _daemon = scanned
    content = pdf() + EICAR
    token = begin(office, size=len(content)).token
    whole = piece(office, token, 0, content)

    with pytest.raises(FileQuarantined):
        uploads.settle_upload(engine, whole)
    with pytest.raises(UploadGone), office.engine.unit(office.actor(CLERK)) as unit:
        add_files(
            unit, attach.dossier, [NewFile(component_code="", file_name="", content_type="", upload=token)]
        )


# --- pictures ---------------------------------------------------------------------------------


def test_small_pictures_are_made_in_the_background_and_pages_when_somebody_looks(office, attach):
    file_id = attach(pdf(pages=2))
    photo_id = attach(photo(), "anh.jpg")
    attach(office_file("word/document.xml"), "don.docx")
    assert draw_due(office.engine) == 3
    assert draw_due(office.engine) == 0

    with office.engine.reading(office.actor(CLERK)) as unit:
        for one in (file_id, photo_id):
            small = find_picture(unit, one, 0, SMALL)
            small.stream.close()
            assert small.width <= 240
        assert find_picture(unit, file_id, 1, PAGE) is None
        row = get_attachment(unit, file_id)
    make_picture(office.engine, row.sha256, row.content_type, 1, PAGE)
    with office.engine.reading(office.actor(CLERK)) as unit:
        page = find_picture(unit, file_id, 1, PAGE)
        page.stream.close()
    assert (page.pages, page.width) == (2, 1200)


def test_a_file_that_breaks_the_drawing_is_tried_no_more(office, attach):
    file_id = attach(b"%PDF-1.7 nothing that could be drawn")
    assert draw_due(office.engine) == 1

    assert draw_due(office.engine) == 0
    with office.engine.reading(office.actor(CLERK)) as unit, pytest.raises(NotDrawn):
        find_picture(unit, file_id, 0, PAGE)


# --- what must hold -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("verdicts_half_written", update(FileStateRow).values(scan_at=None)),
        ("verdicts_half_written", update(FileStateRow).values(drawing="waiting", draw_at=None)),
        ("pictures_without_file", update(FilePictureRow).values(picture_sha256="0" * 64)),
        ("attachments_unknown", update(AttachmentRow).values(sha256="0" * 64)),
        ("uploads_miscounted", update(UploadRow).values(received=UploadRow.size + 1)),
        ("uploads_miscounted", update(UploadRow).values(received=UploadRow.size)),
        ("uploads_overdue", update(UploadRow).values(expires_at=datetime(2026, 11, 1, tzinfo=UTC))),
    ],
)
def test_a_planted_fault_is_counted(office, attach, name, fault):
    attach(pdf())
    draw_due(office.engine)
    begin(office, size=100)
    with office.reading(None) as unit:
        assert check_everything(unit)[name] == 0

    with office.unit(None) as unit:
        unit.session.execute(fault)
    with office.reading(None) as unit:
        assert check_everything(unit)[name] == 1
