"""A queued notice that is no longer true when its turn comes is not said."""

from datetime import timedelta

import pytest

from bot.delivery.group_announcements import BULLETIN, COUNT
from bot.language.digest import SIGNATURE_VOIDED
from bot.language.labels import Labels
from bot.language.phrasebook import office_phrasebook, phrasebook, placeholder_names
from bot.language.village_news import VILLAGE_NEWS
from bot.services.app import OfficeApp
from bot.services.office_notices import address_holders, address_recipient
from scheduler.reminders.escalation import ReminderTopic
from scheduler.sweep.reminder_queue import queue_reminders
from scheduler.sweep.results import SweepFailure
from scheduler.sweep.roster_check import unreachable_lookup
from scheduler.worklist.pending import WaitKind
from storage.messaging.accounts import ChatGroups
from storage.messaging.outbox import Outbox, OutboxState
from tests.bot.channels.web.visitor import Visitor
from tests.bot.commands.test_year_of_each_role import opened
from tests.bot.language.phrase_families import constants


def queued(app: OfficeApp) -> set[tuple[str, str, str]]:
    """The notices about cases that wait to be sent: to whom, on what topic, of whom."""
    with app.store.reading() as connection:
        rows = list(Outbox(connection, app.office.slug).since(app.clock.now() - timedelta(days=99)))
    waiting = [row.notice for row in rows if row.state is OutboxState.QUEUED and row.notice.case]
    return {(notice.person, notice.topic, notice.for_person) for notice in waiting}


def remind(app: OfficeApp) -> None:
    failures: list[SweepFailure] = []
    queue_reminders(app.recorder, unreachable_lookup(app.office), failures)
    assert failures == []


def test_the_first_reminders_before_anybody_joined_are_settled_when_they_join(app: OfficeApp) -> None:
    opened(app)
    app.clock.move(timedelta(days=14))
    remind(app)
    told = {(person, ReminderTopic.UNREACHABLE, "clerk") for person in ("clerk", "office_director")}
    assert queued(app) == told
    Visitor(app).join("clerk", confirmed=False)
    remind(app)
    assert queued(app) == {("clerk", ReminderTopic.REMINDER, "")}


SAID_OF = {"number", "day", "who", "count"}
"""What a sentence about an occasion may be told with."""


def _occasions() -> set[tuple[str, str]]:
    """The kinds of notices about no case that the program writes, with the keys of their sentences."""
    phrases, written = phrasebook("zh").phrases, constants("bot") | constants("scheduler")
    keys = {(kind, f"{group}.{kind}") for kind in written for group in ("notice", "reminder")}
    return {
        (kind, key) for kind, key in keys if key in phrases and placeholder_names(phrases[key]) <= SAID_OF
    }


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_of_notice_is_shown_in_words(app: OfficeApp, language: str) -> None:
    labels = Labels(book=office_phrasebook(app.office, language), office=app.office)
    for kind in (*WaitKind, VILLAGE_NEWS, SIGNATURE_VOIDED, BULLETIN, COUNT):
        assert f"talk.what.{kind}" in labels.book.phrases
    occasions = _occasions()
    assert {"account_joined", "own_recovered", "roster", "audit", "set_aside"} <= {
        kind for kind, _ in occasions
    }
    for kind, key in occasions:
        shown = labels.notice(kind, key, "jia_reporter")
        assert shown not in ("", kind, key)
        assert "_" not in shown, kind


def test_a_fault_of_the_program_is_named_and_said_where_to_look(app: OfficeApp) -> None:
    labels = Labels(book=office_phrasebook(app.office, "zh"), office=app.office)
    assert labels.delivery_fault("") == ""
    assert labels.delivery_fault("flood") == "发得太快，被要求等待"
    assert labels.delivery_fault("IntegrityError") == "程序出错（IntegrityError），详见 gongkai.log"


def test_an_address_is_shown_by_whoever_has_it(app: OfficeApp) -> None:
    Visitor(app).join("clerk")
    with app.store.writing(app.office.slug) as connection:
        ChatGroups(connection, app.office.slug).claim("telegram", "-100", "镇村工作群", at=app.clock.now())
        held = address_holders(connection, app.office.slug)
    labels = Labels(book=office_phrasebook(app.office, "zh"), office=app.office)
    assert labels.recipient("clerk", held) == "党政办文书"
    assert labels.recipient(address_recipient("page", "clerk"), held) == "党政办文书（本地网页）"
    assert labels.recipient(address_recipient("telegram", "-100"), held) == "镇村工作群（Telegram）"
    assert labels.recipient(address_recipient("wecom", "town"), held) == "town（企业微信）"
    assert labels.recipient(address_recipient("demo", "office_director"), held) == "党政办主任（演示）"
