"""The disk is full: whoever sends is told so, nothing is half-written, and with room again it goes on."""

from __future__ import annotations

import shutil
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from disks import NotPossible, small_disk, unmount
from office import PERMIT, PERMIT_PAPERS, Office
from sqlalchemy import event, func, select

from engine.errors import ProcedureError
from engine.store.database import open_database
from engine.store.files import DiskFileStore, NoRoom
from engine.store.rows import DossierRow
from engine.usecases.attachments import NewFile
from runtime_api.errors import UNREACHABLE

pytestmark = [pytest.mark.faults, pytest.mark.sqlite]

ROOM = 300_000  # bytes left free for the work until the disk is full


@pytest.fixture
def place(tmp_path):
    place = tmp_path / "small"
    try:
        small_disk(place, 16)
    except NotPossible as reason:
        pytest.skip(f"no small disk can be made here: {reason}")
    yield place
    unmount(place)


def test_a_full_disk_refuses_in_a_sentence_and_with_room_it_goes_on(office, place):
    small = moved(office, place)
    ballast = place / "ballast"
    small.permit()
    fill(ballast, shutil.disk_usage(place).free - ROOM)
    accepted, refused = receive_until_refused(small)
    sound = small.check()
    ballast.unlink()
    small.permit()

    assert isinstance(refused, (*UNREACHABLE, ProcedureError)), repr(refused)
    assert sound == {}
    assert dossiers(small) == accepted + 2
    assert small.check() == {}


def test_a_file_for_which_there_is_no_room_is_refused_and_leaves_nothing(office, place):
    small = moved(office, place)
    small.permit()
    before = small.counts()
    fill(place / "ballast", shutil.disk_usage(place).free - ROOM)
    large = b"%PDF-1.7 " + bytes(2 * ROOM)
    with pytest.raises(NoRoom) as refusal:
        receive(small, large)
    left = [one for one in (place / "files").rglob("*") if one.is_file()]
    unchanged = small.counts() == before
    (place / "ballast").unlink()
    receive(small, large)

    assert "hết chỗ" in refusal.value.say("vi")
    assert left == []
    assert unchanged
    assert small.check() == {}


def test_a_database_that_may_not_grow_refuses_whole_commands(office):
    """The same without root: SQLite itself reports a full disk from a number of pages on."""
    with office.engine.database.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    office.engine.database.dispose()

    def limit(connection, _):
        connection.execute(f"PRAGMA max_page_count={pages + 12}")

    event.listen(office.engine.database, "connect", limit)
    accepted, refused = receive_until_refused(office)
    sound = office.check()
    event.remove(office.engine.database, "connect", limit)
    office.engine.database.dispose()
    office.permit()

    assert isinstance(refused, UNREACHABLE)
    assert "full" in str(refused)
    assert sound == {}
    assert dossiers(office) == accepted + 1
    assert office.check() == {}


def receive_until_refused(office):
    """Receive dossiers until one is refused; return how many were accepted, and the refusal."""
    for accepted in range(500):
        try:
            office.permit()
        except Exception as refused:  # whatever it is, the test looks at it
            return accepted, refused
    raise AssertionError("the disk never got full")


def receive(office, content):
    paper = NewFile(
        component_code="C1", file_name="don.pdf", content_type="application/pdf", stream=BytesIO(content)
    )
    return office.receive("mai.lt", "P03", "ttpvhcc", PERMIT, components=PERMIT_PAPERS, files=[paper])


def dossiers(office):
    with office.reading(None) as unit:
        return unit.session.scalar(select(func.count()).select_from(DossierRow))


def fill(path, size):
    path.write_bytes(bytes(size))


def moved(office, place):
    """Return the office with its database and files at `place`."""
    source = Path(office.engine.database.url.database)
    office.engine.database.dispose()
    shutil.copyfile(source, place / "office.sqlite")
    database = open_database(f"sqlite:///{place / 'office.sqlite'}")
    return Office(
        replace(office.engine, database=database, files=DiskFileStore(place / "files")), office.clock
    )
