"""What a clerk reads after a look at the website: what is so, where it differs, what to do; and what is recorded."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from bot.__main__ import app as command_line
from bot.cli.common.context import CommandContext
from bot.dialog.task_cards import task_card
from bot.dialog.turn import RequestContext
from bot.language.phrasebook import LANGUAGES, phrasebook
from bot.publishing.publication_check import (
    check_new_publications,
    check_published_page,
    last_publication_check,
    publication_check_facts,
    publication_check_from_facts,
    publication_check_lines,
    published_address,
    recheck_publications,
    record_publication_check,
)
from bot.publishing.texts import load_submitted_text
from bot.services.app import open_app, user_phrasebook
from config.duties.column import DUTY as COLUMN
from config.duties.publication import CHECK_FAULTS, DUTY, UNREACHABLE_REASONS
from config.hosts import is_under_url
from scheduler.delivery.channel import ChannelCapabilities
from scheduler.sweep.sweep import sweep
from scheduler.validation.violations import FieldUnreadable
from scheduler.worklist.pending import WaitKind, pending_actions
from storage.eventlog.projections import CaseProjections
from storage.events.delegations import Absences
from storage.messaging.outbox import Outbox
from storage.messaging.wake_queue import WakeQueue
from storage.web.http_results import FailureReason
from storage.web.publication_check import NO_ENCODING, NO_PAGE, STATUS, PublicationCheck, PublicationState
from tests.scheduler.signoff.town import OTHER, TEXT, close, draft, open_text, sign_all, waiting
from tests.storage.web.server import reply
from tests.town import log_end, table_differences, transaction

PAGE = "<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>"
ELSEWHERE = reply(status="302 Found", Location="http://elsewhere.test/")


@pytest.fixture
def town(app):
    file = app.home.office_file
    text = file.read_text("utf-8").replace("hosts = [", 'hosts = ["127.0.0.1", ')
    file.write_text(text.replace("allow_private = false", "allow_private = true"), "utf-8")
    office = open_app(app.home.path, clock=app.clock)
    case = open_text(office)
    draft(office, case)
    sign_all(office, case)
    return office


def page(title=TEXT.title, text=TEXT.text):
    return reply(PAGE.format(title=title, text=text).encode(), Content_Type="text/html; charset=utf-8")


def publish(town, address):
    with transaction(town) as desk:
        desk.cases.step(1, "published", town.today, {"address": address})


def the_case(town):
    with town.log() as log:
        return CaseProjections(log.connection, log.office, town.duties).cases([1])[1]


def look(town):
    laid = load_submitted_text(town, the_case(town), DUTY)
    found = check_published_page(town, laid)
    return found, record_publication_check(town, laid, found)


@pytest.mark.parametrize(
    ("answer", "said", "step"),
    [
        (page(), ["标题和正文与签发的一致"], "live_checked"),
        (page(title="预算"), ["网页现在的标题：预算", "请照签发的标题改网页"], "live_failed"),
        (page(text="二、预算。"), ["（第一处）：一、预算总体情况。", "请照签发的文字改网页"], "live_failed"),
        (reply(status="404 Not Found"), ["网站答复 404", "请恢复网页"], "live_failed"),
        (reply(status="503 Busy"), ["网站答复 503", "过一会儿", "没有记下结论"], ""),
        (ELSEWHERE, ["网址已转到：http://elsewhere.test/", "请登记网页现在的网址"], ""),
        (reply(b"%PDF", Content_Type="application/pdf"), ["不是网页", "自己打开附件"], ""),
    ],
    ids=["right", "title", "text", "gone", "busy", "away", "a file"],
)
def test_a_look_says_what_is_so_and_what_to_do(town, site, answer, said, step):
    site.pages["/1.html"] = answer
    publish(town, site.url("/1.html"))
    before = log_end(town)
    done = CliRunner().invoke(
        command_line, ["text", "live", "1", "--home", str(town.home.path)], obj=CommandContext(town.clock)
    )
    assert all(part in done.output for part in said), done.output
    assert "{" not in done.output
    assert ("再核对：gongkai text live 1" in done.output) is (step != "live_checked")
    last = last_publication_check(the_case(town))
    assert (last.step if last else "") == step
    assert log_end(town) == before + bool(step)


def test_what_was_recorded_says_the_same_again(town, site):
    for answer in (page(text="二、预算。"), page(title="预算"), reply(status="410 Gone"), page()):
        site.pages["/1.html"] = answer
        publish(town, site.url("/1.html"))
        found, recorded = look(town)
        again = publication_check_from_facts(last_publication_check(the_case(town)).facts)
        assert recorded
        assert list(publication_check_lines(again, user_phrasebook())) == list(
            publication_check_lines(found, user_phrasebook(), site.url("/1.html"))
        )


def test_a_sentence_nobody_signed_is_shown_though_the_text_is_all_there():
    found = PublicationCheck(state=PublicationState.LIVE, url="", added="奖金十万元。")
    assert "奖金十万元。" in "".join(publication_check_lines(found, user_phrasebook()))
    assert publication_check_from_facts(publication_check_facts(found)) == found


def test_of_two_addresses_of_one_day_the_last_word_holds(town, site):
    site.pages["/a.html"] = page()
    publish(town, site.url("/z.html"))
    assert look(town)[0].state is PublicationState.VANISHED
    publish(town, site.url("/a.html"))
    assert published_address(the_case(town)) == site.url("/a.html")
    assert last_publication_check(the_case(town)) is None
    assert look(town)[0].state is PublicationState.LIVE
    assert last_publication_check(the_case(town)).step == "live_checked"


@pytest.mark.parametrize(
    "address",
    [
        "网站上",
        "www.zhaoduba.example/1.html",
        "javascript:alert(1)",
        "ftp://a.cn/",
        "http://u:p@a.cn/",
        "http://a.cn:99999/",
    ],
)
def test_what_is_no_web_address_is_refused_as_one(town, address):
    before = log_end(town)
    with pytest.raises(FieldUnreadable):
        publish(town, address)
    assert log_end(town) == before


def test_an_address_that_is_never_asked_is_a_matter_for_the_clerk_at_once(town):
    publish(town, "https://elsewhere.example/1.html")
    found, recorded = look(town)
    assert (found.why, recorded) == (FailureReason.HOST_NOT_ALLOWED, True)
    assert last_publication_check(the_case(town)).facts["reason"] == "host_not_allowed"


def test_a_page_nobody_saw_for_four_weeks_is_a_matter_too(town, site):
    site.pages["/1.html"] = reply(status="503 Busy")
    publish(town, site.url("/1.html"))
    for _ in range(3):
        town.clock.move(timedelta(weeks=1))
        recheck_publications(town, pytest.fail)
        assert last_publication_check(the_case(town)) is None
    town.clock.move(timedelta(weeks=1))
    recheck_publications(town, pytest.fail)
    last = last_publication_check(the_case(town))
    assert (last.facts["state"], last.facts["reason"], last.facts["why"]) == ("unreachable", "status", "503")
    site.pages["/1.html"] = page()
    recheck_publications(town, pytest.fail)
    assert last_publication_check(the_case(town)).step == "live_checked"


def test_every_reason_has_its_words():
    assert set(UNREACHABLE_REASONS) == {*FailureReason, STATUS, NO_PAGE, NO_ENCODING}
    assert set(CHECK_FAULTS) == {*PublicationState} - {PublicationState.LIVE}
    for language in LANGUAGES:
        book = phrasebook(language)
        for found in [
            PublicationCheck(state=state, url="", why=why)
            for state in PublicationState
            for why in ("", *UNREACHABLE_REASONS)
        ]:
            assert not [
                line for line in publication_check_lines(found, book) if "[" in line and "live." in line
            ], found


# ── what waits for somebody ──────────────────────────────────


def told(town):
    """Everything the outbox has for anybody of this text since it went out."""
    with town.store.reading() as connection:
        rows = Outbox(connection, town.office.slug).about(1)
    return [(row.notice.person, row.notice.rung) for row in rows if row.notice.what == WaitKind.MEND]


def swept(town, **step):
    town.clock.move(timedelta(**step))
    sweep(town.recorder, town.schemes())
    return told(town)


@contextmanager
def turn_of(town, who="clerk"):
    """Somebody who looks at what waits for them."""
    with town.store.reading() as connection:
        yield RequestContext(
            app=town,
            connection=connection,
            person=town.office.person(who),
            channel="page",
            capabilities=ChannelCapabilities(),
            sent_at=town.clock.now(),
        )


def pending(town, who="clerk"):
    with turn_of(town, who) as context:
        return [task_card(context, one).lines for one in context.pending() if one.wait.what is WaitKind.MEND]


def test_a_page_that_changed_waits_for_the_clerk_until_it_is_right_again(town, site):
    site.pages["/1.html"] = page()
    publish(town, site.url("/1.html"))
    look(town)
    assert (waiting(town, 1), swept(town, days=0)) == ([], [])
    site.pages["/1.html"] = page(text="二、预算。")
    town.clock.move(timedelta(weeks=1))
    recheck_publications(town, pytest.fail)
    recheck_publications(town, pytest.fail)
    assert waiting(town, 1) == [(WaitKind.MEND, ("clerk",), None)]
    (card,) = pending(town)
    assert card[0] == "网页与签发的不一致，请处理：信息发布 2026年预算公开"
    assert any("一、预算总体情况。" in line for line in card)
    assert swept(town, days=0) == [("clerk", "0")]
    recheck_publications(town, pytest.fail)
    assert swept(town, days=1) == [("clerk", "0")]
    assert swept(town, days=1)[-1] == ("clerk", "+2")
    site.pages["/1.html"] = page()
    look(town)
    before = told(town)
    assert (waiting(town, 1), pending(town), swept(town, days=30)) == ([], [], before)


def test_a_page_that_vanishes_after_the_close_waits_too_and_is_found_by_a_rebuild(town, site):
    site.pages["/1.html"] = page()
    publish(town, site.url("/1.html"))
    close(town, 1, "archived", town.today)
    sweep(town.recorder, town.schemes())
    assert pending(town) == []
    del site.pages["/1.html"]
    town.clock.move(timedelta(weeks=1))
    recheck_publications(town, pytest.fail)
    assert waiting(town, 1) == [(WaitKind.MEND, ("clerk",), None)]
    assert swept(town, days=0) == [("clerk", "0")]
    assert "核对结果：网页不存在" in pending(town)[0]
    with town.store.writing(town.office.slug) as connection:
        WakeQueue(connection, town.office.slug).rebuild(town.clock.now())
    assert len(pending(town)) == 1
    assert swept(town, days=0) == [("clerk", "0")]
    site.pages["/1.html"] = page()
    look(town)
    assert (pending(town), swept(town, days=30)) == ([], [("clerk", "0")])
    assert table_differences(town) == []


def test_a_look_that_finds_something_else_is_recorded_the_same_day(town, site):
    states = []
    for answer in (
        page(),
        page(),
        reply(status="404 No"),
        reply(status="404 No"),
        page(),
        reply(status="404 No"),
    ):
        site.pages["/1.html"] = answer
        if not states:
            publish(town, site.url("/1.html"))
        look(town)
        states.append(log_end(town))
    first = states[0]
    assert states == [first, first, first + 1, first + 1, first + 2, first + 3]


def test_whatever_is_waited_for_has_its_words_everywhere():
    heads = ("card.asked", "simulate.asked", "talk.what", "ics.what")
    for language in LANGUAGES:
        assert not {f"{head}.{what}" for head in heads for what in WaitKind} - set(
            phrasebook(language).phrases
        )


def test_a_new_version_before_the_stages_is_not_what_the_page_is_held_against(town, site):
    site.pages["/1.html"] = page()
    publish(town, site.url("/1.html"))
    draft(town, 1, OTHER)
    assert look(town)[0].state is PublicationState.LIVE
    sign_all(town, 1, OTHER)
    assert look(town)[0].state is PublicationState.LIVE
    publish(town, site.url("/1.html"))
    assert look(town)[0].state is PublicationState.CHANGED


def columns(town):
    """What waits for whom, by column."""
    with town.log() as log:
        index = CaseProjections(log.connection, log.office, town.duties)
        cases = index.cases([line.number for line in index.lines_of_kind("column", town.today)])
    return {
        case.facts["name"]: (wait.who, wait.until)
        for case in cases.values()
        for wait in pending_actions(case, COLUMN, town.office, town.known_calendar(), Absences())
    }


def test_a_text_that_is_seen_on_the_website_updates_the_column_it_stands_in_and_no_other(town, site):
    file = town.home.office_file
    file.write_text(file.read_text("utf-8").replace("https://www.zhaoduba.example/", site.url("/")), "utf-8")
    town = open_app(town.home.path, clock=town.clock)
    sweep(town.recorder, town.schemes())
    today, begun = town.today, columns(town)
    assert begun["镇街动态"] == (("publicity_member",), today + timedelta(days=10))
    town.clock.move(timedelta(days=1))
    publish(town, site.url("/news/2026/1.html"))
    look(town)
    assert columns(town) == begun
    site.pages["/news/2026/1.html"] = page()
    for _ in range(2):
        town.clock.move(timedelta(days=1))
        look(town)
        fresh = (("publicity_member",), today + timedelta(days=11))
        assert columns(town) == begun | {"镇街动态": fresh}


@pytest.mark.parametrize(
    ("address", "url", "inside"),
    [
        ("https://a.cn/news/1.html", "https://a.cn/news/", True),
        ("http://A.cn/news/2026/1.html", "https://a.cn/news/index.html", True),
        ("https://a.cn/news/", "https://a.cn/news/", False),
        ("https://a.cn/newsroom/1.html", "https://a.cn/news/", False),
        ("https://a.cn/1.html", "https://a.cn/", False),
        ("https://b.cn/news/1.html", "https://a.cn/news/", False),
        ("网站上", "https://a.cn/news/", False),
    ],
)
def test_a_page_lies_in_the_part_of_the_website_that_an_address_begins(address, url, inside):
    assert is_under_url(address, url) is inside


def test_what_was_published_anywhere_is_looked_at_by_itself_once(town, site):
    site.pages["/1.html"] = reply(status="503 Busy")
    assert check_new_publications(town, pytest.fail) == []
    publish(town, site.url("/1.html"))
    assert [found.state for _, found in check_new_publications(town, pytest.fail)] == [
        PublicationState.UNREACHABLE
    ]
    site.pages["/1.html"] = page()
    assert [found.state for _, found in check_new_publications(town, pytest.fail)] == [PublicationState.LIVE]
    assert check_new_publications(town, pytest.fail) == []
    town.clock.move(timedelta(days=5))
    with transaction(town) as desk:
        desk.cases.step(1, "published", town.today - timedelta(days=4), {"address": site.url("/2.html")})
    assert [found.state for _, found in check_new_publications(town, pytest.fail)] == [
        PublicationState.VANISHED
    ]
    publish(town, site.url("/3.html"))
    site.pages["/3.html"] = reply(status="503 Busy")
    town.clock.move(timedelta(days=2))
    assert check_new_publications(town, pytest.fail) == []


def test_a_signed_text_is_one_thing_to_do_with_the_date_it_is_due_for(town):
    with turn_of(town) as context:
        (one,) = context.pending()
        assert one.wait.what is WaitKind.RELEASE
        assert task_card(context, one).lines[:2] == (
            "已签齐，请发出：信息发布 2026年预算公开",
            "截止 2026-12-14（周一），还剩 15 个工作日",
        )


def test_of_two_wrong_titles_on_one_day_both_are_recorded(town, site):
    publish(town, site.url("/1.html"))
    for title in ("甲", "乙", "乙"):
        site.pages["/1.html"] = page(title=title)
        look(town)
        assert last_publication_check(the_case(town)).facts["why"] == title
    assert [step.step for step in the_case(town).steps].count("live_failed") == 2
