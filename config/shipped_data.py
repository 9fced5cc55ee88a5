"""The only reader of what ships with the program (``config/data``)."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from importlib import import_module
from importlib.resources import files
from importlib.resources.abc import Traversable
from pkgutil import iter_modules
from types import ModuleType

from config.declarations.duty import Duties, Duty
from config.reporting.form import ReportForm, read_form

LATEST_EDITION = "2021"


def data_dir() -> Traversable:
    """The folder of shipped data."""
    return files("config") / "data"


@cache
def load_form(edition: str = LATEST_EDITION) -> ReportForm:
    """An edition of the official form."""
    return read_form(json.loads((data_dir() / "forms" / f"{edition}.json").read_text("utf-8")))


@cache
def load_holiday_notices() -> dict[int, dict[str, object]]:
    """The shipped notices on days off, by year, as written in their files."""
    found = {}
    for entry in sorted((data_dir() / "holidays").iterdir(), key=lambda file: file.name):
        if entry.name.endswith(".toml"):
            found[int(entry.name[:4])] = tomllib.loads(entry.read_text("utf-8"))
    return found


@cache
def load_schemes() -> dict[str, str]:
    """The shipped scoring schemes as written, by their key."""
    files_ = (entry for entry in (data_dir() / "schemes").iterdir() if entry.name.endswith(".toml"))
    return {entry.name.removesuffix(".toml"): entry.read_text("utf-8") for entry in files_}


def load_duties(*packages: ModuleType) -> Duties:
    """Every kind declared in the given packages: each module with a ``DUTY``, found by listing the folder."""
    found = {}
    for package in packages:
        for module in iter_modules(package.__path__, f"{package.__name__}."):
            duty: Duty = import_module(module.name).DUTY
            found[duty.kind] = duty
    return found
