"""A year of a few facts, sealed; and what may come after it."""

from datetime import date
from decimal import Decimal

from storage.eventlog.projections import CaseProjections

YEAR = 2025
RECEIVED, GRANTED = "table3.received.natural_person", "table3.granted.natural_person"
IN, OUT = "table3.carried_in.natural_person", "table3.carried_out.natural_person"
FACTS = {"applicant_kind": "natural_person", "source": "register"}


def said(works, act, late=""):
    with works.recorder.transaction(actor="clerk", means="test") as sitting:
        sitting.give_late_reason(late)
        act(sitting)
    return sitting.entries


def played(works):
    """Two requests, one of them carried out; a register of each sort; an activity."""
    works.clock.set_day(date(2026, 1, 20))
    said(works, lambda desk: desk.open("request", "1", date(2025, 3, 3), FACTS))
    said(works, lambda desk: desk.close(1, "granted", date(2025, 3, 20), {"source": "register"}))
    said(works, lambda desk: desk.open("request", "2", date(2025, 12, 20), FACTS))
    said(works, lambda desk: desk.count("licence", date(2025, 5, 5), quantity=7))
    said(works, lambda desk: desk.count("information_fee", date(2025, 6, 5), amount_yuan=Decimal(300)))
    said(works, lambda desk: desk.count("normative_documents_in_force", date(2025, 1, 2), quantity=5))
    said(works, lambda desk: desk.record_activity("training", date(2025, 9, 10), "业务培训", 30))


def sealed(works, year=YEAR):
    report, tally = works.report(year)
    with works.recorder.transaction(actor="clerk", means="test") as sitting:
        sitting.seal(report, tally.prose_figures, elsewhere=True)
    return report


def number(works, reference):
    with works.log() as log:
        return CaseProjections(log.connection, log.office, works.duties).find("request", [reference])[
            reference
        ]


def end(works):
    with works.log() as log:
        return log.end().position
