"""Sends, changes and fetches on DingTalk, over its HTTP interface; what people send comes over the Stream connection.

Texts go out as plain texts, messages with buttons as the standard interactive card, which can be changed in place and
shows the words of its buttons: whether a press comes through depends on the version of the platform.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar
from uuid import uuid4

from bot.channels.dingtalk.frames import GROUP_PREFIX, NAME
from bot.channels.dingtalk.send_results import is_token_refused, send_result_of
from bot.channels.stream.connection import StreamConnection
from bot.channels.stream.http_interface import AccessToken, TokenAnswer, token_answer
from bot.channels.stream.message_parts import count_parts, send_message, words_of
from bot.dialog.incoming import FileRef
from bot.dialog.incoming_files import TOO_LARGE, FileUnfetched
from config.office.channel_secrets import ChannelAccount
from scheduler.delivery.channel import (
    Button,
    ChannelCapabilities,
    Message,
    MessageAttachment,
    SendOutcome,
    SendResult,
)
from storage.messaging.rate_limits import RateLimits, RateWindow
from storage.web.api_client import ApiAnswer, ApiClient
from storage.web.http_client import fetch
from storage.web.http_results import FailureReason, FetchFailure, RequestPolicy

TOKEN_PATH = "/v1.0/oauth2/accessToken"  # noqa: S105 - an address
TO_PEOPLE, TO_GROUP = "/v1.0/robot/oToMessages/batchSend", "/v1.0/robot/groupMessages/send"
SEND_CARD, CHANGE_CARD = "/v1.0/im/v1.0/robot/interactiveCards/send", "/v1.0/im/robots/interactiveCards"
DOWNLOAD, UPLOAD = "/v1.0/robot/messageFiles/download", "/media/upload"
MAX_FILE_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class DingTalkChannel:
    """The channel of one bot, as ``scheduler/delivery/channel.py`` describes a channel."""

    connection: StreamConnection
    robot: str
    """The id of the bot, which every call names."""
    api: ApiClient
    media: ApiClient
    """The older interface, which alone takes uploads."""
    token: AccessToken
    policy: RequestPolicy = field(default_factory=RequestPolicy)
    """The bounds of downloads, whose addresses DingTalk names."""

    name: ClassVar[str] = NAME
    capabilities: ClassVar[ChannelCapabilities] = ChannelCapabilities(
        buttons=True, edit=True, files=True, mentions=True, max_length=3000, caption=0
    )
    rate_limits: ClassVar[RateLimits] = RateLimits(  # [unconfirmed] but the group's
        person=RateWindow(most=20, within=timedelta(minutes=1)),
        group=RateWindow(most=20, within=timedelta(minutes=1)),
        channel=RateWindow(most=20, within=timedelta(seconds=1)),
    )

    def parts(self, message: Message) -> int:
        """Return how many messages a message takes, each of which counts towards the limits."""
        return count_parts(message, self.capabilities.max_length)

    def send(self, address: str, message: Message) -> SendResult:
        """Send a message in as many parts as its length needs; the last has the buttons."""
        return send_message(
            message,
            self.capabilities.max_length,
            send_text=partial(self._send_text, address),
            send_file=partial(self._send_file, address),
        )

    def edit(self, address: str, message_id: str, message: Message) -> SendResult:  # noqa: ARG002 - the protocol's
        """Change a card in place. Refuses a text too long for one message: it is to be sent anew."""
        if self.parts(message) > 1:
            return SendResult(outcome=SendOutcome.REFUSED, why="too_long")
        body = {"cardBizId": message_id, "cardData": _card(message.text, message.rows)}
        answer = self._call("PUT", CHANGE_CARD, json=body)
        sent = answer if isinstance(answer, SendResult) else send_result_of(answer)
        return replace(sent, message=message_id) if sent.outcome is SendOutcome.SENT else sent

    def fetch(self, ref: FileRef, *, most: int = MAX_FILE_BYTES) -> bytes:
        """Download a file, at most ``most`` bytes of it. Raises FileUnfetched."""
        answer = self._call("POST", DOWNLOAD, json={"downloadCode": ref.id, "robotCode": self.robot})
        failed = answer if isinstance(answer, SendResult) else send_result_of(answer)
        if isinstance(answer, SendResult) or failed.outcome is not SendOutcome.SENT:
            raise FileUnfetched(name=ref.name, why=failed.why)
        page = fetch(str(answer.data.get("downloadUrl", "")), self.policy)
        if isinstance(page, FetchFailure):
            why = TOO_LARGE if page.why is FailureReason.TOO_LARGE else "no_connection"
            raise FileUnfetched(name=ref.name, why=why)
        if page.status != 200:  # noqa: PLR2004 - the only success: the address runs out
            raise FileUnfetched(name=ref.name, why="gone")
        if len(page.body) > most:
            raise FileUnfetched(name=ref.name, why=TOO_LARGE)
        return page.body

    def close(self) -> None:
        """Close the connections of the HTTP interfaces."""
        self.api.close()
        self.media.close()

    def _send_text(self, address: str, text: str, rows: Sequence[Sequence[Button]]) -> SendResult:
        if rows:
            return self._send_card(address, text, rows)
        return self._send(address, "sampleText", {"content": text})

    def _send(self, address: str, kind: str, parameters: Mapping[str, Any]) -> SendResult:
        body: dict[str, Any] = {
            "robotCode": self.robot,
            "msgKey": kind,
            "msgParam": json.dumps(parameters, ensure_ascii=False),
        }
        if address.startswith(GROUP_PREFIX):
            return self._post(TO_GROUP, {**body, "openConversationId": address}, "")
        return self._post(TO_PEOPLE, {**body, "userIds": [address]}, address)

    def _send_card(self, address: str, text: str, rows: Sequence[Sequence[Button]]) -> SendResult:
        card = uuid4().hex
        body: dict[str, Any] = {
            "cardTemplateId": "StandardCard",
            "cardBizId": card,
            "robotCode": self.robot,
            "cardData": _card(text, rows),
        }
        if address.startswith(GROUP_PREFIX):
            body["openConversationId"] = address
        else:
            body["singleChatReceiver"] = json.dumps({"userId": address})
        sent = self._post(SEND_CARD, body, "")
        return replace(sent, message=card) if sent.outcome is SendOutcome.SENT else sent

    def _send_file(self, address: str, file: MessageAttachment) -> SendResult:
        token = self.token.get()
        if isinstance(token, SendResult):
            return token
        answer = self.media.call(
            "POST",
            UPLOAD,
            params={"access_token": token, "type": "image" if file.is_picture else "file"},
            files={"media": (file.name, file.content)},
        )
        media = answer.data.get("media_id")
        if not isinstance(media, str):
            return SendResult(outcome=SendOutcome.NOT_ATTEMPTED, why="server")
        if file.is_picture:  # [unconfirmed]: the manual names an address here, and its samples a media id
            return self._send(address, "sampleImageMsg", {"photoURL": media})
        kind = file.name.rpartition(".")[2] or "file"
        parameters = {"mediaId": media, "fileName": file.name, "fileType": kind}
        return self._send(address, "sampleFile", parameters)

    def _post(self, path: str, body: Mapping[str, Any], person: str) -> SendResult:
        answer = self._call("POST", path, json=body)
        if isinstance(answer, SendResult):
            return answer
        sent = send_result_of(answer, person)
        if sent.outcome is SendOutcome.SENT:
            self.connection.mark_sent()
        return sent

    def _call(self, method: str, path: str, **parts: Any) -> ApiAnswer | SendResult:
        """Make a call with the token, once more with a new one where it ran out; an outcome where there is none."""

        def call(token: str) -> ApiAnswer:
            return self.api.call(method, path, headers={"x-acs-dingtalk-access-token": token}, **parts)

        return self.token.call(call, is_token_refused)


def token_fetcher(api: ApiClient, account: ChannelAccount) -> Callable[[], TokenAnswer]:
    """What fetches the access token of a bot."""

    def fetch_token() -> TokenAnswer:
        answer = api.call("POST", TOKEN_PATH, json={"appKey": account.id, "appSecret": account.secret})
        token, seconds = answer.data.get("accessToken"), answer.data.get("expireIn")
        return token_answer(token, seconds, send_result_of(answer))

    return fetch_token


def _card(text: str, rows: Sequence[Sequence[Button]]) -> str:
    """The data of a card: its text, the words of its buttons, and the buttons, whose ids come back when pressed."""
    shown = "\n".join(filter(None, (text, words_of(rows))))
    contents: list[Mapping[str, Any]] = [{"type": "text", "text": shown, "id": "text"}]
    contents += [
        {"type": "action", "actions": [_button(button) for button in row], "id": f"row{place}"}
        for place, row in enumerate(rows)
    ]
    data = {"config": {"autoLayout": True, "enableForward": False}, "contents": contents}
    return json.dumps(data, ensure_ascii=False)


def _button(button: Button) -> Mapping[str, Any]:
    label = {"type": "text", "text": button.label, "id": f"label {button.callback_token}"}
    return {
        "type": "button",
        "label": label,
        "actionType": "request",
        "status": "normal",
        "id": button.callback_token,
    }
