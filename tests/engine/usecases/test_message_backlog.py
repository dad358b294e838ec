"""A backlog of kept messages holds up no other: counted in steps of the database machine itself."""

from __future__ import annotations

import pytest
from liaison import BY_PARCEL, NOTICE, Liaison, land_xml, tax_xml
from sqlalchemy import event, text

pytestmark = pytest.mark.sqlite  # which counts its steps

BACKLOG = 100_000
EVERY = 10  # steps of the database between two counts
KEEP = text(
    """
    INSERT INTO message (name, title_vi, title_en, node_id, origin, keys, key_count, fit, payload, applicant,
                         thrown_at, expires_at, state, next_try_at, attempts, target_node_id, trouble_code,
                         trouble_vi, trouble_en)
    WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < :count)
    SELECT :name, '', '', '', 'thue-vn', '{"parcel_no": "x"}', 1, 'fit of nobody ' || n, '{}', '{}',
           '2026-11-20 00:00:00.000000', '2026-12-20 00:00:00.000000', 'kept', '2026-11-23 20:00:00.000000',
           0, '', '', '', ''
    FROM number
    """
)


class Effort:
    """Counts what the database does, on every connection."""

    def __init__(self, database):
        self.count = 0
        event.listen(database, "checkout", self._watch)

    def _watch(self, connection, _record, _proxy):
        connection.set_progress_handler(self._tick, EVERY)

    def _tick(self):
        self.count += 1
        return 0

    def of(self, act):
        before = self.count
        act()
        return self.count - before


@pytest.fixture
def liaison(office):
    tax = tax_xml(BY_PARCEL).replace(
        '<mc:field name="land_code"/>', '<mc:field name="land_code"/><mc:field name="parcel_no"/>'
    )
    return Liaison(office).install(land_xml(BY_PARCEL), tax)


def test_a_hundred_thousand_kept_messages_hold_up_no_conversation(liaison):
    effort, parcel = Effort(liaison.office.engine.database), iter(range(300, 400))

    def conversation():
        """A land dossier asks and waits, the tax office begins one and answers, the answer is taken."""
        land = liaison.ask(parcel=str(next(parcel)))
        assert liaison.deliver() == 1
        liaison.answer(max(one.child_id for one in liaison.links() if one.parent_id == land))
        assert liaison.deliver() == 1
        assert liaison.office.open_steps(land) == ["T8"]

    conversation()  # so that nothing is done for the first time
    alone = effort.of(conversation)
    with liaison.office.unit(None) as unit:
        unit.session.execute(KEEP, {"count": BACKLOG, "name": NOTICE})
        unit.session.execute(text("ANALYZE"))
    among = effort.of(conversation)

    assert among < 1.25 * alone


def test_looking_for_what_is_due_reads_no_message_that_rests(liaison):
    with liaison.office.unit(None) as unit:
        unit.session.execute(KEEP, {"count": 1000, "name": NOTICE})
        unit.session.execute(text("ANALYZE"))
    effort = Effort(liaison.office.engine.database)

    assert effort.of(liaison.deliver) < 100
    liaison.office.at("2026-11-24 08:00")  # they are looked at again after some hours, and rest once more
    assert liaison.deliver() == 0
    assert liaison.office.check() == {}
