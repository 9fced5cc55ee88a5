"""Computes the fee of a request by the shipped schedules (条例 art. 42)."""

from __future__ import annotations

import tomllib

from config.errors import Refusal
from config.shipped_data import data_dir
from scheduler.letters.fees import Fee, Schedule, fee_by_item, fee_by_page, read_schedules


class OneBasis(Refusal):
    """A fee is counted by item (--items, with --before, or --asked) or by page (--pages): one of them, never both."""


def fee_schedules() -> tuple[Schedule, ...]:
    """The shipped fee tables."""
    return read_schedules(tomllib.loads((data_dir() / "fees.toml").read_text("utf-8")))


def calculate_fee(schedule: Schedule, *, items: int | None, before: int | None, pages: int | None) -> Fee:
    """The fee in yuan, by item or by page. OneBasis where the counts do not say which."""
    if pages is not None and items is None and before is None:
        return fee_by_page(pages, schedule)
    if items is not None and pages is None:
        return fee_by_item(before or 0, items, schedule)
    raise OneBasis
