"""After any time off: one digest for each person, the newest rung of each thing, and what is over is called over."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.language.digest import DigestRenderer
from config.office.model import Person, Village
from scheduler.sweep.auditor import audit
from scheduler.sweep.reminder_queue import current_notices, nobody_unreachable
from scheduler.sweep.sweep import sweep
from storage.messaging.outbox import Outbox
from tests.scheduler.delivery.scripted import Reached, Scripted, ScriptedPorts, sender_with
from tests.scheduler.reminders.town import act, delivered, opened, rows, swept, town
from tests.town import with_office

EXPIRED = re.compile(r"已过期：|[1-9]\d* 件已过期")
VILLAGES = 60
BEGIN, LAST_DAY = date(2026, 3, 2), date(2026, 3, 20)
DEPARTMENT_HEADS = ("finance_director", "civil_director", "farming_director", "building_director")


def large(home, villages=VILLAGES):
    """Many villages; the requests are spread over the twelve officials of the sample."""
    small = town(home, BEGIN, months=True)
    places, people = [], [one for one in small.office.people if not one.id.endswith(("_reporter", "_leader"))]
    for number in range(1, villages + 1):
        reporter, leader = f"v{number}_reporter", f"v{number}_leader"
        people += [
            Person(id=reporter, post=f"{number}村信息员", deputies=(leader,)),
            Person(id=leader, post=f"{number}村主任"),
        ]
        places.append(Village(id=f"v{number}", name=f"{number}村", reporter=reporter, leader=leader))
    office = replace(small.office, people=tuple(people), villages=tuple(places))
    return with_office(small, office)


@pytest.mark.parametrize(("back", "villages"), [((2026, 3, 24), 60), ((2026, 4, 23), 12), ((2027, 4, 23), 4)])
def test_after_days_off_each_hears_one_digest_and_no_single(home, back, villages):
    """3, 30 and 400 days; all of them with sixty villages in ``make proof``."""
    digests_after(home, date(*back), villages)


def digests_after(home, back, villages):
    """The town goes dark on 20 March. Returns how many hear something when it is back."""
    app = large(home, villages)
    swept(app)
    for number in range(24):
        case = opened(app, BEGIN, f"A{number}")
        if number % 2:
            to = DEPARTMENT_HEADS[number // 2 % 4]
            act(
                app,
                "import",
                lambda uow, case=case, to=to: uow.cases.step(case, "handed_on", BEGIN, {"to": to}),
            )
    for day in (BEGIN, LAST_DAY):
        app.clock.set_day(day, 9)
        swept(app)
        delivered(app)
    before = len(rows(app))
    app.clock.set_day(back, 10)
    swept(app)
    new = rows(app)[before:]
    each = Counter((row.notice.person, row.notice.case, row.notice.what) for row in new)
    assert max(each.values()) == 1  # of each thing the newest rung, never its ladder
    messages = {(row.notice.person, row.notice.not_before) for row in new}
    people = sorted({person for person, _ in messages})
    assert len(messages) == len(people) >= villages + 5
    heard = said_to(app, people)
    assert {person: len(texts) for person, texts in heard.items()} == dict.fromkeys(people, 1)
    late = {row.notice.person for row in new if row.notice.until and row.notice.until < back}
    called_so = {person for person, (text,) in heard.items() if EXPIRED.search(text)}
    assert bool(late) is (back > date(2026, 3, 30))  # by then every request is over
    assert late == called_so  # what is over is called over, and nothing else is
    app.clock.move(timedelta(minutes=1))
    swept(app)
    assert said_to(app, people) == {}
    assert audit(app.recorder, nobody_unreachable).clean
    return len(people)


class DigestPorts(ScriptedPorts):
    """The real words and the real question what is still true; reached as a test says."""

    def __init__(self, app, reached):
        super().__init__(reached)
        self.app = app

    def render(self, person, rows):
        return DigestRenderer(recorder=self.app.recorder)(person, rows)

    def current_notices(self, connection, rows):
        return current_notices(self.app.recorder, connection, rows)


def said_to(app, people):
    """Everything that is ready, by the real sender in the real words; the channel takes thirty a second."""
    channel = Scripted()
    reached = Reached({person: [("scripted", person)] for person in people})
    sender = sender_with(app, DigestPorts(app, reached), channel)
    for _ in range(2 + len(people) // 30):
        sender.deliver()
        app.clock.move(timedelta(seconds=1))
    heard = {}
    for person, text in channel.heard:
        heard.setdefault(person, []).append(text)
    return heard


def test_what_is_over_is_called_expired_in_the_digest(home):
    app = town(home, BEGIN)
    for number in range(3):
        opened(app, BEGIN, f"A{number}")
    app.clock.set_day(date(2026, 9, 1), 10)
    swept(app)
    with app.store.writing(app.office.slug) as connection:
        ready = Outbox(connection, app.office.slug).claim(
            "clerk", app.clock.now(), "claim", app.clock.now() + timedelta(minutes=2), most=50
        )
    text = DigestRenderer(recorder=app.recorder)("clerk", ready).text
    assert "3" in text
    assert text.count("超期") + text.count("逾期") + text.count("过期") >= 3


def test_a_statutory_day_that_ends_at_night_is_said_at_night_and_nothing_else_is(home):
    app = town(home, date(2026, 11, 2))
    opened(app, date(2026, 11, 2))  # its last day is 30 November
    app.clock.set_day(date(2026, 11, 9))
    opened(app, date(2026, 11, 9), "A2")  # and this one's is far
    swept(app)
    delivered(app)
    app.clock.set_day(date(2026, 11, 30), 21)
    swept(app)
    assert delivered(app) == ["clerk", "deputy_mayor"]
    assert {row.notice.rung for row in rows(app) if row.state == "sent"} == {"0"}
    app.clock.set_day(date(2026, 12, 1), 0)
    swept(app)
    assert delivered(app) == []


def test_before_the_morning_s_digest_even_the_law_waits_for_it(home):
    app = town(home, date(2026, 11, 2))
    opened(app, date(2026, 11, 2))
    app.clock.set_day(date(2026, 11, 30), 0)
    swept(app)
    assert delivered(app) == []
    assert {f"{row.notice.not_before:%H:%M}" for row in rows(app)} == {"00:30"}  # 08:30 there


def test_a_sweep_twice_at_once_or_again_says_nothing_twice(home):
    from concurrent.futures import ThreadPoolExecutor

    app = large(home)
    swept(app)
    app.clock.set_day(date(2026, 3, 25), 7)
    with ThreadPoolExecutor(max_workers=2) as pool:
        found = list(pool.map(lambda _: sweep(app.recorder, app.schemes()), range(2)))
    keys = [row.notice.key for row in rows(app)]
    assert len(keys) == len(set(keys)) == sum(one.planned for one in found) >= VILLAGES
    assert [stuck for one in found for stuck in one.failures] == []
