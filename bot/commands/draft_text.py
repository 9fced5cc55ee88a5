"""拟稿: a text is written in the chat, looked through there, and laid before its stages with one word more.

What is sent after the word is the body, line by line; “标题：…” as its first line is another title. Where files are
taken here they go with it. A paper the program writes itself, a bulletin or the annual report, needs no words. An
answer names its applicant, and what is not disclosed is nobody's to read in a chat: both are written on the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.commands.case_commands import MayNot, SeenOtherwise, Wish, recorded, sitting
from bot.dialog.forms import DRAFT, AnswerTooLong, Form, keep, leave
from bot.dialog.incoming_files import arrivals
from bot.dialog.permissions import goes_in_chats, may_write
from bot.dialog.reply import Reply
from bot.dialog.turn import Turn
from bot.language.finding_lines import proofread_lines
from bot.publishing.generated_papers import prepared, prepares
from bot.publishing.submission import Draft, Foreseen, lay_down, looked_through, released_by, version_before
from config.declarations.duty import Duty
from config.errors import Refusal
from scheduler.signoff.approval_state import standing_in
from scheduler.signoff.rules import require_unended
from scheduler.worklist.pending import holders_of
from storage.events.case import Case, chain_kind
from storage.events.manifest import Attachment, Manifest, attachment, described_by

TITLED = re.compile(r"\s*(?:标题|title)\s*[:：]\s*(\S.*)", re.IGNORECASE)
LONGEST_BODY = 20_000  # characters: what is longer is no message; the page takes it
FULL_MESSAGE = (
    4000  # a longer text is cut by whoever sends it, anywhere: the next message goes on in that line
)
MOST_FINDINGS = 6
BODY, TITLE, FILES, DIGEST, SEEN = "body", "title", "files", "digest", "seen"


class NothingToWrite(Refusal):
    """Case {case} is a {kind}: nothing is written for it. Your own list: 待办."""


class OnThePage(Refusal):
    """Case {case} is written and read on the office's local page: it is not for a chat."""


def draft(turn: Turn, wish: Wish) -> Reply:
    """拟稿: begin a text, or its next version; with what was said behind the word."""
    case, duty = turn.case(wish.case)
    _require_writer(turn, case, duty)
    form = Form(act=DRAFT, case=case.number, known={SEEN: f"{case.entries[-1].position}"})
    return go_on(turn, form, wish.body, str(wish.data.get(FILES, "")))


def go_on(turn: Turn, form: Form, text: str, message: str = "") -> Reply:
    """More of it: words, or the files of a message. Shown with what is found in it, until it is laid down."""
    case, duty = turn.case(form.case)
    form = _with(turn, form, text, message)
    drafted = _drafted(turn, case, duty, form)
    if drafted is None:
        keep(turn, form)
        asked = turn.say("talk.draft.ask", name=turn.dealer.name(case), case=case.number)
        return Reply(lines=(asked,), choices=(turn.choice("cancel", 0),))
    foreseen = looked_through(
        turn.works, turn.connection, drafted, standing_in(turn.works.office, case, duty)
    )
    lines = tuple(_shown(turn, drafted, foreseen))
    if foreseen.held:  # nothing of it stays here
        keep(turn, form)
        leave(turn)
        return Reply(lines=(*lines, turn.say("page.draft.held")))
    form = form.with_(DIGEST, drafted.manifest.digest)
    keep(turn, form)
    choices = (turn.choice("confirm", case.number, form.print), turn.choice("cancel", 0))
    return Reply(lines=(*lines, turn.say("talk.draft.sure")), choices=choices)


def lay(turn: Turn, form: Form) -> Reply:
    """确认: exactly what was shown is laid down. SeenOtherwise where the case has moved on since."""
    case, duty = turn.case(form.case)
    _require_writer(turn, case, duty)
    known, drafted = dict(form.known), _drafted(turn, case, duty, form)
    if drafted is None:
        return go_on(turn, form, "")
    moved = known.get(SEEN) != f"{case.entries[-1].position}"
    if moved or known.get(DIGEST) != drafted.manifest.digest:
        raise SeenOtherwise(case=case.number)
    desk = lay_down(lambda: sitting(turn), drafted, case=case.number, by=turn.person.id)
    leave(turn)
    return recorded(turn, desk, case.number)


def _require_writer(turn: Turn, case: Case, duty: Duty) -> None:
    """Whoever writes for where the text comes from; and a text that can still be changed, and be written here."""
    if not chain_kind(case, duty):
        raise NothingToWrite(case=case.number, kind=turn.labels.duty(duty))
    if not may_write(turn, case, duty):
        holders = case.opening and holders_of(case, case.opening, duty, turn.works.office, turn.absences)
        posts = "、".join(turn.labels.post(one) for one in holders or ()) or "—"
        raise MayNot(post=turn.person.post, who=posts, case=case.number)
    if not goes_in_chats(case, duty):
        raise OnThePage(case=case.number)
    with sitting(turn) as desk:
        require_unended(desk.ground_of(case, duty))


def _with(turn: Turn, form: Form, text: str, message: str) -> Form:
    """The form with what was said now: a second message goes on where the first one ended."""
    known = dict(form.known)
    first, _, rest = text.partition("\n")
    if titled := TITLED.fullmatch(first):
        known[TITLE], text = titled[1].strip(), rest
    if text.strip():
        before = known.get(BODY, "")
        joint = "" if not before or len(before) % FULL_MESSAGE > FULL_MESSAGE - 100 else "\n"
        known[BODY] = f"{before}{joint}{text.strip()}"
    if len(known.get(BODY, "")) > LONGEST_BODY:
        raise AnswerTooLong(label=turn.say("page.draft.body"), most=LONGEST_BODY)
    if message:
        known[FILES] = f"{known.get(FILES, '')} {message}".strip()
    return replace(form, known=known)


def _drafted(turn: Turn, case: Case, duty: Duty, form: Form) -> Draft | None:
    """What would be laid down; None while there is nothing yet."""
    known = dict(form.known)
    sent = arrivals(turn).of(known.get(FILES, "").split())
    if not (known.get(BODY) or known.get(TITLE) or sent):
        return _paper(turn, case, duty) if prepares(case, duty) else None
    before = version_before(turn.connection, turn.works, case) or Manifest()
    new = [attachment(one.name, one.content) for one in sent]
    manifest = Manifest(
        title=known.get(TITLE) or before.title or str(case.facts.get("title", "")) or turn.dealer.name(case),
        text=known.get(BODY) or before.text,
        attachments=tuple(_together(before.attachments, new)),
        decision=released_by(duty),
        **described_by(case.facts),
    )
    return Draft(manifest=manifest, files=tuple(one.content for one in sent))


def _paper(turn: Turn, case: Case, duty: Duty) -> Draft:
    """The program's own paper, as everything stands now."""
    paper = prepared(turn.works, case, duty)
    manifest = Manifest(
        title=paper.title,
        attachments=(attachment(paper.name, paper.content),),
        decision=released_by(duty),
        **described_by(case.facts),
    )
    return Draft(manifest=manifest, files=(paper.content,), paper=paper)


def _together(before: Sequence[Attachment], new: Sequence[Attachment]) -> Iterator[Attachment]:
    """The files of the version before, of which a new one of the same name takes the place; then the others."""
    named = {one.name: one for one in new}
    for one in before:
        yield named.pop(one.name, one)
    yield from named.values()


def _shown(turn: Turn, drafted: Draft, foreseen: Foreseen) -> Iterator[str]:
    """What it is, what the checks say of it, and whose signatures would fall."""
    manifest, say = drafted.manifest, turn.say
    yield say("talk.draft.head", title=manifest.title, count=len("".join(manifest.text.split())))
    if manifest.attachments:
        yield say("talk.draft.files", names="、".join(one.name for one in manifest.attachments))
    lines = proofread_lines(foreseen.findings, turn.book)
    yield say("card.findings", count=len(lines)) if lines else say("page.draft.clean")
    yield from lines[:MOST_FINDINGS]
    if (more := len(lines) - MOST_FINDINGS) > 0:
        yield say("talk.todo.more", count=more)
    for one in foreseen.fall:
        yield say("page.draft.falls", post=one.post, stage=one.stage)
