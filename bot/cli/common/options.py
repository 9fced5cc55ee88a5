"""Declares the options that several commands share, and finds the case, person or file that one of them names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common.output import help_text
from bot.services.app import OfficeApp
from config.errors import Refusal
from config.office.model import Person
from storage.eventlog.projections import CaseProjections
from storage.events.case import Case

HomeOption = Annotated[
    Path | None, typer.Option("--home", envvar="GONGKAI_HOME", help=help_text("option.home"))
]
JsonOption = Annotated[bool, typer.Option("--json", help=help_text("option.json"))]
CaseArgument = Annotated[str, typer.Argument(help=help_text("explain.case"))]
ByOption = Annotated[str, typer.Option("--by", help=help_text("signing.by"))]
YearArgument = Annotated[int, typer.Argument(min=2008, max=2999, help=help_text("report.year"))]
LateOption = Annotated[str, typer.Option("--late", help=help_text("seal.late"))]
HostOption = Annotated[str, typer.Option("--host", help=help_text("run.host"))]
PortOption = Annotated[int, typer.Option("--port", min=0, max=65535, help=help_text("run.port"))]


class NoSuchCase(Refusal):
    """There is no case {case}. Name it by its number or by the office's own reference."""


class SeveralCases(Refusal):
    """Several cases are called {case}: {numbers}. Name the one by its number."""


class NoSuchPerson(Refusal):
    """There is no “{person}” in {file}. Known there: {known}."""


def find_case(app: OfficeApp, name: str) -> Case:
    """Find a case by its number or its reference. NoSuchCase, SeveralCases."""
    with app.log() as log:
        index = CaseProjections(log.connection, log.office, app.duties)
        numbers = [int(name)] if name.isdecimal() else index.cases_with_reference(name)
        if len(numbers) > 1:
            raise SeveralCases(case=name, numbers=", ".join(map(str, numbers)))
        found = index.cases(numbers)
    if not found:
        raise NoSuchCase(case=name)
    return found[numbers[0]]


def find_person(office_app: OfficeApp, name: str) -> Person:
    """Find the person with this id or in this post. NoSuchPerson names everybody there is."""
    found = [person for person in office_app.office.people if name in {person.id, person.post}]
    if len(found) != 1:
        known = "、".join(f"{person.id} {person.post}" for person in office_app.office.people)
        raise NoSuchPerson(person=name, file=office_app.home.office_file, known=known)
    return found[0]


def browser_address(host: str, port: int) -> str:
    """The address at which a browser finds the local page."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
