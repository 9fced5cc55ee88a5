"""Stories of texts for the website: secrecy review, three reviews by different people, publication.

One is corrected before it is submitted, one is returned, one is rejected, one is of a class that is not published,
and one is signed by a deputy while the leader is on leave.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.demo.simulated_person import CLOSE_WORD, CONFIRM_WORD, phrase_word
from bot.demo.town import DemoTown, TownStory, submit_until_decided
from bot.publishing.texts import check_text
from config.declarations.keys import COUNTY_FIRST_FIELD, REJECTED_OUTCOME
from config.duties.publication import DISCLOSURE, DUTY, NOT_DISCLOSED, PROACTIVE
from storage.events.manifest import Manifest, description_from

OUTCOME_LABELS = {outcome.key: outcome.label for outcome in DUTY.outcomes}
PUBLISHED_STEP = next(step for step in DUTY.steps if step.requires_approval)
TYPING_ERROR, CORRECTED_WORD = "部份", "部分"  # what the text check finds, and what is right
LEADER = "deputy_mayor"
SITE = "https://www.zhaoduba.example/news"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoText:
    """One text of the demo."""

    month: int
    title: str
    origin: str
    matter: str = ""
    """Its matter in the office's catalogue; empty for a text of none."""
    kind: str = ""
    """What is special about it; empty where nothing is."""


TEXTS = (
    DemoText(month=1, title="政府信息公开指南更新说明", origin="party_office"),
    DemoText(month=2, title="部门预算公开说明", origin="finance", matter="预算"),
    DemoText(month=3, title="春季森林防火预案", origin="farming", kind="mended"),
    DemoText(month=4, title="临时救助对象公示", origin="civil_affairs", matter="社会救助", kind="returned"),
    DemoText(month=5, title="政务公开日活动公告", origin="party_office"),
    DemoText(month=6, title="村庄规划批前公示", origin="building", kind="deputy"),
    DemoText(month=7, title="汛期值班安排", origin="party_office"),
    DemoText(month=7, title="内部考勤情况通报", origin="party_office", kind="withheld"),
    DemoText(month=8, title="宅基地审批结果公示", origin="building", matter="宅基地审批"),
    DemoText(month=9, title="某项目征求意见情况", origin="building", kind="rejected"),
    DemoText(month=10, title="秸秆综合利用补贴标准", origin="farming", matter="农业农村政策"),
    DemoText(month=11, title="冬季取暖安全提示", origin="civil_affairs"),
    DemoText(month=12, title="农村低保对象公示", origin="civil_affairs", matter="社会救助"),
)


def text_stories(town: DemoTown) -> Iterator[tuple[TownStory, date]]:
    """Every text's story with the day on which it is made."""
    for text in TEXTS:
        day = date(town.year, text.month, 3) + timedelta(days=town.rng(text.title).randrange(5))
        yield _text_story(town, text), day


def _text_story(town: DemoTown, text: DemoText) -> TownStory:
    """A text is registered by message, submitted on the page, signed on cards, published and closed by message."""
    case = _register_text(town, text)
    if text.kind == "withheld":
        _close_case(town, case, "not_published")
        town.happened.append("withheld")
        return
    _plan_events(town, text, case)
    end = yield from submit_until_decided(town, case, lambda version: _submit_text(town, text, case, version))
    if end == "rejected":
        _close_case(town, case, REJECTED_OUTCOME)
        return
    clerk = town.posts["clerk"]
    if town.case(case).facts.get(COUNTY_FIRST_FIELD):
        yield from _county_reads(town, case)
    clerk.perform(f"{PUBLISHED_STEP.label} {case} {SITE}/{case}.html", CONFIRM_WORD)
    yield town.workdays_later(1)
    _close_case(town, case, "archived")
    town.happened.append("published")


def _county_reads(town: DemoTown, case: int) -> TownStory:
    """The county reads the text first, as the office's list says; its reply is filed on the page."""
    town.posts["clerk"].perform(f"报县里审核 {case} 县政务公开办")
    yield town.workdays_later(2)
    with town.app.recorder.transaction(actor="clerk", means="page") as uow:
        uow.cases.step(case, "county_approved", uow.context.today, {"file": "档案柜（样例）"})


def _register_text(town: DemoTown, text: DemoText) -> int:
    """Register a text by message; one that is withheld needs its article, which the page's form asks for."""
    reference, today = f"{town.year}-{text.month:02}{text.title}", town.app.today.isoformat()
    facts = {"title": text.title, "origin": text.origin, "made_on": today}
    if text.kind == "withheld" or text.matter:
        facts |= {"disclosure": PROACTIVE, "matter": text.matter}
        if text.kind == "withheld":
            facts |= {"disclosure": NOT_DISCLOSED, "article": "条例第十六条第一款"}
        facts = {key: value for key, value in facts.items() if value}
        with town.app.recorder.transaction(actor="clerk", means="page") as uow:
            return uow.cases.open(DUTY.kind, reference, town.app.today, facts)
    no_matter = (phrase_word("talk.no_matter"),) if town.app.office.matters else ()
    said = (text.title, text.origin, DISCLOSURE[PROACTIVE], today, *no_matter)
    town.posts["clerk"].perform(f"登记{DUTY.label} {reference}", *said)
    return town.find(DUTY.kind, reference)


def _plan_events(town: DemoTown, text: DemoText, case: int) -> None:
    """Tell the posts how they will decide on it."""
    verdicts: Mapping[str, tuple[str, str, str]] = {
        "returned": ("office_director", phrase_word("verb.return"), "公示期写错，请核对"),
        "rejected": (LEADER, phrase_word("verb.reject"), "项目尚未批准，暂不公开"),
    }
    if text.kind in verdicts:
        who, verb, why = verdicts[text.kind]
        town.verdicts[who, case] = (verb, why)
        town.happened.append(f"text_{text.kind}")
    if text.kind == "deputy":
        last = town.workdays_later(8)
        town.posts[LEADER].perform(f"{phrase_word('verb.away')} {town.app.today} 至 {last}")
        town.away[LEADER] = (town.app.today, last)
        town.happened.append("deputy_signed")


def _submit_text(town: DemoTown, text: DemoText, case: int, version: int) -> None:
    """Check the text, correct what the check finds, and submit it."""
    part = TYPING_ERROR if text.kind == "mended" else CORRECTED_WORD
    body = f"{text.title}。现将有关情况予以公开，{part}内容详见附件（第{version}稿）。"
    manifest = _text_manifest(town, text, case, body)
    if check_text(manifest, town.app, town.app.wordlist(), {}):
        manifest = _text_manifest(town, text, case, body.replace(TYPING_ERROR, CORRECTED_WORD))
        town.happened.append("mended")
    town.submit_text("clerk", case, manifest)


def _text_manifest(town: DemoTown, text: DemoText, case: int, body: str) -> Manifest:
    facts = description_from(town.case(case).facts)
    return Manifest(title=text.title, text=body, attachments=(), decision=PUBLISHED_STEP.key, **facts)


def _close_case(town: DemoTown, case: int, outcome: str) -> None:
    place = list(OUTCOME_LABELS).index(outcome) + 1
    town.posts["clerk"].perform(f"{CLOSE_WORD} {case}", str(place), CONFIRM_WORD)
