"""Sends, changes and fetches on Feishu, over its HTTP interface; what people send comes over the long connection.

Every message carries an id of ours under which Feishu accepts it once within an hour, so a send whose answer was lost
is repeated here instead of being left uncertain. Messages with buttons are cards, and cards can be changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar
from uuid import uuid4

from bot.channels.feishu.events import NAME
from bot.channels.feishu.send_results import is_token_refused, send_result_of
from bot.channels.stream.connection import StreamConnection
from bot.channels.stream.http_interface import AccessToken, TokenAnswer, token_answer
from bot.channels.stream.message_parts import count_parts, send_message, words_of
from bot.dialog.incoming import FileRef
from bot.dialog.incoming_files import TOO_LARGE, FileUnfetched
from config.json_text import object_part
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
from storage.web.http_results import PostOutcome

TOKEN_PATH = "/open-apis/auth/v3/tenant_access_token/internal"  # noqa: S105 - an address
MESSAGES = "/open-apis/im/v1/messages"
FILES, IMAGES = "/open-apis/im/v1/files", "/open-apis/im/v1/images"
GROUP_PREFIX = "oc_"
MAX_FILE_BYTES = 30_000_000
TRIES = 3


@dataclass(frozen=True, slots=True)
class FeishuChannel:
    """The channel of one bot, as ``scheduler/delivery/channel.py`` describes a channel."""

    connection: StreamConnection
    api: ApiClient
    token: AccessToken

    name: ClassVar[str] = NAME
    capabilities: ClassVar[ChannelCapabilities] = ChannelCapabilities(
        buttons=True, edit=True, files=True, mentions=True, max_length=8000, caption=0
    )
    rate_limits: ClassVar[RateLimits] = RateLimits(
        person=RateWindow(most=5, within=timedelta(seconds=1)),
        group=RateWindow(most=5, within=timedelta(seconds=1)),
        channel=RateWindow(most=50, within=timedelta(seconds=1)),
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

    def edit(self, address: str, message_id: str, message: Message) -> SendResult:
        """Change a card in place. Refuses a text too long for one message: it is to be sent anew."""
        if self.parts(message) > 1:
            return SendResult(outcome=SendOutcome.REFUSED, why="too_long")
        body = {"content": json.dumps(_card(message.text, message.rows, address), ensure_ascii=False)}
        answer = self._call("PATCH", f"{MESSAGES}/{message_id}", json=body)
        sent = answer if isinstance(answer, SendResult) else send_result_of(answer)
        return replace(sent, message=message_id) if sent.outcome is SendOutcome.SENT else sent

    def fetch(self, ref: FileRef, *, most: int = MAX_FILE_BYTES) -> bytes:
        """Download a file, at most ``most`` bytes of it. Raises FileUnfetched."""
        message, kind, key = ref.id.split(" ", 2)
        path = f"{MESSAGES}/{message}/resources/{key}"
        answer = self._call("GET", path, params={"type": kind}, most=min(most, MAX_FILE_BYTES))
        if isinstance(answer, SendResult):
            raise FileUnfetched(name=ref.name, why=answer.why)
        if answer.outcome is not PostOutcome.SENT:
            why = TOO_LARGE if answer.why == TOO_LARGE else send_result_of(answer).why
            raise FileUnfetched(name=ref.name, why=why)
        return answer.content

    def close(self) -> None:
        """Close the connections of the HTTP interface."""
        self.api.close()

    def _send_text(self, address: str, text: str, rows: Sequence[Sequence[Button]]) -> SendResult:
        if rows:
            return self._send_content(address, "interactive", _card(text, rows, address))
        literal = text.replace("<", "＜")  # otherwise “<at …>” would mention somebody
        return self._send_content(address, "text", {"text": literal})

    def _send_content(self, address: str, kind: str, content: Mapping[str, Any]) -> SendResult:
        receiver = "chat_id" if address.startswith(GROUP_PREFIX) else "open_id"
        body = {
            "receive_id": address,
            "msg_type": kind,
            "content": json.dumps(content, ensure_ascii=False),
            "uuid": uuid4().hex,
        }
        sent = SendResult(outcome=SendOutcome.NOT_ATTEMPTED, why="no_connection")
        for _ in range(TRIES):
            answer = self._call("POST", MESSAGES, params={"receive_id_type": receiver}, json=body)
            sent = answer if isinstance(answer, SendResult) else send_result_of(answer)
            if sent.outcome is SendOutcome.SENT and isinstance(answer, ApiAnswer):
                self.connection.mark_sent()
                return replace(sent, message=str(object_part(answer.data, "data").get("message_id", "")))
            if sent.outcome is not SendOutcome.UNCERTAIN:
                break
        return sent

    def _send_file(self, address: str, file: MessageAttachment) -> SendResult:
        kind, path, fields = "file", FILES, {"file_type": "stream", "file_name": file.name}
        if file.is_picture:
            kind, path, fields = "image", IMAGES, {"image_type": "message"}
        answer = self._call("POST", path, fields=fields, files={kind: (file.name, file.content)})
        sent = answer if isinstance(answer, SendResult) else send_result_of(answer)
        if sent.outcome is not SendOutcome.SENT or isinstance(answer, SendResult):
            unknown = sent.outcome is SendOutcome.UNCERTAIN  # an upload shows nothing to anybody
            return SendResult(outcome=SendOutcome.NOT_ATTEMPTED, why=sent.why) if unknown else sent
        key = f"{kind}_key"
        return self._send_content(address, kind, {key: object_part(answer.data, "data").get(key, "")})

    def _call(self, method: str, path: str, **parts: Any) -> ApiAnswer | SendResult:
        """Make a call with the token, once more with a new one where it ran out; an outcome where there is none."""

        def call(token: str) -> ApiAnswer:
            return self.api.call(method, path, headers={"Authorization": f"Bearer {token}"}, **parts)

        return self.token.call(call, is_token_refused)


def token_fetcher(api: ApiClient, account: ChannelAccount) -> Callable[[], TokenAnswer]:
    """What fetches the access token of a bot."""

    def fetch_token() -> TokenAnswer:
        answer = api.call("POST", TOKEN_PATH, json={"app_id": account.id, "app_secret": account.secret})
        token, seconds = answer.data.get("tenant_access_token"), answer.data.get("expire")
        return token_answer(token, seconds, send_result_of(answer))

    return fetch_token


def _card(text: str, rows: Sequence[Sequence[Button]], address: str) -> Mapping[str, Any]:
    """A card with a plain text and rows of buttons; it may be changed later, for everybody who sees it."""
    elements: list[Mapping[str, Any]] = [{"tag": "div", "text": {"tag": "plain_text", "content": text}}]
    if words := words_of(rows):
        note = {"tag": "plain_text", "content": words}
        elements.append({"tag": "note", "elements": [note]})
    elements += [{"tag": "action", "actions": [_button(button, address) for button in row]} for row in rows]
    return {"config": {"update_multi": True, "wide_screen_mode": True}, "elements": elements}


def _button(button: Button, address: str) -> Mapping[str, Any]:
    label = {"tag": "plain_text", "content": button.label}
    shown: dict[str, Any] = {"tag": "button", "text": label, "type": "default"}
    if not button.callback_token:
        return {**shown, "url": button.link}
    value: dict[str, Any] = {"token": button.callback_token}
    return {**shown, "value": value | ({"group": True} if address.startswith(GROUP_PREFIX) else {})}
