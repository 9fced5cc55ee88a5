"""A page reads its case once, computes what waits once, and a button mints no token."""

from collections import Counter
from datetime import date

import pytest
from sqlalchemy import Connection, select

from bot.channels.web.reports import village_months
from bot.dialog import task_cards, turn
from bot.services.app import OfficeApp
from bot.services.bulletins import bulletin_case
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.sweep.sweep import sweep
from storage.database.tables_messaging import CALLBACK_TOKENS
from storage.eventlog import projections
from storage.events.case import Case
from storage.events.manifest import Manifest
from storage.messaging.callback_tokens import CallbackTokens
from tests.bot.channels.web.visitor import Visitor
from tests.scheduler.signoff.town import draft, open_text
from tests.storage.documents.bulletin.test_corrected import NOVEMBER, signed
from tests.town import record
from tests.village_items import hand_in


@pytest.fixture
def folded(monkeypatch: pytest.MonkeyPatch) -> Counter:
    """How often each case was folded from its entries."""
    counts: Counter = Counter()
    fold = projections.fold_case

    def counting(number: int, entries: object) -> Case:
        counts[number] += 1
        return fold(number, entries)

    monkeypatch.setattr(projections, "fold_case", counting)
    return counts


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> Counter:
    """How often the pending actions of each case were computed."""
    counts: Counter = Counter()
    compute = turn.pending_actions

    def counting(case: Case, *rest: object) -> object:
        counts[case.number] += 1
        return compute(case, *rest)

    monkeypatch.setattr(turn, "pending_actions", counting)
    return counts


@pytest.mark.parametrize("who", ["clerk", "secrecy_officer"])
@pytest.mark.parametrize("path", ["/cases/{}", "/texts/{}", "/", "/dates", "/texts"])
def test_a_page_folds_its_case_and_asks_what_waits_once(
    app: OfficeApp, folded: Counter, computed: Counter, who: str, path: str
) -> None:
    case = open_text(app)
    draft(app, case)
    visitor = Visitor(app).join(who)
    folded.clear()
    computed.clear()
    visitor.go(path.format(case))
    assert folded[case] == 1
    assert computed[case] <= 1


def test_the_first_page_folds_each_month_and_reads_an_item_once(
    app: OfficeApp, folded: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its bars count months that the list of what waits has folded already; a card shows an item's text twice."""
    app.clock.set_day(date(2026, 11, 2))
    sweep(app.recorder, app.schemes())
    item = hand_in(app, "jia", app.today)
    read: Counter = Counter()
    propose = task_cards.proposed_text

    def counting(connection: Connection, app: OfficeApp, case: Case) -> Manifest:
        read[case.number] += 1
        return propose(connection, app, case)

    monkeypatch.setattr(task_cards, "proposed_text", counting)
    clerk = Visitor(app).join("clerk")
    folded.clear()
    clerk.go("/")
    assert len(folded) > len(app.office.villages)
    assert set(folded.values()) == {1}
    assert read == {item: 1}


def test_a_village_case_is_folded_once_for_its_reporter(
    app: OfficeApp, folded: Counter, computed: Counter
) -> None:
    app.clock.set_day(date(2026, 11, 2))
    sweep(app.recorder, app.schemes())
    reporter = Visitor(app).join("jia_reporter")
    reporter.go("/")
    case = int(reporter.shown.text.split('name="case" value="')[1].split('"')[0])
    folded.clear()
    computed.clear()
    reporter.go(f"/cases/{case}")
    assert (folded[case], computed[case]) == (1, 1)


def test_a_month_announces_its_bulletin_without_drawing_it(
    app: OfficeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.clock.set_day(date(2026, 11, 2))
    sweep(app.recorder, app.schemes())
    clerk = Visitor(app).join("clerk")
    drawn: list[object] = []
    monkeypatch.setattr(village_months, "draw_bulletin", lambda *given: drawn.append(given))
    assert "月份还没有都了结" in clerk.go("/months/2026-11")
    app.clock.set_day(date(2026, 12, 31))
    sweep(app.recorder, app.schemes())
    assert "月份还没有都了结" not in Visitor(app).join("clerk").go("/months/2026-11")
    assert drawn == []


@pytest.mark.parametrize("is_sent", [True, False])
def test_a_bulletin_that_was_sent_stays_final_when_a_month_is_opened_again(
    app: OfficeApp, *, is_sent: bool
) -> None:
    """One that is still here is counted anew, and shown as a preview until the month is closed again."""
    app.clock.set_day(date(2026, 11, 2))
    sweep(app.recorder, app.schemes())
    app.clock.set_day(date(2026, 12, 31))
    sweep(app.recorder, app.schemes())
    with app.log() as log:
        opened = next(
            one.record.case for one in log.read() if getattr(one.record, "reference", "") == "2026-11/jia"
        )
        closing = projections.CaseProjections(log.connection, log.office, app.duties).cases([opened])[opened]
    position = next(place for place, one in closing.timeline if one == closing.closing)
    if is_sent:
        signed(app)
        number = bulletin_case(app, NOVEMBER).number
        record(app, lambda uow: uow.cases.step(number, "sent", app.today))
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        _strike(uow, position)
    clerk = Visitor(app).join("clerk")
    assert ("月份还没有都了结" not in clerk.go("/months/2026-11")) is is_sent


def _strike(uow: UnitOfWork, position: int) -> None:
    uow.corrections.amend(position, "误关", None)


def test_a_button_of_a_page_mints_no_token(app: OfficeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    app.clock.set_day(date(2026, 11, 2))
    sweep(app.recorder, app.schemes())
    reporter = Visitor(app).join("jia_reporter")
    reporter.go("/")
    case = reporter.shown.text.split('name="case" value="')[1].split('"')[0]
    fields = {"token": reporter.forms()["/chat"].fields["token"], "case": case, "act": "acknowledge"}
    taken: list[str] = []
    monkeypatch.setattr(CallbackTokens, "consume", lambda *_, **__: taken.append("pressed"))
    assert reporter.client.post("/chat", data=fields).status_code == 303
    assert "已记录" in reporter.go("/chat")
    with app.store.reading() as connection:
        acts = set(connection.execute(select(CALLBACK_TOKENS.c.act)).scalars())
    assert "acknowledge" not in acts
    assert taken == []
