"""Group robots of work chats (WeCom, DingTalk, Feishu): channels that send to groups and receive nothing.

Bulletins, counts and public reminders are sent to them, never a person's own tasks. Each takes 20 messages a minute,
a limit that the outbox keeps (``storage/messaging/rate_limits.py``). Robots answer 200 even when they refuse: the
outcome is an error code in the body, which is read here.

Their URLs are secrets, for everybody who has one can post in the group. They come from the environment or from a
file (``GONGKAI_ROBOTS``), one robot a line, and appear in no message, log or representation.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import quote_plus

from bot.channels.stream.message_parts import send_parts
from bot.language.text_pages import split_text
from config.clock import Clock
from config.errors import Refusal
from config.json_text import parse_json_object
from scheduler.delivery.channel import ChannelCapabilities, Message, SendOutcome, SendResult
from storage.web.http_client import post_json
from storage.web.http_results import PostOutcome, PostResult, RequestPolicy

BYTES_PER_UNIT = 3  # of UTF-8, at most, for one UTF-16 unit: a text that fits in units fits in bytes
UNKNOWN_CODE_REASON = "rejected"


class RobotLine(Refusal):
    """Line {line} of GONGKAI_ROBOTS is no robot. Write: KIND NAME ADDRESS SECRET, the kind one of {kinds}."""


class RobotTwice(Refusal):
    """Line {line} of GONGKAI_ROBOTS names the {kind} group “{name}” a second time. Give it another name."""


class RobotUnsigned(Refusal):
    """The robot in line {line} of GONGKAI_ROBOTS has no secret, and {kind} robots are to sign. Add its secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Robot:
    """One robot in one group."""

    kind: str
    name: str
    """The office's name for the group, which is its address in the outbox."""
    url: str = field(repr=False)
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotRequest:
    """The URL and the JSON body of one post."""

    url: str = field(repr=False)
    body: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotKind:
    """How to post to one work chat's robots, and what their error codes mean."""

    build_request: Callable[[Robot, str, int], RobotRequest]
    """Builds the post from a robot, a text and the Unix time in seconds."""
    code: str
    """The key of the error code in the answer; code 0 is success."""
    former_code: str = ""
    """Its key in older answers."""
    max_length: int
    """The longest text, in bytes of UTF-8."""
    signs: bool
    """Whether posts are signed with the robot's secret."""
    limited: frozenset[int]
    """Codes for too many messages in a short time."""
    wait: timedelta
    """How long the robot takes no message after that."""
    busy: frozenset[int]
    """Codes of temporary faults."""
    refused: Mapping[int, str]
    """Codes of refusals and the key of their reason; any other code is a refusal too."""


def sign_dingtalk(secret: str, milliseconds: int) -> str:
    """Sign a DingTalk post: the HMAC of the time in milliseconds and the secret, keyed by the secret."""
    content = f"{milliseconds}\n{secret}".encode()
    return base64.b64encode(hmac.new(secret.encode(), content, hashlib.sha256).digest()).decode()


def sign_feishu(secret: str, seconds: int) -> str:
    """Sign a Feishu post: the HMAC of nothing, keyed by the Unix time in seconds and the secret."""
    key = f"{seconds}\n{secret}".encode()
    return base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()


def _wecom_request(robot: Robot, text: str, _now: int) -> RobotRequest:
    return RobotRequest(url=robot.url, body={"msgtype": "text", "text": {"content": text}})


def _dingtalk_request(robot: Robot, text: str, now: int) -> RobotRequest:
    at = now * 1000
    sign = quote_plus(sign_dingtalk(robot.secret, at))
    joint = "&" if "?" in robot.url else "?"
    url = f"{robot.url}{joint}timestamp={at}&sign={sign}"
    return RobotRequest(url=url, body={"msgtype": "text", "text": {"content": text}})


def _feishu_request(robot: Robot, text: str, now: int) -> RobotRequest:
    signed = {"timestamp": str(now), "sign": sign_feishu(robot.secret, now)}
    return RobotRequest(url=robot.url, body={**signed, "msg_type": "text", "content": {"text": text}})


# Lengths and limits are from the manuals; the error codes other than 0 are [unconfirmed], and a code that is not
# listed here is a refusal, which is noticed the same day.
ROBOT_KINDS: Mapping[str, RobotKind] = {
    "wecom": RobotKind(
        build_request=_wecom_request,
        code="errcode",
        max_length=2048,
        signs=False,
        limited=frozenset({45009}),
        wait=timedelta(minutes=1),
        busy=frozenset({-1}),
        refused={93000: "not_found", 40058: "rejected", 45002: "too_long"},
    ),
    "dingtalk": RobotKind(
        build_request=_dingtalk_request,
        code="errcode",
        max_length=20_000,  # [unconfirmed]
        signs=True,
        limited=frozenset({130101, 410100, 90030}),
        wait=timedelta(minutes=10),
        busy=frozenset({-1}),
        refused={300001: "not_found", 300005: "not_found", 310000: "not_allowed", 40035: "rejected"},
    ),
    "feishu": RobotKind(
        build_request=_feishu_request,
        code="code",
        former_code="StatusCode",  # [unconfirmed]
        max_length=18_000,  # the whole request takes 20 KB [unconfirmed]
        signs=True,
        limited=frozenset({9499, 11232}),
        wait=timedelta(minutes=1),
        busy=frozenset(),
        refused={19001: "not_found", 19021: "not_allowed", 19022: "not_allowed", 19024: "not_allowed"},
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotChannel:
    """The robots of one work chat as a channel, in which an address is the name of a group."""

    name: str
    robots: Mapping[str, Robot]
    clock: Clock
    policy: RequestPolicy = field(default_factory=RequestPolicy)

    @property
    def kind(self) -> RobotKind:
        """How to post to this work chat's robots."""
        return ROBOT_KINDS[self.name]

    @property
    def capabilities(self) -> ChannelCapabilities:
        """Text only, to groups only, without editing."""
        return ChannelCapabilities(private=False, max_length=self.kind.max_length // BYTES_PER_UNIT)

    @property
    def groups(self) -> Sequence[str]:
        """The names of the groups that have a robot."""
        return tuple(self.robots)

    def parts(self, message: Message) -> int:
        """Return how many posts a message takes: each counts towards the limit of 20 a minute."""
        return sum(1 for _ in split_text(message.text, self.capabilities.max_length))

    def send(self, address: str, message: Message) -> SendResult:
        """Send a message to a group, in as many posts as its length needs."""
        robot = self.robots.get(address)
        if robot is None:
            return SendResult(outcome=SendOutcome.REFUSED, why="not_found")
        pages = split_text(message.text, self.capabilities.max_length)
        return send_parts(partial(self._post, robot, text) for text in pages)

    def edit(self, address: str, message_id: str, message: Message) -> SendResult:  # noqa: ARG002 - the protocol's
        """Refuse: robots cannot edit."""
        return SendResult(outcome=SendOutcome.REFUSED, why="not_allowed")

    def _post(self, robot: Robot, text: str) -> SendResult:
        call = self.kind.build_request(robot, text, int(self.clock.now().timestamp()))
        return robot_send_result(self.kind, post_json(call.url, call.body, self.policy))


def robot_send_result(kind: RobotKind, posted: PostResult) -> SendResult:
    """Return the outcome of a post, from its HTTP status first and then from the code in its body."""
    code = _response_code(posted.body, kind)
    # A refusal by status may still have a code in its body; the body of a server fault has none.
    if posted.outcome is not PostOutcome.SENT and not (posted.outcome is PostOutcome.REFUSED and code):
        wait = timedelta(seconds=posted.retry_after) if posted.retry_after is not None else None
        why = str(posted.why) if posted.why else "server"
        return SendResult(outcome=SendOutcome(posted.outcome), why=why, retry_after=wait)
    if code is None:
        return SendResult(outcome=SendOutcome.UNCERTAIN, why="garbled")
    if code == 0:
        return SendResult(outcome=SendOutcome.SENT)
    if code in kind.limited:
        return SendResult(outcome=SendOutcome.NOT_ATTEMPTED, why="flood", retry_after=kind.wait)
    if code in kind.busy:
        return SendResult(outcome=SendOutcome.NOT_ATTEMPTED, why="server")
    return SendResult(outcome=SendOutcome.REFUSED, why=kind.refused.get(code, UNKNOWN_CODE_REASON))


def parse_robots(text: str, clock: Clock) -> list[RobotChannel]:
    """Parse ``GONGKAI_ROBOTS`` into channels.

    Raises RobotLine, RobotTwice and RobotUnsigned, which name the line but never its content, a secret.
    """
    by_kind: dict[str, dict[str, Robot]] = {}
    for place, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        robot = _parse_robot(words, place)
        if robot.name in by_kind.get(robot.kind, {}):
            raise RobotTwice(line=place, kind=robot.kind, name=robot.name)
        by_kind.setdefault(robot.kind, {})[robot.name] = robot
    return [RobotChannel(name=kind, robots=robots, clock=clock) for kind, robots in by_kind.items()]


def _parse_robot(words: list[str], place: int) -> Robot:
    parts = dict(zip(("kind", "name", "url", "secret"), words, strict=False))
    if parts["kind"] not in ROBOT_KINDS or "url" not in parts or len(words) > 4:  # noqa: PLR2004 - see the sentence
        raise RobotLine(line=place, kinds=", ".join(ROBOT_KINDS))
    robot = Robot(**parts)
    if ROBOT_KINDS[robot.kind].signs and not robot.secret:
        raise RobotUnsigned(line=place, kind=robot.kind)
    return robot


def _response_code(body: bytes, kind: RobotKind) -> int | None:
    found = parse_json_object(body)
    names = (kind.code, kind.former_code) if kind.former_code else (kind.code,)
    code = next((found[name] for name in names if name in found), None)
    return code if isinstance(code, int) and not isinstance(code, bool) else None
