"""A town with something in every list, made once for the stories that only read."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from bot.services.app import OfficeApp, create_office
from config.clock import manual_clock
from config.duties.request import DUTY
from tests.bot.channels.web.visitor import Visitor
from tests.scheduler.signoff.town import draft, open_text, publish, sign_all
from tests.town import open_town, record, run_sweep, transaction
from tests.village_items import hand_in

TODAY = date(2026, 11, 23)
VILLAGES = ("jia", "yi", "bing")
RESULTS = [one.key for one in DUTY.outcomes if not one.needs and one.key != "partly_granted"]
"""Every other result that an answer may have without a step before it."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficeApp]:
    """Sixty requests of two years, items of three villages, a text that is out and one on its way."""
    home = create_office(tmp_path_factory.mktemp("lists") / "town", sample=True).path
    app = open_town(home, date(2026, 11, 9), clock=manual_clock(date(2026, 11, 9)))
    run_sweep(app, date(2026, 11, 9))
    for place, village in enumerate(VILLAGES):
        hand_in(app, village, date(2026, 11, 9 - place), title=f"{village}村修渠公示")
    app.clock.set_day(TODAY)
    with transaction(app) as uow:
        uow.give_late_reason("补录")
        for number in range(1, 61):
            _request(uow, number)
    out, under_way = open_text(app, "P1"), open_text(app, "P2")
    for case in (out, under_way):
        draft(app, case)
    sign_all(app, out)
    publish(app, out, app.today)
    record(app, lambda uow: uow.cases.close(out, "adopted", app.today))
    yield app
    app.store.engine.dispose()


def _request(uow, number: int) -> None:
    """Every third is open and of this November; the others were answered within ten days."""
    opened = date(2026, 11, 2) if number % 3 == 0 else date(2025, 3, 3) + timedelta(days=number * 7)
    kind = ("natural_person", "business")[number % 2]
    facts = {"applicant_kind": kind, "channel": "web", "content": "修路的合同", "provided_as": "electronic"}
    case = uow.cases.open("request", f"召公开〔{opened.year}〕{number:02}号", opened, facts)
    if number % 3:
        result = "partly_granted" if number % 5 == 0 else RESULTS[number * 2 // 3 % len(RESULTS)]
        uow.cases.close(case, result, min(opened + timedelta(days=10), TODAY))


@pytest.fixture(scope="module")
def reader(town: OfficeApp) -> Visitor:
    return Visitor(town).join("clerk")
