"""``gongkai demo``: plays a year of the sample town in a minute, and writes its papers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common.output import help_text, print_phrase, write_file_atomically
from bot.language.phrasebook import Phrasebook, phrasebook
from bot.services.app import user_phrasebook

if TYPE_CHECKING:
    from bot.demo.play import DemoResult

DOCUMENT_LANGUAGE = "zh"  # the papers are the office's, whatever language the person reads
MAX_POSTS = 3


def demo(
    year: Annotated[int, typer.Option("--year", min=2019, max=2026, help=help_text("demo.year"))] = 2025,
    out: Annotated[Path, typer.Option("--out", help=help_text("demo.out"))] = Path("out/demo"),
    seed: Annotated[int, typer.Option("--seed", help=help_text("demo.seed"))] = 1,
) -> None:
    """Play a year of the sample town and write its papers."""
    from bot.demo.play import play_year  # noqa: PLC0415 - it needs every reader and writer, which other commands do not

    played = play_year(out, year, seed, _progress)
    readme = out / "README.txt"
    write_file_atomically(
        readme, ("\n".join(demo_summary(played, out, year, phrasebook(DOCUMENT_LANGUAGE))) + "\n").encode()
    )
    for line in demo_summary(played, out, year, user_phrasebook()):
        print(line)  # noqa: T201 - a command prints
    print_phrase("demo.paper", path=readme)
    if played.errors:
        raise typer.Exit(1)


def demo_summary(played: DemoResult, out: Path, year: int, book: Phrasebook) -> Iterator[str]:
    """The lines that say what happened and where the papers are."""
    update = played.deliveries
    yield book.say("demo.done", year=year, cases=played.cases, entries=played.entries)
    for key, count in sorted(played.happened.items()):
        yield book.say(f"demo.happened.{key}", count=count)
    busiest = sorted(update.messages.items(), key=lambda one: (-one[1], one[0]))[:MAX_POSTS]
    most = "、".join(book.say("demo.post", post=post, count=count) for post, count in busiest)
    total = sum(update.messages.values())
    yield book.say("demo.heard", messages=total, posts=len(update.messages), most=most)
    yield book.say("demo.notices", notices=update.notices, statutory=update.statutory, expired=update.expired)
    yield book.say("demo.checked", errors=played.errors, warnings=played.warnings)
    yield book.say("demo.where", out=out)
    for place in dict.fromkeys(_displayed_path(paper, out) for paper in played.papers):
        yield book.say("demo.paper", path=place)
    yield book.say("demo.next", home=out / "town", year=year)


def _displayed_path(paper: Path, out: Path) -> Path:
    """The path to print for a paper; a folder with many papers is printed once."""
    return paper if paper.parent == out else paper.parent


def _progress(days: Iterator[date], total: int) -> Iterator[date]:
    from rich.console import Console  # noqa: PLC0415 - for the same reason
    from rich.progress import track  # noqa: PLC0415

    console = Console(file=sys.stderr)
    yield from track(days, total=total, description=user_phrasebook().say("demo.progress"), console=console)
