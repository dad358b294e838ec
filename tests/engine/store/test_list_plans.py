"""Lists and their numbers look at a few lines, however much work is open: read off the plans, never timed."""

from __future__ import annotations

import itertools

import pytest
from office import open_office
from sqlalchemy import event, select, text
from sqlalchemy.dialects import postgresql

from engine.store.list_rows import OpenWorkRow
from engine.store.rows import DossierRow, ProcedureRow
from engine.usecases.list_columns import columns_of
from engine.usecases.open_work import COUNTED, NEWEST, URGENT, OpenLists
from engine.usecases.open_work import LOOKED_AT as MOST_LINES
from engine.usecases.worklists import list_tasks

PAGE = 51
BY_FLOOR = "column.total_floor"
CROWD = 20_000  # open steps of one unit; as many again elsewhere
ENDED = 40_000  # dossiers that are over, of whom words are known
LOOKED_AT = 4 * COUNTED  # lines of the busiest question, a number of up to three branches


@pytest.fixture
def office(province, clock):
    return open_office(province, clock)


def crowd(office, count):
    """Write open steps as lines of lists alone: procedure 1 of 200 is rare, so is the role of the head."""
    with office.reading(None) as unit:
        ids = dict(unit.session.execute(select(ProcedureRow.key, ProcedureRow.id)).all())
    common, rare = ids["P03"], ids["P07"]
    facts = {
        "here": office.unit_id("sxd"), "there": office.unit_id("stp"), "desk": office.unit_id("ttpvhcc"),
        "common": common, "rare": rare, "count": count,
    }  # fmt: skip
    is_postgresql = office.engine.database.dialect.name == "postgresql"
    numbers = (
        "SELECT n FROM generate_series(1, :count) AS n"
        if is_postgresql
        else "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < :count)"
        " SELECT n FROM s"
    )
    late = (
        "TIMESTAMPTZ '2026-11-01 00:00:00Z' + n * INTERVAL '7 minutes'"
        if is_postgresql
        else "strftime('%Y-%m-%d %H:%M:%S', '2026-11-01 00:00:00', (n * 7) || ' minutes') || '.000000'"
    )
    lines = f"""INSERT INTO open_work (work_item_id, dossier_id, procedure_id, node_id, kind, unit_id, role,
        holder, stopped, due, competent_unit_id, received_unit_id, is_away)
      SELECT 1000000 + n, 1000000 + n, CASE WHEN n % 200 < 2 THEN :rare ELSE :common END,
        CASE WHEN n % 100 < 2 THEN 'T7' ELSE 'T3' END, 'task', CASE WHEN n % 2 = 0 THEN :here ELSE :there END,
        CASE WHEN n % 50 = 0 THEN 'HEAD' ELSE 'SPECIALIST' END, NULL, n % 10 = 0, {late},
        CASE WHEN n % 2 = 0 THEN :here ELSE :there END, :desk, n % 40 = 3 FROM ({numbers}) AS numbered"""
    with office.engine.database.begin() as connection:
        connection.execute(text(lines), facts)
        if is_postgresql:
            words = "ARRAY['nguyen', 'w' || (n % 997), CASE WHEN n % 4000 = 0 THEN 'hiem' ELSE 'thuong' END]"
            connection.execute(
                text(
                    "INSERT INTO dossier_search (dossier_id, words, is_open)"
                    f" SELECT 1000000 + n, array_to_tsvector({words}), n <= :open"
                    " FROM generate_series(1, :all) AS n"
                ),
                {"open": count, "all": count + ENDED},
            )
    with office.engine.database.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("VACUUM ANALYZE" if is_postgresql else "ANALYZE")
    return {"": None, "P03": common, "P07": rare}


def questions(unit, procedures):
    """Yield each list by procedure and step, as one page from the middle, and as numbers."""
    middle = '["urgent",false,"2026-12-10T00:00:00+00:00",0]'
    for scope, (key, number), step in itertools.product(("role", "unit"), procedures.items(), ("", "T7")):
        narrow = [OpenWorkRow.procedure_id == number] if number else []
        lists = OpenLists(unit, [*narrow, *([OpenWorkRow.node_id == step] if step and number else [])])
        name = f"{scope} {key} {step}"
        for state in ("all", "late"):
            branches = lists.branches(scope, state)
            yield f"{name} {state} page", lists.chosen(branches, URGENT, PAGE, after=middle), 20 * PAGE
        yield f"{name} urgent", select(lists.urgent(scope)), LOOKED_AT
        for state in ("supplement", "agency"):
            yield f"{name} {state}", select(lists.counted(scope, state)), LOOKED_AT


def looked_at(unit, statement):
    """Return how many lines PostgreSQL looks at to answer."""
    sql = statement.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
    plan = unit.session.execute(text(f"EXPLAIN (ANALYZE, FORMAT JSON) {_escaped(sql)}")).scalar_one()
    return sum(_looked_at(plan[0]["Plan"]))


@pytest.mark.postgres
def test_each_list_looks_at_no_more_than_it_shows_or_counts(office):
    procedures = crowd(office, 2 * CROWD)
    too_much = {}
    with office.reading("linh.vt") as unit:
        for name, statement, most in questions(unit, procedures):
            looked = looked_at(unit, statement)
            if looked > most:
                too_much[name] = looked

    assert too_much == {}


@pytest.mark.postgres
def test_what_waits_for_others_is_looked_up_by_dossier(office):
    crowd(office, 2 * CROWD)
    with office.reading("linh.vt") as unit:
        lists = OpenLists(unit)
        asked = {
            "number": select(lists.counted("waiting", "all")),
            "page": lists.chosen(lists.branches("waiting", "all"), URGENT, PAGE),
        }
        looked = {name: looked_at(unit, statement) for name, statement in asked.items()}

    assert max(looked.values()) < PAGE, looked  # nobody has acted on any


@pytest.mark.postgres
@pytest.mark.parametrize("order", ["urgent", "newest", "column"])
def test_answers_are_looked_at_in_some_lines_of_a_list_only(office, order):
    procedures = crowd(office, 2 * CROWD)
    rare = [DossierRow.data["total_floor"].as_string() == "1234567"]
    too_much = {}
    with office.reading("linh.vt") as unit:
        orders = {"urgent": URGENT, "newest": NEWEST, "column": columns_of(unit, "P03").order(BY_FLOOR)}
        lists = OpenLists(unit, [OpenWorkRow.procedure_id == procedures["P03"]], rare)
        for scope in ("role", "unit"):
            branches = lists.branches(scope, "all")
            asked = {
                "page": lists.chosen(branches, orders[order], PAGE),
                "horizon": lists.horizon(branches, orders[order]),
                "number": select(lists.counted(scope, "all")),
                "late": select(lists.urgent(scope)),
            }
            for name, statement in asked.items():
                looked = looked_at(unit, statement)
                if looked > 4 * MOST_LINES:  # each by the list, by its own key, and by its dossier's
                    too_much[scope, name] = looked

    assert too_much == {}


@pytest.mark.postgres
@pytest.mark.parametrize("words", ["nguyen", "hiem", "w12", "nguyen w12", "nguyen hiem", "khong"])
def test_words_are_looked_for_among_dossiers_at_work_and_no_further_than_needed(office, words):
    """Ended dossiers are two thirds of all; neither they nor all that have a common word are read."""
    crowd(office, 2 * CROWD)
    asked = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        asked.append((statement, parameters))

    database, person = office.engine.database, office.actor("linh.vt")
    event.listen(database, "before_cursor_execute", note)
    with office.engine.reading(person) as unit:
        list_tasks(unit, scope="unit", text=words)
        event.remove(database, "before_cursor_execute", note)
        cursor = unit.session.connection().connection.cursor()
        looked = {}
        for statement, parameters in asked:
            if "dossier_search" in statement:
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
                plan = cursor.fetchone()[0][0]["Plan"]
                looked[statement[:60]] = sum(_looked_at(plan))

    assert looked
    assert max(looked.values()) < CROWD, looked  # the list itself; 40,000 dossiers at work have "nguyen"


@pytest.mark.sqlite
def test_ten_times_the_work_costs_a_page_no_more_steps_of_sqlite(office):
    few = _steps(office, crowd(office, 2_000))
    with office.engine.database.begin() as connection:
        connection.execute(text("DELETE FROM open_work WHERE work_item_id > 1000000"))
    many = _steps(office, crowd(office, 20_000))

    slower = {name: (few[name], count) for name, count in many.items() if count > 2 * few[name] + 50}
    assert slower == {}


def _steps(office, procedures):
    """Return how many thousands of steps SQLite's machine makes for each page, of the first rows it gives."""
    found = {}
    with office.reading("linh.vt") as unit:
        driver = unit.session.connection().connection.driver_connection
        for name, statement, _most in questions(unit, procedures):
            if not name.endswith("page"):
                continue
            steps = itertools.count()
            driver.set_progress_handler(lambda steps=steps: next(steps) and 0, 100)
            unit.session.execute(statement).all()
            driver.set_progress_handler(None, 0)
            found[name] = next(steps)
    return found


def _looked_at(plan):
    """Yield, for each scan of a plan, how many rows it gave or threw away."""
    if "Scan" in plan["Node Type"] and plan["Node Type"] not in ("Subquery Scan", "Bitmap Index Scan"):
        each = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
        yield each * plan["Actual Loops"]
    for part in plan.get("Plans", ()):
        yield from _looked_at(part)


def _escaped(sql):
    return str(sql).replace(":", r"\:")
