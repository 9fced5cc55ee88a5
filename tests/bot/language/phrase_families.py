"""The registry of phrase keys that are put together at run time: each family's template, and what completes it.

A template is the key as the program writes it, with ``{}`` for each part that is filled in. The members of a family
are either *declared* (an enumeration, a table, a tuple: each of them needs a phrase) or *written* as constants in the
named modules (a phrase whose last part none of them writes is unused). A family of ``optional`` members falls back on
another sentence, so that a member may lack its phrase.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from typer import Typer

from bot.__main__ import COMMANDS
from bot.channels.stream.platform_interface import DOWN_FOR, REFUSED_FOR
from bot.channels.stream.platform_loading import platform_folders
from bot.channels.web.case_steps.letters import COUNTS, PAGE_RULES
from bot.channels.web.frame.display import COLOUR_SCHEMES, TYPE_SIZES
from bot.channels.web.frame.navigation import OWN_ROOMS, ROOMS
from bot.channels.web.lists.access import LISTINGS
from bot.channels.web.records.holiday_notice import FIELDS as NOTICE_FIELDS
from bot.channels.web.records.seal import PAGE_REFUSALS
from bot.channels.web.records.yearly_lists import LISTS
from bot.channels.web.server import PORT_REASONS
from bot.channels.web.settings.pages import GROUPS
from bot.channels.web.setup.steps import PROSE_SECTIONS
from bot.language.date_parser import SpanDoubt
from bot.language.digest import COLLAPSED_TOPICS
from bot.language.phrasebook import VILLAGE_PREFIX, phrasebook
from bot.language.verbs import KEYED_KINDS, VerbKind
from bot.language.village_news import TOLD_STEPS
from bot.services.lists.listing import ListAct
from bot.services.office.setup_draft import SIGNER_ROLES, STEPS
from bot.services.records.register_files import ImportKind
from bot.services.report_review import FINDING_COLUMNS, UNIT_COLUMNS
from bot.services.villages.board import ItemState
from bot.services.villages.bulletin_reach import Reach
from bot.services.workbench.case_counts import CONCLUDED, PUBLISHED, RECEIVED
from bot.utterances.moods import Mood
from config import duties, os_errors, shipped_data
from config.calendar.working_calendar import DayKind
from config.declarations.annual_dates import DATE_RULES, RELATIVE
from config.declarations.keys import SENT_STEP
from config.declarations.reminder_ladders import COMMON_POLICIES, RecipientRole
from config.declarations.terms import MonthDay, NextTerm, Wait
from config.declarations.villages.item_file_kinds import ITEM_FILE_KINDS
from config.declarations.website_freshness import FRESHNESS_RULES
from config.duties.village_report import DUTY as VILLAGE_MONTH
from config.errors import GongkaiError
from config.findings import Severity
from config.office.difference import RowChange
from config.office.model import BULLETIN_TABLES, CHAIN_KINDS
from config.office.roles import ROLES
from config.office.schema import OFFICE_TABLES
from scheduler.letters.fees import FeeBasis
from scheduler.sweep.auditor import DifferenceKind
from scheduler.terms.deadlines import CLOSED, RUNNING, SENT
from scheduler.terms.term_replay import NAMED
from scheduler.worklist.agenda import DueGroup
from scheduler.worklist.case_stages import StageKind
from scheduler.worklist.pending import WaitKind
from storage.content.applicant import Applicant, IdentityKind
from storage.content.signature_vouching import NoteKind
from storage.database.backup import DAMAGE_REASONS
from storage.events.codec import _TYPES
from storage.isolation import isolated_reading
from storage.messaging.accounts import AddressState
from storage.messaging.outbox import OutboxState
from storage.proofread.personal_data.matches import PersonalDataKind
from storage.reading.formats import errors as reading_errors
from storage.register_import import errors as register_errors
from storage.reporting.bulletin_columns import BULLETIN_COLUMNS, VILLAGE_COLUMN
from storage.reporting.bulletin_values import VillageMonthState
from storage.web.http_results import FailureReason
from storage.web.publication_check import PublicationState
from tests.paths import ROOT

QUOTED_WORD = re.compile(r"""["']([a-z_]+)["']""")
HOLE_SEPARATOR = "|"  # between the parts of a member whose template has several

DUTIES = shipped_data.load_duties(duties)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseFamily:
    """The keys of one template. ``declared``: the members; ``written``: the modules or folders that write them."""

    template: str
    declared: Iterable[str] = ()
    written: tuple[str, ...] = ()
    optional: bool = False
    noted_elsewhere: bool = False
    """True where no module writes the template itself: its start is a constant, or a phrase book finds it."""

    def required(self) -> set[str]:
        """The keys that must be phrases."""
        return set() if self.optional else {self._key(str(member)) for member in self.declared}

    def possible(self) -> set[str]:
        """The phrases that the family can name."""
        members = {str(member) for member in self.declared}
        members |= {constant for place in self.written for constant in constants(place)}
        return {self._key(member) for member in members} & set(phrasebook("zh").phrases)

    def _key(self, member: str) -> str:
        return self.template.format(*member.split(HOLE_SEPARATOR))


def constants(place: str) -> frozenset[str]:
    """Every text that the modules of a place write: the dotted name of a module, or of a package with its modules."""
    path = ROOT / Path(*place.split("."))
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    pages = sorted(path.glob("*.html")) if path.is_dir() else []
    words = {word for page in pages for word in QUOTED_WORD.findall(page.read_text("utf-8"))}
    return frozenset(words.union(*map(_texts_of, files)))


@cache
def _texts_of(file: Path) -> frozenset[str]:
    tree = ast.parse(file.read_text("utf-8"))
    return frozenset(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def load_program() -> None:
    """Import every module, so that each class of refusal is known."""
    for room in ("config", "storage", "scheduler", "bot"):
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if ".migrations." not in module.name:
                importlib.import_module(module.name)


def _refusals(kind: type[GongkaiError] = GongkaiError) -> Iterator[str]:
    for child in kind.__subclasses__():
        if child.__module__.split(".")[0] in {"config", "storage", "scheduler", "bot"}:
            yield child.__name__
        yield from _refusals(child)


def _wait_states() -> set[str]:
    """The states a step can bring a case into, by the declarations."""
    steps = [step for duty in DUTIES.values() for step in duty.steps]
    return {step.effect.state for step in steps if isinstance(step.effect, Wait)}


def _named_days() -> set[str]:
    """The reasons of a date that an opening or a step names, by the fields of the declarations."""
    terms = [
        term
        for duty in DUTIES.values()
        for term in (
            duty.term,
            *(one.term for one in duty.terms),
            *(step.effect.term for step in duty.steps if isinstance(step.effect, NextTerm)),
        )
        if term
    ]
    return {NAMED.format(field=field) for term in terms for field in term.last_day_fields}


def _finding(prefix: str, *written: str) -> PhraseFamily:
    return PhraseFamily(template=f"{prefix}.{{}}", written=written)


def _record_fields() -> set[str]:
    """The names of what the log's records hold."""
    return {field.name for kind in _TYPES.values() for field in fields(kind)}


def _text_rules() -> set[str]:
    """The rules of a text's own checks, without their start: a finding of a manuscript is called ``proofread.…``."""
    return {
        text.removeprefix("text.")
        for text in constants("storage.proofread")
        if re.fullmatch(r"text\.[a-z_]*[a-z]", text)
    }


def _table_keys() -> set[str]:
    """The keys of the office's tables that a person fills in."""
    hidden = {"id", "slug", "for", "key", "roles"}
    return {name for table in OFFICE_TABLES.values() for name in table.keys} - hidden


def _table_choices() -> set[str]:
    """The values to choose from in the office's tables."""
    return {one for table in OFFICE_TABLES.values() for key in table.keys.values() for one in key.choices}


FINDINGS = {
    "calendar": ("config.calendar.holiday_notices",),
    "office": ("config.office",),
    "scheme": ("config.reporting.scoring_schemes",),
    "expressions": ("storage.proofread.office_expressions",),
    "register": ("storage.register_import",),
    "letters": ("scheduler.letters.fact_gathering", "storage.documents.letters.writer"),
    "prose": ("storage.reporting.narrative",),
    "text": ("storage.proofread",),
    "proofread": ("storage.proofread",),
}
"""The parts of a finding's rule that are put together: its start, and the modules that write the rest."""


def _read_reasons() -> set[str]:
    """Why a file, a folder or a port cannot be used."""
    registers = {f"register.{reason}" for reason in register_errors.REASONS}
    return {*os_errors.REASONS, *reading_errors.REASONS, *isolated_reading.REASONS, *PORT_REASONS, *registers}


PYDANTIC_FAULTS = ("int_parsing", "int_from_float", "float_parsing", "greater_than_equal", "less_than_equal")
"""The types of pydantic's errors that an option's value can meet; any other has the sentence ``misuse.other``."""

PAPER_COLUMNS = ("sum", *(column.key for column in BULLETIN_COLUMNS if column.paper))
PICTURE_COLUMNS = tuple(
    column.key for column in BULLETIN_COLUMNS if column.picture or column is VILLAGE_COLUMN
)
REPORTED = (VillageMonthState.LATE, VillageMonthState.DECLARED, VillageMonthState.MISSING)

load_program()


def _village_sentences() -> list[str]:
    """The keys of the sentences that people of the villages read in other words."""
    keys = phrasebook("zh").phrases
    return sorted(key.removeprefix(VILLAGE_PREFIX) for key in keys if key.startswith(VILLAGE_PREFIX))


def _helped_fields() -> list[str]:
    """The fields with help; ``tests/bot/channels/web/test_field_help.py`` holds them against the forms."""
    keys = phrasebook("zh").phrases
    return sorted(key.removeprefix("field_help.") for key in keys if key.startswith("field_help."))


FAMILIES = (
    PhraseFamily(template="error.{}", declared=sorted(_refusals())),
    PhraseFamily(template="year_lists.{}", declared=tuple(LISTS)),
    PhraseFamily(template="year_lists.file.{}", declared=tuple(LISTS)),
    PhraseFamily(template="finding.{}", written=("config", "storage", "scheduler", "bot")),
    *(
        PhraseFamily(template=f"finding.{start}.{{}}", written=places, noted_elsewhere=True)
        for start, places in FINDINGS.items()
    ),
    PhraseFamily(template="finding.text.mark_{}", written=("storage.proofread",), noted_elsewhere=True),
    PhraseFamily(template="finding.proofread.mark_{}", written=("storage.proofread",), noted_elsewhere=True),
    PhraseFamily(
        template="finding.proofread.{}", declared={*PersonalDataKind, *_text_rules()}, noted_elsewhere=True
    ),
    PhraseFamily(
        template="unreadable.{}.{}",
        declared=[
            *(f"{reason}|{part}" for reason in _read_reasons() for part in ("why", "next_step")),
            *(f"{reason}|why" for reason in DAMAGE_REASONS),
        ],
    ),
    PhraseFamily(template="assessment.sheet_{}", declared=("year", "months", "points")),
    PhraseFamily(template="acts.link.{}", written=("bot.channels.web.case_steps",)),
    PhraseFamily(template="audit.{}", declared=DifferenceKind),
    PhraseFamily(template="page.proposed.{}", declared=("due", "days")),
    PhraseFamily(template="audit_page.{}", declared=DifferenceKind),
    PhraseFamily(template="import_page.kind.{}", declared=ImportKind),
    PhraseFamily(template="notice.field.{}", declared=NOTICE_FIELDS),
    PhraseFamily(template="seal_page.refused.{}", declared=PAGE_REFUSALS),
    PhraseFamily(
        template="bulletin.act.{}", written=("bot.cli.reports.bulletins", "config.declarations.keys")
    ),
    PhraseFamily(
        template="bulletin.column.{}", declared=(VillageMonthState.ON_TIME, *REPORTED, *PAPER_COLUMNS)
    ),
    PhraseFamily(template="bulletin.column.{}_items", declared=("lower", "upper")),
    PhraseFamily(
        template="bulletin.paper.{}", declared=("sums", "sums_open", *REPORTED, VillageMonthState.WAITS)
    ),
    PhraseFamily(
        template="bulletin.paper.{}{}", declared=("more|", "fewer|", "more|_villages", "fewer|_villages")
    ),
    PhraseFamily(
        template="bulletin.picture.{}",
        declared=PICTURE_COLUMNS,
        written=("storage.documents.bulletin.picture",),
    ),
    PhraseFamily(template="bulletin.picture.tile_{}", declared=VillageMonthState),
    PhraseFamily(template="bulletin.state.{}", declared=VillageMonthState),
    PhraseFamily(template="bulletin.table.{}", declared=BULLETIN_TABLES),
    PhraseFamily(
        template="bulletin.text.{}", declared=("due", "due_open", "ranked", "scored", "plain", *REPORTED)
    ),
    PhraseFamily(template="calendar.{}", declared=("broken", "how")),
    PhraseFamily(template="card.asked.{}", declared=WaitKind),
    PhraseFamily(template="case_letters.count.{}", declared=COUNTS),
    PhraseFamily(template="case_letters.lack.{}", declared=PAGE_RULES),
    PhraseFamily(template="clock.late.{}", written=("scheduler.terms",)),
    PhraseFamily(template="check.column.{}", declared={*UNIT_COLUMNS, *FINDING_COLUMNS, "read"}),
    PhraseFamily(template="check.severity.{}", declared=Severity),
    PhraseFamily(template="clock.state.{}", declared={RUNNING, CLOSED, SENT, *_wait_states()}),
    PhraseFamily(
        template="clock.why.{}",
        declared={*DayKind, *_wait_states(), *_named_days()},
        written=("scheduler.terms",),
    ),
    PhraseFamily(
        template="demo.happened.{}", declared=("text_rejected", "text_returned"), written=("bot.demo",)
    ),
    PhraseFamily(template="fee.title.{}", declared=FeeBasis),
    PhraseFamily(
        template="fee.unit.{}.{}", declared=[f"{basis}|{n}" for basis in FeeBasis for n in ("one", "many")]
    ),
    PhraseFamily(template="fee.unit.{}.many", declared=FeeBasis),
    PhraseFamily(template="help.{}", written=("bot.cli", "bot.__main__")),
    PhraseFamily(
        template="help.command.{}",
        declared=[
            name
            for commands in COMMANDS.values()
            for name, command in commands.items()
            if not isinstance(command, Typer)
        ],
        noted_elsewhere=True,
    ),
    PhraseFamily(template="help.subject.{}", declared=COMMANDS),
    PhraseFamily(template="ics.what.{}", declared=WaitKind),
    PhraseFamily(template="letters.state.{}", declared=("default", "made", "own")),
    PhraseFamily(template="stage.{}", declared={*StageKind} - {StageKind.STEP}),
    PhraseFamily(template="live.next.{}", declared=("added",), written=("storage.web",)),
    PhraseFamily(template="live.state.{}", declared=PublicationState),
    PhraseFamily(template="live.why.{}", declared=FailureReason, written=("storage.web.publication_check",)),
    PhraseFamily(template="live.{}", declared=("title_now", "missing", "added")),
    PhraseFamily(template="misuse.{}", declared=("choice", "day", *PYDANTIC_FAULTS)),
    PhraseFamily(template="month.why.{}", written=("scheduler.villages.scoring",)),
    PhraseFamily(template="notice.{}", written=("bot", "scheduler")),
    PhraseFamily(template="sheet.vouched.{}", declared=NoteKind),
    PhraseFamily(template="office.chain_kind.{}", declared=CHAIN_KINDS),
    PhraseFamily(template="office.difference.{}", declared=RowChange),
    PhraseFamily(template="office.impact.{}", declared=("stranded", "restarted", "moved")),
    PhraseFamily(template="office.role.{}", declared=ROLES),
    PhraseFamily(template="office.table.{}", declared=(*OFFICE_TABLES, "file")),
    PhraseFamily(template="office.file.{}", declared=("prose", "schemes", "letters", "expressions", "words")),
    *(
        PhraseFamily(template=f"channels.{part}.{{}}", declared=platform_folders())
        for part in ("name", "id", "secret", "steps")
    ),
    *(
        PhraseFamily(template=f"channels.fix_{why}.{{}}", declared=platform_folders(), noted_elsewhere=True)
        for why in ("token", "no_connection")
    ),
    PhraseFamily(template="channels.fix_{}.{}", declared=(), optional=True),
    PhraseFamily(template="channels.why.{}", declared=sorted(REFUSED_FOR)),
    PhraseFamily(template="doctor.line_why.{}", declared=sorted(DOWN_FOR)),
    PhraseFamily(
        template="settings.about.{}",
        declared=(*OFFICE_TABLES, "prose", "accounts", "letters", "backups", "wording"),
    ),
    PhraseFamily(template="settings.choice.{}", declared=_table_choices(), optional=True),
    PhraseFamily(template="settings.finding.{}", written=("config.office",), optional=True),
    PhraseFamily(template="settings.group.{}", declared=GROUPS),
    PhraseFamily(
        template="settings.hint.{}_{}", declared=("chain|stages", "village|until", "county_first|matters")
    ),
    PhraseFamily(template="settings.key.{}", declared=_table_keys()),
    PhraseFamily(
        template="settings.key.{}_{}",
        declared=("leading_group|head", "report|due", "phrase|row", "messages|days", "person|deputies"),
    ),
    PhraseFamily(template="settings.level.{}", declared=("record", "read", "joined")),
    PhraseFamily(template="settings.reach.{}", declared=set(RecipientRole) - set(ROLES)),
    PhraseFamily(template="settings.side.{}", declared=("none", "before", "on", "after")),
    PhraseFamily(template="settings.policy.{}", declared=COMMON_POLICIES),
    PhraseFamily(template="settings.step_{}", declared=("before", "on", "after")),
    PhraseFamily(template="setup.column.{}", declared=FRESHNESS_RULES),
    PhraseFamily(template="setup.due.{}", declared=MonthDay),
    PhraseFamily(
        template="setup.field.{}", written=("bot.channels.web.setup", "bot.services.office.setup_draft")
    ),
    PhraseFamily(template="setup.hint.{}", written=("bot.channels.web.setup",), optional=True),
    PhraseFamily(template="setup.holder.{}", declared=("head", "reporter", "leader")),
    PhraseFamily(template="setup.lead.{}", declared=[step for step in STEPS if step != "finish"]),
    PhraseFamily(
        template="setup.missing.{}",
        declared=("short_name", "county", "departments", "people", "holder"),
    ),
    PhraseFamily(
        template="setup.missing.row_{}", written=("bot.services.office.roster",), noted_elsewhere=True
    ),
    PhraseFamily(template="setup.leads.{}", declared=(*SIGNER_ROLES, "head", "reporter", "village_leader")),
    PhraseFamily(template="setup.prose.{}", declared=PROSE_SECTIONS),
    PhraseFamily(template="setup.state.{}", declared=("unseen", "missing", "done")),
    PhraseFamily(template="setup.step.{}", declared=STEPS),
    PhraseFamily(template="page.lists.act.{}", declared=(*ListAct, "export")),
    PhraseFamily(template="page.lists.column.{}", written=("bot.services.lists", "config.declarations")),
    PhraseFamily(template="page.lists.done.{}", declared=ListAct),
    PhraseFamily(template="page.lists.empty.{}", declared=LISTINGS),
    PhraseFamily(
        template="page.lists.filter.{}",
        declared={one.key for listing, _ in LISTINGS.values() for one in listing.filters if not one.hidden},
    ),
    PhraseFamily(template="page.lists.hint.{}", declared=LISTINGS),
    PhraseFamily(template="page.lists.notice.{}", declared=OutboxState),
    PhraseFamily(template="page.lists.reach.{}", declared=("reached", "unreached", "away")),
    PhraseFamily(
        template="page.lists.register.{}",
        declared=[key for key, (listing, _) in LISTINGS.items() if listing.register],
    ),
    PhraseFamily(template="page.lists.state.{}", declared=("open", "closed")),
    PhraseFamily(template="page.lists.title.{}", declared=LISTINGS),
    PhraseFamily(
        template="page.delivery.is.{}", declared=set(OutboxState) - {OutboxState.SENT, OutboxState.STALE}
    ),
    PhraseFamily(
        template="page.delivery.why.{}", written=("scheduler", "bot.channels", "storage"), optional=True
    ),
    PhraseFamily(template="page.delivery.{}", declared=("who", "what", "case", "state", "reason", "at")),
    PhraseFamily(template="page.fact.{}", written=("storage", "scheduler"), optional=True),
    PhraseFamily(template="page.mine.{}", declared=("count", "calm", "none")),
    PhraseFamily(template="page.month.state.{}", declared=VillageMonthState),
    PhraseFamily(template="page.workbench.due.{}", declared=DueGroup),
    PhraseFamily(template="page.workbench.year.{}", declared=(RECEIVED, CONCLUDED, PUBLISHED)),
    PhraseFamily(template="page.workbench.{}", declared=("failed", "unreachable", "set_aside")),
    PhraseFamily(template="item.state.{}", declared=ItemState),
    PhraseFamily(template="reach.{}", declared=Reach),
    PhraseFamily(
        template="page.item.{}",
        declared=("returned_because", "rejected_because", *(kind.input for kind in ITEM_FILE_KINDS)),
    ),
    PhraseFamily(
        template="notice.village.{}",
        declared=(
            "opened",
            "opened_open",
            "published",
            "bulletin",
            *(f"closed_{outcome.key}" for outcome in VILLAGE_MONTH.outcomes),
            *(TOLD_STEPS - {SENT_STEP}),
        ),
    ),
    PhraseFamily(
        template="page.nav.{}",
        declared={"workbench", *(page.key for room in ROOMS for page in room.pages)},
        written=("bot.templates",),
    ),
    PhraseFamily(template="page.room.{}", declared={*(room.key for room in ROOMS), *OWN_ROOMS.values()}),
    PhraseFamily(template="page.display.size_is.{}", declared=TYPE_SIZES),
    PhraseFamily(template="page.display.colours_is.{}", declared=COLOUR_SCHEMES),
    PhraseFamily(template="field_help.{}", declared=_helped_fields(), noted_elsewhere=True),
    PhraseFamily(template="page.part.{}", declared=_record_fields(), optional=True),
    PhraseFamily(template="recorded_text.{}", declared=_record_fields(), optional=True),
    PhraseFamily(
        template="page.people.channel.{}",
        written=("bot.channels", "bot.demo", "storage.messaging.sessions"),
        optional=True,
    ),
    PhraseFamily(template="page.people.state.{}", declared=AddressState),
    PhraseFamily(template="page.people.{}", declared=("first", "last")),
    PhraseFamily(
        template="page.receipt.{}",
        declared={day for duty in DUTIES.values() if duty.receipt for day in duty.receipt.days.values()},
    ),
    PhraseFamily(template="page.rule.month.{}", declared=MonthDay),
    PhraseFamily(template="page.rule.{}", declared={*DATE_RULES, "apart", "apart_from_workday"} - {RELATIVE}),
    PhraseFamily(template="page.text.state.{}", declared=("done", "now")),
    PhraseFamily(template="page.text.{}", written=("bot.channels.web.texts",)),
    PhraseFamily(template="page.told.{}", declared=_TYPES, optional=True),
    PhraseFamily(template="page.training.{}", declared=("hour", "day", "morning")),
    PhraseFamily(template="page.year.paper.{}", written=("bot.channels.web.reports",)),
    PhraseFamily(template="page.{}.text", written=("bot.channels.web.request.endpoint",)),
    PhraseFamily(template="page.{}.title", written=("bot.channels.web.request.endpoint",)),
    PhraseFamily(template="private.kind.{}", declared=IdentityKind),
    PhraseFamily(template="private.label.{}", declared=[field.name for field in fields(Applicant)]),
    PhraseFamily(
        template="proof.fault.{}", written=("storage.content.signature_proof", "bot.cli.signing.proofs")
    ),
    PhraseFamily(template="proof.{}", declared=("broken", "whole", "incomplete")),
    PhraseFamily(
        template="proofread.place.{}", declared=("header", "footnotes", "endnotes"), written=("storage",)
    ),
    PhraseFamily(template="reminder.{}", written=("bot.runtime.scheduled_jobs",)),
    PhraseFamily(template="{}_several", declared=COLLAPSED_TOPICS, noted_elsewhere=True),
    PhraseFamily(
        template="sheet.act.{}", declared=("signed", "returned", "withdrawn", "rejected", "overridden")
    ),
    PhraseFamily(template="sheet.head.{}", declared=("stage", "meaning", "who", "at", "means")),
    PhraseFamily(template="sheet.means.{}", written=("bot",), optional=True),
    PhraseFamily(template="signing.state.{}", written=("bot.cli.signing",)),
    PhraseFamily(
        template="simulate.asked.{}",
        declared=WaitKind,
        written=("bot.runtime.scheduled_jobs", "scheduler.sweep"),
    ),
    PhraseFamily(template="simulate.column.{}", written=("bot.services.reminder_forecast",)),
    PhraseFamily(template="simulate.then.{}", declared=("today", "left", "over", "just_over")),
    PhraseFamily(template="talk.doubt.{}", declared=(*Mood, "guess", "several")),
    PhraseFamily(template="talk.timing.{}", written=("bot.dialog.recorded_words",)),
    PhraseFamily(template="talk.enter.{}", declared=(VerbKind.COUNT, VerbKind.HOLD)),
    PhraseFamily(template="talk.help.{}", written=("bot.commands.queries.cases",)),
    PhraseFamily(
        template="talk.item.{}",
        declared={
            *("title", "more", "retitle", "add_more", "split", "join", "add", "new", "other_month"),
            *(kind.key for kind in ITEM_FILE_KINDS),
        },
    ),
    PhraseFamily(template="talk.leave.{}", declared=(SpanDoubt.PAST, SpanDoubt.REVERSED)),
    PhraseFamily(template="talk.menu.{}", declared=("licence", "penalty")),
    PhraseFamily(template="talk.month.{}", declared=("line", "enough", "declared")),
    PhraseFamily(template="talk.score.{}", declared=("line", "plain")),
    PhraseFamily(template="talk.snooze.{}", declared=("hour", "evening", "morning")),
    PhraseFamily(
        template="talk.to.{}",
        declared=(VerbKind.AWAY, VerbKind.HAND_ON, VerbKind.HAND_OVER, VerbKind.CIRCULATE),
    ),
    PhraseFamily(template="talk.unsupported.{}", declared=("voice", "video", "sticker", "place", "other")),
    PhraseFamily(
        template="talk.unfetched.{}",
        written=("bot.channels.telegram", "bot.dialog.incoming_files"),
        optional=True,
    ),
    PhraseFamily(template="talk.what.{}", declared=set(WaitKind) - {WaitKind.SIGN}, written=("bot",)),
    PhraseFamily(template="talk.year.{}", declared=("received", "results_total", "carried_out")),
    PhraseFamily(template="village.{}", declared=_village_sentences(), noted_elsewhere=True),
    PhraseFamily(template="tick.{}", written=("scheduler.sweep",)),
    PhraseFamily(template="verb.{}", declared=set(VerbKind) - KEYED_KINDS - {VerbKind.CONFIRM}),
    PhraseFamily(
        template="verify.{}",
        written=("storage.eventlog", "bot.cli.server.maintenance", "bot.runtime.proof"),
    ),
    PhraseFamily(template="weekday.{}", declared=("1", "2", "3", "4", "5", "6", "7")),
)
