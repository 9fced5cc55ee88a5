"""Texts on their way to the website: through the secrecy review and three reviews by different people, to their page.

One is mended before it goes to anybody, one comes back, one is rejected, one is of a class that is not published,
and one is signed by a deputy while the leader is on leave.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.demo.simulated_person import word
from bot.demo.town import Story, Town, signed
from bot.publishing.texts import findings_in
from config.duties.publication import DISCLOSURE, DUTY, KEPT_BACK, PROACTIVE
from storage.events.manifest import Manifest, described_by
from storage.reading.texts.wordlist_loader import wording

CONFIRM = word("verb.confirm")
OUTCOMES = {outcome.key: outcome.label for outcome in DUTY.outcomes}
PUBLISHED = next(step for step in DUTY.steps if step.released)
SLIP, MENDED = "部份", "部分"  # what the text check finds, and what is right
LEADER = "deputy_mayor"
SITE = "https://www.zhaoduba.example/news"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One text at play."""

    month: int
    title: str
    origin: str
    kind: str = ""
    """What is special about it; empty where nothing is."""


TEXTS = (
    Text(month=1, title="政府信息公开指南更新说明", origin="party_office"),
    Text(month=2, title="部门预算公开说明", origin="finance"),
    Text(month=3, title="春季森林防火预案", origin="farming", kind="mended"),
    Text(month=4, title="临时救助对象公示", origin="civil_affairs", kind="returned"),
    Text(month=5, title="政务公开日活动公告", origin="party_office"),
    Text(month=6, title="村庄规划批前公示", origin="building", kind="deputy"),
    Text(month=7, title="汛期值班安排", origin="party_office"),
    Text(month=7, title="内部考勤情况通报", origin="party_office", kind="withheld"),
    Text(month=8, title="宅基地审批结果公示", origin="building"),
    Text(month=9, title="某项目征求意见情况", origin="building", kind="rejected"),
    Text(month=10, title="秸秆综合利用补贴标准", origin="farming"),
    Text(month=11, title="冬季取暖安全提示", origin="civil_affairs"),
    Text(month=12, title="农村低保对象公示", origin="civil_affairs"),
)


def texts(town: Town) -> Iterator[tuple[Story, date]]:
    """Every text of the year, with the day on which it is made."""
    for text in TEXTS:
        day = date(town.year, text.month, 3) + timedelta(days=town.chance(text.title).randrange(5))
        yield _text(town, text), day


def _text(town: Town, text: Text) -> Story:
    """Registered by message, laid down on the page, signed on cards, published and closed by message."""
    case = _registered(town, text)
    if text.kind == "withheld":
        _closes(town, case, "not_published")
        town.happened.append("withheld")
        return
    _arranged(town, text, case)
    end = yield from signed(town, case, lambda version: _lay(town, text, case, version))
    if end == "rejected":
        _closes(town, case, "rejected")
        return
    clerk = town.posts["clerk"]
    clerk.does(f"{PUBLISHED.label} {case} {SITE}/{case}.html", CONFIRM)
    yield town.later(1)
    _closes(town, case, "archived")
    town.happened.append("published")


def _registered(town: Town, text: Text) -> int:
    """By message; one that is kept back needs its article as well, which the page's form asks for."""
    reference, today = f"{town.year}-{text.month:02}{text.title}", town.works.today.isoformat()
    facts = {"title": text.title, "origin": text.origin, "made_on": today}
    if text.kind == "withheld":
        facts |= {"disclosure": KEPT_BACK, "article": "条例第十六条第一款"}
        with town.works.desk.sitting(actor="clerk", means="page") as desk:
            return desk.open(DUTY.kind, reference, town.works.today, facts)
    said = (text.title, text.origin, DISCLOSURE[PROACTIVE], today)
    town.posts["clerk"].does(f"登记{DUTY.label} {reference}", *said)
    return town.find(DUTY.kind, reference)


def _arranged(town: Town, text: Text, case: int) -> None:
    """What will happen to it."""
    verdicts: Mapping[str, tuple[str, str, str]] = {
        "returned": ("office_director", word("verb.return"), "公示期写错，请核对"),
        "rejected": (LEADER, word("verb.reject"), "项目尚未批准，暂不公开"),
    }
    if text.kind in verdicts:
        who, verb, why = verdicts[text.kind]
        town.verdicts[who, case] = (verb, why)
        town.happened.append(f"text_{text.kind}")
    if text.kind == "deputy":
        last = town.later(8)
        town.posts[LEADER].does(f"{word('verb.away')} {town.works.today} 至 {last}")
        town.away[LEADER] = (town.works.today, last)
        town.happened.append("deputy_signed")


def _lay(town: Town, text: Text, case: int, version: int) -> None:
    """Read through first; what the check finds is mended before anybody is asked to sign."""
    part = SLIP if text.kind == "mended" else MENDED
    body = f"{text.title}。现将有关情况予以公开，{part}内容详见附件（第{version}稿）。"
    manifest = _manifest(town, text, case, body)
    if findings_in(manifest, town.works, wording(town.works.home.expressions), {}):
        manifest = _manifest(town, text, case, body.replace(SLIP, MENDED))
        town.happened.append("mended")
    town.lays("clerk", case, manifest)


def _manifest(town: Town, text: Text, case: int, body: str) -> Manifest:
    facts = described_by(town.case(case).facts)
    return Manifest(title=text.title, text=body, attachments=(), decision=PUBLISHED.key, **facts)


def _closes(town: Town, case: int, outcome: str) -> None:
    place = list(OUTCOMES).index(outcome) + 1
    town.posts["clerk"].does(f"{word('verb.close')} {case}", str(place), CONFIRM)
