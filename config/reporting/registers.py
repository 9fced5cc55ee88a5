"""The matters that an office counts without opening a case: the figures of table 2, the information fee, activities.

条例 art. 20(1), (5), (6), (8); the fee by art. 42. A flow adds up over the year; a stock is what was in
force at the end of a day, moved on by what is issued and repealed after it.

The activities are those that the report mentions: publicity, training, meetings, press conferences, surveys. Each
kind gives the report's prose two figures, how often and how many people, under names a template may write
(``{{ training_times }}``, ``{{ training_people }}``), and belongs to one section of three: the form's sections one,
five and six tell of them (国办公开办函〔2021〕30号; training: 条例 48). [practice]
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """One countable matter: its cell (none for the information fee) and how it moves a stock, if it does."""

    key: str
    label: str
    cell: str = ""
    money: bool = False
    stock: bool = False
    changed_stock: str = ""
    """The stock that each one changes."""
    stock_change: int = 0
    synonyms: tuple[str, ...] = ()
    """Other words that offices' own registers use for it."""


_DOCUMENT_LABELS = {"regulation": "规章", "normative_document": "行政规范性文件"}


def _document_registers(key: str, row: str) -> tuple[Register, ...]:
    stock, name = f"{row}_in_force", _DOCUMENT_LABELS[key]
    moves = ((f"{key}_issued", "制发", "issued", 1), (f"{key}_repealed", "废止", "repealed", -1))
    flows = (
        Register(
            key=flow,
            label=f"{verb}{name}",
            synonyms=(f"{name}{verb}",),
            cell=f"table2.{row}.{cell}",
            changed_stock=stock,
            stock_change=by,
        )
        for flow, verb, cell, by in moves
    )
    held = "现行有效"
    count = Register(
        key=stock,
        label=f"{held}{name}",
        synonyms=(f"{name}{held}",),
        cell=f"table2.{row}.in_force",
        stock=True,
    )
    return (*flows, count)


REGISTERS: tuple[Register, ...] = (
    *_document_registers("regulation", "regulations"),
    *_document_registers("normative_document", "normative_documents"),
    Register(key="licence", label="行政许可", cell="table2.licences.decisions"),
    Register(key="penalty", label="行政处罚", cell="table2.penalties.decisions"),
    Register(key="coercive_measure", label="行政强制", cell="table2.coercive_measures.decisions"),
    Register(
        key="administrative_fee",
        label="行政事业性收费",
        cell="table2.administrative_fees.amount_10k_yuan",
        money=True,
    ),
    Register(key="information_fee", label="信息处理费", money=True, synonyms=("政府信息公开信息处理费",)),
)
REGISTERS_BY_KEY = {register.key: register for register in REGISTERS}

OVERVIEW, PROBLEMS, OTHER = "overview", "problems", "other"
_MATTER_PREFIX = "held."


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One kind of activity: its label, what is counted of it, and the section of the report that mentions it."""

    key: str
    label: str
    reached: str
    """The unit of ``reached``, in the form's language."""
    section: str

    @property
    def matter(self) -> str:
        """Its key among the counted matters, apart from the registers of art. 20."""
        return _MATTER_PREFIX + self.key

    @property
    def times(self) -> str:
        """The template name of the number of times it was held."""
        return f"{self.key}_times"

    @property
    def people(self) -> str:
        """The template name of the number of people it reached."""
        return f"{self.key}_people"


ACTIVITIES: tuple[Activity, ...] = (
    Activity(key="publicity", label="宣传活动", reached="受众人次", section=OVERVIEW),
    Activity(key="training", label="业务培训", reached="参加人次", section=OVERVIEW),
    Activity(key="meeting", label="工作会议", reached="参加人次", section=OVERVIEW),
    Activity(key="inspection", label="督察检查", reached="检查单位数", section=OVERVIEW),
    Activity(key="survey", label="满意度调查", reached="答卷份数", section=PROBLEMS),
    Activity(key="press_conference", label="新闻发布会", reached="参加人次", section=OTHER),
    Activity(key="hotline", label="利民热线访谈", reached="接听件数", section=OTHER),
    Activity(key="visit", label="政府开放日", reached="参加人次", section=OTHER),
)
ACTIVITIES_BY_KEY = {activity.key: activity for activity in ACTIVITIES}
ACTIVITY_MATTERS = tuple(activity.matter for activity in ACTIVITIES)
ACTIVITIES_BY_MATTER = {activity.matter: activity for activity in ACTIVITIES}


def activity_matter(key: str) -> str:
    """The counted matter of a kind, also of one that is no longer known."""
    return _MATTER_PREFIX + key
