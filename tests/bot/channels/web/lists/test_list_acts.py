"""Acts on several rows: each is the command of a single act, and what one row refuses stands at that row."""

import re
from datetime import date

import pytest

from bot.services.app import OfficeApp
from storage.events.events import Closed
from storage.messaging.outbox import Outbox
from tests.bot.channels.web.visitor import Visitor
from tests.scheduler.signoff.town import draft, open_text
from tests.town import case_by_number, log_end, record, run_sweep, transaction
from tests.village_items import hand_in

VILLAGES = ("jia", "yi", "bing", "ding")


@pytest.fixture
def november(app: OfficeApp) -> OfficeApp:
    run_sweep(app, date(2026, 11, 9))
    return app


@pytest.fixture
def items(november: OfficeApp) -> list[int]:
    return [hand_in(november, village, date(2026, 11, 9), title=f"{village}公示") for village in VILLAGES]


def act(visitor: Visitor, listing: str, act: str, *chosen: int) -> None:
    """Tick these rows of the list that is shown, and press a button below it."""
    form = next(key for key in visitor.forms() if key.partition("?")[0] == f"/lists/{listing}")
    visitor.send(form, press=act, **{f"row__{number}": "1" for number in chosen})


def result(visitor: Visitor, number: int) -> str:
    """What is said at a row."""
    row = visitor.shown.text.partition(f'id="r-{number}"')[2].partition("</tr>")[0]
    found = re.search(r'class="result (done|refused)">([^<]+)<', row)
    return f"{found[1]}: {found[2]}" if found else ""


def notices(app: OfficeApp) -> list[tuple[int, str]]:
    with app.store.reading() as connection:
        rows = Outbox(connection, app.office.slug).unfinished()
    return sorted((row.notice.case, row.notice.person) for row in rows if row.notice.rung.startswith("nudge"))


def test_twenty_items_are_received_at_once_and_what_is_withdrawn_meanwhile_is_left(
    november: OfficeApp,
) -> None:
    sent = [hand_in(november, "jia", date(2026, 11, 9), title=f"公示{number}") for number in range(20)]
    clerk = Visitor(november).join("clerk")
    clerk.go("/items?state=open")
    gone = sent[3]
    record(november, lambda uow: uow.cases.close(gone, "withdrawn", november.today), "jia_reporter")
    before = log_end(november)
    act(clerk, "items", "receive", *sent)
    assert "收下 20 条" not in clerk.text
    assert "收下 19 条，没有收成 1 条" in clerk.text
    assert (
        f"第 {gone} 号现在是“已撤回”，不在等收" in clerk.text
    )  # though the list of open ones has it no more
    with november.log() as log:
        entries = list(log.read(after=before))
    assert {(type(entry.record), entry.record.outcome) for entry in entries} == {(Closed, "received")}
    assert sorted(entry.record.case for entry in entries) == [number for number in sent if number != gone]
    assert {entry.actor for entry in entries} == {"clerk"}
    assert case_by_number(november, gone).closing.outcome == "withdrawn"


def test_a_refusal_stands_at_its_row_and_stays_chosen(november: OfficeApp, items: list[int]) -> None:
    clerk = Visitor(november).join("clerk")
    clerk.go("/items")
    record(november, lambda uow: uow.cases.close(items[1], "withdrawn", november.today), "yi_reporter")
    act(clerk, "items", "receive", items[0], items[1])
    assert result(clerk, items[0]) == "done: 已收下。"
    assert result(clerk, items[1]).startswith("refused: ")
    assert re.findall(r'name="row\.(\d+)" value="1" checked', clerk.shown.text) == [str(items[1])]
    assert result(clerk, items[2]) == ""


def test_reminding_several_is_reminding_each(november: OfficeApp, items: list[int]) -> None:
    november.clock.set_day(date(2026, 11, 23))
    text = open_text(november, "P1")
    draft(november, text)
    clerk = Visitor(november).join("clerk")
    clerk.go("/open")
    before, queued = log_end(november), notices(november)
    waiting = re.findall(r'name="row\.(\d+)"', clerk.shown.text)
    assert str(text) in waiting
    act(clerk, "agenda", "remind", text, items[0])
    assert "催了 1 件，没有催成 1 件" in clerk.text
    assert "保密审查员" in result(clerk, text)
    assert result(clerk, items[0]).startswith(
        "refused: "
    )  # it waits for the clerk, who reminds nobody but themselves
    assert [one for one in notices(november) if one not in queued] == [(text, "secrecy_officer")]
    act(clerk, "agenda", "remind", text)
    assert "四小时" in result(clerk, text) or "已经" in result(clerk, text)
    assert len(notices(november)) == len(queued) + 1
    assert log_end(november) == before


def test_nothing_chosen_is_said_and_nothing_done(november: OfficeApp, items: list[int]) -> None:
    clerk = Visitor(november).join("clerk")
    clerk.go("/items")
    before = log_end(november)
    act(clerk, "items", "receive")
    assert clerk.status == 422
    assert "还没有选中哪一行" in clerk.text
    assert log_end(november) == before
    assert len(items) == 4


def test_chosen_rows_alone_are_taken_away(november: OfficeApp, items: list[int]) -> None:
    clerk = Visitor(november).join("clerk")
    clerk.go("/items?view=register")
    form = clerk.forms()["/lists/items?view=register"]
    data = {"token": form.fields["token"], "act": "export", f"row.{items[1]}": "1", f"row.{items[2]}": "1"}
    sent = clerk.client.post("/lists/items?view=register", data=data)
    assert sent.headers["location"] == f"/lists/items.xlsx?view=register&only={items[1]}.{items[2]}"
    lines = clerk.client.get(sent.headers["location"].replace(".xlsx", ".csv")).text.splitlines()
    assert [line.split(",")[2] for line in lines[1:]] == ["乙村", "丙村"]


def test_acts_need_the_right_that_a_single_act_needs(november: OfficeApp, items: list[int]) -> None:
    before = log_end(november)
    village = Visitor(november).join("jia_reporter")
    village.go("/items")
    token = village.forms()["/leave"].fields["token"]
    for name, press, number in (
        ("items", "receive", items[0]),
        ("cases", "remind", items[0]),
        ("items", "remind", items[1]),
        ("deliveries", "export", 1),
    ):
        data = {"token": token, "act": press, f"row.{number}": "1"}
        village.shown = village.client.post(f"/lists/{name}", data=data)
        assert village.status == 404 or "没有催成 1 件" in village.text, (name, press)
    assert log_end(november) == before
    assert notices(november) == []
    reading = Visitor(november).join("mayor")
    reading.go("/items")
    data = {"token": reading.forms()["/leave"].fields["token"], "act": "receive", f"row.{items[0]}": "1"}
    assert reading.client.post("/lists/items", data=data).status_code == 404
    assert log_end(november) == before


def test_a_press_from_another_page_does_nothing(november: OfficeApp, items: list[int]) -> None:
    clerk = Visitor(november).join("clerk")
    data = {"token": "stolen", "act": "receive", f"row.{items[0]}": "1"}
    assert clerk.client.post("/lists/items", data=data).status_code == 403
    assert case_by_number(november, items[0]).closing is None


def test_a_returned_item_is_not_received_before_it_came_again(november: OfficeApp, items: list[int]) -> None:
    with transaction(november) as uow:
        uow.cases.step(items[0], "returned", november.today, {"reason": "写清地点"})
    clerk = Visitor(november).join("clerk")
    clerk.go("/items")
    before = log_end(november)
    act(clerk, "items", "receive", items[0])
    assert result(clerk, items[0]).startswith("refused: ")
    assert log_end(november) == before
