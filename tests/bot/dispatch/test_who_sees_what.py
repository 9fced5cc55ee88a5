"""Whoever may not read a case learns nothing of it, by any verb; a group learns only what has been disclosed."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.dialog.command import Intent
from bot.dialog.incoming import IncomingUpdate, UpdateKind
from bot.dispatch.command_table import COMMANDS, GROUP_KINDS, CaseSource
from bot.language.verbs import KEYED_KINDS, VerbKind
from bot.services.app import open_app
from config.clock import manual_clock
from config.office.roles import AccessLevel
from tests.bot.hidden_cases import NO_CASE, ONLOOKERS, READERS, hidden_cases
from tests.bot.speaker import FULL, Room, Speaker, word
from tests.scheduler.signoff.town import draft, open_text, publish, sign_all
from tests.town import log_end, with_office

KEYS = {
    VerbKind.STEP: "extended",
    VerbKind.OPEN: "request",
    VerbKind.COUNT: "licence",
    VerbKind.HOLD: "training",
}
CASE_KINDS = [kind for kind, rule in COMMANDS.items() if rule.case is not CaseSource.NONE]
OTHER_KINDS = [kind for kind in COMMANDS if kind not in CASE_KINDS]


@pytest.fixture(scope="module")
def hiding_town(empty_home, tmp_path_factory):
    """The folder of a town with hidden cases, and the cases: made once, and copied for each test."""
    folder = Path(shutil.copytree(empty_home, tmp_path_factory.mktemp("hiding") / "home"))
    app = open_app(folder, clock=manual_clock(date(2026, 11, 23)))
    cases = hidden_cases(app)
    app.store.engine.dispose()
    return folder, cases, app.today


@pytest.fixture
def home(request, empty_home, tmp_path):
    made = request.getfixturevalue("hiding_town")[0] if "cases" in request.fixturenames else empty_home
    return Path(shutil.copytree(made, tmp_path / "home"))


@pytest.fixture
def cases(app, hiding_town):
    app.clock.set_day(hiding_town[2])
    return hiding_town[1]


def pressed(room: Room, person: str, kind: VerbKind, number: int) -> str:
    """What a person is answered who presses a button of the page for this verb and case."""
    update = IncomingUpdate(
        channel=room.name, what=UpdateKind.PRESSED, sender=f"at {person}", chat=f"at {person}", private=True
    )
    intent = Intent(kind=kind, key=KEYS.get(kind, ""), case=number)
    with room.app.store.writing(room.app.office.slug) as connection:
        reply = room.talk.perform(connection, update, intent, FULL)
    assert reply is not None
    return "\n".join((*reply.lines, *(choice.label for choice in reply.choices)))


def is_unknown(answer: str, number: int) -> bool:
    """Whether an answer says that there is no such case; a village is told so in its own words."""
    refusals = (word("error.NotThere", case=number), word("village.error.NotThere", case=number))
    return answer.startswith(refusals)


def anonymous(answer: str, number: int) -> str:
    """The answer without the number that was asked for."""
    return answer.replace(str(number), "№")


@pytest.mark.parametrize("kind", CASE_KINDS)
def test_a_verb_tells_nothing_of_a_case_that_is_hidden(app, cases, kind):
    room = Room(app)
    before = log_end(app)
    for person in ONLOOKERS:
        speaker = room.person(person)
        unknown = anonymous(pressed(room, person, kind, NO_CASE), NO_CASE)
        assert is_unknown(pressed(room, person, kind, NO_CASE), NO_CASE)
        typed = "延期" if kind in KEYED_KINDS else word(f"verb.{kind}")
        unknown_typed = anonymous(speaker.says(f"{typed} {NO_CASE}"), NO_CASE)
        for hidden in (one for one in cases if person not in one.concerned):
            assert anonymous(pressed(room, person, kind, hidden.number), hidden.number) == unknown
            assert anonymous(speaker.says(f"{typed} {hidden.number}"), hidden.number) == unknown_typed
    assert log_end(app) == before


def test_whoever_reads_all_or_is_concerned_sees_the_case(app, cases):
    room = Room(app)
    concerned = {one.number: READERS | one.concerned for one in cases}
    for village in cases[2:]:
        concerned[village.number] |= {"jia_reporter", "jia_leader"}
    concerned[cases[1].number] |= {"finance_director", "executive_deputy_mayor"}
    for person in (one.id for one in app.office.people):
        speaker = room.person(person)
        for hidden in cases:
            may = person in concerned[hidden.number]
            answer = speaker.says(f"历史 {hidden.number}")
            assert is_unknown(answer, hidden.number) is not may, (person, answer)


@pytest.mark.parametrize("said", ["查 77号", "查 低保", "查 修桥", "查 2026-11/jia", "查 预", "待办", "帮助"])
def test_what_concerns_nobody_else_is_neither_found_nor_listed(app, cases, said):
    room = Room(app)
    for person in ONLOOKERS:
        shown = room.person(person).says(said)
        for hidden in (one for one in cases if person not in one.concerned):
            assert not any(one in shown for one in hidden.words if one not in said), shown
            assert f"案件 {hidden.number}）" not in shown


@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_a_verb_about_no_case_shows_what_is_one_s_own(app, cases, kind):
    """What it may not show is refused, or simply not there; nothing is recorded by whoever keeps no registers."""
    room = Room(app)
    before = log_end(app)
    for person in ONLOOKERS:
        room.person(person)
        answer = pressed(room, person, kind, 0)
        for hidden in (one for one in cases if person not in one.concerned):
            assert not any(one in answer for one in hidden.words), answer
    with app.log() as log:  # but that somebody asked for a way in of their own
        gained = [
            entry for entry in log.read(after=before) if getattr(entry.record, "person", "") != entry.actor
        ]
    assert gained == []


@pytest.mark.parametrize(
    "kind", [kind for kind, rule in COMMANDS.items() if rule.access > AccessLevel.JOINED]
)
def test_a_verb_of_the_office_is_refused_to_everybody_else(app, kind):
    room, keys = Room(app), {"clerk", "office_director"}
    for person in ONLOOKERS:
        room.person(person)
        refused = pressed(room, person, kind, 0)
        assert refused.splitlines()[0] in {
            word("error.NotForYou", post=app.office.post_of(person), who="党政办文书"),
            word("village.error.NotForYou"),
        }
    for person in keys:
        room.person(person)
        assert "不能办这件事" not in pressed(room, person, kind, 0)


def test_a_deputy_sees_what_the_absent_person_sees_and_no_longer(app, cases):
    room = Room(app)
    archivist, clerk = room.person("archivist"), room.person("clerk")
    hidden = cases[0].number
    assert is_unknown(archivist.says(f"{hidden}"), hidden)
    clerk.says("请假 2026-11-02 至 2026-11-03 党政办档案员")
    assert "77号" in archivist.says(f"{hidden}")
    clerk.says("销假")
    assert is_unknown(archivist.says(f"{hidden}"), hidden)


def test_reading_all_is_a_role_in_the_office_s_file(app, cases):
    hidden, room = cases[0].number, Room(app)
    assert is_unknown(room.person("publicity_member").says(f"{hidden}"), hidden)
    people = tuple(
        replace(one, roles=(*one.roles, "reader")) if one.id == "publicity_member" else one
        for one in app.office.people
    )
    other = Room(with_office(app, replace(app.office, people=people)))
    assert "77号" in other.person("publicity_member").says(f"{hidden}")


@pytest.mark.parametrize("kind", sorted(GROUP_KINDS - {VerbKind.HELP}))
def test_a_group_learns_of_no_hidden_case_whoever_asks(app, cases, kind):
    room = Room(app)
    clerk = room.person("clerk")
    verb = word(f"verb.{kind}")
    unknown = anonymous(clerk.says(f"{verb} {NO_CASE}", private=False), NO_CASE)
    for hidden in cases:
        assert anonymous(clerk.says(f"{verb} {hidden.number}", private=False), hidden.number) == unknown
    bare = clerk.says(verb, private=False)
    assert not any(one in bare for hidden in cases for one in hidden.words)


@pytest.mark.parametrize("said", ["查 77", "查 低保", "查 修桥", "查 甲村", "查 依申请公开", "查 召"])
def test_a_group_finds_no_hidden_case(app, cases, said):
    answer = Speaker(app, "clerk").says(said, private=False)
    assert not any(one in answer for hidden in cases for one in hidden.words if one not in said), answer
    assert not any(f"案件 {hidden.number}）" in answer for hidden in cases)


def test_a_group_reads_of_a_text_once_it_is_disclosed(app):
    case, clerk = open_text(app), Speaker(app, "clerk")
    draft(app, case)
    for said in (f"查看 {case}", f"历史 {case}", f"为什么 {case}", "查 预算公开"):
        assert "预算公开" not in clerk.says(said, private=False).replace("查 预算公开", "").replace(
            "“预算公开”", ""
        )
    sign_all(app, case)
    publish(app, case)
    for said in (f"查看 {case}", f"历史 {case}", f"为什么 {case}", "查 预算公开"):
        assert "2026年预算公开" in clerk.says(said, private=False)
