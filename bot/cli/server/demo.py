"""``gongkai demo``: a year of the sample town in a minute, with its papers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common.output import said, tell, write_paper
from bot.language.phrasebook import Phrasebook, phrasebook
from bot.services.app import words

if TYPE_CHECKING:
    from bot.demo.play import Played

PAPERS = "zh"  # what lies in the folder is the office's, whatever language the person reads
MOST_POSTS = 3


def demo(
    year: Annotated[int, typer.Option("--year", min=2019, max=2026, help=said("demo.year"))] = 2025,
    out: Annotated[Path, typer.Option("--out", help=said("demo.out"))] = Path("out/demo"),
    seed: Annotated[int, typer.Option("--seed", help=said("demo.seed"))] = 1,
) -> None:
    """Play a year of the sample town and write its papers."""
    from bot.demo.play import play  # noqa: PLC0415 - it needs every reader and writer, which other commands do not

    played = play(out, year, seed, _progress)
    readme = out / "README.txt"
    write_paper(readme, ("\n".join(told(played, out, year, phrasebook(PAPERS))) + "\n").encode())
    for line in told(played, out, year, words()):
        print(line)  # noqa: T201 - this is the command line's mouth
    tell("demo.paper", path=readme)
    if played.errors:
        raise typer.Exit(1)


def told(played: Played, out: Path, year: int, book: Phrasebook) -> Iterator[str]:
    """What happened, and where to look."""
    heard = played.told
    yield book.say("demo.done", year=year, cases=played.cases, entries=played.entries)
    for key, count in sorted(played.happened.items()):
        yield book.say(f"demo.happened.{key}", count=count)
    busiest = sorted(heard.messages.items(), key=lambda one: (-one[1], one[0]))[:MOST_POSTS]
    most = "、".join(book.say("demo.post", post=post, count=count) for post, count in busiest)
    total = sum(heard.messages.values())
    yield book.say("demo.heard", messages=total, posts=len(heard.messages), most=most)
    yield book.say("demo.notices", notices=heard.notices, statutory=heard.statutory, expired=heard.expired)
    yield book.say("demo.checked", errors=played.errors, warnings=played.warnings)
    yield book.say("demo.where", out=out)
    for place in dict.fromkeys(_place(paper, out) for paper in played.papers):
        yield book.say("demo.paper", path=place)
    yield book.say("demo.next", home=out / "town", year=year)


def _place(paper: Path, out: Path) -> Path:
    """A folder of many is named once."""
    return paper if paper.parent == out else paper.parent


def _progress(days: Iterator[date], total: int) -> Iterator[date]:
    from rich.console import Console  # noqa: PLC0415 - for the same reason
    from rich.progress import track  # noqa: PLC0415

    console = Console(file=sys.stderr)
    yield from track(days, total=total, description=words().say("demo.progress"), console=console)
