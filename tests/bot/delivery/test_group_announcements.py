"""What groups are told by themselves: each bulletin once, the counts before the last day, and nobody's own work."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest

from bot.delivery.group_announcements import queue_announcements
from bot.runtime.office_channels import create_outbox_sender
from bot.services.bulletins import bulletin_case
from scheduler.delivery.channel import ChannelCapabilities, Message, SendOutcome, SendResult
from scheduler.sweep.sweep import sweep
from scheduler.villages.months import village_month_reference
from storage.eventlog.projections import CaseProjections
from storage.events.manifest import Manifest
from storage.messaging.accounts import Accounts, AddressState, ChatGroups
from storage.messaging.outbox import Outbox

TEXT = Manifest(title="11月通报", text="见表。", decision="sent")
NOVEMBER, HOUR = date(2026, 11, 1), timedelta(hours=1)


@dataclass
class Groups:
    """Robots of one work chat that take what they are given, and keep it."""

    name: str = "wecom"
    groups: tuple[str, ...] = ("village", "town")
    capabilities: ChannelCapabilities = field(default_factory=lambda: ChannelCapabilities(private=False))
    answer: SendResult = field(default_factory=lambda: SendResult(outcome=SendOutcome.SENT))
    said: list[tuple[str, str]] = field(default_factory=list)

    def send(self, address: str, message: Message) -> SendResult:
        self.said.append((address, message.text))
        return self.answer

    def edit(self, _address: str, _message_id: str, _message: Message) -> SendResult:
        raise AssertionError


@pytest.fixture
def town(app):
    app.clock.set_day(NOVEMBER + timedelta(days=1))
    sweep(app.recorder, app.schemes())
    return app


def reports(town, village: str, day: int) -> None:
    town.clock.set_day(date(2026, 11, day))
    with town.log() as log:
        index = CaseProjections(log.connection, log.office, town.duties)
        number = index.find("village_report", [village_month_reference(NOVEMBER, village)])
    with town.recorder.transaction(actor="clerk", means="test") as uow:
        (case,) = number.values()
        uow.cases.step(case, "zero_declared", town.today)


def goes_out(town) -> None:
    """The bulletin of the month as its last stage lets it out."""
    town.clock.set_day(date(2026, 11, 30))
    sweep(town.recorder, town.schemes())
    case = bulletin_case(town, NOVEMBER)
    with town.recorder.transaction(actor="clerk", means="test") as uow:
        uow.signoff.draft(case.number, "clerk", TEXT)
    for who, stage in (("office_director", "审核"), ("deputy_mayor", "签发")):
        with town.recorder.transaction(actor=who, means="test") as uow:
            uow.signoff.sign(case.number, who, stage, TEXT.digest)
    with town.recorder.transaction(actor="clerk", means="test") as uow:
        uow.cases.step(case.number, "sent", town.today)
        uow.cases.close(case.number, "told", town.today)


def told(town, *channels, after: timedelta = HOUR) -> None:
    found = {one.name: one for one in channels}
    queue_announcements(town, found)
    queue_announcements(town, found)  # who looks twice says nothing twice
    town.clock.move(after)
    faults: list[Exception] = []
    create_outbox_sender(town, found, faults.append).deliver()
    assert faults == []


def test_each_group_is_told_a_bulletin_once_and_in_hours(town):
    robots = Groups()
    reports(town, "jia", 20)
    told(town, robots)
    assert robots.said == []
    goes_out(town)
    town.clock.set_day(date(2026, 11, 30), 21)
    told(town, robots)
    assert robots.said == []  # nobody is called in the evening
    told(town, robots, after=11 * HOUR)
    assert [group for group, _ in robots.said] == ["town", "village"]
    assert {text.splitlines()[0] for _, text in robots.said} == {"【通报】2026年11月村级信息报送"}
    town.clock.move(timedelta(days=1))
    told(town, robots, Groups(name="feishu"))
    assert len(robots.said) == 2


def test_a_group_that_comes_later_hears_no_old_news(town):
    goes_out(town)
    town.clock.move(timedelta(days=3))
    late = Groups()
    told(town, late, after=24 * HOUR)
    assert late.said == []


def test_the_day_before_the_last_a_group_sees_counts_and_no_names(town):
    """The 25th is a Wednesday."""
    robots = Groups(groups=("village",))
    reports(town, "jia", 23)
    told(town, robots)
    assert robots.said == []
    town.clock.set_day(date(2026, 11, 24), 8)
    told(town, robots)
    ((_, text),) = robots.said
    assert text == (
        "2026-11 村级信息报送：6 个村，已报 1 个，截止 2026-11-25（周三）。没有信息的，请零报送。"
    )
    town.clock.set_day(date(2026, 11, 25), 8)
    told(town, robots)
    assert len(robots.said) == 1


def test_where_all_have_reported_nobody_is_reminded(town):
    for village in ("jia", "yi", "bing", "ding", "wu", "ji"):
        reports(town, village, 20)
    town.clock.set_day(date(2026, 11, 24), 8)
    robots = Groups()
    told(town, robots)
    assert robots.said == []


def test_a_group_that_took_the_bot_in_is_told_too_and_one_that_sent_it_out_is_not(town):
    with town.store.writing(town.office.slug) as connection:
        places = ChatGroups(connection, town.office.slug)
        for address in ("-1", "-2"):
            places.claim("telegram", address, "村群", at=town.clock.now())
        places.mark("telegram", "-2", AddressState.LEFT, at=town.clock.now(), why="left")
    bot = Groups(name="telegram", groups=())
    goes_out(town)
    told(town, bot)
    assert [group for group, _ in bot.said] == ["-1"]


def test_what_a_group_refuses_is_given_to_the_clerk_to_post(town):
    with town.store.writing(town.office.slug) as connection:
        Accounts(connection, town.office.slug).bind("clerk", "page", "at clerk", at=town.clock.now())
    robots = Groups(groups=("village",), answer=SendResult(outcome=SendOutcome.REFUSED, why="not_allowed"))
    page = Groups(name="page", groups=(), capabilities=ChannelCapabilities())
    goes_out(town)
    told(town, robots, page)
    told(town, robots, page, after=timedelta(days=1))
    mine = [text for _, text in page.said if "请代为发到群里" in text]
    assert len(mine) == 1
    assert "群“wecom village”没有收到" in mine[0]
    assert "【通报】2026年11月" in mine[0]
    assert len(robots.said) == 1


def test_where_there_is_no_group_nothing_is_queued(town):
    goes_out(town)
    assert queue_announcements(town, {"page": Groups(name="page", groups=())}) == 0
    with town.store.reading() as connection:
        waiting = {row.notice.what for row in Outbox(connection, town.office.slug).unfinished()}
    assert not {one for one in waiting if one.startswith("group")}


def test_a_group_that_moved_is_told_once_at_its_new_address(town):
    with town.store.writing(town.office.slug) as connection:
        ChatGroups(connection, town.office.slug).claim("telegram", "-1", "村群", at=town.clock.now())
    moved = SendResult(outcome=SendOutcome.REFUSED, why="moved", moved_to="-100")
    bot = Groups(name="telegram", groups=(), answer=moved)
    goes_out(town)
    told(town, bot)
    assert [group for group, _ in bot.said] == ["-1"]
    bot.answer = SendResult(outcome=SendOutcome.SENT)
    for _ in range(3):
        told(town, bot)
    assert [group for group, _ in bot.said] == ["-1", "-100"]


def test_a_group_that_threw_the_bot_out_is_marked_and_asked_nothing_more(town):
    with town.store.writing(town.office.slug) as connection:
        ChatGroups(connection, town.office.slug).claim("telegram", "-1", "村群", at=town.clock.now())
    bot = Groups(name="telegram", groups=(), answer=SendResult(outcome=SendOutcome.REFUSED, why="kicked"))
    town.clock.set_day(date(2026, 11, 24), 8)
    told(town, bot)
    assert len(bot.said) == 1
    with town.store.reading() as connection:
        (place,) = ChatGroups(connection, town.office.slug).all()
    assert place.state is AddressState.LEFT
    goes_out(town)
    told(town, bot)
    assert len(bot.said) == 1
