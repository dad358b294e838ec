"""Drafts belong to one person, the newest counts, and they end by being sent, thrown away or forgotten."""

from __future__ import annotations

from dataclasses import replace

import pytest
from office import APPLICANT, Office, open_office

from engine.errors import NotFound
from engine.usecases.dossiers import Reception, receive_dossier
from engine.usecases.drafts import (
    MOST_DRAFTS,
    DraftOvertaken,
    DraftSent,
    DraftUnreadable,
    NewDraft,
    TooManyDrafts,
    discard_draft,
    expire_drafts,
    get_draft,
    list_drafts,
    next_draft_expiry,
    save_draft,
)
from engine.usecases.reception import ReceivedComponent

ID = "abcdefghijklmnop"
NEW = NewDraft(
    id=ID,
    kind="reception:P07",
    title="P07 · Trần Thị Bê",
    address="/staff/reception?procedure=P07&draft=" + ID,
    values={"applicant_name": "Trần Thị Bê", "c.C1": ["1", "2"]},
    number=1,
)


@pytest.fixture
def office(province, clock) -> Office:
    return open_office(province, clock)


def save(office: Office, login: str, draft: NewDraft) -> None:
    with office.unit(login) as unit:
        save_draft(unit, draft)


def drafts_of(office: Office, login: str) -> list[str]:
    with office.reading(login) as unit:
        return [one.id for one in list_drafts(unit)]


def test_a_draft_is_kept_and_found_by_its_owner_only(office):
    save(office, "my.nk", NEW)

    with office.reading("my.nk") as unit:
        assert get_draft(unit, ID).values == NEW.values
    assert drafts_of(office, "diem.ct") == []
    with pytest.raises(NotFound), office.reading("diem.ct") as unit:
        get_draft(unit, ID)
    with office.unit("diem.ct") as unit:
        discard_draft(unit, ID)
    assert drafts_of(office, "my.nk") == [ID]
    with pytest.raises(DraftUnreadable):
        save(office, "diem.ct", NEW)


def test_an_older_saving_never_covers_a_newer_one(office):
    save(office, "my.nk", replace(NEW, number=7, values={"a": "new"}))

    with pytest.raises(DraftOvertaken):
        save(office, "my.nk", replace(NEW, number=6, values={"a": "old"}))

    with office.reading("my.nk") as unit:
        assert get_draft(unit, ID).values == {"a": "new"}


def test_a_draft_that_was_sent_is_gone_and_names_its_dossier_when_it_is_typed_on(office):
    save(office, "my.nk", NEW)
    data = {"doc_title": "Giấy khai sinh", "pages": "2", "copies": "1", "consent": "true"}
    with office.unit("my.nk") as unit:
        received = receive_dossier(unit, _copies(office, data))

    assert drafts_of(office, "my.nk") == []
    with pytest.raises(DraftSent, match="sent") as refused:
        save(office, "my.nk", replace(NEW, number=2))
    assert received.code in refused.value.say("vi")


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "short"},
        {"id": "'; drop table draft; --"},
        {"kind": "<b>"},
        {"address": "https://elsewhere.example/staff/"},
        {"address": "//elsewhere.example"},
        {"values": {str(n): "x" for n in range(700)}},
        {"values": {"a": "x" * 300_000}},
    ],
)
def test_what_is_no_draft_is_refused_in_a_sentence(office, wrong):
    before = office.counts()
    with pytest.raises(DraftUnreadable) as refused:
        save(office, "my.nk", replace(NEW, **wrong))
    assert "vẫn còn trên máy này" in refused.value.say("vi")
    assert office.counts() == before


@pytest.mark.sqlite
def test_nobody_hoards_drafts(office):
    for number in range(MOST_DRAFTS):
        save(office, "my.nk", replace(NEW, id=f"{ID}{number:04d}"))
    with pytest.raises(TooManyDrafts):
        save(office, "my.nk", replace(NEW, id=f"{ID}last"))


def test_a_draft_that_nobody_goes_on_with_is_forgotten_after_a_week(office, clock):
    save(office, "my.nk", NEW)
    with office.reading(None) as unit:
        due = next_draft_expiry(unit)
    clock.advance(days=6)
    assert expire_drafts(office.engine) == 0

    clock.set(due)
    assert expire_drafts(office.engine) == 1
    assert drafts_of(office, "my.nk") == []


def _copies(office: Office, data: dict[str, str]) -> Reception:
    return Reception(
        procedure_key="P07",
        receiving_unit_id=office.unit_id("nam-can"),
        applicant=APPLICANT,
        data=data,
        components=[ReceivedComponent(code="C1")],
        submission_key=ID,
    )
