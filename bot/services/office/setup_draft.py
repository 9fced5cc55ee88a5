"""What was entered of a new office so far, what is still missing, and the document it becomes.

The draft lies in the office's folder until the office is founded, so that nothing is lost by a closed browser.
"""

from __future__ import annotations

import json
import re
import secrets
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import combinations, product
from pathlib import Path
from typing import Any

from bot.services.office.roster import RosterRow, judge_rows, proposed_holders
from bot.services.office.setup_entry import read_hosts
from config.declarations.keys import (
    CLERK,
    DEPARTMENT_HEAD,
    DISCLOSURE_HEAD,
    GROUP_HEAD,
    LEADER,
    OFFICE_HEAD,
    SECRECY_REVIEWER,
    VILLAGE_LEADER,
    VILLAGE_REPORTER,
)
from config.durable_files import make_folder, replace_file
from config.errors import BadInput
from config.findings import Finding
from config.office.document import write_document
from config.office.folder import OFFICE_FILE
from config.office.loader import load_office
from config.shipped_data import data_dir

DRAFT_FILE = "setup.json"
STEPS = ("office", "places", "people", "signers", "months", "dates", "website", "prose", "finish")
"""The steps of the set-up, in their order."""
SIGNER_ROLES = (CLERK, OFFICE_HEAD, DISCLOSURE_HEAD, SECRECY_REVIEWER, LEADER, GROUP_HEAD)
WRITTEN = (CLERK, OFFICE_HEAD, DISCLOSURE_HEAD, SECRECY_REVIEWER, LEADER)
PLACE_KEYS = {DEPARTMENT_HEAD: "head", VILLAGE_LEADER: "leader", VILLAGE_REPORTER: "reporter"}
NAME_ENDINGS = {"township": "人民政府", "subdistrict": "办事处", "county": "人民政府", "department": ""}
CONTACT_KEYS = ("reconsideration_organ", "court", "contact")
DEFAULTS: Mapping[str, str] = {
    "level": "township",
    "scope": "agency",
    "months.due": "day",
    "months.due_number": "25",
    "months.grace": "2",
    "months.minimum": "0",
    "months.scheme": "",
    "report.due": "01-31",
}
PROPOSED_DATES: tuple[Mapping[str, Any], ...] = (
    {"id": "openness_day", "name": "5·15政务公开日活动", "day": "05-15", "evidence": "活动方案、现场照片"},
    {
        "id": "guide_update",
        "name": "更新公开指南和目录",
        "rule": "last_workday",
        "month": 3,
        "evidence": "更新后的指南、目录及网页地址",
        "article": "条例第十二条",
    },
    {
        "id": "training",
        "name": "政府信息公开业务培训",
        "rule": "workday",
        "month": 9,
        "number": 10,
        "evidence": "培训通知、签到表、课件",
        "article": "条例第四十八条",
    },
    {"id": "half_year_review", "name": "政务公开半年总结", "day": "07-10", "evidence": "半年总结"},
)
"""The dates of the year that are proposed; the first three are ticked."""
_LINE = re.compile(r"^(第 \d+ 行(的)?[:：]?|Line \d+: )")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """One post that could sign two stages of one text."""

    key: str
    """What it holds at the later stage."""
    post: str
    first: str
    second: str


@dataclass(slots=True)
class SetupDraft:
    """Everything entered so far."""

    answers: dict[str, str] = field(
        default_factory=lambda: {**DEFAULTS, "slug": f"town_{secrets.token_hex(3)}"}
    )
    departments: list[str] = field(default_factory=lambda: ["党政办公室"])
    villages: list[str] = field(default_factory=list)
    people: list[RosterRow] = field(default_factory=list)
    holders: dict[str, str] = field(default_factory=dict)
    """Who was chosen for a role or place; what is not chosen is as proposed."""
    dates: list[str] = field(default_factory=lambda: [str(one["id"]) for one in PROPOSED_DATES[:3]])
    columns: list[list[str]] = field(default_factory=list)
    """Name, address and kind of each website column."""
    prose: dict[str, str] = field(default_factory=dict)
    """The templates that were changed, by path."""
    seen: list[str] = field(default_factory=list)
    """The steps that somebody opened."""

    @classmethod
    def load(cls, folder: Path) -> SetupDraft:
        """The draft in a folder; a new one where there is none."""
        file = folder / DRAFT_FILE
        if not file.is_file():
            return cls()
        data = json.loads(file.read_text("utf-8"))
        return cls(**{**data, "people": [RosterRow(**row) for row in data["people"]]})

    def save(self, folder: Path) -> None:
        """Keep the draft, whole or not at all."""
        make_folder(folder)
        made = folder / f".{DRAFT_FILE}"
        made.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1), "utf-8")
        replace_file(made, folder / DRAFT_FILE)

    @property
    def places(self) -> list[str]:
        """The names of its departments and villages."""
        return [*self.departments, *self.villages]

    def held(self) -> dict[str, str]:
        """The post chosen or proposed for everything that somebody has to hold; empty where none is."""
        posts = {row.post for row in self.people}
        proposed = proposed_holders(self.people, self.departments, self.villages)
        chosen = {key: post for key, post in self.holders.items() if post in posts}
        return {key: chosen.get(key) or proposed.get(key, "") for key in self.holder_keys()}

    def holder_keys(self) -> list[str]:
        """Everything that somebody has to hold: the roles, ``head:…`` of a department, two posts of a village."""
        villages = [f"{kind}:{name}" for name in self.villages for kind in ("reporter", "leader")]
        return [*SIGNER_ROLES, *(f"head:{name}" for name in self.departments), *villages]

    def missing(self, step: str) -> list[tuple[str, Mapping[str, str]]]:
        """What a step still lacks before the office can begin: keys of ``setup.missing`` and their words."""
        return list(self._missing(step))

    def _missing(self, step: str) -> Iterator[tuple[str, Mapping[str, str]]]:
        if step == "office":
            yield from ((key, {}) for key in ("short_name", "county") if not self.answers.get(key))
        elif step == "places" and not self.departments:
            yield "departments", {}
        elif step == "people":
            if not self.people:
                yield "people", {}
            faults = judge_rows(self.people, self.places)
            yield from (
                (
                    f"row_{one.why}",
                    {"line": str(one.line), "sheet": str(one.sheet_line or ""), "found": one.found},
                )
                for one in faults
            )
        elif step == "signers":
            yield from (("holder", {"key": key}) for key, post in self.held().items() if not post)

    def open_findings(self) -> tuple[Finding, ...]:
        """What the office as a whole does not hold together by; nothing while a step still lacks something."""
        return () if any(self.missing(step) for step in STEPS) else self._findings()

    def _findings(self) -> tuple[Finding, ...]:
        try:
            load_office(self.document(), OFFICE_FILE)
        except BadInput as refused:
            return refused.findings
        return ()

    def clashes(self) -> list[Clash]:
        """Who could sign two stages of one text as it stands, also while something is missing elsewhere."""
        chains = _blank_values()["chain"]
        found = (clash for chain in chains for clash in self._chain_clashes(chain["stages"]))
        return list(dict.fromkeys(found))

    def _chain_clashes(self, stages: Sequence[Mapping[str, str]]) -> Iterator[Clash]:
        held = self.held()
        for first, second in combinations(stages, 2):
            for key, place in product(_keys_of(second["by"], held), _keys_of(first["by"], held)):
                if held[key] and held[key] == held[place]:
                    yield Clash(key=key, post=held[key], first=first["name"], second=second["name"])

    def stages_of(self, key: str) -> list[str]:
        """The stages that whoever holds a role or a place signs."""
        stages = (stage for chain in _blank_values()["chain"] for stage in chain["stages"])
        return list(dict.fromkeys(one["name"] for one in stages if key in _keys_of(one["by"], {key: ""})))

    def free_posts(self) -> list[str]:
        """The posts of no village that hold nothing yet."""
        taken = set(self.held().values())
        return [row.post for row in self.people if row.post not in taken and row.place not in self.villages]

    @property
    def is_ready(self) -> bool:
        """Whether the office can be founded."""
        return not any(self.missing(step) for step in STEPS) and not self.open_findings()

    def document(self) -> str:
        """The document of the office."""
        return write_document(SetupDocument(self, self.held()).values())

    def files(self) -> dict[str, str]:
        """The texts beside it: the neutral prose, with what was changed."""
        folder = data_dir() / "office" / "prose-blank"
        neutral = {f"prose/{entry.name}": entry.read_text("utf-8") for entry in folder.iterdir()}
        return {**neutral, **self.prose}


@dataclass(frozen=True, slots=True)
class SetupDocument:
    """Turns a draft into the tables of a document. Ids are given by place and number, and never change."""

    draft: SetupDraft
    posts: Mapping[str, str]
    """The post that holds each role, department and village."""

    def values(self) -> dict[str, Any]:
        """The tables of the document."""
        draft, answers = self.draft, self.draft.answers
        blank = _blank_values()
        held = {key: self._id(post) for key, post in self.posts.items()}
        hosts = read_hosts(answers.get("hosts", ""))
        return {
            "office": self._office(),
            "person": [self._person(row) for row in draft.people],
            "leading_group": {"head": held[GROUP_HEAD]},
            "department": [
                {"id": f"department_{at}", "name": name, "head": held[f"head:{name}"]}
                for at, name in enumerate(draft.departments, start=1)
            ],
            "village": [
                {
                    "id": f"village_{at}",
                    "name": name,
                    "reporter": held[f"reporter:{name}"],
                    "leader": held[f"leader:{name}"],
                }
                for at, name in enumerate(draft.villages, start=1)
            ],
            "chain": blank["chain"],
            "report": {"due": answers["report.due"], "moves": "before"},
            "contacts": self._contacts(),
            "months": self._months() if draft.villages else None,
            "bulletin": blank["bulletin"] if draft.villages else None,
            "site": {"hosts": hosts, "allow_private": False},
            "column": [
                {"id": f"column_{at}", "name": name, "url": url, "kind": kind, "owner": held[CLERK]}
                for at, (name, url, kind) in enumerate(draft.columns, start=1)
            ],
            "date": [{**one, "owner": held[CLERK]} for one in PROPOSED_DATES if one["id"] in draft.dates],
        }

    def _office(self) -> dict[str, str]:
        answers = self.draft.answers
        name = answers.get("name") or answers["short_name"] + NAME_ENDINGS[answers["level"]]
        return {
            "slug": answers["slug"],
            "name": name,
            "short_name": answers["short_name"],
            "level": answers["level"],
            "county": answers["county"],
            "scope": answers["scope"],
        }

    def _person(self, row: RosterRow) -> dict[str, Any]:
        departments = {name: f"department_{at}" for at, name in enumerate(self.draft.departments, start=1)}
        roles = [role for role in WRITTEN if self.posts[role] == row.post]
        return {
            "id": self._id(row.post),
            "post": row.post,
            "department": departments.get(row.place, ""),
            "roles": roles or None,
            "deputies": [self._id(deputy) for deputy in row.deputies] or None,
        }

    def _id(self, post: str) -> str:
        if post and post == self.posts[CLERK]:
            return CLERK
        posts = [row.post for row in self.draft.people]
        return f"post_{posts.index(post) + 1}" if post in posts else ""

    def _contacts(self) -> dict[str, str] | None:
        found = {key: self.draft.answers.get(key, "") for key in (*CONTACT_KEYS, "pay_to")}
        return found if all(found[key] for key in CONTACT_KEYS) else None

    def _months(self) -> dict[str, Any]:
        answers = self.draft.answers
        numbers = {key: int(answers[f"months.{key}"] or 0) for key in ("due_number", "grace", "minimum")}
        if answers["months.due"] == "last_workday":
            numbers["due_number"] = 0
        return {"due": answers["months.due"], **numbers, "scheme": answers["months.scheme"]}


def without_line(sentence: str) -> str:
    """A finding's sentence without the line it names: the document was not typed by anybody."""
    return _LINE.sub("", sentence)


def _keys_of(role: str, held: Mapping[str, str]) -> list[str]:
    """Under which keys a stage's role is held: its own, or one for each place."""
    place = PLACE_KEYS.get(role, "")
    return [key for key in held if key == role or (place and key.startswith(f"{place}:"))]


def _blank_values() -> dict[str, Any]:
    return tomllib.loads((data_dir() / "office" / "blank.toml").read_text("utf-8"))
