"""The activities of an office that its report mentions: publicity, training, meetings, press conferences, surveys.

Each kind gives the report's prose two figures, how often and how many people, under names a template may write
(``{{ training_times }}``, ``{{ training_people }}``), and belongs to one section of three: the
form's sections one, five and six tell of them (国办公开办函〔2021〕30号; training: 条例 48). [practice]
"""

from __future__ import annotations

from dataclasses import dataclass

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
