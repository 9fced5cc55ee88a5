"""A year of a few facts, sealed; and what may come after it."""

from datetime import date
from decimal import Decimal

from bot.services.annual_reports import annual_report
from tests.town import record, recorded

YEAR = 2025
RECEIVED, GRANTED = "table3.received.natural_person", "table3.granted.natural_person"
IN, OUT = "table3.carried_in.natural_person", "table3.carried_out.natural_person"
FACTS = {"applicant_kind": "natural_person", "source": "register"}


def played(app):
    """Two requests, one of them carried out; a register of each sort; an activity."""
    app.clock.set_day(date(2026, 1, 20))
    recorded(app, lambda uow: uow.cases.open("request", "1", date(2025, 3, 3), FACTS))
    recorded(app, lambda uow: uow.cases.close(1, "granted", date(2025, 3, 20), {"source": "register"}))
    recorded(app, lambda uow: uow.cases.open("request", "2", date(2025, 12, 20), FACTS))
    recorded(app, lambda uow: uow.registers.count("licence", date(2025, 5, 5), quantity=7))
    recorded(
        app, lambda uow: uow.registers.count("information_fee", date(2025, 6, 5), amount_yuan=Decimal(300))
    )
    recorded(
        app, lambda uow: uow.registers.count("normative_documents_in_force", date(2025, 1, 2), quantity=5)
    )
    recorded(app, lambda uow: uow.registers.record_activity("training", date(2025, 9, 10), "业务培训", 30))


def sealed(app, year=YEAR):
    annual = annual_report(app, year)
    report, tally = annual.report, annual.counts
    record(app, lambda uow: uow.registers.seal(report, tally.prose_figures, elsewhere=True))
    return report
