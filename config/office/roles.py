"""The roles of an office: the key and the Chinese label of each, who must hold them, and what they give access to.

A role is either written beside a person or comes with a place, as the head of a department is a ``department_head``.
"""

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from enum import IntEnum

from config.declarations.keys import (
    CLERK,
    DEPARTMENT_HEAD,
    DISCLOSURE_HEAD,
    GROUP_HEAD,
    LEADER,
    OFFICE_HEAD,
    READER,
    SECRECY_REVIEWER,
    VILLAGE_LEADER,
    VILLAGE_REPORTER,
)

WRITTEN_ROLES: Mapping[str, str] = {
    CLERK: "信息公开工作人员",
    DISCLOSURE_HEAD: "政府信息公开工作机构负责人",  # consents to an extension: 条例 art. 33
    SECRECY_REVIEWER: "保密审查员",  # reviews before disclosure: 保密法实施条例 art. 42
    OFFICE_HEAD: "党政办主任",
    LEADER: "分管领导",
    READER: "查阅人员",  # reads every case, and keeps no register: a person without a role reads nothing of others
}
PLACE_ROLES: Mapping[str, str] = {
    DEPARTMENT_HEAD: "部门负责人",
    GROUP_HEAD: "领导小组组长",
    VILLAGE_REPORTER: "村信息员",
    VILLAGE_LEADER: "村负责人",
}
ROLES: Mapping[str, str] = {**WRITTEN_ROLES, **PLACE_ROLES}
NEEDED_ROLES = (CLERK, DISCLOSURE_HEAD, SECRECY_REVIEWER, LEADER)
"""Held in every office, whatever its chains: who handles, extends, reviews, and is escalated to."""
REGISTER_KEEPER_ROLES = frozenset({CLERK, OFFICE_HEAD, DISCLOSURE_HEAD})
"""Their holders keep the registers: they open cases, enter counts and activities, and confirm who joins."""
VILLAGE_ROLES = frozenset({VILLAGE_REPORTER, VILLAGE_LEADER})
READER_ROLES = REGISTER_KEEPER_ROLES | {LEADER, GROUP_HEAD, READER}
"""Their holders read every case, list and figure of the office. Everybody else reads only what concerns them
(``scheduler/worklist/readers.py``); whoever is to read more is given the role ``reader`` in office.toml."""


def are_village_roles(roles: Collection[str]) -> bool:
    """Whether somebody with these roles works for a village alone. False for somebody without a role."""
    return bool(roles) and VILLAGE_ROLES.issuperset(roles)


class AccessLevel(IntEnum):
    """The access that a page or a verb requires, and that a person has: each level includes those before it."""

    ANYONE = 0
    JOINED = 1
    """Whoever has joined: the view or command itself shows only what the reader's own rights allow."""
    READ = 2
    """Whoever reads every case."""
    RECORD = 3
    """Whoever keeps the registers."""


def access_level(roles: AbstractSet[str]) -> AccessLevel:
    """The access of somebody who has joined and holds these roles."""
    if roles & REGISTER_KEEPER_ROLES:
        return AccessLevel.RECORD
    return AccessLevel.READ if roles & READER_ROLES else AccessLevel.JOINED
