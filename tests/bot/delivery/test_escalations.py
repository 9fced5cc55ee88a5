"""What climbs to somebody else names whose task it is; what began before anybody had joined says so; once each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.language.digest import DigestRenderer
from bot.services.office_notices import current_notices
from scheduler.reminders.escalation import ReminderTopic
from scheduler.sweep.roster_check import OCCASION
from storage.messaging.accounts import Accounts
from storage.messaging.notice import OutboxNotice
from storage.messaging.outbox import Outbox
from tests.bot.commands.test_year_of_each_role import opened
from tests.bot.speaker import Room
from tests.scheduler.signoff.town import SIGNERS, draft, open_text
from tests.town import case_number, log_end, run_sweep, with_office


def say(app, person: str, *abouts: tuple[int, str, str]) -> str:
    """The message of some notices to one person: by case, kind and basis."""
    now = app.clock.now()
    notices = [
        OutboxNotice(
            person=person, case=case, what=what, rung="+2", basis=basis, created_at=now, not_before=now
        )
        for case, what, basis in abouts
    ]
    with app.store.writing(app.office.slug) as connection:
        Outbox(connection, app.office.slug).put(notices)
        rows = Outbox(connection, app.office.slug).claim(person, now, "1", now + timedelta(hours=1), most=9)
    return DigestRenderer(recorder=app.recorder)(person, rows).text


def test_an_escalation_names_whose_task_it_is(app):
    run_sweep(app, date(2026, 12, 1))
    months = [case_number(app, "village_report", f"2026-12/{village}") for village in ("jia", "yi")]
    alone = say(app, "jia_leader", (months[0], "act", "2026-12-25"))
    assert alone.splitlines()[0] == "这是甲村信息员的事，还没有办，请您留意："
    several = say(app, "clerk", *((month, "act", "2026-12-25") for month in months))
    assert "（甲村信息员的）" in several
    assert "（乙村信息员的）" in several
    own = say(app, "jia_reporter", (months[0], "act", "2026-12-25"))
    assert "的事" not in own


def test_a_case_from_before_anybody_joined_says_that_its_term_stays(app):
    before = opened(app)
    with app.store.writing(app.office.slug) as connection:
        Accounts(connection, app.office.slug).bind(
            "clerk", "test", "1", at=app.clock.now(), joined=log_end(app) + 1
        )
    assert "加入以前就开始了，期限照旧" in say(app, "clerk", (before, "act", "2026-12-18"))
    after = opened(app, "召公开〔2026〕2号")
    assert "加入以前" not in say(app, "clerk", (after, "act", "2026-12-18"))


def test_who_joined_meanwhile_is_not_called_unreachable(app):
    now = app.clock.now()
    with app.store.writing(app.office.slug) as connection:
        outbox = Outbox(connection, app.office.slug)
        outbox.put(
            OutboxNotice(
                person="clerk",
                case=0,
                what=OCCASION,
                rung="2026-12",
                basis=who,
                topic="reminder.roster",
                created_at=now,
                not_before=now,
            )
            for who in ("jia_reporter", "yi_reporter")
        )
        Accounts(connection, app.office.slug).bind("jia_reporter", "test", "1", at=now)
        rows = outbox.claim("clerk", now, "1", now + timedelta(hours=1), most=9)
        current = set(current_notices(app, connection, rows))
    assert [row.notice.basis for row in rows if row.number in current] == ["yi_reporter"]


def test_a_reminder_to_sign_shows_how_the_text_begins(app):
    case, room = open_text(app), Room(app)
    draft(app, case)
    room.person(SIGNERS[0])
    now = app.clock.now()
    with app.store.writing(app.office.slug) as connection:
        Outbox(connection, app.office.slug).put(
            [
                OutboxNotice(
                    person=SIGNERS[0],
                    case=case,
                    what="sign",
                    rung="0",
                    basis="sign 保密审查 1",
                    topic=ReminderTopic.REMINDER,
                    created_at=now,
                    not_before=now,
                )
            ]
        )
    room.deliver()
    (text,) = room.took(f"at {SIGNERS[0]}")
    assert "正文：" in text


def test_a_text_that_nobody_could_review_says_so_before_it_is_laid(app):
    """The only one of its first stage wrote it."""
    alone = tuple(
        replace(person, roles=tuple(role for role in person.roles if role != "secrecy_reviewer"))
        for person in app.office.people
    )
    town = with_office(app, replace(app.office, people=alone))
    case, room = open_text(town), Room(town)
    writer = room.person("clerk")
    writer.says("待办")
    shown = writer.says(f"拟稿 {case}\n汛期二十四小时值班。")
    assert "“保密审查”现在没有别人能签" in shown
    assert "没有别人能签" not in Room(app).person("clerk").says(f"拟稿 {open_text(app, 'P2')}\n汛期值班。")
