"""The first page: whoever reads all cases sees how the office stands, each number opens what it counts, and nobody
sees a number of cases they may not read.
"""

import re
from datetime import date, datetime, timedelta

import pytest

from bot.services.app import OfficeApp
from bot.services.workbench.case_counts import days_so_far
from config.clock import ManualClock
from storage.messaging.notice import OutboxNotice
from storage.messaging.outbox import Outbox, OutboxState
from storage.messaging.wake_queue import WakeQueue
from tests.bot.channels.web.visitor import Visitor
from tests.scheduler.signoff.town import close, draft, open_text, publish, sign_all
from tests.town import run_sweep


def _tiles(visitor: Visitor) -> dict[str, int]:
    """Every number of the page that is large, by the address that it opens."""
    found = re.findall(r'<a href="([^"]+)"><b>(\d+)</b>', visitor.go("/"))
    return {path: int(number) for path, number in found}


def _bars(visitor: Visitor) -> dict[str, str]:
    """The words beside every bar, by the address that it opens."""
    found = re.findall(r'<a href="([^"]+)">[^<]+</a> <span>([^<]+)</span>\s*<svg', visitor.go("/"))
    return {path.replace("&amp;", "&"): words for path, words in found}


def _listed(visitor: Visitor, path: str) -> list[str]:
    """The requests that a list shows."""
    return re.findall(r'<a class="open" [^>]+>[^<]*(召公开〔\d+〕\d号)', visitor.go(path))


def test_each_number_opens_the_list_that_it_counts(late_november: OfficeApp) -> None:
    clerk = Visitor(late_november).join("clerk")
    tiles = _tiles(clerk)
    for group in ("late", "soon", "unanswered"):
        clerk.go(f"/open?due={group}")
        assert tiles[f"/open?due={group}"] == len(
            re.findall(r'<a class="open" href="/cases/', clerk.shown.text)
        )
    assert "召公开〔2026〕1号" in _listed(clerk, "/open?due=late")
    assert "只列：已逾期。" in clerk.text
    assert "召公开〔2026〕2号" in _listed(clerk, "/open?due=soon")
    assert _listed(clerk, "/open?due=late&kind=request") == ["召公开〔2026〕1号"]
    assert _listed(clerk, "/open?due=soon&kind=request") == [
        "召公开〔2026〕2号"
    ]  # the last waits for 18 days
    assert len(_listed(clerk, "/open?due=nothing")) == 4  # what nobody knows asks for nothing


def test_requests_stand_in_the_quarters_of_their_term(late_november: OfficeApp) -> None:
    clerk = Visitor(late_november).join("clerk")
    bars = _bars(clerk)
    assert {path: words for path, words in bars.items() if path.startswith("/open")} == {
        "/open?kind=request&age=0": "1 件",
        "/open?kind=request&age=1": "1 件 · 等对方 1",
        "/open?kind=request&age=2": "0 件",
        "/open?kind=request&age=3": "1 件",
        "/open?kind=request&age=4": "1 件 · 逾期 1",
    }
    assert _listed(clerk, "/open?kind=request&age=3") == ["召公开〔2026〕2号"]
    assert "只列：依申请公开、16–20 个工作日。" in clerk.text
    assert _listed(clerk, "/open?kind=request&age=4") == ["召公开〔2026〕1号"]
    assert _listed(clerk, "/open?kind=request&age=2") == []
    assert "里没有符合的" in clerk.text


@pytest.mark.parametrize(("day", "band"), [(date(2026, 12, 1), 0), (date(2026, 12, 2), 1)])
def test_the_fifth_working_day_is_the_last_of_the_first_quarter(
    late_november: OfficeApp, day: date, band: int
) -> None:
    clerk = Visitor(late_november).join("clerk")
    late_november.clock.set_day(day, hour=8)
    assert "召公开〔2026〕4号" in _listed(clerk, f"/open?kind=request&age={band}")


def test_a_text_counts_once_it_was_published_and_is_closed(app: OfficeApp) -> None:
    clerk, path = Visitor(app).join("clerk"), "/cases?counted=published&year=2026"
    published, withdrawn = open_text(app, "P1"), open_text(app, "P2")
    draft(app, published)
    sign_all(app, published)
    publish(app, published, app.today)
    assert _bars(clerk)[path] == "0 件"
    close(app, published, "adopted", app.today)
    close(app, withdrawn, "withdrawn", app.today)
    assert _bars(clerk)[path] == "1 件"
    assert re.findall(r'<a class="open" href="/cases/(\d+)"', clerk.go(path)) == [str(published)]


def test_the_year_so_far_stands_beside_the_same_days_of_last_year(late_november: OfficeApp) -> None:
    clerk = Visitor(late_november).join("clerk")
    bars = _bars(clerk)
    assert {path: words for path, words in bars.items() if path.startswith("/cases?")} == {
        "/cases?counted=received&year=2026": "4 件",
        "/cases?counted=received&year=2025": "2 件",  # the third was received a day later in its year
        "/cases?counted=concluded&year=2026": "0 件",
        "/cases?counted=concluded&year=2025": "2 件",
        "/cases?counted=published&year=2026": "0 件",
        "/cases?counted=published&year=2025": "0 件",
    }
    assert _listed(clerk, "/cases?counted=received&year=2025") == ["召公开〔2025〕2号", "召公开〔2025〕1号"]
    assert len(_listed(clerk, "/cases?counted=received&year=2026")) == 4
    assert len(_listed(clerk, "/cases?counted=nothing")) == 7  # the list as ever


def test_a_year_is_compared_with_the_days_that_last_year_had() -> None:
    leap, before = date(2028, 2, 29), date(2027, 2, 28)
    assert days_so_far(leap, 2027) == (date(2027, 1, 1), before)
    assert days_so_far(leap, 2028) == (date(2028, 1, 1), leap)
    assert days_so_far(before, 2026)[1] == date(2026, 2, 28)


def test_the_month_is_a_bar_for_each_village(late_november: OfficeApp) -> None:
    clerk = Visitor(late_november).join("clerk")
    html = clerk.go("/")
    words = dict(re.findall(r'<a href="/cases/\d+">(.村)</a> <span>([^<]+)</span>', html))
    assert len(words) == 6
    assert re.fullmatch(r"1 条 / 最低 \d 条 · 按时", words["甲村"])
    assert re.fullmatch(r"0 条 / 最低 \d 条 · 零报送", words["乙村"])
    assert re.fullmatch(r"0 条 / 最低 \d 条 · 还没有报", words["丙村"])
    village = html[html.index("甲村</a>") :].split("</li>")[0]
    assert '<rect class="done" x="0" width="1"' in village
    assert '<rect class="declared" x="0" width="2"' in html[html.index("乙村</a>") :].split("</li>")[0]
    assert '<rect class="track"' in html[html.index("丙村</a>") :].split("<line")[0]
    assert 'aria-hidden="true"' in village  # the words say it all
    assert "style=" not in html  # which the page's own policy would refuse


def test_a_month_that_was_missed_is_told_from_one_without_news(late_november: OfficeApp) -> None:
    run_sweep(late_november, date(2026, 11, 30))  # with the month's grace over, the sweep closes it
    html = Visitor(late_november).join("clerk").go("/")
    missed = html[html.index("丙村</a>") :].split("</li>")[0]
    assert "未报" in missed
    assert '<rect class="missing" x="0" width="2"' in missed
    assert "零报送" in html[html.index("乙村</a>") :].split("</li>")[0]


def test_what_the_program_could_not_do_stands_on_the_first_page(
    late_november: OfficeApp, clock: ManualClock
) -> None:
    app, office, now = late_november, late_november.office.slug, late_november.clock.now()
    clerk = Visitor(app).join("clerk")
    assert _tiles(clerk)["/people"] == len(app.office.people) - 1  # nobody but the clerk has joined
    assert not [path for path in _tiles(clerk) if path.startswith("/delivery")]
    with app.store.writing(office) as connection:
        outbox = Outbox(connection, office)
        outbox.put([_notice(case, now - timedelta(days=days)) for case, days in ((1, 1), (2, 40))])
        taken = outbox.claim("mayor", now, "c", now + timedelta(hours=1), most=9)
        outbox.mark_sending("c", "telegram", "1")
        numbers = [one.number for one in taken]
        outbox.mark_done(numbers, "c", OutboxState.REFUSED, at=now, why="blocked")
        WakeQueue(connection, office).quarantine(1, now, "RuntimeError")
    assert {one.notice.case for one in taken} >= {1, 2}
    tiles = _tiles(clerk)
    assert tiles["/delivery#trouble"] == len(taken) - 1  # that of forty days ago is past
    assert tiles["/delivery#aside"] == 1
    assert "这台电脑的时钟" not in clerk.text
    clock.leap(timedelta(days=2))
    assert "这台电脑的时钟" in clerk.go("/")


def _notice(case: int, made: datetime) -> OutboxNotice:
    return OutboxNotice(
        person="mayor", case=case, what="act", rung="-5", basis="x", created_at=made, not_before=made
    )


@pytest.mark.parametrize(
    "person", ["jia_reporter", "yi_leader", "secrecy_officer", "farming_director", "archivist"]
)
def test_whoever_reads_not_every_case_finds_their_own_list_alone(
    late_november: OfficeApp, person: str
) -> None:
    visitor = Visitor(late_november).join(person)
    html = visitor.go("/")
    assert "<h1>我的待办</h1>" in html
    for word in ("工作台", "<svg", 'class="tally"', "逾期", "召公开"):
        assert word not in html
    visitor.go("/open?due=late", 403)
    visitor.go("/cases?counted=received&year=2026", 403)


def test_a_leader_sees_the_office_but_not_the_deliveries_they_may_not_open(late_november: OfficeApp) -> None:
    mayor = Visitor(late_november).join("mayor")
    tiles = _tiles(mayor)
    assert tiles["/open?due=late"] >= 1
    assert not [path for path in tiles if path.startswith(("/delivery", "/people"))]
    assert "没有办成" not in mayor.text
    mayor.go("/delivery", 403)


def test_an_empty_office_says_so(app: OfficeApp) -> None:
    clerk = Visitor(app).join("clerk")
    clerk.go("/")
    for words in ("没有待办", "本月的报送没有立件，下一次", "没有在办的依申请公开", "0 已逾期"):
        assert words in clerk.text
