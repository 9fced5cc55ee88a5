"""An office as a value: people by post, departments, villages, chains, dates, and the holders of each role.

People are known by post, never by name: posts stay when people change, and a report never needs a name.
A role is either written beside a person or comes with a place (the head of a department is a
``department_head``): a fact stands in one spot of the file, so the two can never disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from config.declarations.annual_dates import (
    BEFORE,
    FIXED,
    REPORT_DATE_ID,
    AnnualDate,
    DeclaredAnnualDate,
    resolve_annual_dates,
)
from config.declarations.keys import (
    ANNUAL_REPORT_CHAIN,
    ANY_HOLDER,
    BULLETIN_CHAIN,
    DEPARTMENT_HEAD,
    GROUP_HEAD,
    MATTER_FIELD,
    PUBLICATION_CHAIN,
    REQUEST_REPLY_CHAIN,
    VILLAGE_LEADER,
    VILLAGE_REPORTER,
)
from config.declarations.villages.boards import VillageBoard, village_boards
from config.office.quiet_hours import ReminderHours
from config.office.roles import ROLES
from config.reporting.matters import Matter

OFFICE_LEVELS: Mapping[str, str] = {
    "township": "乡镇人民政府",
    "subdistrict": "街道办事处",
    "county": "县（市、区）人民政府",
    "department": "政府部门",
}
SCOPES: Mapping[str, str] = {"agency": "本级", "area": "本级及所属部门、单位"}
LANGUAGES = ("zh", "en")
CHAIN_KINDS: Mapping[str, str] = {
    PUBLICATION_CHAIN: "信息发布",
    REQUEST_REPLY_CHAIN: "依申请公开答复",
    ANNUAL_REPORT_CHAIN: "年度报告",
    BULLETIN_CHAIN: "月度通报",
}
FILE_CHANNELS = ("telegram",)
"""Channels that can carry files, of which an office allows those it trusts with them; the page always can."""
REQUIRED_OVERRIDERS = 2  # so many different people let a stage pass unsigned
DEFAULT_REPORT_DUE = (
    "01-31"  # art. 49 names departments, not townships: the county's notice may set another day
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One post. A deputy acts in their own name while a delegation is recorded, one step deep."""

    id: str
    post: str
    department: str = ""
    roles: tuple[str, ...] = ()
    deputies: tuple[str, ...] = ()
    """The ids of those who stand in for them, whoever is asked first at the beginning (AB 岗)."""
    language: str = "zh"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadingGroup:
    """The leading group for disclosure: one head, so that no report names two."""

    head: str
    deputies: tuple[str, ...] = ()
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A department of the office, and the person who heads it."""

    id: str
    name: str
    head: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Village:
    """A village: the person who reports for it and the person who leads it."""

    id: str
    name: str
    reporter: str
    leader: str
    since: date = date.min
    """``since`` and ``until`` are its first and last day in the office: a merged village stays in the file."""
    until: date = date.max

    def exists_on(self, day: date) -> bool:
        """Whether it is one of the office's villages on a day."""
        return self.since <= day <= self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of a chain. ``by`` is a role or a person's id; ``rule``: any one holder signs, or all."""

    name: str
    by: str
    rule: str = ANY_HOLDER
    days: int = 0
    """Working days in which it is to be signed [practice]; 0 where the office sets none."""
    meaning: str = ""
    """The meaning of a signature at this stage, in the office's words; it is printed beside the signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The stages a kind of text passes, in order."""

    kind: str
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPlan:
    """The annual report's day (MM-DD of the following year) and the agency printed above it."""

    due: str = DEFAULT_REPORT_DUE
    heading: str = ""
    moves: str = BEFORE
    """How the day moves when it is a day off; by default to an earlier day, which is never too late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountyReading:
    """What the county reads before it is published: the annual report, and texts on these matters."""

    report: bool = False
    matters: tuple[str, ...] = ()
    """The names of the matters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """The addresses for appeals, enquiries and payments that every letter states; empty in an older office's file."""

    reconsideration_organ: str = ""
    court: str = ""
    contact: str = ""
    pay_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageMonthPlan:
    """What villages must report. Each month keeps the plan it opened with: a change holds from the next."""

    due: str
    """How the last day is named: the value of a ``MonthDay`` (``config/declarations/duty.py``)."""
    due_number: int = 0
    grace: int = 0
    """Working days after it in which a report is late, and still one."""
    minimum: int = 0
    scheme: str = ""
    """The key of the scoring scheme; empty where nothing is scored."""


BULLETIN_TABLES = ("villages", "levels")
"""The tables a bulletin can have: each village's month; or its adoptions and their points by level (扎兰屯 2023)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletinPlan:
    """The contents of the monthly bulletin. Villages are ranked only if the office asks for it."""

    ranking: bool = False
    tables: tuple[str, ...] = BULLETIN_TABLES[:1]
    to: str = ""
    """The addressee of the paper (主送); all villages where it is empty."""
    copy_to: str = ""
    """The recipients of a copy (抄送)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Website:
    """The office's website: its hosts, and whether they may have addresses in the office's own network."""

    hosts: tuple[str, ...] = ()
    allow_private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WebsiteColumn:
    """One column of the website, and the person who keeps it up to date."""

    id: str
    name: str
    url: str
    kind: str
    """The key of its rule in ``FRESHNESS_RULES``."""
    owner: str
    days: int = 0
    """The office's own term in days, shorter than the rule's; 0 where the rule's term holds."""
    updated: str = ""
    """The day of its newest entry, as the office wrote it down, in ISO form as a case keeps it; empty for unknown."""


@dataclass(frozen=True, kw_only=True)
class Office:
    """One office, as its file says. Its zone is always Asia/Shanghai (config/clock.py).

    It never changes, and every case of a sweep asks who is who: what follows from the whole file is computed once.
    """

    slug: str
    name: str
    short_name: str
    level: str
    county: str
    scope: str
    people: tuple[Person, ...]
    leading_group: LeadingGroup
    departments: tuple[Department, ...]
    villages: tuple[Village, ...]
    chains: tuple[Chain, ...]
    report: ReportPlan
    contacts: Contacts
    dates: tuple[DeclaredAnnualDate, ...]
    months: VillageMonthPlan | None = None
    """None where the villages owe no months."""
    bulletin: BulletinPlan = field(default_factory=BulletinPlan)
    site: Website = field(default_factory=Website)
    columns: tuple[WebsiteColumn, ...] = ()
    matters: tuple[Matter, ...] = ()
    """The office's own catalogue of what it discloses (``config/reporting/matters.py``)."""
    county_first: CountyReading = field(default_factory=CountyReading)
    message_days: int = 0
    """Within how many working days a message is answered, by the office's own rule; 0 where it says nothing."""
    village_affairs: str = ""
    """How often the villages disclose their finances (``FINANCES``); empty where nobody keeps their boards."""
    override: tuple[str, ...] = ()
    """Roles or ids of the people of whom two together may override an unsigned stage; empty where nobody may."""
    chat_files: tuple[str, ...] = ()
    """The channels whose chats may carry files; none unless the office says so."""
    chat_items: bool = True
    """Whether every chat that can carry files takes the photographs of the villages' items."""
    ladders: Mapping[str, str] = field(default_factory=dict)
    """The office's own reminder ladders, by kind of duty (``config/declarations/reminder_ladders.py``)."""
    hours: ReminderHours = field(default_factory=ReminderHours)
    phrases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Its own wording by language and key; ``bot/language/phrasebook.py`` says what may stand there."""

    @property
    def scope_words(self) -> str:
        """The scope of the report's figures in words, for its prose."""
        return self.name + SCOPES[self.scope]

    def opening_values(self, facts: Mapping[str, str | int]) -> Mapping[str, str | int]:
        """What it says of a case that is opened with these facts (``Field.office_value``); empty or 0 for nothing."""
        listed = facts.get(MATTER_FIELD) in self.county_first.matters
        return {
            "message_days": self.message_days,
            "county_reads_report": "yes" if self.county_first.report else "",
            "county_reads_text": "yes" if listed else "",
        }

    @cached_property
    def village_boards(self) -> tuple[VillageBoard, ...]:
        """The boards of 村务公开 that the villages owe each year."""
        return tuple(village_boards((village.id for village in self.villages), self.village_affairs))

    @cached_property
    def year_dates(self) -> tuple[AnnualDate, ...]:
        """The dates of the office's year, each with everything that a case keeps of it."""
        return tuple(resolve_annual_dates(self.dates))

    @cached_property
    def report_dates(self) -> tuple[AnnualDate, ...]:
        """The day of the annual report: one row, of the same form."""
        own = DeclaredAnnualDate(
            id=REPORT_DATE_ID, name="", owner="", rule=FIXED, day=self.report.due, moves=self.report.moves
        )
        return tuple(resolve_annual_dates([own]))

    @property
    def leading_group_head_post(self) -> str:
        """The post of the leading group's one head, for the report's prose."""
        return self.person(self.leading_group.head).post

    def person(self, person: str) -> Person:
        """The person with this id; KeyError where there is none."""
        found = self.find_person(person)
        if found is None:
            raise KeyError(person)
        return found

    def find_person(self, person: str) -> Person | None:
        """The person with this id, or None."""
        return self._people_by_id.get(person)

    def post_of(self, person: str) -> str:
        """The post of the person with this id; the id itself where there is none."""
        found = self.find_person(person)
        return found.post if found else person

    def department(self, department: str) -> Department:
        """The department with this id; KeyError where there is none."""
        return self._departments_by_id[department]

    def village(self, village: str) -> Village:
        """The village with this id; KeyError where there is none."""
        return self._villages_by_id[village]

    def chain(self, kind: str) -> Chain:
        """The chain for a kind of text; a loaded office has one for each of ``CHAIN_KINDS``."""
        return next(chain for chain in self.chains if chain.kind == kind)

    def holders(self, role: str) -> tuple[Person, ...]:
        """The holders of a role: it is written beside them, or comes with their place."""
        return self._holders_by_role.get(role, ())

    def roles_of(self, person: str) -> frozenset[str]:
        """Every role a person holds, written beside them or given by their place."""
        return self._roles_by_person.get(person, frozenset())

    def eligible(self, stage: Stage, *, department: str = "", village: str = "") -> tuple[Person, ...]:
        """The people who may sign a stage: of one department or village where one is named, else of all."""
        if stage.by not in ROLES:
            named = self.find_person(stage.by)
            return (named,) if named else ()
        if department and stage.by == DEPARTMENT_HEAD:
            return (self.person(self.department(department).head),)
        if village and stage.by in {
            VILLAGE_LEADER,
            DEPARTMENT_HEAD,
            GROUP_HEAD,
        }:  # a village's own head reviews for it
            return (self.person(self.village(village).leader),)
        if village and stage.by == VILLAGE_REPORTER:
            return (self.person(self.village(village).reporter),)
        return self.holders(stage.by)

    @cached_property
    def _people_by_id(self) -> Mapping[str, Person]:
        return {
            person.id: person for person in reversed(self.people)
        }  # of two with one id, a fault, the first

    @cached_property
    def _departments_by_id(self) -> Mapping[str, Department]:
        return {department.id: department for department in self.departments}

    @cached_property
    def _villages_by_id(self) -> Mapping[str, Village]:
        return {village.id: village for village in self.villages}

    @cached_property
    def _holders_by_role(self) -> Mapping[str, tuple[Person, ...]]:
        placed = {
            DEPARTMENT_HEAD: {department.head for department in self.departments},
            GROUP_HEAD: {self.leading_group.head},
            VILLAGE_REPORTER: {village.reporter for village in self.villages},
            VILLAGE_LEADER: {village.leader for village in self.villages},
        }
        roles = {*ROLES, *(role for person in self.people for role in person.roles)}
        return {
            role: tuple(
                person for person in self.people if role in person.roles or person.id in placed.get(role, ())
            )
            for role in roles
        }

    @cached_property
    def _roles_by_person(self) -> Mapping[str, frozenset[str]]:
        held: dict[str, set[str]] = {}
        for role in ROLES:
            for person in self.holders(role):
                held.setdefault(person.id, set()).add(role)
        return {person: frozenset(roles) for person, roles in held.items()}
