"""Whatever the desk can do is reached three ways: by a word, by a button, and on the page; read off what is declared.

A new verb, step, register, activity or kind that lacks one of them fails here.
"""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.dialog.turn import RequestContext
from bot.dispatch.command_table import COMMANDS, FORM_KINDS
from bot.dispatch.dispatcher import Dispatcher
from bot.language.phrasebook import LANGUAGES, phrasebook
from bot.language.verbs import KEYED_KINDS, Verb, VerbKind
from bot.services.app import open_app
from config.clock import manual_clock
from config.reporting.registers import ACTIVITIES, REGISTERS
from scheduler.sweep.sweep import sweep
from storage.eventlog.projections import CaseProjections
from storage.events.manifest import manifest_attachment
from tests.bot.channels.web.visitor import Visitor
from tests.bot.speaker import FULL, Room
from tests.scheduler.signoff.town import SIGNERS, TEXT, draft, open_text, sign
from tests.village_items import hand_in

PLAIN_KINDS = sorted(kind for kind in COMMANDS if kind not in KEYED_KINDS)
"""The kinds of verb that have a word of their own and are about nothing declared."""
TODAY = date(2027, 3, 20)
READER = "civil_director"
"""To whom {text} was shown."""
ON_THE_PAGE = {
    # verb: who, where ({text} waits for its first stage, {signed} for its second), and what stands there
    "approve": (SIGNERS[0], "/texts/{text}", 'name="act" value="sign"'),
    "return": (SIGNERS[0], "/texts/{text}", 'name="act" value="return"'),
    "reject": (SIGNERS[0], "/texts/{text}", 'name="act" value="reject"'),
    "override": ("mayor", "/texts/{text}", 'name="act" value="override"'),
    "withdraw": (SIGNERS[0], "/texts/{signed}", 'name="act" value="withdraw"'),
    "draft": ("clerk", "/texts/{text}", 'href="/texts/{text}/draft"'),
    "text": (SIGNERS[0], "/texts/{text}", TEXT.text),
    "files": (SIGNERS[0], "/texts/{text}", 'href="/texts/{text}/files/'),
    "hand_on": ("clerk", "/cases/{request}", 'value="hand_on"'),
    "acknowledge": ("clerk", "/", 'value="acknowledge"'),
    "snooze": ("clerk", "/cases/{request}", 'value="snooze"'),
    "close": ("clerk", "/cases/{request}", 'name="act" value="close"'),
    "nudge": ("deputy_mayor", "/cases/{request}", 'value="nudge"'),
    "todo": ("clerk", "/", 'class="tasks"'),
    "show": ("clerk", "/open", 'href="/cases/{request}"'),
    "more": ("clerk", "/", 'value="more"'),
    "steps": ("clerk", "/cases/{request}", 'id="acts"'),
    "enter": ("clerk", "/new", 'href="/new/request"'),
    "why": ("clerk", "/cases/{request}", 'class="why"'),
    "history": ("clerk", "/cases/{request}", 'id="story"'),
    "search": ("clerk", "/cases", 'type="search"'),
    "year": ("clerk", "/years/2027", 'class="official"'),
    "help": ("jia_reporter", "/chat", 'value="help"'),
    "away": ("jia_reporter", "/people", 'value="away"'),
    "back": ("building_director", "/people", 'value="back"'),
    "hand_over": ("jia_reporter", "/people", 'value="over"'),
    "undo": ("clerk", "/cases/{request}", 'href="/entries/'),
    "consent": ("deputy_mayor", "/people", 'value="consent"'),
    "decline": ("deputy_mayor", "/people", 'class="quiet">不同意<'),
    "let_in": ("clerk", "/people", 'value="let_in"'),
    "sign_in": ("jia_reporter", "/sessions", 'value="end_all"'),
    "feedback": ("jia_reporter", "/chat", 'value="feedback"'),
    "item": ("jia_reporter", "/items/new", 'type="file"'),
    "receive": ("clerk", "/items/{item}", 'value="receive"'),
    "take_up": ("clerk", "/items/{item}", 'value="take_up"'),
    "circulate": ("clerk", "/texts/{text}", 'name="act" value="circulate"'),
    "comment": (READER, "/texts/{text}", 'name="act" value="comment"'),
    "month": ("jia_reporter", "/months/2027-03", "甲村"),
    "score": ("jia_reporter", "/months/2027-03", "甲村"),
    "returned": ("jia_reporter", "/months/2027-03", "甲村"),
    "progress": ("clerk", "/months/2027-03", "甲村"),
    "bulletin": ("clerk", "/months/2027-03", "bulletin.png"),
    "report": ("clerk", "/years/2027", 'class="official"'),
    "catalogue": ("clerk", "/catalogue", 'id="own"'),
    "agenda": ("clerk", "/", 'class="tasks"'),
    "contact": ("jia_reporter", "/people", "党政办文书"),
    "all": (SIGNERS[0], "/texts", "/texts/{text}"),
}


@pytest.fixture(scope="module")
def busy_town(empty_home, tmp_path_factory):
    """The folder of a town in which each kind has something open, and where: made once, and copied for each test."""
    folder = Path(shutil.copytree(empty_home, tmp_path_factory.mktemp("busy") / "home"))
    app = open_app(folder, clock=manual_clock(date(2026, 11, 23)))
    opened = _open_each_kind(app)
    app.store.engine.dispose()
    return folder, opened


@pytest.fixture
def home(request, empty_home, tmp_path):
    made = request.getfixturevalue("busy_town")[0] if "places" in request.fixturenames else empty_home
    return Path(shutil.copytree(made, tmp_path / "home"))


@pytest.fixture
def places(app, busy_town):
    """A day on which each kind has something open."""
    app.clock.set_day(TODAY)
    return busy_town[1]


def _open_each_kind(app):
    text, signed = open_text(app), open_text(app, "另一篇")
    paper = b"1"
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        manifest = replace(TEXT, attachments=(manifest_attachment("预算表.txt", paper),))
        uow.signoff.draft(text, "clerk", manifest, [paper])
        uow.signoff.circulate(text, "clerk", READER, manifest.digest)
    draft(app, signed)
    sign(app, signed, 0)
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        request = uow.cases.open(
            "request", "召公开〔2026〕1号", date(2026, 11, 23), {"applicant_kind": "natural_person"}
        )
        uow.cases.open("dispute", "复议1", date(2026, 11, 23), {"route": "reconsideration"})
        for kind, facts in FURTHER.items():
            uow.cases.open(kind, f"{kind} 1", date(2026, 11, 23), facts)
        uow.office.delegate("deputy_mayor", "executive_deputy_mayor", date(2026, 11, 23), date(2027, 6, 30))
    with app.recorder.transaction(actor="building_director", means="test") as uow:
        uow.office.delegate("building_director", "farming_director", date(2026, 11, 23), date(2027, 6, 30))
    for day in (date(2026, 12, 1), date(2027, 1, 12), TODAY):
        app.clock.set_day(day)
        sweep(app.recorder, app.schemes())
    item = hand_in(app, "jia", date(2027, 3, 19), "甲村清淤", by="jia_reporter", means="message")
    return {"text": text, "signed": signed, "request": request, "item": item}


FURTHER = {
    "matter": {"name": "预算", "subject": "20_7", "owner": "clerk", "fed_days": 366},
    "message": {"matter": "村口路灯不亮", "came_by": "website"},
    "record_correction": {"matter": "家庭人口数"},
    "penalty_withdrawal": {
        "number": "召罚〔2026〕3号",
        "fate": "annulled",
        "decision": "莱政复〔2026〕9号",
        "decided_on": "2026-11-23",
    },
    "complaint": {"matter": "预算没有公开", "about": "proactive", "came_by": "direct"},
    "posted_notice": {"title": "低保名单", "place": "村口公示栏"},
    "village_affairs": {"village": "jia", "name": "征地补偿分配方案", "covers": "major"},
    "county_review": {"title": "公开指南"},
    "normative_document": {"title": "奖补办法", "number": "召政规〔2026〕1号", "owner": "clerk"},
    "assessment_result": {"about": "财政所", "result": "rectify", "reason": "栏目空白"},
}
"""The opening of each kind that no sweep of the sample town opens."""


def declared(app) -> set[Verb]:
    """Every verb there is, but those about an open form."""
    duties = app.duties.values()
    verbs = {Verb(VerbKind.STEP, step.key) for duty in duties for step in duty.steps if step.standalone}
    verbs |= {Verb(VerbKind.OPEN, duty.kind) for duty in duties if not duty.has_own_opening}
    verbs |= {Verb(VerbKind.COUNT, register.key) for register in REGISTERS}
    verbs |= {Verb(VerbKind.HOLD, activity.key) for activity in ACTIVITIES}
    return verbs | {Verb(kind) for kind in PLAIN_KINDS}


def test_every_kind_of_verb_is_handled_or_is_about_the_open_form():
    assert COMMANDS.keys() | FORM_KINDS | {VerbKind.CANCEL} == set(VerbKind)


def test_every_act_has_a_word_in_both_languages(app):
    assert declared(app) <= set(Dispatcher(app=app).vocabulary.words.values())
    for language in LANGUAGES:
        said = [word for kind in PLAIN_KINDS for word in phrasebook(language).say(f"verb.{kind}").split("|")]
        assert len(said) == len(set(said))


def test_every_act_has_a_button(app, places, monkeypatch):
    pressed: set[Verb] = set()
    made = RequestContext.choice

    def choice(self, kind, *rest, key="", **more):
        pressed.add(Verb(kind, key))
        return made(self, kind, *rest, key=key, **more)

    monkeypatch.setattr(RequestContext, "choice", choice)
    room = Room(app, FULL)
    clerk, reporter, signer = (room.person(who) for who in ("clerk", "jia_reporter", SIGNERS[0]))
    visitor = Visitor(app).join("deputy_mayor", confirmed=False)  # somebody waits to be let in
    assert visitor.app is app
    for said in ("待办", "帮助", "登记", "登记 第二十条计数", "登记 活动", "许可 3"):
        clerk.says(said)
    reporter.says("待办")
    reporter.says("帮助")
    room.person(READER).says("待办")
    room.person("deputy_mayor").says("待办")  # a leave that the clerk recorded waits for their consent
    room.person("archivist").says("待办")  # nothing waits for them
    room.person("building_director").says("帮助")  # away
    signer.says(f"{places['text']}")
    signer.says(f"更多 {places['text']}")
    signer.says(f"更多 {places['signed']}")
    room.person("mayor").says(f"更多 {places['text']}")
    with app.store.reading() as connection:
        numbers = list(_cases(app, connection))
    for number in numbers:
        for said in ("查看", "更多", "登记步骤"):
            clerk.says(f"{said} {number}")
    # What follows another step is a button once that was taken; the list is the page's own (below).
    later = {
        Verb(VerbKind.STEP, step.key)
        for duty in app.duties.values()
        for step in duty.steps
        if _later(step, duty)
    }
    assert declared(app) - pressed - later == set()


def _cases(app, connection):
    return CaseProjections(connection, app.office.slug, app.duties).open_cases()


def _later(step, duty) -> bool:
    waited = {getattr(one.effect, "until", "") for one in duty.steps}
    return bool(step.prerequisites or step.after_close or step.key in waited)


@pytest.mark.parametrize("verb", PLAIN_KINDS)
def test_every_act_has_its_place_on_the_page(app, places, verb):
    who, where, found = ON_THE_PAGE[verb]
    visitor = Visitor(app).join(who)
    Visitor(app).join("office_deputy", confirmed=False)  # waits for the first one's word
    shown = visitor.go(where.format(**places))
    assert found.format(**places) in shown


def test_what_is_entered_without_a_case_has_its_form(app):
    visitor = Visitor(app).join("clerk")
    visitor.go("/registers")
    assert {register.key for register in REGISTERS} <= visitor.forms().keys()
    visitor.go("/activities")
    assert all(f'value="{activity.key}"' in visitor.shown.text for activity in ACTIVITIES)
    new = visitor.go("/new")
    opened = [verb.key for verb in declared(app) if verb.kind is VerbKind.OPEN]
    assert opened
    assert all(f'href="/new/{kind}"' in new for kind in opened)


STAGES = (
    # what is recorded, with its facts; what the page offers after each is what the chat offers
    ("receipt_unconfirmed", {"tried": "打电话两次"}),
    ("contact_restored", {}),
    ("consulted", {"with": "某公司", "party": "third_party"}),
    ("consultation_ended", {"with": "某公司", "opinion": "agreed"}),
    ("correction_asked", {"items": "时间范围", "until": "2026-12-15"}),
    ("corrected", {}),
    ("fee_noticed", {"amount_yuan": "100"}),
    ("fee_paid", {}),
)


def test_the_steps_of_a_request_are_buttons_where_they_are_forms(app):
    """Through the whole of a request: the same at every stage, and all of them seen by its end."""
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        case = uow.cases.open(
            "request", "召公开〔2026〕9号", date(2026, 11, 16), {"applicant_kind": "natural_person"}
        )
    clerk, visitor = Room(app, FULL).person("clerk"), Visitor(app).join("clerk")
    seen = _the_same(app, case, clerk, visitor)
    for step, facts in STAGES:
        with app.recorder.transaction(actor="clerk", means="test") as uow:
            uow.cases.step(case, step, date(2026, 11, 17), facts)
        seen |= _the_same(app, case, clerk, visitor)
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        uow.cases.close(case, "granted", date(2026, 11, 18))
    seen |= _the_same(app, case, clerk, visitor)
    duty = app.duties["request"]
    steps = {Verb(VerbKind.STEP, step.key) for step in duty.steps if step.standalone}
    assert seen - {Verb(VerbKind.CLOSE)} == steps


def _the_same(app, case, clerk, visitor) -> set[Verb]:
    visitor.go(f"/cases/{case}")
    names = visitor.forms()
    verbs = {Verb(VerbKind.STEP, name.removeprefix("step.")) for name in names if name.startswith("step.")}
    verbs |= {Verb(VerbKind.CLOSE)} if "close" in names else set()
    clerk.says(f"登记步骤 {case}")
    duty = app.duties["request"]
    named = {duty.step(verb.key).label if verb.key else "办结" for verb in verbs}
    assert set(clerk.labels()) == named
    return verbs
