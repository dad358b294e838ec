"""Messages between dossiers: whom one is for, how long it is kept, and that it takes effect once."""

from __future__ import annotations

from contextlib import suppress

import pytest
from liaison import ASK, BY_PARCEL, NOTICE, TAX_CONTENT, Liaison, land_xml, tax_xml
from sqlalchemy import event, select

from engine.domain.messages import MOST_GENERATIONS, fit_of, fits_of
from engine.errors import NotFound
from engine.store.rows import AuditRow, IncidentRow
from engine.usecases import incidents
from engine.usecases.dossiers import withdraw_dossier
from engine.usecases.incident_pages import get_incident
from engine.usecases.outside_messages import MessageReused, receive_message
from engine.usecases.reception import Applicant
from engine.usecases.retries import WAITS
from engine.usecases.routing import NoOneToDo
from engine.usecases.stuck_messages import drop_outside_message, retry_outside_message
from engine.usecases.tasks import complete_task

REASON = "Đã gọi điện xác nhận với cơ quan thuế."


@pytest.fixture
def liaison(office) -> Liaison:
    return Liaison(office).install()


def by_parcel(office) -> Liaison:
    """Both procedures, and the notice finds its land dossier by the number of the parcel."""
    tax = tax_xml(BY_PARCEL).replace(
        '<mc:field name="land_code"/>', '<mc:field name="land_code"/><mc:field name="parcel_no"/>'
    )
    return Liaison(office).install(land_xml(BY_PARCEL), tax)


def send(liaison, keys, number="1", name=NOTICE, **more):
    payload = more.pop("payload", {"amount": 5, "notice_no": "TB-9"})
    with liaison.office.unit("vinh.dq") as unit:
        return receive_message(unit, name, keys, payload, number, origin="thue-vn", **more)


def code(liaison, dossier):
    return liaison.office.dossier(dossier).code


# --- thrown ------------------------------------------------------------------------------------


def test_a_step_that_is_rolled_back_throws_nothing(liaison):
    office = liaison.office
    land = liaison.land()
    task = office.task(land, "T2")
    before = office.counts()
    with suppress(RuntimeError), office.unit(office.who(task)) as unit:
        complete_task(unit, task)
        raise RuntimeError("the rest of the command fails")

    assert office.counts() == before
    assert liaison.deliver() == 0


@pytest.mark.sqlite
def test_only_what_the_diagram_names_leaves_the_dossier(liaison):
    land = liaison.ask(parcel="77")
    message = liaison.messages()[0]

    assert message.payload == {"parcel_no": "77", "price": 900000000, "land_code": code(liaison, land)}
    assert message.title_vi == "Gửi phiếu chuyển thông tin"
    assert message.to_unit_id == liaison.office.unit_id("thue")


@pytest.mark.sqlite
def test_a_step_that_neither_throws_nor_awaits_asks_no_more_than_before(liaison):
    office = liaison.office
    dossier = office.permit()
    statements = []
    listener = lambda *call: statements.append(call[2])  # noqa: E731
    event.listen(office.engine.database, "before_cursor_execute", listener)
    office.do(dossier, "T2", "assign")
    event.remove(office.engine.database, "before_cursor_execute", listener)

    assert not [one for one in statements if "message" in one or "dossier_link" in one]


@pytest.mark.sqlite
def test_a_dossier_that_goes_on_waiting_writes_nothing_about_it(office):
    beside = land_xml().replace(
        '<boundaryEvent id="late"',
        '<boundaryEvent id="call" attachedToRef="T8" cancelActivity="false">'
        '<messageEventDefinition id="c1" messageRef="M_ask"/></boundaryEvent>'
        '<sequenceFlow id="c2" sourceRef="call" targetRef="c3"/><endEvent id="c3"/>'
        '<boundaryEvent id="late"',
    )
    liaison = Liaison(office).install(beside)
    land = liaison.ask()
    liaison.deliver()
    liaison.answer(liaison.child(land))
    liaison.deliver()
    assert [one.node_id for one in liaison.waits(land)] == ["call"]
    task = office.task(land, "T8")
    with office.unit(office.who(task)) as unit:
        from engine.usecases.tasks import claim_task

        claim_task(unit, task)
    assert [one.node_id for one in liaison.waits(land)] == ["call"]
    office.do(land, "T8")

    assert liaison.waits(land) == []
    assert office.check() == {}


# --- kept until somebody waits -----------------------------------------------------------------


def test_an_answer_that_comes_too_early_is_kept_until_the_dossier_waits(office):
    liaison = by_parcel(office)
    land = liaison.land(parcel="300")
    send(liaison, {"parcel_no": "300"})
    early = liaison.deliver(2)
    rested = liaison.messages(NOTICE)[0].next_try_at
    office.do(land, "T2")
    asked_then_woken = liaison.deliver(2)

    assert early == 0
    assert rested > office.clock.now()
    assert asked_then_woken >= 2  # the slip began a dossier, the notice was taken
    assert office.open_steps(land) == ["T8"]
    assert office.dossier(land).data["owed"] == 5
    assert office.check() == {}


def test_what_nobody_takes_becomes_an_incident_when_its_time_is_over(liaison):
    office = liaison.office
    send(liaison, {"dossier": "H12.01-261123-9999"}, keep="P3D")
    land = liaison.ask()
    liaison.deliver()
    tax = liaison.child(land)
    with office.unit("mai.lt") as unit:
        withdraw_dossier(unit, land, "Không còn nhu cầu.")
    liaison.answer(tax)
    for _ in range(31):
        office.clock.advance(days=1)
        liaison.deliver()
    outside, _, answer = liaison.messages()
    incident = liaison.incidents()[0]

    assert (outside.state, answer.state) == ("stuck", "stuck")
    assert (incident.dossier_id, incident.code, incident.message_id) == (tax, "message_unclaimed", answer.id)
    assert "Gửi thông báo nghĩa vụ tài chính" in incident.text_vi
    assert liaison.deliver() == 0
    assert office.check() == {}


@pytest.mark.sqlite
def test_a_message_that_is_not_to_be_kept_is_dropped_when_nobody_waits(office):
    alone = land_xml(asked='mc:keep="PT0S"').replace("M_ask", "M_other", 2)
    alone = alone.replace("<message id=", '<message id="M_other" name="nobody.waits"/><message id=', 1)
    liaison = Liaison(office).install(
        alone.replace('<message id="M_other" name="land', '<message id="M_ask" name="land')
    )
    liaison.ask()
    liaison.deliver()

    assert [one.state for one in liaison.messages()] == ["dropped"]
    assert liaison.incidents() == []
    assert office.check() == {}


def test_a_message_that_comes_as_its_receiver_goes_is_kept_for_the_next_wait(liaison):
    office = liaison.office
    land = liaison.ask()
    liaison.deliver()
    tax = liaison.child(land)
    office.clock.advance(days=6)
    assert office.fire() == 1  # nobody waits for the notice: the head is to press for it
    liaison.answer(tax)
    assert liaison.deliver(2) == 0
    office.do(land, "T6")
    delivered = liaison.deliver(2)

    assert delivered == 1
    assert office.open_steps(land) == ["T8"]
    assert office.check() == {}


# --- whom it is for ----------------------------------------------------------------------------


def test_keys_tell_two_waiting_dossiers_apart(office):
    liaison = by_parcel(office)
    first, second = liaison.ask(parcel="1"), liaison.ask(parcel="2")
    send(liaison, {"parcel_no": "2"})
    liaison.deliver()

    assert office.open_steps(first) == []
    assert office.open_steps(second) == ["T8"]
    assert office.check() == {}


def test_two_receivers_that_fit_are_an_incident_and_never_guessed_between(office):
    liaison = by_parcel(office)
    first, second = liaison.ask(parcel="7"), liaison.ask(parcel="7")
    liaison.deliver()
    tax = liaison.child(first)
    liaison.answer(tax)
    liaison.deliver()
    incident = liaison.incidents()[0]

    assert (incident.dossier_id, incident.code) == (tax, "message_ambiguous")
    assert code(liaison, first) in incident.text_vi
    assert code(liaison, second) in incident.text_vi
    assert office.open_steps(first) == office.open_steps(second) == []
    assert office.check() == {}

    with office.unit(None) as unit:
        typed = {"parcel_no": "7", "dossier": code(liaison, first)}
        incidents.change_keys(unit, incident.id, typed, REASON)
    liaison.deliver()
    assert office.open_steps(first) == ["T8"]
    assert office.open_steps(second) == []
    assert office.check() == {}


def test_a_wrong_key_is_corrected_by_those_who_lead_with_a_reason(office):
    liaison = by_parcel(office)
    land = liaison.ask(parcel="12")
    liaison.deliver()
    tax = liaison.child(land)
    with office.unit(None) as unit:  # the tax office mistyped the parcel
        row = unit.session.get_one(type(office.dossier(tax)), tax)
        row.data = {**row.data, "parcel_no": "21"}
    liaison.answer(tax)
    for _ in range(32):
        office.clock.advance(days=1)
        liaison.deliver()
    incident = liaison.incidents()[0].id
    with office.reading(None) as unit:
        shown = get_incident(unit, incident).message
    with pytest.raises(incidents.IncidentReason), office.unit(None) as unit:
        incidents.change_keys(unit, incident, {"parcel_no": "12"}, "ngắn")
    with pytest.raises(NotFound), office.unit("linh.vt") as unit:
        incidents.change_keys(unit, incident, {"parcel_no": "12"}, REASON)
    with office.unit(None) as unit:
        incidents.change_keys(unit, incident, {"parcel_no": "12", "dossier": ""}, REASON)
    liaison.deliver(2)

    assert [(one.name, one.value) for one in shown.keys] == [("parcel_no", "21"), ("dossier", "")]
    assert office.open_steps(land) == ["T8"]
    assert liaison.incidents() == []
    assert "message.readdressed" in liaison.kinds(tax)
    assert office.check() == {}


@pytest.mark.sqlite
def test_a_dossier_never_takes_its_own_message(office):
    echo = land_xml().replace('messageRef="M_notice"', 'messageRef="M_ask"')
    other = tax_xml().replace('messageRef="M_ask"', 'messageRef="M_notice"', 1)
    liaison = Liaison(office).install(echo, other)
    land = liaison.ask()
    liaison.deliver(2)

    assert office.open_steps(land) == []  # it still waits, although its own message has the name
    assert [one.state for one in liaison.messages()] == ["kept"]


@pytest.mark.sqlite
def test_a_key_without_a_value_fits_nothing_until_the_dossier_has_one(office):
    roots = BY_PARCEL.replace("parcel_no", "notice_no")
    own = '<correlationSubscription id="cs" correlationKeyRef="CK"><correlationPropertyBinding id="b" '
    own += 'correlationPropertyRef="K_parcel"><dataPath>owed_no</dataPath></correlationPropertyBinding>'
    own += "</correlationSubscription>"
    pool = '<collaboration id="c"><correlationKey id="CK"><correlationPropertyRef>K_parcel'
    pool += "</correlationPropertyRef></correlationKey></collaboration>"
    liaison = Liaison(office).install(land_xml(roots + pool, own))
    land = liaison.ask()
    send(liaison, {"notice_no": "TB-9"})
    liaison.deliver(2)
    assert liaison.waits(land)[0].fit == ""
    assert office.open_steps(land) == []

    office.clock.advance(days=6)
    with office.unit(None) as unit:
        row = unit.session.get_one(type(office.dossier(land)), land)
        row.data = {**row.data, "owed_no": "TB-9"}
    office.fire()
    office.do(land, "T6")  # it waits anew, now with the number
    liaison.deliver(2)

    assert office.open_steps(land) == ["T8"]
    assert office.check() == {}


def test_a_message_for_a_named_unit_is_for_no_other(office):
    liaison = Liaison(office).install()
    land = liaison.ask()
    send(liaison, {"dossier": code(liaison, land)}, to_unit="stc")
    liaison.deliver()
    assert office.open_steps(land) == []
    send(liaison, {"dossier": code(liaison, land)}, "2", to_unit="sxd")
    liaison.deliver()

    assert office.open_steps(land) == ["T8"]
    assert office.check() == {}


# --- beginning a dossier -----------------------------------------------------------------------


def test_two_procedures_that_one_message_starts_are_an_incident(liaison):
    liaison.put("TAX2", tax_xml(), TAX_CONTENT, "stc")
    land = liaison.ask()
    liaison.deliver()

    assert liaison.incidents()[0].code == "message_ambiguous"
    assert "TAX, TAX2" in liaison.incidents()[0].text_en
    assert liaison.office.open_steps(land) == []
    assert liaison.office.check() == {}


def test_what_the_receiving_form_refuses_is_tried_again_and_then_an_incident_of_the_sender(liaison):
    office = liaison.office
    land = liaison.ask(price="")  # the tax office's form needs a price
    for wait in (None, *WAITS):
        office.clock.advance(seconds=wait.total_seconds() if wait else 0)
        liaison.deliver()
    incident = liaison.incidents()[0]

    assert (incident.dossier_id, incident.code, incident.attempts) == (land, "message_not_accepted", 6)
    assert "Giá chuyển nhượng" in incident.text_vi
    assert liaison.dossiers("TAX") == []
    assert office.check() == {}
    with office.unit("tuan.pm") as unit:
        incidents.skip_incident(unit, incident.id, "", REASON)
    assert liaison.messages()[0].state == "dropped"
    assert liaison.incidents() == []
    assert office.check() == {}


@pytest.mark.sqlite
def test_a_circle_of_procedures_ends_in_an_incident(office):
    start, _, rest = tax_xml().partition("<userTask")
    circle = f'{start}<serviceTask id="T1" name="Chuyển tiếp"/>{rest.partition("/>")[2]}'
    circle = circle.replace('messageRef="M_notice"', 'messageRef="M_ask"')
    circle = circle.replace(
        '<mc:field name="amount"/>', '<mc:field name="parcel_no"/><mc:field name="price"/>'
    )
    liaison = Liaison(office).install(tax=circle)
    liaison.ask()
    liaison.deliver(MOST_GENERATIONS + 5)

    assert len(liaison.dossiers("TAX")) == MOST_GENERATIONS - 1
    for wait in WAITS:
        office.clock.advance(seconds=wait.total_seconds())
        liaison.deliver()
    assert [one.code for one in liaison.incidents()] == ["message_chain_too_long"]


# --- from outside ------------------------------------------------------------------------------


def test_a_message_from_outside_is_taken_in_once(liaison):
    office = liaison.office
    land = liaison.ask()
    first = send(liaison, {"dossier": code(liaison, land)})
    again = send(liaison, {"dossier": code(liaison, land)})
    with pytest.raises(MessageReused):
        send(liaison, {"dossier": code(liaison, land)}, payload={"amount": 6})
    liaison.deliver()

    assert first.message_id == again.message_id
    assert office.open_steps(land) == ["T8"]
    assert "message.received" in liaison.kinds(land)
    assert office.check() == {}


@pytest.mark.sqlite
def test_of_two_messages_that_begin_a_dossier_together_the_second_is_awaited_in_it(office):
    start = """<startEvent id="asked" name="Nhận phiếu chuyển">
      <messageEventDefinition id="d1" messageRef="M_ask"/>
    </startEvent>"""
    both = """<eventBasedGateway id="g" instantiate="true" eventGatewayType="Parallel"/>
    <sequenceFlow id="g1" sourceRef="g" targetRef="asked"/>
    <sequenceFlow id="g2" sourceRef="g" targetRef="paid"/>
    <intermediateCatchEvent id="asked"><messageEventDefinition messageRef="M_ask"/></intermediateCatchEvent>
    <intermediateCatchEvent id="paid"><messageEventDefinition messageRef="M_paid"/></intermediateCatchEvent>
    <sequenceFlow id="g3" sourceRef="paid" targetRef="T2"/>
    <userTask id="T2" name="Ghi nhận đã nộp" mc:role="OPINION" mc:unit="competent" mc:hours="1"/>"""
    tax = tax_xml('<message id="M_paid" name="tax.paid"/>').replace(start, both)
    assert both in tax
    liaison = Liaison(office).install(tax=tax)
    child_of = liaison.ask()
    liaison.deliver()
    child = liaison.child(child_of)
    assert office.open_steps(child) == ["T1"]

    send(liaison, {"dossier": code(liaison, child)}, name="tax.paid", payload={})
    liaison.deliver()

    assert sorted(office.open_steps(child)) == ["T1", "T2"]
    assert office.check() == {}


@pytest.mark.sqlite
def test_a_message_from_outside_begins_a_dossier_at_the_unit_it_names(liaison):
    office = liaison.office
    who = Applicant(name="Trần Thị B", id_no="096090005678", phone="0912345679")
    slip = {"parcel_no": "5", "price": 100}
    send(liaison, {}, name=ASK, payload=slip, to_unit="thue", applicant=who)
    liaison.deliver()
    tax = liaison.dossiers("TAX")[0]

    assert office.dossier(tax).applicant_name == "Trần Thị B"
    assert office.open_steps(tax) == ["T1"]
    assert liaison.links() == []
    assert office.check() == {}


@pytest.mark.sqlite
def test_a_stray_message_from_outside_is_dealt_with_by_it_staff(liaison):
    office = liaison.office
    send(liaison, {"dossier": "x"}, keep="P1D")
    send(liaison, {"dossier": "y"}, "2", keep="P1D")
    office.clock.advance(days=2)
    liaison.deliver()
    first, second = liaison.messages()
    with office.unit("vinh.dq") as unit:
        retry_outside_message(unit, first.id, "Đã hỏi bên gửi.")
        drop_outside_message(unit, second.id, "Bên gửi nhầm địa chỉ.")

    assert (first.state, second.state) == ("stuck", "stuck")
    assert [one.state for one in liaison.messages()] == ["kept", "dropped"]
    assert office.check() == {}
    with office.reading(None) as unit:
        acts = unit.session.scalars(select(AuditRow.action).where(AuditRow.chain == f"message:{second.id}"))
        assert acts.all() == ["message.taken_in", "message.dropped"]


# --- incidents ---------------------------------------------------------------------------------


def test_a_receiver_that_cannot_go_on_is_an_incident_of_the_receiver_and_tried_again(liaison):
    office = liaison.office
    land = liaison.ask()
    liaison.deliver()
    liaison.answer(liaison.child(land))
    set_signers(office, False)
    for wait in (None, *WAITS):
        office.clock.advance(seconds=wait.total_seconds() if wait else 0)
        liaison.deliver()
    incident = liaison.incidents()[0]
    assert (incident.dossier_id, incident.code) == (land, NoOneToDo.code)
    assert office.check() == {}
    set_signers(office, True)
    with office.unit("khoa.nd") as unit:
        incidents.retry_incident(unit, incident.id, "Đã phân công lại.")
    liaison.deliver()

    assert office.open_steps(land) == ["T8"]
    with office.reading(None) as unit:
        assert unit.session.scalars(select(IncidentRow.action)).all() == ["retry"]
    assert office.check() == {}


def set_signers(office, is_active):
    from engine.store.rows import UserRow

    with office.unit(None) as unit:
        for login in ("tuan.pm", "oanh.tk"):
            unit.session.scalars(select(UserRow).where(UserRow.login == login)).one().is_active = is_active


# --- the rule of keys --------------------------------------------------------------------------


@pytest.mark.sqlite
def test_a_receiver_may_compare_fewer_keys_than_the_message_brings():
    message = {"year": 2026, "notice_no": "TB-1", "parcel_no": None}

    assert fit_of({"notice_no": "TB-1"}) in fits_of(message)
    assert fit_of({"notice_no": "TB-1", "year": 2026}) in fits_of(message)
    assert fit_of({"notice_no": "TB-2"}) not in fits_of(message)
    assert fit_of({"parcel_no": None}) == fit_of({}) == "" not in fits_of(message)
