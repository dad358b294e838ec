"""Views, columns, handing over, acts on many, comments and watching: what people do together on lists."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update

from engine.domain.access import RoleMissing
from engine.errors import NotFound
from engine.store.rows import EventRow, UserRow, WorkItemRow
from engine.store.teamwork_rows import BulkLineRow, BulkRow, CommentRow
from engine.usecases import bulk, handing, open_work, talk, views, watching, worklists
from engine.usecases.list_columns import BadFilter
from engine.usecases.list_queries import ListQuery
from engine.usecases.notifications import list_notifications
from engine.usecases.tasks import StalePage, TaskNotOpen, claim_task, release_task
from engine.usecases.worklists import all_of, list_tasks

REASON = "Chuyên viên đi công tác dài ngày."


@pytest.fixture
def dossier(office):
    made = office.permit(parcel_no="4177")
    office.do(made, "T2", "assign")
    return made


def user(office, login):
    with office.reading(None) as unit:
        return unit.session.scalars(select(UserRow.id).where(UserRow.login == login)).one()


def told(office, login):
    with office.reading(login) as unit:
        return [one.text.vi for one in list_notifications(unit).lines]


def code(office, dossier):
    return office.dossier(dossier).code


# --- views ------------------------------------------------------------------------------------


def test_a_view_follows_the_person_and_opens_first(office):
    query = ListQuery.of({"scope": "unit", "procedure": "P03", "f.total_floor.min": "200", "sort": "newest"})
    with office.unit("linh.vt") as unit:
        kept = views.save_view(unit, "  Nhà   lớn ", query)
        views.open_first(unit, kept)
    with office.unit("linh.vt") as unit:
        views.save_view(unit, "Nhà lớn", query.but(state="late"))
    with office.reading("linh.vt") as unit:
        (mine,) = views.list_views(unit)
    with office.reading("dat.lq") as unit:
        assert views.list_views(unit) == ()

    assert (mine.name, mine.is_first, mine.query.state) == ("Nhà lớn", True, "late")
    assert mine.query.filters == {"total_floor.min": "200"}


def test_a_head_shares_a_view_with_the_unit_and_nobody_else_may(office):
    with office.unit("khoa.nd") as unit:
        shared = views.save_view(unit, "Quá hạn", ListQuery(state="late"), share_with=office.unit_id("sxd"))
    with pytest.raises(RoleMissing), office.unit("linh.vt") as unit:
        views.save_view(unit, "Của tôi", ListQuery(), share_with=office.unit_id("sxd"))
    with office.reading("linh.vt") as unit:
        (seen,) = views.list_views(unit)
    with pytest.raises(NotFound), office.unit("linh.vt") as unit:
        views.delete_view(unit, shared)
    with pytest.raises(NotFound), office.unit("mai.lt") as unit:
        views.open_first(unit, shared)

    assert (seen.name, seen.owner, seen.shared_with) == ("Quá hạn", "Nguyễn Đăng Khoa", "Sở Xây dựng")


@pytest.mark.sqlite
def test_views_have_names_and_an_end(office):
    for name in ("", "x" * 61, "a\x00b"):
        with pytest.raises(views.BadViewName), office.unit("linh.vt") as unit:
            views.save_view(unit, name, ListQuery())
    with office.unit("linh.vt") as unit:
        for number in range(views.MOST_VIEWS):
            views.save_view(unit, f"Số {number}", ListQuery())
    with pytest.raises(views.TooManyViews), office.unit("linh.vt") as unit:
        views.save_view(unit, "Một nữa", ListQuery())


# --- columns and filters ----------------------------------------------------------------------


def lines(office, **asked):
    with office.reading("linh.vt") as unit:
        return list_tasks(unit, procedure="P03", **asked)


def test_a_procedure_adds_its_columns_and_filters(office, dossier):
    page = lines(office)

    assert [one.name for one in page.columns.shown] == [
        "work_type",
        "parcel_no",
        "parcel_address",
        "total_floor",
    ]
    assert [one.vi for one in page.lines[0].values][1:] == ["4.177", "ấp 4, xã Năm Căn", "185 m²"]
    with office.reading("linh.vt") as unit:
        assert list_tasks(unit).columns.shown == ()


FOUND = (
    ({"total_floor.min": "185"}, 1),
    ({"total_floor.min": "185,5"}, 0),
    ({"total_floor.max": "1.000"}, 1),
    ({"work_type": "detached_house"}, 1),
    ({"work_type": "civil"}, 0),
    ({"nothing": "x"}, 1),
)


def test_filters_read_numbers_and_choices_as_people_write_them(office, dossier):
    for filters, found in FOUND:
        assert len(lines(office, filters=filters).lines) == found, filters


@pytest.mark.sqlite
def test_a_filter_of_the_wrong_kind_is_refused_with_all_that_is_wrong(office, dossier):
    with pytest.raises(BadFilter) as refused:
        lines(office, filters={"total_floor.min": "nhiều", "work_type": "castle", "total_floor": "1"})

    assert set(refused.value.problems) == {"total_floor.min", "work_type", "total_floor"}
    assert "Tổng diện tích sàn" in refused.value.say("vi")


def test_a_list_is_sorted_by_a_column_and_its_pages_follow(office, dossier):
    for floor in ("150", "100", "179,5"):
        office.do(office.permit(total_floor=floor), "T2", "assign")
    whole = [one.values[3].vi for one in lines(office, sort="column.total_floor").lines]
    first = lines(office, sort="column.-total_floor", limit=2)
    second = lines(office, sort="column.-total_floor", limit=2, after=first.next)

    assert whole == ["100 m²", "150 m²", "179,5 m²", "185 m²"]
    assert [one.values[3].vi for one in (*first.lines, *second.lines)] == whole[::-1]


def test_a_long_list_is_looked_through_piece_by_piece_and_says_so(office, dossier, monkeypatch):
    monkeypatch.setattr(open_work, "LOOKED_AT", 3)
    monkeypatch.setattr(worklists, "LOOKED_AT", 3)
    for floor in ("150", "240", "160", "170", "245"):  # behind the one of 185 m²
        office.do(office.permit(total_floor=floor), "T2", "assign")
    large = {"total_floor.min": "240"}

    first = lines(office, filters=large)
    second = lines(office, filters=large, after=first.next)
    last = lines(office, filters=large, after=second.next)
    back = lines(office, filters=large, before=second.previous)
    assert [[one.values[3].vi for one in page.lines] for page in (first, second, last, back)] == [
        ["240 m²"], ["245 m²"], [], ["240 m²"],
    ]  # fmt: skip
    assert [page.looked_at for page in (first, second, last)] == [3, 3, 0]
    assert (last.next, first.counts.all, first.counts.all.more) == (None, 1, True)

    ordered = lines(office, sort="column.total_floor")
    assert [one.values[3].vi for one in ordered.lines] == ["150 m²", "185 m²", "240 m²"]
    assert (ordered.looked_at, ordered.next) == (3, None)
    both = lines(office, sort="column.-total_floor", filters={"total_floor.min": "180"})
    assert [one.values[3].vi for one in both.lines] == ["240 m²", "185 m²"]
    monkeypatch.setattr(open_work, "LOOKED_AT", 7)
    whole = lines(office, filters=large)
    assert (len(whole.lines), whole.looked_at, whole.counts.all.more) == (2, 0, False)


# --- handing over -----------------------------------------------------------------------------


def test_a_step_that_was_lent_comes_back(office, dossier):
    task = office.task(dossier, "T3")
    with office.unit("linh.vt") as unit:
        handing.delegate_task(unit, task, user(office, "dat.lq"), "Xem giúp phần móng.")
    with pytest.raises(handing.LentAlready), office.unit("linh.vt") as unit:
        handing.delegate_task(unit, task, user(office, "dat.lq"))
    with office.reading("dat.lq") as unit:
        loan = handing.lent_to(unit, task)
    with office.unit("dat.lq") as unit:
        handing.give_back(unit, task, "Móng đủ.")
    with pytest.raises(handing.NotLent), office.unit("dat.lq") as unit:
        handing.give_back(unit, task)

    assert loan == ("Võ Thùy Linh", "Lý Quốc Đạt", "Xem giúp phần móng.")
    with office.reading(None) as unit:
        assert unit.session.get_one(WorkItemRow, task).claimed_by == user(office, "linh.vt")
        kinds = unit.session.scalars(select(EventRow.kind).where(EventRow.kind.like("step.lent%"))).all()
    assert kinds == ["step.lent", "step.lent_back"]
    assert "nhờ bạn làm bước “Thẩm định hồ sơ”" in told(office, "dat.lq")[0]
    assert "trả lại bước" in told(office, "linh.vt")[0]
    assert office.check() == {}


@pytest.mark.sqlite
def test_only_who_has_a_step_lends_it_and_only_to_who_may_do_it(office, dossier):
    task = office.task(dossier, "T3")
    with office.unit("dat.lq") as unit:
        claim_task(unit, task)
    for login, to, refusal in (
        ("linh.vt", "dat.lq", handing.NotYoursToLend),
        ("dat.lq", "mai.lt", RoleMissing),
        ("dat.lq", "dat.lq", handing.SamePlace),
    ):
        with pytest.raises(refusal), office.unit(login) as unit:
            handing.delegate_task(unit, task, user(office, to))


def test_a_step_is_moved_on_with_a_reason_and_no_return_trip(office, dossier):
    task = office.task(dossier, "T3")
    with office.unit("linh.vt") as unit:
        claim_task(unit, task)
    with pytest.raises(handing.HandingReasonMissing), office.unit("khoa.nd") as unit:
        handing.reassign_task(unit, task, " ", user_id=user(office, "dat.lq"))
    with pytest.raises(StalePage), office.unit("khoa.nd") as unit:
        handing.reassign_task(unit, task, REASON, user_id=user(office, "dat.lq"), version=1)
    with office.unit("khoa.nd") as unit:
        handing.reassign_task(unit, task, REASON, user_id=user(office, "dat.lq"))

    assert REASON in told(office, "dat.lq")[0]
    with office.reading("dat.lq") as unit:
        assert [one.id for one in list_tasks(unit, scope="mine").lines] == [task]
    assert office.check() == {}


@pytest.mark.sqlite
def test_only_a_unit_that_may_do_it_gets_a_step(office, dossier):
    task = office.task(dossier, "T3")
    with office.reading("khoa.nd") as unit:
        offered = dict(handing.places_for(unit, task).units)
    with office.reading("linh.vt") as unit:
        assert handing.places_for(unit, task).units == ()
    with pytest.raises(handing.UnitCannotDo), office.unit("khoa.nd") as unit:
        handing.reassign_task(unit, task, REASON, unit_id=office.unit_id("ttpvhcc"))
    with office.unit("khoa.nd") as unit:
        handing.reassign_task(unit, task, REASON, unit_id=office.unit_id("stp"))

    assert office.unit_id("stp") in offered
    with office.reading("nga.tt") as unit:
        assert [one.id for one in list_tasks(unit, scope="role").lines] == [task]
    with office.reading("linh.vt") as unit:
        assert task not in [one.id for one in list_tasks(unit, scope="unit").lines]
    assert office.check() == {}


# --- many at once -----------------------------------------------------------------------------


@pytest.fixture
def several(office):
    """Five appraisals; their tasks in order."""
    dossiers = [office.permit() for _ in range(5)]
    for one in dossiers:
        office.do(one, "T2", "assign")
    return [office.task(one, "T3") for one in dossiers]


def versions(office, tasks):
    with office.reading(None) as unit:
        return [(one, unit.session.get_one(WorkItemRow, one).version) for one in tasks]


def carry_out(office, login, chosen, act, **facts):
    with office.unit(login) as unit:
        number = bulk.prepare(unit, chosen)
    with office.unit(login) as unit:
        assert bulk.begin(unit, number, act, facts)
    with office.unit(login) as unit:
        assert not bulk.begin(unit, number, act, facts)  # the second click
    while bulk.carry_out_due(office.engine, 2):
        pass
    with office.reading(login) as unit:
        return bulk.describe(unit, number)


def test_exactly_the_chosen_are_finished_each_recorded_and_told(office, several):
    chosen = versions(office, several[:3])
    with office.unit("dat.lq") as unit:
        claim_task(unit, several[1])  # a colleague is faster
    done = carry_out(office, "linh.vt", chosen, "complete", outcome="pass")

    assert (done.state, done.total, done.done, done.refused) == ("done", 3, 2, 1)
    assert [one.state for one in done.lines] == ["refused", "done", "done"]
    assert "Lý Quốc Đạt đã nhận bước" in done.lines[0].text.vi
    assert done.lines[1].text.vi.startswith("Chuyển sang: Dự thảo")
    with office.reading(None) as unit:
        ended = unit.session.scalars(
            select(WorkItemRow.id).where(WorkItemRow.node_id == "T3", WorkItemRow.status == "done")
        ).all()
    assert sorted(ended) == [several[0], several[2]]
    assert office.check() == {}


def test_a_bulk_without_its_reason_is_refused_line_by_line_and_nothing_moves(office, several):
    done = carry_out(office, "linh.vt", versions(office, several[:2]), "complete", outcome="supplement")

    assert (done.done, done.refused) == (0, 2)
    assert "lý do" in done.lines[0].text.vi
    assert all(status == "open" for status in statuses(office, several))


def statuses(office, tasks):
    with office.reading(None) as unit:
        return [unit.session.get_one(WorkItemRow, one).status for one in tasks]


def test_forged_and_stale_lines_are_refused_alone(office, several):
    chosen = [*versions(office, several[:1]), (several[1], 99), (999_999, 1)]
    foreign = office.task(office.permit(on_fire_list="0"), "T2")
    done = carry_out(office, "linh.vt", [*chosen, (foreign, 1)], "complete", outcome="pass")
    words = {one.task_id: one.text.vi for one in done.lines if one.state == "refused"}

    assert (done.done, done.refused) == (1, 3)
    assert "đã thay đổi" in words[several[1]]
    assert "Không tìm thấy" in words[999_999]
    assert "HEAD" in words[foreign]


def test_many_are_reassigned_and_everything_of_a_list_can_be_chosen(office, several):
    with office.reading("khoa.nd") as unit:
        chosen = all_of(unit, ListQuery(scope="unit", step="T3"), 100)
    to = user(office, "dat.lq")
    done = carry_out(office, "khoa.nd", chosen, "reassign", reason=REASON, user=to)

    assert done.done == 5
    with office.reading(None) as unit:
        holders = unit.session.scalars(select(WorkItemRow.claimed_by).where(WorkItemRow.id.in_(several)))
        assert set(holders) == {to}


@pytest.mark.sqlite
def test_nothing_and_too_much_are_refused_before_anything_is_written(office):
    for chosen, refusal in (([], bulk.NothingChosen), ([(n, 1) for n in range(10_001)], bulk.TooManyChosen)):
        with pytest.raises(refusal), office.unit("linh.vt") as unit:
            bulk.prepare(unit, chosen)
    with office.reading(None) as unit:
        assert unit.session.scalar(select(func.count()).select_from(BulkLineRow)) == 0


def test_a_bulk_goes_on_where_a_dead_worker_stopped(office, several):
    with office.unit("linh.vt") as unit:
        number = bulk.prepare(unit, versions(office, several))
        bulk.begin(unit, number, "claim", {})
    bulk.carry_out(office.engine, number, 2)
    with office.reading("linh.vt") as unit:
        half = bulk.describe(unit, number)
    with pytest.raises(NotFound), office.reading("dat.lq") as unit:
        bulk.describe(unit, number)
    while bulk.carry_out_due(office.engine, 10):
        pass
    with office.reading("linh.vt") as unit:
        whole = bulk.describe(unit, number)

    assert (half.state, half.done, half.waiting) == ("running", 2, 3)
    assert (whole.state, whole.done) == ("done", 5)


def test_a_bulk_of_somebody_whose_account_was_closed_ends_in_words(office, several):
    with office.unit("linh.vt") as unit:
        number = bulk.prepare(unit, versions(office, several))
        bulk.begin(unit, number, "claim", {})
    with office.unit(None) as unit:
        unit.session.execute(update(UserRow).where(UserRow.login == "linh.vt").values(is_active=False))
    assert bulk.carry_out_due(office.engine, 10) == 1
    assert bulk.carry_out_due(office.engine, 10) == 0
    with office.unit(None) as unit:
        row = unit.session.get_one(BulkRow, number)
        assert (row.state, row.done, row.refused) == ("done", 0, 5)


# --- talk -------------------------------------------------------------------------------------


def test_a_mention_tells_and_an_edit_shows(office, dossier):
    with office.unit("linh.vt") as unit:
        made = talk.add_comment(
            unit, code(office, dossier), "Nhờ @dat.lq xem bản vẽ móng.\r\n\r\n\r\n<b>gấp</b>"
        )
    with office.unit("linh.vt") as unit:
        talk.edit_comment(unit, made, "Nhờ @dat.lq và @khoa.nd xem.", 1)
    with pytest.raises(talk.CommentGone), office.unit("linh.vt") as unit:
        talk.edit_comment(unit, made, "Cũ", 1)
    with pytest.raises(talk.NotYourComment), office.unit("dat.lq") as unit:
        talk.delete_comment(unit, made, 2)
    with office.reading("dat.lq") as unit:
        (seen,) = talk.talk_of(unit, dossier).comments

    assert (seen.text, seen.author, seen.mine) == ("Nhờ @dat.lq và @khoa.nd xem.", "Võ Thùy Linh", False)
    assert seen.edited_at is not None
    assert len(told(office, "dat.lq")) == len(told(office, "khoa.nd")) == 1
    with office.unit("linh.vt") as unit:
        talk.delete_comment(unit, made, 2)
    with office.reading("dat.lq") as unit:
        (gone,) = talk.talk_of(unit, dossier).comments
    assert (gone.text, gone.deleted_at is not None) == ("", True)
    with office.reading(None) as unit:
        assert unit.session.get_one(CommentRow, made).text == ""


UNSAID = (
    ("", talk.BadComment),
    ("\u200b\x07", talk.BadComment),
    ("x" * 2001, talk.BadComment),
    ("@nobody", talk.UnknownMention),
    ("@my.nk", talk.UnknownMention),  # exists, but in a commune that does not see the dossier
    (" ".join(f"@a{n}" for n in range(11)), talk.TooManyMentions),
)


@pytest.mark.sqlite
def test_what_cannot_be_said_is_refused_and_nobody_is_told(office, dossier):
    for text, refusal in UNSAID:
        with pytest.raises(refusal) as refused, office.unit("linh.vt") as unit:
            talk.add_comment(unit, code(office, dossier), text)
        assert refused.value.say("vi") != refused.value.say("en")
    assert told(office, "my.nk") == []


def test_who_was_merely_asked_reads_only_what_concerns_them(office):
    asked = office.permit(on_fire_list="1")
    office.do(asked, "T2", "assign")
    office.do(asked, "T3", "pass")
    with office.unit("linh.vt") as unit:
        talk.add_comment(unit, code(office, asked), "Chỉ trong sở.")
        talk.add_comment(unit, code(office, asked), "Hỏi @son.lv về bể nước.")
        talk.keep_note(unit, code(office, asked), "Gọi lại chiều nay")
    with office.reading("son.lv") as unit:
        limited = talk.talk_of(unit, asked, limited=True)
    with office.reading("linh.vt") as unit:
        own = talk.talk_of(unit, asked)

    assert [one.text for one in limited.comments] == ["Hỏi @son.lv về bể nước."]
    assert (limited.note, own.note) == ("", "Gọi lại chiều nay")


# --- watching ---------------------------------------------------------------------------------


def test_a_followed_dossier_tells_what_is_new_once(office, dossier):
    with office.unit("mai.lt") as unit:
        assert watching.watch(unit, code(office, dossier))
    with office.unit("mai.lt") as unit:
        assert not watching.watch(unit, code(office, dossier))
    quiet = watching.tell_watchers(office.engine, 10)
    office.do(dossier, "T3", "pass")
    watching.tell_watchers(office.engine, 10)
    again = watching.tell_watchers(office.engine, 10)
    with office.reading("mai.lt") as unit:
        (line,) = watching.list_watched(unit)
    with office.unit("mai.lt") as unit:
        watching.mark_seen(unit, dossier)
    with office.reading("mai.lt") as unit:
        (seen,) = watching.list_watched(unit)

    assert (quiet, again) == (0, 0)
    assert len(told(office, "mai.lt")) == 1
    assert "Hoàn thành bước “Thẩm định hồ sơ”" in told(office, "mai.lt")[0]
    assert (line.news > 0, seen.news) == (True, 0)
    assert [unit for _, unit, _, _ in line.holders] == ["Sở Xây dựng"]


@pytest.mark.sqlite
def test_nobody_follows_what_they_may_not_see(office, dossier):
    with pytest.raises(NotFound), office.unit("my.nk") as unit:
        watching.watch(unit, code(office, dossier))
    with office.unit("mai.lt") as unit:
        watching.watch(unit, code(office, dossier))
        watching.unwatch(unit, code(office, dossier))
    with office.reading("mai.lt") as unit:
        assert watching.count_watched(unit) == 0


def test_a_released_loan_is_over(office, dossier):
    task = office.task(dossier, "T3")
    with office.unit("linh.vt") as unit:
        handing.delegate_task(unit, task, user(office, "dat.lq"))
    with office.unit("dat.lq") as unit:
        release_task(unit, task)
    with office.reading("linh.vt") as unit:
        assert handing.lent_to(unit, task) is None
    office.do(dossier, "T3", "pass")
    with pytest.raises(TaskNotOpen), office.unit("linh.vt") as unit:
        handing.give_back(unit, task)


def test_news_of_a_dossier_that_one_may_no_longer_see_are_not_told(office, dossier):
    with office.unit("linh.vt") as unit:
        watching.watch(unit, code(office, dossier))
    office.do(dossier, "T3", "pass")
    with office.unit(None) as unit:
        unit.session.execute(update(UserRow).where(UserRow.login == "linh.vt").values(is_active=False))
    watching.tell_watchers(office.engine, 10)

    with office.unit(None) as unit:
        unit.session.execute(update(UserRow).where(UserRow.login == "linh.vt").values(is_active=True))
    assert told(office, "linh.vt") == []
