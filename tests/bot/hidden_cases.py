"""A town with one case of each sort that most people may not know of, and who may: what the two matrices share."""

from dataclasses import dataclass
from datetime import date

from bot.services.app import OfficeApp
from scheduler.sweep.sweep import sweep
from storage.events.manifest import Manifest
from tests.scheduler.signoff.town import FACTS, draft
from tests.town import case_number, transaction
from tests.village_items import hand_in

NO_CASE = 990017
READERS = frozenset({"clerk", "office_director", "deputy_mayor", "mayor", "secretary"})
"""Who reads every case: the holders of ``READER_ROLES`` in the sample town."""
ONLOOKERS = (
    "publicity_member",
    "archivist",
    "yi_reporter",
    "yi_leader",
    "farming_director",
    "secrecy_officer",
)
"""People of every other sort: without a role, of a department, of a village, a head of a department, a signer."""


@dataclass(frozen=True)
class HiddenCase:
    """A case, the words that would betray it, and those of the onlookers who may read it all the same."""

    number: int
    words: tuple[str, ...]
    concerned: frozenset[str] = frozenset()


def hidden_cases(app: OfficeApp) -> tuple[HiddenCase, ...]:
    """An applicant's request, a text on its way through its stages, the month of one village and its item."""
    app.clock.set_day(date(2026, 11, 2))
    sweep(app.recorder, app.schemes())
    facts = FACTS | {"title": "低保复核名单", "made_on": "2026-10-30"}
    with transaction(app) as uow:
        request = uow.cases.open(
            "request", "召公开〔2026〕77号", date(2026, 11, 2), {"applicant_kind": "natural_person"}
        )
        text = uow.cases.open("publication", "召预〔2026〕9号", date(2026, 11, 2), facts)
    draft(
        app,
        text,
        Manifest(
            **{"title": "低保复核名单", "text": "共三户。", "decision": "published"}
            | {key: facts[key] for key in ("origin", "disclosure", "subject", "made_on")}
        ),
    )
    item = hand_in(app, "jia", date(2026, 11, 2), by="jia_reporter", title="甲村修桥公示")
    return (
        HiddenCase(request, ("77号",)),
        HiddenCase(text, ("低保复核", "召预"), frozenset({"secrecy_officer"})),
        HiddenCase(case_number(app, "village_report", "2026-11/jia"), ("2026-11/jia",)),
        HiddenCase(item, ("修桥",)),
    )
