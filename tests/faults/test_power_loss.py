"""The power fails: what was confirmed is on the disk, what was not forced there is gone.

The negative control does the same without forcing anything to disk, and must lose what it confirmed;
otherwise this test would tell nothing.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from disks import CutDisk, NotPossible
from office import PERMIT, PERMIT_PAPERS, Office
from sqlalchemy import event, select

from engine.store.database import open_database
from engine.store.files import DiskFileStore
from engine.store.rows import DossierRow, WorkItemRow
from engine.usecases.attachments import NewFile

pytestmark = [pytest.mark.faults, pytest.mark.sqlite]

EVERY = 17  # statements between two cuts


@pytest.fixture
def disk(tmp_path):
    try:
        disk = CutDisk(tmp_path)
    except NotPossible as reason:
        pytest.skip(f"no disk can be cut from power here: {reason}")
    yield disk
    disk.close()


def test_what_was_confirmed_survives_every_power_cut(office, disk):
    cuts = work_and_cut(office, disk, forced=True)
    lost = [after_power_cut(office, disk, *cut) for cut in cuts]

    assert len(cuts) > 15
    assert lost == [(0, {})] * len(cuts)


def test_without_forcing_to_disk_a_power_cut_loses_what_was_confirmed(office, disk):
    cuts = work_and_cut(office, disk, forced=False)
    lost = [after_power_cut(office, disk, *cut) for cut in cuts]

    assert sum(count for count, _ in lost) > 0


def work_and_cut(office, disk, *, forced):
    """Work on the disk; return the cuts, each with what had been confirmed by then."""
    source = Path(office.engine.database.url.database)
    office.engine.database.dispose()
    shutil.copyfile(source, disk.place / "office.sqlite")
    on_disk = opened(office, disk.place, forced=forced)
    disk.sync()
    confirmed, cuts, statements = [], [], 0

    def cut():
        cuts.append((disk.cut(f"cut{len(cuts)}"), tuple(confirmed)))

    def count(*_):
        nonlocal statements
        statements += 1
        if statements % EVERY == 0:
            cut()

    event.listen(on_disk.engine.database, "before_cursor_execute", count)
    event.listen(on_disk.engine.database, "commit", lambda _: cut())
    for number in range(3):
        paper = NewFile(
            component_code="C1",
            file_name="don.pdf",
            content_type="application/pdf",
            stream=BytesIO(b"%PDF-1.7 paper " + str(number).encode()),
        )
        dossier = on_disk.receive("mai.lt", "P03", "ttpvhcc", PERMIT, components=PERMIT_PAPERS, files=[paper])
        confirmed.append(("dossier", dossier))
        for node, outcome in (("T2", "assign"), ("T3", "pass")):
            task = on_disk.task(dossier, node)
            on_disk.do(dossier, node, outcome)
            confirmed.append(("step", task))
    cut()
    on_disk.engine.database.dispose()
    return cuts


def after_power_cut(office, disk, cut, confirmed):
    """Switch on again; return how much of what was confirmed is missing, and what the checks count."""
    with disk.after(cut) as place:
        left = opened(office, place)
        with left.reading(None) as unit:
            there = {("dossier", one) for one in unit.session.scalars(select(DossierRow.id))}
            done = select(WorkItemRow.id).where(WorkItemRow.status == "done")
            there |= {("step", one) for one in unit.session.scalars(done)}
        counts = left.check()
        left.engine.database.dispose()
    cut.unlink()
    return len(set(confirmed) - there), counts


def opened(office, place, *, forced=True):
    """Open the office whose database and files lie at `place`."""
    database = open_database(f"sqlite:///{place / 'office.sqlite'}")
    if not forced:
        event.listen(database, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    files = DiskFileStore(place / "files")
    return Office(replace(office.engine, database=database, files=files), office.clock)
