"""Importing a set: what the preview says, what is written, and what is left alone."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import func, select

from bpmn_library.imports import UnknownChoice, import_set
from bpmn_library.packages import Package, read_package
from bpmn_library.preview import Choices, preview_import
from bpmn_library.sets import list_sets, shipped_set
from designer.drafts import open_draft, save_draft
from engine.domain.access import SYSTEM, RoleMissing
from engine.store.rows import (
    AuditRow,
    LevelRow,
    ProcedureRow,
    RevisionRow,
    RoleRow,
    SetImportRow,
    UnitRow,
)
from engine.usecases.audit import verify_audit

pytestmark = pytest.mark.sqlite

CODE = "mot-cua-co-ban"
AGENCIES = {"fire_police": "pc07", "culture_department": "svhttdl", "military_command": "bchqs"}


@pytest.fixture
def offices(engine):
    """An installation with the three agencies, without any role, procedure or person."""
    with engine.unit(SYSTEM) as unit:
        unit.session.add(LevelRow(code="province", name_vi="Cấp tỉnh", rank=1))
        unit.session.add(RoleRow(code="OFFICER", name_vi="Công chức", name_en="Officer"))
        for code, kind in (("pc07", "police"), ("svhttdl", "department"), ("bchqs", "military")):
            unit.session.add(
                UnitRow(
                    code=code,
                    identity_code=f"H12.{code}",
                    name_vi=f"Đơn vị {code}",
                    kind=kind,
                    level_code="province",
                    effective_from=date(2025, 7, 1),
                )
            )
    return engine


@pytest.fixture
def newer(set_folder) -> Package:
    """Version 1.1.0: two hours less for the appraisal of permits, a shorter limit; P07 as it was."""
    set_folder.change_json("manifest.json", lambda one: one.update(version="1.1.0"))
    set_folder.change_json("P03/procedure.json", lambda one: one["limit"].update(value=9, hours=78))
    set_folder.change_text("P03/process.bpmn", 'mc:hours="12"', 'mc:hours="10"')
    return read_package(set_folder.packed())


def put_in(engine, package, actor=SYSTEM, **choices):
    with engine.unit(actor) as unit:
        return import_set(unit, package, Choices(**choices))


def look(engine, package, actor=SYSTEM, **choices):
    with engine.reading(actor) as unit:
        return preview_import(unit, package, Choices(**choices))


def rows(engine):
    """How many rows of everything that an import may write."""
    tables = (ProcedureRow, RevisionRow, SetImportRow, RoleRow, AuditRow)
    with engine.reading(SYSTEM) as unit:
        return [unit.session.scalar(select(func.count()).select_from(table)) for table in tables]


def revision(engine, revision_id):
    with engine.reading(SYSTEM) as unit:
        row = unit.session.get(RevisionRow, revision_id)
        unit.session.refresh(row, ["procedure", "definition"])
        return row


def drawn_anew(engine, key="P03"):
    """Open a draft of the latest revision and change one step of it, as an author does; return its id."""
    with engine.unit(SYSTEM) as unit:
        latest = unit.session.scalars(
            select(RevisionRow).join(ProcedureRow).where(ProcedureRow.key == key).order_by(RevisionRow.number)
        ).all()[-1]
        draft = open_draft(unit, latest.procedure_id, latest.id)
        xml = latest.definition.xml.replace(b'mc:hours="16"', b'mc:hours="14"')
        save_draft(unit, draft, xml=xml, version=unit.session.get(RevisionRow, draft).version)
    return draft


def published(engine, revision_id):
    with engine.unit(SYSTEM) as unit:
        unit.session.get(RevisionRow, revision_id).state = "PUBLISHED"


# --- the first import -------------------------------------------------------------------------


def test_a_first_preview_names_what_is_new_and_who_takes_part(offices):
    page = look(offices, shipped_set(CODE))

    assert [(one.key, one.status) for one in page.procedures] == [("P03", "new"), ("P07", "new")]
    assert {one.code: one.unit_code for one in page.participants} == AGENCIES
    assert not any(one.is_known for one in page.roles)
    assert len(page.roles) == 9


def test_a_preview_writes_nothing(offices):
    before = rows(offices)
    look(offices, shipped_set(CODE))
    assert rows(offices) == before


def test_an_import_makes_drafts_with_everything_in_them(offices):
    package = shipped_set(CODE)

    done = put_in(offices, package)

    permit = revision(offices, done.installed[0].revision_id)
    assert (permit.state, permit.number, permit.source_hash) == ("DRAFT", 1, package.entries["P03"].hash)
    assert permit.participants == AGENCIES
    assert permit.content == package.entries["P03"].content
    assert permit.definition.xml == package.entries["P03"].xml
    assert permit.procedure.national_code == "1.013225"
    assert "giay phep xay dung" in permit.procedure.search_text
    assert (permit.procedure.set_code, permit.effective_from) == (CODE, None)


def test_an_import_adds_the_roles_that_were_missing(offices):
    done = put_in(offices, shipped_set(CODE))
    assert len(done.roles_added) == 9
    assert all(one.is_known for one in look(offices, shipped_set(CODE)).roles)


def test_an_import_leaves_a_trace_that_holds(offices):
    done = put_in(offices, shipped_set(CODE))
    with offices.reading(SYSTEM) as unit:
        acts = unit.session.scalars(select(AuditRow.action).order_by(AuditRow.id)).all()
        remembered = unit.session.get(SetImportRow, done.import_id)
        assert acts == ["revision.imported", "revision.imported", "set.imported"]
        assert remembered.sha256 == shipped_set(CODE).sha256
        assert verify_audit(unit) is None


def test_the_list_says_what_is_installed(offices):
    with offices.reading(SYSTEM) as unit:
        before = list_sets(unit)[0]
    put_in(offices, shipped_set(CODE))
    with offices.reading(SYSTEM) as unit:
        after = list_sets(unit)[0]

    assert (before.installed_version, before.is_current) == ("", False)
    assert (after.installed_version, after.is_current) == ("1.0.0", True)


def test_only_it_staff_import(province, as_user):
    with pytest.raises(RoleMissing):
        look(province, shipped_set(CODE), as_user("thao.np"))
    with pytest.raises(RoleMissing):
        put_in(province, shipped_set(CODE), as_user("mai.lt"))
    assert look(province, shipped_set(CODE), as_user("vinh.dq")).procedures


# --- again ------------------------------------------------------------------------------------


def test_the_same_package_again_changes_nothing(offices):
    put_in(offices, shipped_set(CODE))
    before = rows(offices)

    done = put_in(offices, shipped_set(CODE))

    assert done.unchanged == ("P03", "P07")
    assert (done.installed, done.skipped, done.import_id) == ((), (), None)
    assert rows(offices) == before


def test_a_newer_set_says_what_changes_and_writes_over_its_own_untouched_draft(offices, newer):
    first = put_in(offices, shipped_set(CODE))

    page = look(offices, newer)
    done = put_in(offices, newer)

    said = [one.text.vi for one in page.procedure("P03").differences]
    assert "Thời hạn giải quyết: 10 ngày làm việc → 9 ngày làm việc." in said
    assert "“Thẩm định hồ sơ”: thời gian 12 giờ → 10 giờ." in said
    assert [(one.key, one.status) for one in page.procedures] == [("P03", "changed"), ("P07", "same")]
    assert [one.revision_id for one in done.installed] == [first.installed[0].revision_id]
    assert revision(offices, done.installed[0].revision_id).content["limit"]["value"] == 9
    assert page.installed_version == "1.0.0"


def test_a_newer_set_becomes_a_new_draft_beside_what_is_published(offices, newer):
    first = put_in(offices, shipped_set(CODE)).installed[0].revision_id
    published(offices, first)

    done = put_in(offices, newer).installed[0]

    assert (done.number, done.status) == (2, "changed")
    assert revision(offices, done.revision_id).based_on_id == first
    assert revision(offices, first).content["limit"]["value"] == 10


# --- what an office changed itself ------------------------------------------------------------


def test_a_procedure_changed_here_is_a_conflict_and_left_alone(offices, newer):
    published(offices, put_in(offices, shipped_set(CODE)).installed[0].revision_id)
    published(offices, drawn_anew(offices))
    before = rows(offices)

    page = look(offices, newer).procedure("P03")
    done = put_in(offices, newer)

    assert (page.status, page.blocked.vi) == ("conflict", "")
    assert "“Kiểm tra thực địa, lập biên bản”: thời gian 14 giờ → 16 giờ." in [
        one.text.vi for one in page.differences
    ]
    assert [one.key for one in done.skipped] == ["P03"]
    assert "sửa riêng" in done.skipped[0].reason.vi
    assert rows(offices) == before


def test_a_conflict_that_was_accepted_becomes_a_draft_and_keeps_the_offices_own(offices, newer):
    published(offices, put_in(offices, shipped_set(CODE)).installed[0].revision_id)
    own = drawn_anew(offices)
    published(offices, own)

    done = put_in(offices, newer, accepted=frozenset({"P03"})).installed[0]

    assert done.number == 3
    assert b'mc:hours="14"' in revision(offices, own).definition.xml
    assert b'mc:hours="14"' not in revision(offices, done.revision_id).definition.xml


def test_a_draft_that_somebody_works_on_blocks_the_import(offices, newer):
    published(offices, put_in(offices, shipped_set(CODE)).installed[0].revision_id)
    own = drawn_anew(offices)

    page = look(offices, newer).procedure("P03")
    done = put_in(offices, newer, accepted=frozenset({"P03"}))

    assert "Phiên bản 2 đang soạn" in page.blocked.vi
    assert [one.key for one in done.skipped] == ["P03"]
    assert b'mc:hours="14"' in revision(offices, own).definition.xml


def test_an_imported_draft_that_was_changed_is_not_written_over(offices, newer):
    first = put_in(offices, shipped_set(CODE)).installed[0].revision_id
    with offices.unit(SYSTEM) as unit:
        row = unit.session.get(RevisionRow, first)
        xml = row.definition.xml.replace(b'mc:hours="16"', b'mc:hours="14"')
        save_draft(unit, first, xml=xml, version=row.version)

    page = look(offices, newer).procedure("P03")
    put_in(offices, newer)

    assert page.status == "conflict"
    assert b'mc:hours="14"' in revision(offices, first).definition.xml


def test_own_changes_are_no_conflict_while_the_set_stays_as_it_was(offices):
    put_in(offices, shipped_set(CODE))
    published(offices, look_first(offices))
    published(offices, drawn_anew(offices))

    assert look(offices, shipped_set(CODE)).procedure("P03").status == "same"


def look_first(engine):
    with engine.reading(SYSTEM) as unit:
        return unit.session.scalars(
            select(RevisionRow.id).join(ProcedureRow).where(ProcedureRow.key == "P03")
        ).one()


def test_a_procedure_of_the_offices_own_under_the_same_key_is_a_conflict(offices):
    put_in(offices, shipped_set(CODE))
    with offices.unit(SYSTEM) as unit:
        for row in unit.session.scalars(select(RevisionRow)):
            row.source_hash, row.state = "", "PUBLISHED"

    assert {one.status for one in look(offices, shipped_set(CODE)).procedures} == {"conflict"}


# --- agencies and roles -----------------------------------------------------------------------


def test_a_missing_agency_is_named_and_only_its_procedure_waits(offices):
    with offices.unit(SYSTEM) as unit:
        closed = unit.session.scalars(select(UnitRow).where(UnitRow.code == "bchqs")).one()
        closed.effective_to = date(2026, 6, 30)

    page = look(offices, shipped_set(CODE))
    done = put_in(offices, shipped_set(CODE))

    assert [one.code for one in page.participants if one.is_missing] == ["military_command"]
    assert "Cơ quan quân sự" in page.procedure("P03").blocked.vi
    assert [one.key for one in done.installed] == ["P07"]
    assert [one.key for one in done.skipped] == ["P03"]


def test_a_unit_may_be_chosen_instead_of_the_proposed_one(offices):
    done = put_in(offices, shipped_set(CODE), participants={"military_command": "pc07"})
    assert revision(offices, done.installed[0].revision_id).participants["military_command"] == "pc07"


def test_the_next_preview_proposes_what_was_chosen_before(offices, newer):
    put_in(offices, shipped_set(CODE), participants={"military_command": "pc07"})
    chosen = {one.code: one.unit_code for one in look(offices, newer).participants}
    assert chosen["military_command"] == "pc07"


@pytest.mark.parametrize(
    "choices",
    [
        pytest.param({"participants": {"fire_police": "nowhere"}}, id="unit"),
        pytest.param({"roles": {"CLERK": "SCRIBE"}}, id="role"),
        pytest.param({"owners": {"P03": "nowhere"}}, id="owner"),
    ],
)
def test_a_choice_that_does_not_exist_is_refused(offices, choices):
    before = rows(offices)
    with pytest.raises(UnknownChoice):
        put_in(offices, shipped_set(CODE), **choices)
    assert rows(offices) == before


def test_a_role_called_otherwise_here_is_written_into_the_diagram(offices, newer):
    done = put_in(offices, shipped_set(CODE), roles={"CLERK": "OFFICER"})
    row = revision(offices, done.installed[0].revision_id)

    assert b'mc:role="OFFICER"' in row.definition.xml
    assert b'mc:role="CLERK"' not in row.definition.xml
    assert "CLERK" not in done.roles_added
    assert look(offices, shipped_set(CODE)).changes_nothing
    assert look(offices, newer).procedure("P03").status == "changed"


def test_the_owner_of_a_procedure_may_be_chosen(offices):
    done = put_in(offices, shipped_set(CODE), owners={"P03": "svhttdl"})
    owners = {one.key: one.owner for one in look(offices, shipped_set(CODE)).procedures}

    assert revision(offices, done.installed[0].revision_id).procedure.owner_unit_id is not None
    assert owners == {"P03": "svhttdl", "P07": ""}


def test_what_nobody_can_do_there_is_said(offices):
    needs = {one.code: one.missing_roles for one in look(offices, shipped_set(CODE)).participants}
    assert needs["fire_police"] == ("FIRE_POLICE",)


def test_in_the_demo_province_every_role_is_held_where_it_is_needed(province):
    page = look(province, shipped_set(CODE))
    assert all(one.is_held for one in page.roles)
    assert all(one.missing_roles == () for one in page.participants)
    assert page.changes_nothing


def test_a_set_with_errors_says_so_before_it_is_imported(offices, set_folder):
    set_folder.change_text("P03/process.bpmn", 'mc:hours="12"', 'mc:hours="40"')
    page = look(offices, read_package(set_folder.packed()))
    assert [one.rule for one in page.procedure("P03").errors] == ["hours-over-limit"]
    assert page.procedure("P07").errors == ()


def test_what_is_remembered_is_plain_json(offices):
    put_in(offices, shipped_set(CODE))
    with offices.reading(SYSTEM) as unit:
        result = unit.session.scalars(select(SetImportRow.result)).one()
    assert set(json.loads(json.dumps(result))["installed"]) == {"P03", "P07"}
