"""Pages follow one another in every order, nobody's list holds what is not theirs, and a page costs what it shows."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from bot.services.app import OfficeApp, create_office, open_app
from config.clock import manual_clock
from storage.database.tables import CASES
from storage.eventlog.log import Log, NewEvent
from storage.eventlog.projections import CaseProjections
from storage.events.case import CaseLine
from storage.events.events import Closed, Opened
from storage.lists.case_list import CASE_ORDERS, CaseFilter, CaseList, CaseScope
from storage.lists.keyset import RowWindow
from tests.storage.lists.stored_cases import FIRST, counted_steps, write_cases

ALL = CaseFilter(scope=CaseScope(everything=True))
PAGE = 7


@pytest.fixture
def cases(both_apps: OfficeApp) -> Iterator[CaseList]:
    write_cases(both_apps, 40)
    with both_apps.store.reading() as connection:
        yield CaseList(connection, both_apps.office.slug)


def in_order(lines: list[CaseLine], column: str, *, descending: bool) -> list[int]:
    """The numbers in the order of a column: equal ones by number, those without a value at the end."""
    valued = [line for line in lines if getattr(line, column) is not None]
    empty = [line for line in lines if getattr(line, column) is None]
    valued.sort(key=lambda line: (getattr(line, column), line.number), reverse=descending)
    empty.sort(key=lambda line: line.number, reverse=descending)
    return [line.number for line in (*valued, *empty)]


def numbers(cases: CaseList, column: str, window: RowWindow, descending: bool) -> list[int]:  # noqa: FBT001
    return [line.number for line in cases.page(ALL, column, window, descending=descending)]


def test_pages_follow_one_another_in_every_order_and_back(cases: CaseList) -> None:
    lines = cases.page(ALL, "number", RowWindow(100), descending=False)
    assert len(lines) == 40
    for column, descending in product(CASE_ORDERS, (False, True)):
        wanted = in_order(lines, column, descending=descending)

        forward: list[int] = []
        while found := numbers(cases, column, RowWindow(PAGE, forward[-1] if forward else 0), descending):
            forward += found
        assert forward == wanted, (column, descending)
        backward = numbers(cases, column, RowWindow(PAGE, before=wanted[-1]), descending)
        while found := numbers(cases, column, RowWindow(PAGE, before=backward[0]), descending):
            backward = [*found, *backward]
        assert backward == wanted[:-1], (column, descending)


def test_a_list_begins_anew_where_the_row_of_its_address_is_gone(both_apps: OfficeApp) -> None:
    write_cases(both_apps, 20)
    with both_apps.store.writing(both_apps.office.slug) as connection:
        connection.execute(delete(CASES).where(CASES.c.number == 12))
        cases = CaseList(connection, both_apps.office.slug)
        first = cases.page(ALL, "opened_on", RowWindow(5), descending=True)
        assert cases.page(ALL, "opened_on", RowWindow(5, after=12), descending=True) == first


def test_filters_narrow_together(cases: CaseList) -> None:
    whole = CaseScope(everything=True)
    lines = cases.page(ALL, "number", RowWindow(100), descending=False)

    def fitting(fits: Callable[[CaseLine], bool], **asked: object) -> None:
        found = cases.page(CaseFilter(scope=whole, **asked), "number", RowWindow(100), descending=False)
        assert found == [line for line in lines if fits(line)]
        assert found

    fitting(lambda line: line.closed_on is None, is_open=True)
    fitting(lambda line: line.closed_on is not None, is_open=False)
    fitting(lambda line: line.closed_on is None and line.kind == "request", is_open=True, kinds=("request",))
    fitting(lambda line: line.kind != "request", kinds=("dispute", "publication"))
    fitting(
        lambda line: line.outcome == "granted" and line.column == "business",
        outcomes=("granted",),
        column="business",
    )
    fitting(lambda line: line.drafted_on is not None, drafted=True)
    fitting(lambda line: " yi " in line.words, places=("yi",))
    day = date(2016, 2, 1)
    fitting(lambda line: line.opened_on >= day, opened=(day, None))
    fitting(lambda line: line.closed_on is not None and line.closed_on <= day, closed=(None, day))
    fitting(lambda line: line.number in {3, 8}, numbers=(3, 8, 99))


def test_whoever_has_nothing_to_do_with_any_case_finds_none(cases: CaseList) -> None:
    for scope in (CaseScope(), CaseScope(people=frozenset({"clerk"}))):
        asked = CaseFilter(scope=scope)
        assert cases.page(asked, "number", RowWindow(100), descending=False) == []
        assert cases.count(asked, 100) == 0
        assert cases.numbers(asked, 100) == []
    village = CaseFilter(scope=CaseScope(places=frozenset({"jia"})))
    lines = cases.page(village, "number", RowWindow(100), descending=False)
    assert {line.words for line in lines} == {" 甲村 jia "}
    stages = CaseFilter(scope=CaseScope(text_kinds=frozenset({"publication"})))
    found = cases.page(stages, "number", RowWindow(100), descending=False)
    assert all(line.kind == "publication" and line.drafted_on for line in found)
    assert found


def test_counting_stops_where_nobody_reads_on(cases: CaseList) -> None:
    assert cases.count(ALL, 100) == 40
    assert cases.count(ALL, 10) == 10


@pytest.fixture(scope="module")
def sizes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[CaseList, CaseList]]:
    """An office with 300 cases and one with 3,000."""
    apps = []
    for count in (300, 3_000):
        home = create_office(tmp_path_factory.mktemp("lists") / str(count), sample=True).path
        apps.append(open_app(home, clock=manual_clock(date(2026, 11, 23))))
        write_cases(apps[-1], count)
    with apps[0].store.reading() as few, apps[1].store.reading() as many:
        yield CaseList(few, apps[0].office.slug), CaseList(many, apps[1].office.slug)


FLAT = {
    "newest": (ALL, "number", True),
    "oldest opened": (ALL, "opened_on", False),
    "newest closed": (ALL, "closed_on", True),
    "reference": (ALL, "reference", False),
    "texts": (CaseFilter(scope=ALL.scope, drafted=True), "drafted_on", True),
    "a kind": (CaseFilter(scope=ALL.scope, kinds=("request",)), "opened_on", True),
    "a result": (CaseFilter(scope=ALL.scope, outcomes=("granted",)), "opened_on", True),
    "open": (CaseFilter(scope=ALL.scope, is_open=True), "opened_on", True),
    "open of a kind": (CaseFilter(scope=ALL.scope, is_open=True, kinds=("request",)), "closed_on", False),
}


@pytest.mark.parametrize("name", FLAT)
def test_a_page_costs_the_same_among_ten_times_as_many_cases(
    sizes: tuple[CaseList, CaseList], name: str
) -> None:
    asked, column, descending = FLAT[name]
    for where in ("first", "middle"):
        steps = []
        for cases, count in zip(sizes, (300, 3_000), strict=True):
            window = RowWindow(50, after=count // 2 if where == "middle" else 0)
            with counted_steps(cases.connection) as calls:
                cases.page(asked, column, window, descending=descending)
            steps.append(calls[0])
        assert steps[1] <= 1.5 * steps[0] + 10, (where, steps)


def test_a_count_that_is_cut_off_costs_the_same(sizes: tuple[CaseList, CaseList]) -> None:
    steps = []
    for cases in sizes:
        with counted_steps(cases.connection) as calls:
            assert cases.count(ALL, 200) == 200
        steps.append(calls[0])
    assert steps[1] <= 1.2 * steps[0]


def test_the_cases_of_a_page_are_read_by_their_index(tmp_path: Path) -> None:
    """Of several cases the database once read the whole log, in the order of its positions."""
    app = open_app(create_office(tmp_path / "home", sample=True).path, clock=manual_clock(date(2026, 11, 23)))
    with app.store.writing(app.office.slug) as connection:
        log, index = (
            Log(connection, app.office.slug),
            CaseProjections(connection, app.office.slug, app.duties),
        )
        steps = []
        for first in (1, 31):
            index.update(
                log.append(list(_opened(first, first * 20)), at=app.clock.now(), actor="t", means="t")
            )
            with counted_steps(connection) as calls:
                assert sorted(index.cases([3, 7, 11])) == [3, 7, 11]
                assert index.open_cases() == []
            steps.append(calls[0])
        assert connection.execute(select(CASES.c.number)).all()
    assert steps[1] <= 1.2 * steps[0] + 2, steps


def _opened(first: int, last: int) -> Iterator[NewEvent]:
    for case in range(first, last):
        facts = {"applicant_kind": "business"}
        yield NewEvent(Opened(case=case, happened_on=FIRST, kind="request", reference=f"{case}", facts=facts))
        yield NewEvent(Closed(case=case, happened_on=FIRST, outcome="granted"))
