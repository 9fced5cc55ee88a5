"""Checks that an office's parts fit together: references, held roles, chains of several people, the website.

It checks the office as far as it could be read: an index here is an index in the file, which gives every finding
its line. Empty values were noted when the file's shape was checked; they are passed over here.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from config.declarations.keys import DEPARTMENT_HEAD, GROUP_HEAD, VILLAGE_LEADER
from config.declarations.website_freshness import FRESHNESS_RULES
from config.hosts import host_of_url, is_allowed_host, is_host
from config.office.model import (
    CHAIN_KINDS,
    REQUIRED_OVERRIDERS,
    Chain,
    Office,
    Person,
    Stage,
    WebsiteColumn,
)
from config.office.roles import NEEDED_ROLES, PLACE_ROLES, ROLES, WRITTEN_ROLES
from config.office.schedule_validation import check_schedule
from config.office.schema import FindingCollector, suggest
from config.toml_lines import KeyPath, line_of


def check_office(office: Office, notes: FindingCollector) -> None:
    """Note references to nothing, roles without a holder, and chains in which one person could sign twice."""
    _check_ids(office, notes)
    _check_references(office, notes)
    _check_county_reading(office, notes)
    _check_roles(office, notes)
    _check_leading_group(office, notes)
    _check_chains(office, notes)
    _check_override(office, notes)
    _check_site(office, notes)
    check_schedule(office, notes)


def _check_ids(office: Office, notes: FindingCollector) -> None:
    _check_unique("person", "id", [person.id for person in office.people], notes)
    _check_unique("department", "id", [department.id for department in office.departments], notes)
    _check_unique("village", "id", [village.id for village in office.villages], notes)
    _check_unique("date", "id", [own.id for own in office.dates], notes)
    _check_unique("column", "id", [column.id for column in office.columns], notes)
    _check_unique("matter", "id", [matter.id for matter in office.matters], notes)
    _check_unique("matter", "name", [matter.name for matter in office.matters], notes)
    _check_unique("chain", "for", [chain.kind for chain in office.chains], notes)
    _check_unique("ladder", "for", list(office.ladders), notes)
    for at, person in enumerate(office.people):
        if person.id in ROLES and person not in office.holders(person.id):
            notes.add_finding("id_is_role", ("person", at, "id"), found=person.id, label=ROLES[person.id])


def _check_unique(table: str, key: str, values: list[str], notes: FindingCollector) -> None:
    first: dict[str, int] = {}
    for at, value in enumerate(values):
        if value and value in first:
            before = line_of(notes.lines, (table, first[value], key))
            notes.add_finding("twice", (table, at, key), found=value, first=str(before))
        first.setdefault(value, at)


def _check_references(office: Office, notes: FindingCollector) -> None:
    people = tuple(person.id for person in office.people if person.id)
    for path, wanted in _person_references(office):
        if wanted and people and wanted not in people:
            notes.add_finding("unknown_person", path, found=wanted, expected=suggest(wanted, people))
    departments = tuple(department.id for department in office.departments if department.id)
    for at, person in enumerate(office.people):
        wanted, path = person.department, ("person", at, "department")
        if wanted and wanted not in departments:
            notes.add_finding("unknown_department", path, found=wanted, expected=suggest(wanted, departments))


def _check_county_reading(office: Office, notes: FindingCollector) -> None:
    """Every matter that the county reads first is one of the catalogue."""
    names = tuple(matter.name for matter in office.matters)
    for at, wanted in enumerate(office.county_first.matters):
        if wanted not in names:
            expected = suggest(wanted, names) if names else "—"
            notes.add_finding(
                "unknown_matter", ("county_first", "matters", at), found=wanted, expected=expected
            )


def _person_references(office: Office) -> Iterator[tuple[KeyPath, str]]:
    """Every place that names a person, but for a stage, which may name a role."""
    for at, person in enumerate(office.people):
        for nth, deputy in enumerate(person.deputies):
            yield ("person", at, "deputies", nth), deputy
    yield ("leading_group", "head"), office.leading_group.head
    for key in ("deputies", "members"):
        for at, wanted in enumerate(getattr(office.leading_group, key)):
            yield ("leading_group", key, at), wanted
    for at, department in enumerate(office.departments):
        yield ("department", at, "head"), department.head
    for at, village in enumerate(office.villages):
        yield ("village", at, "reporter"), village.reporter
        yield ("village", at, "leader"), village.leader
    for at, own in enumerate(office.dates):
        yield ("date", at, "owner"), own.owner
    for at, column in enumerate(office.columns):
        yield ("column", at, "owner"), column.owner
    for at, matter in enumerate(office.matters):
        yield ("matter", at, "owner"), matter.owner


def _check_roles(office: Office, notes: FindingCollector) -> None:
    for at, person in enumerate(office.people):
        for nth, role in enumerate(person.roles):
            _check_role(role, ("person", at, "roles", nth), notes)
        if person.id in person.deputies:
            notes.add_finding("own_deputy", ("person", at, "deputies"), post=person.post)
    in_chains = {stage.by for chain in office.chains for stage in chain.stages}
    for role in NEEDED_ROLES:
        if role not in in_chains and not office.holders(role):
            notes.add_finding("role_unheld", ("person",), found=role, label=ROLES[role])


def _check_role(role: str, path: KeyPath, notes: FindingCollector) -> None:
    if role in PLACE_ROLES:
        notes.add_finding("role_of_place", path, found=role, label=PLACE_ROLES[role])
    elif role and role not in WRITTEN_ROLES:
        notes.add_finding("unknown_role", path, found=role, expected=suggest(role, WRITTEN_ROLES))


def _check_leading_group(office: Office, notes: FindingCollector) -> None:
    """One head, and nobody twice: the report must not name two heads."""
    group = office.leading_group
    if not group.head and ("leading_group",) in notes.lines:
        notes.add_finding("no_head", ("leading_group", "head"))
    seen = {group.head}
    for key in ("deputies", "members"):
        for at, who in enumerate(getattr(group, key)):
            if who and who in seen:
                notes.add_finding("twice_in_group", ("leading_group", key, at), found=who)
            seen.add(who)


def _check_chains(office: Office, notes: FindingCollector) -> None:
    present = {chain.kind for chain in office.chains}
    for kind, label in CHAIN_KINDS.items():
        if kind not in present and present <= CHAIN_KINDS.keys():  # else one is misspelt, and noted
            notes.add_finding("no_chain", ("chain",), expected=kind, label=label)
    told: set[str] = set()  # a role nobody holds is told once, where it is first needed
    for at, chain in enumerate(office.chains):
        for nth, stage in enumerate(chain.stages):
            if stage.by not in told:
                _check_stage(office, stage, ("chain", at, "stages", nth, "by"), notes)
            told.add(stage.by)
        _check_two_stages(office, chain, ("chain", at, "stages"), notes)


def _check_stage(office: Office, stage: Stage, path: KeyPath, notes: FindingCollector) -> None:
    if not stage.by or office.eligible(stage):
        return
    if stage.by in PLACE_ROLES:
        if not _has_place_for(office, stage.by):  # else who is named there is unknown, and noted
            notes.add_finding("place_unheld", path, found=stage.by, label=ROLES[stage.by])
    elif stage.by in ROLES:
        notes.add_finding("role_unheld", path, found=stage.by, label=ROLES[stage.by])
    else:
        known = (*ROLES, *(person.id for person in office.people if person.id))
        near = suggest(stage.by, known)
        notes.add_finding(
            "unknown_by", path, found=stage.by, expected=near if near in known else ", ".join(ROLES)
        )


def _has_place_for(office: Office, role: str) -> bool:
    """Whether there is any place that gives this role."""
    if role == DEPARTMENT_HEAD:
        return bool(office.departments)
    return role == GROUP_HEAD or bool(office.villages)


def _check_two_stages(office: Office, chain: Chain, path: KeyPath, notes: FindingCollector) -> None:
    """Whoever could sign a stage, alone or as a deputy, must have no way to sign another one."""
    for (_, first), (late, second) in combinations(enumerate(chain.stages), 2):
        signers, others = _signers(office, first), _signers(office, second)
        for who in sorted(signers.keys() & others.keys()):
            absent = others[who] or signers[who]
            words = {"found": who, "post": office.post_of(who), "first": first.name, "second": second.name}
            if absent is None:
                notes.add_finding("two_stages", (*path, late, "by"), **words)
            elif signers[who] is not others[who]:  # else that one person signs both, and is told
                at = ("person", office.people.index(absent), "deputies")
                notes.add_finding("deputy_two_stages", at, absent=absent.post, **words)


def _check_override(office: Office, notes: FindingCollector) -> None:
    """Whoever is named is there, and they are two at least: one person alone lets nothing pass."""
    for at, by in enumerate(office.override):
        _check_stage(office, Stage(name="", by=by), ("override", "by", at), notes)
    people = {person.id for by in office.override for person in office.eligible(Stage(name="", by=by))}
    if office.override and len(people) < REQUIRED_OVERRIDERS:
        notes.add_finding("override_alone", ("override", "by"), found=", ".join(sorted(people)))


def _signers(office: Office, stage: Stage) -> dict[str, Person | None]:
    """Who could sign a stage: id → None for themselves, or the person they would stand in for."""
    people = office.eligible(stage) if stage.by else ()
    if stage.by == DEPARTMENT_HEAD:
        people += office.holders(VILLAGE_LEADER)  # it is theirs for what comes from their village
    signers: dict[str, Person | None] = {one: person for person in people for one in person.deputies}
    signers.update({person.id: None for person in people if person.id})
    return signers


def _check_site(office: Office, notes: FindingCollector) -> None:
    """Note invalid hosts, addresses outside the listed hosts, and terms longer than the rule's."""
    for at, host in enumerate(office.site.hosts):
        if host and not is_host(host):
            notes.add_finding("bad_host", ("site", "hosts", at), found=host)
    hosts = tuple(host for host in office.site.hosts if is_host(host))
    for at, column in enumerate(office.columns):
        _check_address(column, hosts, ("column", at, "url"), notes)
        _check_days(column, ("column", at, "days"), notes)


def _check_address(
    column: WebsiteColumn, hosts: tuple[str, ...], path: KeyPath, notes: FindingCollector
) -> None:
    host, rule = host_of_url(column.url), FRESHNESS_RULES.get(column.kind)
    if column.url and not host:
        notes.add_finding("bad_address", path, found=column.url)
    elif rule and rule.elsewhere:
        return
    elif host and hosts and not is_allowed_host(host, host, hosts):
        notes.add_finding("host_not_listed", path, found=host, expected=", ".join(hosts))


def _check_days(column: WebsiteColumn, path: KeyPath, notes: FindingCollector) -> None:
    """An office may ask more of itself than the rule does, never less."""
    rule = FRESHNESS_RULES.get(column.kind)
    if rule and column.days > rule.days:
        words = {"label": rule.label, "article": rule.article}
        notes.add_finding("days_longer", path, found=str(column.days), expected=str(rule.days), **words)
