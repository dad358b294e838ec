"""The tables. Rows hold facts; rules live in `engine.domain`, writing in `engine.usecases`.

Times are aware UTC (`UtcTime`), days that mean a local calendar day are `Date`. Rows that two people
may change at once carry `version`. Nothing here is deleted in daily work: things end by a date or a status.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.store.base import Base, BigId, UtcTime

# --- organisation: dated data, never code -----------------------------------------------------


class LevelRow(Base):
    """A level of government: province, district (until 30/6/2025), commune."""

    __tablename__ = "org_level"
    code: Mapped[str] = mapped_column(String(30), primary_key=True)
    name_vi: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200), default="")
    rank: Mapped[int]
    active_from: Mapped[date | None]
    active_to: Mapped[date | None]


class UnitRow(Base):
    """An office. Closed by `effective_to` (last day), never renamed in place nor deleted."""

    __tablename__ = "org_unit"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)  # our short key, e.g. "sxd"
    identity_code: Mapped[str] = mapped_column(String(40), index=True)  # national: H12.05
    name_vi: Mapped[str] = mapped_column(String(300))
    name_en: Mapped[str] = mapped_column(String(300), default="")
    short_name: Mapped[str] = mapped_column(String(100), default="")
    kind: Mapped[str] = mapped_column(String(40))  # centre, department, division, committee, police, tax …
    level_code: Mapped[str] = mapped_column(ForeignKey("org_level.code"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"), index=True)
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]
    legal_basis: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str] = mapped_column(Text, default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    geo_code: Mapped[str] = mapped_column(String(10), default="")
    parent: Mapped[UnitRow | None] = relationship(remote_side=[id])

    def __str__(self) -> str:
        return self.name_vi


class SuccessionRow(Base):
    """Who continues the work of a closed unit: merge, split, rename, abolish, transfer_function."""

    __tablename__ = "org_succession"
    id: Mapped[int] = mapped_column(primary_key=True)
    old_unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    new_unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    relation: Mapped[str] = mapped_column(String(30))
    effective_on: Mapped[date]
    note: Mapped[str] = mapped_column(Text, default="")


class RoleRow(Base):
    __tablename__ = "role"
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name_vi: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200), default="")

    def __str__(self) -> str:
        return self.name_vi


class PositionRow(Base):
    """A chair in a unit; `roles` are the role codes that come with it."""

    __tablename__ = "position"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), index=True)
    title_vi: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200), default="")
    roles: Mapped[list[Any]]
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]
    unit: Mapped[UnitRow] = relationship()

    def __str__(self) -> str:
        return self.title_vi


class UserRow(Base):
    __tablename__ = "user_account"
    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(60), unique=True)
    full_name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(300))
    language: Mapped[str] = mapped_column(String(5), default="vi")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime]
    failed_attempts: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]

    def __str__(self) -> str:
        return self.full_name


class AssignmentRow(Base):
    """A person on a chair between two days (both included). Permissions follow assignments."""

    __tablename__ = "assignment"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    position_id: Mapped[int] = mapped_column(ForeignKey("position.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    is_acting: Mapped[bool] = mapped_column(Boolean, default=False)
    delegated_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    user: Mapped[UserRow] = relationship(foreign_keys=[user_id])
    position: Mapped[PositionRow] = relationship()


class WebSessionRow(Base):
    """A signed-in browser. The cookie holds a random key, this row only its SHA-256."""

    __tablename__ = "web_session"
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class CalendarRow(Base):
    """Working days of the nation, a province or one unit; looked up unit → province → national."""

    __tablename__ = "calendar"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name_vi: Mapped[str] = mapped_column(String(200))
    scope: Mapped[str] = mapped_column(String(20))  # national | province | unit
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("calendar.id"))
    week: Mapped[list[Any]]  # weekdays worked, Monday = 0: [0,1,2,3,4]
    sessions: Mapped[list[Any]]  # [["07:00","11:00"],["13:00","17:00"]]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    def __str__(self) -> str:
        return self.name_vi


class CalendarDayRow(Base):
    __tablename__ = "calendar_day"
    __table_args__ = (UniqueConstraint("calendar_id", "day"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id"), index=True)
    day: Mapped[date]
    kind: Mapped[str] = mapped_column(String(20))  # OFF | WORK | HALF_AM | HALF_PM | RECEPTION_ONLY
    reason_vi: Mapped[str] = mapped_column(String(300), default="")
    reason_en: Mapped[str] = mapped_column(String(300), default="")
    decision_no: Mapped[str] = mapped_column(String(100), default="")
    confirmed: Mapped[bool] = mapped_column(Boolean, default=True)
    source: Mapped[str] = mapped_column(String(300), default="")
    calendar: Mapped[CalendarRow] = relationship()


# --- procedures -------------------------------------------------------------------------------


class ProcedureRow(Base):
    __tablename__ = "procedure"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)  # P03
    national_code: Mapped[str] = mapped_column(String(40), index=True)
    name_vi: Mapped[str] = mapped_column(String(500))
    name_en: Mapped[str] = mapped_column(String(500), default="")
    field_vi: Mapped[str] = mapped_column(String(200), default="")
    owner_unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))  # who may draft revisions
    set_code: Mapped[str] = mapped_column(String(60), default="")  # the standard set it came from
    search_text: Mapped[str] = mapped_column(Text, default="")  # folded name and codes

    def __str__(self) -> str:
        return f"{self.key} {self.name_vi}"


class DefinitionRow(Base):
    """BPMN bytes by content hash; never changed, shared by all revisions with the same drawing."""

    __tablename__ = "definition"
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    xml: Mapped[bytes]
    created_at: Mapped[datetime]


class RevisionRow(Base):
    """One version of a procedure. DRAFT → UNIT_REVIEW → PENDING_PROVINCE_APPROVAL → APPROVED → PUBLISHED
    → SUPERSEDED | SUSPENDED | ABOLISHED. `content` is `engine.domain.procedures.Procedure` as JSON."""

    __tablename__ = "procedure_revision"
    __table_args__ = (UniqueConstraint("procedure_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id"), index=True)
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(40), index=True)
    definition_hash: Mapped[str] = mapped_column(ForeignKey("definition.hash"))
    content: Mapped[dict[str, Any]]
    participants: Mapped[dict[str, Any]]  # participant code of the diagram → code of a local unit
    based_on_id: Mapped[int | None] = mapped_column(ForeignKey("procedure_revision.id"))
    effective_from: Mapped[date | None]
    effective_to: Mapped[date | None]
    decision_no: Mapped[str] = mapped_column(String(100), default="")
    decision_date: Mapped[date | None]
    signer: Mapped[str] = mapped_column(String(200), default="")
    change_note: Mapped[str] = mapped_column(Text, default="")
    review_note: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    publisher_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    source_hash: Mapped[str] = mapped_column(String(64), default="")  # of the set entry it was imported from
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()
    procedure: Mapped[ProcedureRow] = relationship()
    definition: Mapped[DefinitionRow] = relationship()
    __mapper_args__ = {"version_id_col": version}

    def __str__(self) -> str:
        return f"{self.number}"


class CompetenceRow(Base):
    """Which unit decides a procedure, for which place; `geo_code` empty means everywhere."""

    __tablename__ = "competence"
    id: Mapped[int] = mapped_column(primary_key=True)
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), index=True)
    geo_code: Mapped[str] = mapped_column(String(10), default="")
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]


class SetImportRow(Base):
    """One import of a standard set; the same package hash again changes nothing."""

    __tablename__ = "set_import"
    id: Mapped[int] = mapped_column(primary_key=True)
    set_code: Mapped[str] = mapped_column(String(60), index=True)
    set_version: Mapped[str] = mapped_column(String(40))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    imported_at: Mapped[datetime]
    imported_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    result: Mapped[dict[str, Any]]


# --- dossiers ---------------------------------------------------------------------------------


class DossierRow(Base):
    """One application. Four independent facets: business, payment, delivery (and sync, per partner)."""

    __tablename__ = "dossier"
    __table_args__ = (
        Index("ix_dossier_competent_status", "competent_unit_id", "status"),
        Index("ix_dossier_current_due", "current_due"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id"), index=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("procedure_revision.id"))
    channel: Mapped[int] = mapped_column(default=1)  # 1 counter, 2 online, 3 post
    received_unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), index=True)
    competent_unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    return_unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    applicant_kind: Mapped[int] = mapped_column(default=0)  # 0 citizen, 1 company, 2 household business
    applicant_name: Mapped[str] = mapped_column(String(200))
    applicant_id_no: Mapped[str] = mapped_column(String(40), default="", index=True)
    applicant_phone: Mapped[str] = mapped_column(String(40), default="", index=True)
    applicant_email: Mapped[str] = mapped_column(String(200), default="")
    applicant_address: Mapped[str] = mapped_column(Text, default="")
    data: Mapped[dict[str, Any]]  # form fields and the answers of the steps: what FEEL reads
    search_text: Mapped[str] = mapped_column(Text, default="")  # engine.domain.searching.search_text
    status: Mapped[str] = mapped_column(String(30))  # domain.dossiers.Status
    payment_status: Mapped[str] = mapped_column(String(20), default="none")  # none due paid waived refunded
    delivery_status: Mapped[str] = mapped_column(String(20), default="not_ready")
    fee: Mapped[int] = mapped_column(default=0)  # đồng
    return_method: Mapped[str] = mapped_column(String(20), default="counter")  # counter post electronic
    accepted_at: Mapped[datetime]
    legal_due: Mapped[datetime]
    promised_due: Mapped[datetime]
    current_due: Mapped[datetime]
    due_is_provisional: Mapped[bool] = mapped_column(Boolean, default=False)
    clock_stopped_at: Mapped[datetime | None]  # set while the citizen supplements
    supplement_rounds: Mapped[int] = mapped_column(default=0)
    resolved_at: Mapped[datetime | None]
    result: Mapped[str] = mapped_column(String(20), default="")  # granted | refused, once resolved
    returned_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    executor: Mapped[str] = mapped_column(String(30))
    state: Mapped[str] = mapped_column(Text)  # the marking, JSON; meaningful only to the executor
    received_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[int] = mapped_column()
    procedure: Mapped[ProcedureRow] = relationship()
    revision: Mapped[RevisionRow] = relationship()
    received_unit: Mapped[UnitRow] = relationship(foreign_keys=[received_unit_id])
    competent_unit: Mapped[UnitRow] = relationship(foreign_keys=[competent_unit_id])
    __mapper_args__ = {"version_id_col": version}

    def __str__(self) -> str:
        return self.code


class ComponentRow(Base):
    """A paper or file as received; `copy_kind`: 0 original, 1 copy, 2 electronic."""

    __tablename__ = "dossier_component"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    code: Mapped[str] = mapped_column(String(60))
    name_vi: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text, default="")
    copies: Mapped[int] = mapped_column(default=1)
    copy_kind: Mapped[int] = mapped_column(default=0)
    received: Mapped[bool] = mapped_column(Boolean, default=True)
    note: Mapped[str] = mapped_column(Text, default="")


class AttachmentRow(Base):
    __tablename__ = "attachment"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    component_code: Mapped[str] = mapped_column(String(60), default="")
    work_item_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("work_item.id"))
    file_name: Mapped[str] = mapped_column(String(255))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    added_at: Mapped[datetime]
    added_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))


class ClockStopRow(Base):
    """A time in which the clock of a dossier did not run for the office, and why."""

    __tablename__ = "clock_stop"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))  # supplement
    policy: Mapped[str] = mapped_column(String(10))  # RESET | PAUSE | RUN
    stopped_at: Mapped[datetime]
    resumed_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    round: Mapped[int] = mapped_column(default=1)
    work_item_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("work_item.id"))


class WorkItemRow(Base):
    """A step that a role of a unit has to do, or did. Never deleted: `withdrawn` is history too."""

    __tablename__ = "work_item"
    __table_args__ = (
        Index("ix_work_item_unit_status_due", "unit_id", "status", "due_at"),
        Index("ix_work_item_ended_by", "ended_by", "id", "dossier_id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    node_id: Mapped[str] = mapped_column(String(128))
    token: Mapped[int]
    name_vi: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[str] = mapped_column(String(30))
    role: Mapped[str] = mapped_column(String(40))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    status: Mapped[str] = mapped_column(String(15))  # open | done | withdrawn
    allotted_minutes: Mapped[int | None]
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]  # the target of the step, never the citizen's due date
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    claimed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    outcome: Mapped[str] = mapped_column(String(60), default="")
    answers: Mapped[dict[str, Any]]
    draft: Mapped[dict[str, Any]]  # typed but not sent
    spent_minutes: Mapped[int | None]  # working minutes, net of stops, once ended
    version: Mapped[int] = mapped_column()
    dossier: Mapped[DossierRow] = relationship()
    unit: Mapped[UnitRow] = relationship()
    __mapper_args__ = {"version_id_col": version}


class TimerRow(Base):
    """A timer of a diagram that is armed. `repeats` is how often it may still fire, 1 or more."""

    __tablename__ = "timer"
    __table_args__ = (UniqueConstraint("dossier_id", "token", "node_id", "number"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    token: Mapped[int]
    node_id: Mapped[str] = mapped_column(String(128))
    number: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    repeats: Mapped[int] = mapped_column(default=1)
    every: Mapped[str] = mapped_column(String(60), default="")  # ISO duration of a cycle
    working: Mapped[bool] = mapped_column(Boolean, default=False)  # counted in working time
    attempts: Mapped[int] = mapped_column(default=0)  # that failed in a row
    next_try_at: Mapped[datetime | None]  # after a failure


class EventRow(Base):
    """What happened to a dossier, in order; append-only. The process control sheet is made from it."""

    __tablename__ = "dossier_event"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(40))  # received, step.opened, step.done, supplement.asked, …
    node_id: Mapped[str] = mapped_column(String(128), default="")
    work_item_id: Mapped[int | None] = mapped_column(BigId)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    assignment_id: Mapped[int | None]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"))
    data: Mapped[dict[str, Any]]


class IncidentRow(Base):
    """A step that cannot go on by itself: what, where in the diagram, since when.

    `token` and `number` name the timer at `node_id`, `outbox_id` the text to the applicant, `message_id`
    the message between dossiers; ids of timers are not used, because a timer that fires is gone.
    """

    __tablename__ = "incident"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    node_id: Mapped[str] = mapped_column(String(128), default="")
    token: Mapped[int] = mapped_column(default=0)
    number: Mapped[int] = mapped_column(default=0)
    outbox_id: Mapped[int | None] = mapped_column(BigId)
    message_id: Mapped[int | None] = mapped_column(BigId)
    attempts: Mapped[int] = mapped_column(default=0)
    code: Mapped[str] = mapped_column(String(60))
    text_vi: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(20), default="")  # retry | change | skip, once it ended
    resolution: Mapped[str] = mapped_column(Text, default="")


class MigrationRow(Base):
    """One taking-over of running dossiers to a newer revision of their procedure."""

    __tablename__ = "migration"
    id: Mapped[int] = mapped_column(primary_key=True)
    from_revision_id: Mapped[int] = mapped_column(ForeignKey("procedure_revision.id"))
    to_revision_id: Mapped[int] = mapped_column(ForeignKey("procedure_revision.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class MigrationLineRow(Base):
    """What came of it for one dossier. `state_hash` tells whether the dossier moved since."""

    __tablename__ = "migration_line"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    migration_id: Mapped[int] = mapped_column(ForeignKey("migration.id"), index=True)
    dossier_id: Mapped[int] = mapped_column(BigId, ForeignKey("dossier.id"))
    result: Mapped[str] = mapped_column(String(10))  # moved | refused | undone | kept
    text_vi: Mapped[str] = mapped_column(Text, default="")
    text_en: Mapped[str] = mapped_column(Text, default="")
    state_hash: Mapped[str] = mapped_column(String(64), default="")


# --- numbers, sending, proof ------------------------------------------------------------------


class CounterRow(Base):
    """The last number given in a series. Dossier codes: book "code:H12.05", period "261117";
    registers: book "register:12:P07", period "2026". Taken in the transaction that uses it: no gap."""

    __tablename__ = "counter"
    book: Mapped[str] = mapped_column(String(80), primary_key=True)
    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    last: Mapped[int]


class RegisterEntryRow(Base):
    __tablename__ = "register_entry"
    __table_args__ = (UniqueConstraint("book", "period", "number"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    book: Mapped[str] = mapped_column(String(80))
    period: Mapped[str] = mapped_column(String(10))
    number: Mapped[int]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    at: Mapped[datetime]


class OutboxRow(Base):
    """Something to send after the commit; sent by the worker, at least once, with `id` as the key."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))  # sms
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossier.id"), index=True)
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime | None] = mapped_column(UtcTime, index=True)  # None: sent or given up
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")


class SubmissionRow(Base):
    """One click that has been carried out: the same key again gets the same answer, once."""

    __tablename__ = "submission"
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    action: Mapped[str] = mapped_column(String(60))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    digest: Mapped[str] = mapped_column(String(64))  # of what was sent, to notice a key used twice
    answer: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class AttemptRow(Base):
    """Tries against a lock: public look-ups and sign-ins, counted per key and window."""

    __tablename__ = "attempt"
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    since: Mapped[datetime]
    count: Mapped[int]


class AuditRow(Base):
    """An act, chained by hash within its `chain` ("dossier:17", "revision:4", "account:3")."""

    __tablename__ = "audit"
    __table_args__ = (UniqueConstraint("chain", "number"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    chain: Mapped[str] = mapped_column(String(60))
    number: Mapped[int]
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(60))
    user_id: Mapped[int | None]
    assignment_id: Mapped[int | None]
    data: Mapped[dict[str, Any]]
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditHeadRow(Base):
    """The end of each chain, so that a cut-off tail is noticed too."""

    __tablename__ = "audit_head"
    chain: Mapped[str] = mapped_column(String(60), primary_key=True)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
