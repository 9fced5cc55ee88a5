"""Founds an office from a draft: its folder, its empty log with the first version, and invitations for everybody."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.services.accounts.accounts import AccountService
from bot.services.accounts.recovery import KeeperRecovery
from bot.services.app import OfficeApp, open_app
from bot.services.office.changes import check_written, record_first_version
from bot.services.office.setup_draft import DRAFT_FILE, SetupDraft
from bot.services.reminder_forecast import forecast_tables
from config.clock import Clock
from config.declarations.keys import CLERK
from config.office.folder import OfficeFolder
from config.office.model import Person
from config.settings import machine_settings
from scheduler.sweep.simulation import simulate
from storage.database.schema import create_store

SETUP_MEANS = "setup"
CARD_LIFETIME = timedelta(hours=24)
FIRST_MONTH_DAYS = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteCard:
    """One person's card: who it is for, and the token of their join link."""

    person: Person
    token: str


def found_office(home: OfficeFolder, draft: SetupDraft, clock: Clock) -> OfficeApp:
    """Write the folder, create the log and record the first version. BadInput, AlreadyThere."""
    document, files = draft.document(), draft.files()
    check_written(document, files)
    home.write_office(document, files)
    create_store(home.database, machine_settings().database_address()).engine.dispose()
    app = open_app(home.path, clock)
    record_first_version(app, means=SETUP_MEANS)
    (home.path / DRAFT_FILE).unlink(missing_ok=True)
    return app


def invite_everybody(app: OfficeApp) -> tuple[InviteCard, ...]:
    """A join link for each person of the office."""
    with app.store.writing(app.office.slug) as connection:
        return invite_people(
            AccountService(app=app, connection=connection, means=SETUP_MEANS), app.office.people
        )


def invite_people(service: AccountService, people: Iterable[Person]) -> tuple[InviteCard, ...]:
    """A join link for each of some people."""
    return tuple(InviteCard(person=one, token=service.invite(one.id, CARD_LIFETIME)) for one in people)


def print_founder_sheet(app: OfficeApp) -> tuple[str, ...]:
    """The recovery codes of the clerk who founds the office: nobody else could let them in again."""
    with app.store.writing(app.office.slug) as connection:
        service = AccountService(app=app, connection=connection, means=SETUP_MEANS)
        return KeeperRecovery(service).print_sheet(CLERK)


def sign_founder_in(app: OfficeApp) -> str:
    """Open a session of the clerk for whoever held the one-time address. Returns the secret of its cookie."""
    with app.store.writing(app.office.slug) as connection:
        service = AccountService(app=app, connection=connection, means=SETUP_MEANS)
        return service.join_on_page(service.invite(CLERK, CARD_LIFETIME)).secret


def first_month(app: OfficeApp) -> tuple[str, ...]:
    """The reminders that the first month would bring, a table for each person; nothing is sent."""
    return tuple(forecast_tables(simulate(app.recorder, app.schemes(), FIRST_MONTH_DAYS), app))


def described_schemes(schemes: Mapping[str, str]) -> list[tuple[str, str]]:
    """The scoring schemes to choose from: their key, and their name with its source."""
    parsed = {key: tomllib.loads(text) for key, text in sorted(schemes.items())}
    return [(key, f"{data['name']}（{data['source']}）") for key, data in parsed.items()]
