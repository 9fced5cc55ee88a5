"""Stories of the year's disclosure requests: registered on the page, for the applicant's sake, then handled in chat.

Applicants are obviously fictitious.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.demo.simulated_person import CLOSE_WORD, CONFIRM_WORD, SimulatedPerson, phrase_word
from bot.demo.town import DemoTown, TownStory, submit_until_decided
from config.declarations.keys import DELIVERED_STEP, EXTENDED_STEP
from config.declarations.requests.consultation import OPINION_LABELS, PARTIES
from config.declarations.requests.outcomes import OUTCOMES
from config.declarations.requests.ways import CHANNELS, WAYS_OUT
from config.duties.request import APPLICANT_KINDS, DUTY
from scheduler.letters.fact_gathering import letter_facts, merge_layers
from scheduler.terms.deadlines import due_date
from storage.content.applicant import Applicant
from storage.content.applicant_store import ApplicantStore
from storage.documents.letters.catalogue import letter_sources, needed_fields
from storage.documents.letters.writer import write_letter
from storage.events.manifest import Manifest, manifest_attachment

REQUEST_COUNT, LATE_COUNT = 26, 13  # how many, and which one is answered too late
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
APPLICANT_NAME = "某公司（虚构）"
LETTER_FILLER = "见附件（样例）"
OUTCOME_LABELS = {outcome.key: outcome.label for outcome in OUTCOMES}


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoRequest:
    """One request of the demo."""

    town: DemoTown
    number: int
    case: int
    rng: random.Random

    @property
    def clerk(self) -> SimulatedPerson:
        """The post that keeps the registers."""
        return self.town.posts["clerk"]

    def perform(self, step: str, *answers: str, by: str = "clerk") -> None:
        """Record a step of the request by message."""
        declared = DUTY.step(step)
        label = declared.label if declared else step
        self.town.posts[by].perform(f"{label} {self.case}", *answers)

    def close_case(self, outcome: str) -> None:
        """Close the case (办结): choose the outcome by its number, then confirm."""
        place = list(OUTCOME_LABELS).index(outcome) + 1
        self.clerk.perform(f"{CLOSE_WORD} {self.case}", str(place), CONFIRM_WORD)

    def answer_and_close(self, outcome: str) -> Generator[date, None, None]:
        """Write the answer, have the three posts sign it on their cards, then close the case and deliver."""
        yield from submit_until_decided(
            self.town, self.case, lambda version: self._submit_answer(outcome, version)
        )
        self.close_case(outcome)
        self.perform(DELIVERED_STEP, WAYS_OUT["post"])
        self.town.happened.append("answered")

    def _submit_answer(self, outcome: str, version: int) -> None:
        content = answer_letter(self.town, self.case, outcome, version)
        file = manifest_attachment(f"答复书-{self.number}.docx", content)
        title = letter_sources(DUTY)[f"answer.{outcome}"].label
        self.town.submit_text(
            "clerk", self.case, Manifest(title=title, attachments=(file,), decision=outcome), (content,)
        )


def request_stories(town: DemoTown) -> Iterator[tuple[TownStory, date]]:
    """Every request's story with the day on which it is received."""
    for number in range(1, REQUEST_COUNT + 1):
        chance = town.rng(f"request {number}")
        if number == LATE_COUNT:
            yield _late_story(town, number, chance), date(town.year, 6, 3)
            continue
        yield (
            STORIES[number % len(STORIES)](town, number, chance),
            date(town.year, 1, 4) + timedelta(days=chance.randrange(350)),
        )


def _register_request(town: DemoTown, number: int, chance: random.Random) -> DemoRequest:
    """Register a request as the page's form does: its reference, its channel, and the applicant stored apart."""
    kind = chance.choice([*["natural_person"] * 6, *APPLICANT_KINDS])
    facts = {"applicant_kind": kind, "channel": chance.choice(sorted(CHANNELS))}
    with town.app.recorder.transaction(actor="clerk", means="page") as uow:
        case = uow.cases.open(DUTY.kind, f"召公开〔{town.year}〕{number}号", town.app.today, facts)
        uow.cases.save_applicant(case, fictitious_applicant(number, kind))
    return DemoRequest(town=town, number=number, case=case, rng=chance)


def fictitious_applicant(number: int, kind: str) -> Applicant:
    """An obviously fictitious applicant."""
    name = f"虚构{'申请人' if kind == 'natural_person' else '单位'}{number:03}"
    return Applicant(name=name, contact=f"nobody{number:03}@applicants.example", address="样例省样例市")


def answer_letter(town: DemoTown, case: int, outcome: str, version: int) -> bytes:
    """The answer as a letter, with the facts of the case and sample text for the others."""
    app, found, paper = town.app, town.case(case), letter_sources(DUTY)[f"answer.{outcome}"]
    dated = due_date(found.records, DUTY, app.calendar)
    with app.store.reading() as connection:
        applicant = ApplicantStore(connection, app.office.slug).get(case)
    known = letter_facts(paper, found, DUTY, app.office, dated, applicant=applicant)
    subject = SUBJECTS[case % len(SUBJECTS)]
    own = {
        field.key: LETTER_FILLER
        for field in needed_fields(paper)
        if field.required and field.key not in known
    }
    said = {**own, **({"content": subject} if "content" in own else {})}
    if version > 1 and "reason" in said:
        said["reason"] = f"{subject}涉及的具体情形见附件说明"
    facts, _ = merge_layers(paper, [known, said])
    return write_letter(paper, None, facts, app.today)


def _plain_story(town: DemoTown, number: int, chance: random.Random) -> TownStory:
    """A request that is answered in its term."""
    request = _register_request(town, number, chance)
    outcome = chance.choice(PLAIN_OUTCOMES)
    yield town.workdays_later(chance.randrange(3, 13))
    request.perform("examined")
    yield from request.answer_and_close(outcome)


def _late_story(town: DemoTown, number: int, chance: random.Random) -> TownStory:
    """A request begun too late: its term ends while the answer is being signed, and superiors are reminded."""
    request = _register_request(town, number, chance)
    yield town.workdays_later(18)
    town.happened.append("late")
    yield from request.answer_and_close("granted")


def _returned_story(town: DemoTown, number: int, chance: random.Random) -> TownStory:
    """The head of the disclosure office returns the answer once; it is rewritten, and everybody signs again."""
    request = _register_request(town, number, chance)
    town.verdicts["office_director", request.case] = (phrase_word("verb.return"), "理由写得不具体，请补充")
    yield town.workdays_later(4)
    town.happened.append("returned")
    yield from request.answer_and_close("process_information")


def _corrected_story(town: DemoTown, number: int, chance: random.Random) -> TownStory:
    """An unclear request: the applicant is asked to correct it, does, and is answered in the new term."""
    request = _register_request(town, number, chance)
    yield town.workdays_later(3)
    until = town.workdays_later(15).isoformat()
    request.perform("correction_asked", "所需信息的名称或者时间范围", until)
    yield town.workdays_later(6)
    request.perform("corrected")
    town.happened.append("corrected")
    yield town.workdays_later(8)
    yield from request.answer_and_close("partly_granted")


def _extended_story(town: DemoTown, number: int, chance: random.Random) -> TownStory:
    """A third party is consulted and objects; the head of the disclosure office consents to an extension."""
    request = _register_request(town, number, chance)
    yield town.workdays_later(4)
    request.perform("consulted", APPLICANT_NAME, PARTIES["third_party"])
    request.clerk.write(f"{phrase_word('verb.why')} {request.case}")
    yield town.workdays_later(7)
    request.perform("consultation_ended", APPLICANT_NAME, OPINION_LABELS["refused"])
    yield town.workdays_later(4)
    request.perform("extension_asked", "10", "需要查阅历史档案")
    yield town.workdays_later(1)
    told = town.app.today.isoformat()  # the days and the reason were asked for already
    request.perform(EXTENDED_STEP, told, by="office_director")
    request.clerk.write(f"{phrase_word('verb.why')} {request.case}")
    town.happened.append("extended")
    yield town.workdays_later(6)
    yield from request.answer_and_close("third_party_rights")


def _unpaid_story(town: DemoTown, number: int, chance: random.Random) -> TownStory:
    """A fee is demanded and not paid; a person closes the case."""
    request = _register_request(town, number, chance)
    yield town.workdays_later(6)
    request.perform("fee_noticed", "300")
    yield town.workdays_later(22)
    request.close_case("fee_unpaid")
    town.happened.append("unpaid")


def _paid_story(town: DemoTown, number: int, chance: random.Random) -> TownStory:
    """A fee is demanded and paid; the term resumes, and the fee is in the report."""
    request = _register_request(town, number, chance)
    yield town.workdays_later(5)
    request.perform("fee_noticed", "100")
    yield town.workdays_later(9)
    request.perform("fee_paid")
    request.clerk.perform("信息处理费 100 元")
    town.happened.append("paid")
    yield town.workdays_later(5)
    yield from request.answer_and_close("granted")


STORIES: tuple[Callable[[DemoTown, int, random.Random], TownStory], ...] = (
    _plain_story,
    _plain_story,
    _corrected_story,
    _returned_story,
    _extended_story,
    _plain_story,
    _paid_story,
    _unpaid_story,
)
