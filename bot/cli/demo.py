"""``gongkai demo``: a year of the sample town in a minute, with its papers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.show import said, tell
from bot.compose import words

if TYPE_CHECKING:
    from bot.demo import Act


def demo(
    year: Annotated[int, typer.Option("--year", min=2019, max=2026, help=said("demo.year"))] = 2025,
    out: Annotated[Path, typer.Option("--out", help=said("demo.out"))] = Path("out/demo"),
    seed: Annotated[int, typer.Option("--seed", help=said("demo.seed"))] = 1,
) -> None:
    """Play a year of the sample town and write its papers."""
    from bot.demo import play  # noqa: PLC0415 - it needs every reader and writer, which other commands do not

    played = play(out, year, seed, _progress)
    tell("demo.done", year=year, cases=played.cases, entries=played.entries)
    tell("demo.checked", errors=played.errors, warnings=played.warnings)
    for paper in played.papers:
        tell("demo.paper", path=paper)
    tell("demo.next", home=out / "town", year=year)


def _progress(acts: Iterator[Act], total: int) -> Iterator[Act]:
    from rich.console import Console  # noqa: PLC0415 - for the same reason
    from rich.progress import track  # noqa: PLC0415

    console = Console(file=sys.stderr)
    yield from track(acts, total=total, description=words().say("demo.progress"), console=console)
