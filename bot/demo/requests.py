"""The year's disclosure requests: registered on the page, since applicants are named there alone; then by message.

Applicants are made up, and look it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.demo.simulated_person import Post, word
from bot.demo.town import Story, Town, signed
from config.duties.request import APPLICANT_KINDS, CHANNELS, DUTY, OPINION_WORDS, OUTCOMES, PARTIES
from scheduler.letters.letter_facts import facts_for, joined
from scheduler.terms.deadlines import due
from storage.content.applicant import Particulars
from storage.content.applicant_store import Private
from storage.documents.letters.catalogue import needed, papers
from storage.documents.letters.writer import write_letter
from storage.events.manifest import Manifest, attachment

REQUESTS, LATE = 26, 13  # how many, and which one is answered too late
# Most requests are answered with what was asked for; the rest ends in every other way that needs no step.
PLAIN_OUTCOMES = [outcome.key for outcome in OUTCOMES if not outcome.needs] + ["granted"] * 18
SUBJECTS = (
    "村级公路养护经费",
    "农村危房改造名单",
    "土地流转备案",
    "河道清淤工程合同",
    "惠农补贴发放标准",
    "镇区绿化采购",
)
ASKED = "某公司（虚构）"
SAID = "见附件（样例）"
CONFIRM = word("verb.confirm")
LABELS = {outcome.key: outcome.label for outcome in OUTCOMES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request at play."""

    town: Town
    number: int
    case: int
    chance: random.Random

    @property
    def clerk(self) -> Post:
        """Whoever keeps the registers."""
        return self.town.posts["clerk"]

    def does(self, step: str, *answers: str, by: str = "clerk") -> None:
        """A step of the request, by message."""
        declared = DUTY.step(step)
        label = declared.label if declared else step
        self.town.posts[by].does(f"{label} {self.case}", *answers)

    def closes(self, outcome: str) -> None:
        """办结: the outcome by its number on the list, then the confirmation."""
        place = list(LABELS).index(outcome) + 1
        self.clerk.does(f"{word('verb.close')} {self.case}", str(place), CONFIRM)

    def answered(self, outcome: str) -> Generator[date, None, None]:
        """The answer is written, signed by the three posts on their cards, and only then closed and delivered."""
        yield from signed(self.town, self.case, lambda version: self._lay(outcome, version))
        self.closes(outcome)
        self.does("delivered", "邮寄")
        self.town.happened.append("answered")

    def _lay(self, outcome: str, version: int) -> None:
        content = answer(self.town, self.case, outcome, version)
        file = attachment(f"答复书-{self.number}.docx", content)
        title = papers(DUTY)[f"answer.{outcome}"].label
        self.town.lays(
            "clerk", self.case, Manifest(title=title, attachments=(file,), decision=outcome), (content,)
        )


def requests(town: Town) -> Iterator[tuple[Story, date]]:
    """Every request of the year, with the day on which it comes."""
    for number in range(1, REQUESTS + 1):
        chance = town.chance(f"request {number}")
        if number == LATE:
            yield _late(town, number, chance), date(town.year, 6, 3)
            continue
        yield (
            STORIES[number % len(STORIES)](town, number, chance),
            date(town.year, 1, 4) + timedelta(days=chance.randrange(350)),
        )


def _received(town: Town, number: int, chance: random.Random) -> Request:
    """The clerk's form on the page: what it is called, how it came, and who applies, kept apart."""
    kind = chance.choice([*["natural_person"] * 6, *APPLICANT_KINDS])
    facts = {"applicant_kind": kind, "channel": chance.choice(sorted(CHANNELS))}
    with town.works.desk.sitting(actor="clerk", means="page") as desk:
        case = desk.open("request", f"召公开〔{town.year}〕{number}号", town.works.today, facts)
        desk.keep_particulars(case, made_up(number, kind))
    return Request(town=town, number=number, case=case, chance=chance)


def made_up(number: int, kind: str) -> Particulars:
    """An applicant who is nobody, and looks it."""
    name = f"虚构{'申请人' if kind == 'natural_person' else '单位'}{number:03}"
    return Particulars(name=name, contact=f"nobody{number:03}@applicants.example", address="样例省样例市")


def answer(town: Town, case: int, outcome: str, version: int) -> bytes:
    """The answer as a letter: what the case knows, and a word for everything else it asks."""
    works, found, paper = town.works, town.case(case), papers(DUTY)[f"answer.{outcome}"]
    dated = due([record for _, record in found.story], DUTY, works.calendar)
    with works.store.reading() as connection:
        applicant = Private(connection, works.office.slug).of(case)
    known = facts_for(paper, found, DUTY, works.office, dated, applicant=applicant)
    subject = SUBJECTS[case % len(SUBJECTS)]
    own = {field.key: SAID for field in needed(paper) if field.required and field.key not in known}
    said = {**own, **({"content": subject} if "content" in own else {})}
    if version > 1 and "reason" in said:
        said["reason"] = f"{subject}涉及的具体情形见附件说明"
    facts, _ = joined(paper, [known, said])
    return write_letter(paper, None, facts, works.today)


def _plain(town: Town, number: int, chance: random.Random) -> Story:
    """Received, and answered in its term."""
    request = _received(town, number, chance)
    outcome = chance.choice(PLAIN_OUTCOMES)
    yield town.later(chance.randrange(3, 13))
    request.does("examined")
    yield from request.answered(outcome)


def _late(town: Town, number: int, chance: random.Random) -> Story:
    """Nobody begins in time: the term of law ends while the answer is signed, and everybody above hears of it."""
    request = _received(town, number, chance)
    yield town.later(18)
    town.happened.append("late")
    yield from request.answered("granted")


def _returned(town: Town, number: int, chance: random.Random) -> Story:
    """The head of the disclosure office sends the answer back once; it is rewritten, and all sign again."""
    request = _received(town, number, chance)
    town.verdicts["office_director", request.case] = (word("verb.return"), "理由写得不具体，请补充")
    yield town.later(4)
    town.happened.append("returned")
    yield from request.answered("process_information")


def _corrected(town: Town, number: int, chance: random.Random) -> Story:
    """Unclear; the applicant is asked once, corrects, and is answered in the new term."""
    request = _received(town, number, chance)
    yield town.later(3)
    until = town.later(15).isoformat()
    request.does("correction_asked", "所需信息的名称或者时间范围", until)
    yield town.later(6)
    request.does("corrected")
    town.happened.append("corrected")
    yield town.later(8)
    yield from request.answered("partly_granted")


def _extended(town: Town, number: int, chance: random.Random) -> Story:
    """A third party is asked, and refuses; the head of the disclosure office consents to more time."""
    request = _received(town, number, chance)
    yield town.later(4)
    request.does("consulted", ASKED, PARTIES["third_party"])
    request.clerk.says(f"{word('verb.why')} {request.case}")
    yield town.later(7)
    request.does("consultation_ended", ASKED, OPINION_WORDS["refused"])
    yield town.later(4)
    request.does("extension_asked", "10", "需要查阅历史档案")
    yield town.later(1)
    head = town.posts["office_director"]
    told = town.works.today.isoformat()
    request.does("extended", "10", head.person.post, "需要查阅历史档案", told, by=head.id)
    request.clerk.says(f"{word('verb.why')} {request.case}")
    town.happened.append("extended")
    yield town.later(6)
    yield from request.answered("third_party_rights")


def _unpaid(town: Town, number: int, chance: random.Random) -> Story:
    """A fee is asked for and not paid; a person closes the case."""
    request = _received(town, number, chance)
    yield town.later(6)
    request.does("fee_noticed", "300")
    yield town.later(22)
    request.closes("fee_unpaid")
    town.happened.append("unpaid")


def _paid(town: Town, number: int, chance: random.Random) -> Story:
    """A fee is asked for and paid; the term starts again, and the fee stands in the report."""
    request = _received(town, number, chance)
    yield town.later(5)
    request.does("fee_noticed", "100")
    yield town.later(9)
    request.does("fee_paid")
    request.clerk.does("信息处理费 100 元")
    town.happened.append("paid")
    yield town.later(5)
    yield from request.answered("granted")


STORIES: tuple[Callable[[Town, int, random.Random], Story], ...] = (
    _plain,
    _plain,
    _corrected,
    _returned,
    _extended,
    _plain,
    _paid,
    _unpaid,
)
