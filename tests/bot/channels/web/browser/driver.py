"""A browser driven over the W3C WebDriver protocol: just enough of it to play a story in a real page."""

import base64
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import httpx

CHROMIUM, CHROMEDRIVER = shutil.which("chromium"), shutil.which("chromedriver")
MISSING = "chromium and chromedriver are not installed"
AXE = (Path(__file__).parent / "axe.min.js").read_text("utf-8")
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the protocol's own name for a reference to an element
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage --lang=zh-CN --hide-scrollbars"
)


class Browser:
    """One window. Elements are found by CSS."""

    def __init__(self, client: httpx.Client, session: str) -> None:
        self.client, self.session = client, session
        self.axe = ""

    def call(self, method: str, path: str, data: dict | None = None):
        answer = self.client.request(
            method, f"/session/{self.session}{path}", json=data if method == "POST" else None
        )
        value = answer.json()["value"]
        if answer.is_error:
            raise AssertionError(value["message"])
        return value

    def go(self, address: str) -> None:
        self.call("POST", "/url", {"url": address})

    def find(self, css: str) -> str:
        return self.call("POST", "/element", {"using": "css selector", "value": css})[ELEMENT]

    def find_all(self, css: str) -> list[str]:
        found = self.call("POST", "/elements", {"using": "css selector", "value": css})
        return [each[ELEMENT] for each in found]

    def click(self, css: str) -> None:
        self.call("POST", f"/element/{self.find(css)}/click", {})

    def type(self, css: str, text: str) -> None:
        self.call("POST", f"/element/{self.find(css)}/value", {"text": text})

    def press(self, key: str) -> None:
        """A key, wherever the page's focus is."""
        self.keys(key)

    def keys(self, keys: str, holding: str = "") -> None:
        """Keys one after the other, wherever the focus is by then, while another is held."""
        held = [{"type": "keyDown", "value": holding}] if holding else []
        let_go = [{"type": "keyUp", "value": holding}] if holding else []
        pressed = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        actions = [*held, *pressed, *let_go]
        self.call("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def printed(self) -> bytes:
        """The page as it is printed, as a pdf."""
        return base64.b64decode(self.call("POST", "/print", {}))

    def text(self, css: str = "main") -> str:
        """What is read there; in one step, because the page may just be changing."""
        return self.run(
            "const found = document.querySelector(arguments[0]); return found ? found.innerText : ''", css
        )

    def wait(self, holds: Callable[[], object], seconds: float = 20) -> bool:
        """Whether something comes to hold. The time is an end for what never comes, not a measure."""
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        return True

    def says(self, words: str, css: str = "main", seconds: float = 20) -> bool:
        """Whether the page comes to say this."""
        return self.wait(lambda: words in self.text(css), seconds)

    def leaves(self, path: str) -> None:
        """Wait until a form that was sent has brought another page: to go on before would break it off."""
        assert self.wait(lambda: not self.run("return location.pathname").startswith(path)), path

    def run(self, script: str, *arguments: object):
        return self.call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def size(self, width: int, height: int) -> None:
        """The page's own size: a window cannot be narrower than its frame allows."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.cdp("Emulation.setDeviceMetricsOverride", **metrics)

    def colours(self, scheme: str) -> None:
        """What the system of this browser is set to: ``light`` or ``dark``."""
        self.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def screenshot(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.call("GET", "/screenshot")))

    def errors(self) -> list[str]:
        """What the page complained of: a blocked style, a script that failed, something not found."""
        found = self.call("POST", "/se/log", {"type": "browser"})
        return [entry["message"] for entry in found if entry["level"] == "SEVERE"]

    def until(self, css: str) -> None:
        """Wait for an element that a partial refresh brings."""
        assert self.wait(lambda: self.find_all(css)), css

    def forget(self) -> None:
        """Be a fresh window again: nobody signed in, nothing shown, a PC's size and colours, no complaint kept."""
        if self.axe:
            self.cdp("Page.removeScriptToEvaluateOnNewDocument", identifier=self.axe)
            self.axe = ""
        self.go("about:blank")
        self.size(1280, 900)
        self.cdp("Network.clearBrowserCookies")
        self.cdp("Emulation.setEmulatedMedia", media="", features=[])
        self.errors()

    def look_closely(self) -> None:
        """Let every page bring axe with it, until the window forgets: brought afterwards, it takes three times as long."""
        self.axe = self.cdp("Page.addScriptToEvaluateOnNewDocument", source=AXE)["identifier"]

    def cdp(self, command: str, **params: object):
        """A command of the browser's own protocol."""
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": params})


@contextmanager
def browser():
    """A fresh browser, with nothing kept from any other."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        driver = subprocess.Popen(  # noqa: S603 - the driver found above
            [CHROMEDRIVER, f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as client:
                session = _session(client, profile)
                try:
                    yield Browser(client, session)
                finally:
                    client.delete(f"/session/{session}")  # the browser is no child that ends with its driver
        finally:
            driver.terminate()
            driver.wait(10)


def _session(client: httpx.Client, profile: str) -> str:
    options = {"binary": CHROMIUM, "args": [*FLAGS.split(), f"--user-data-dir={profile}"]}
    wanted = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
    for _ in range(100):
        try:
            answer = client.post("/session", json={"capabilities": {"alwaysMatch": wanted}})
        except httpx.ConnectError:
            time.sleep(0.1)
            continue
        value = answer.json()["value"]
        if answer.is_error:
            raise AssertionError(value["message"])
        return value["sessionId"]
    raise AssertionError("chromedriver does not answer")


def choose(page: Browser, id_: str, value: str) -> None:
    page.click(f"[id='{id_}'] option[value='{value}']")


def fits(page: Browser) -> None:
    """Nothing on the page is wider than the window; a wide table scrolls by itself."""
    assert page.run("return document.documentElement.scrollWidth <= window.innerWidth")


def serious(page: Browser) -> list[str]:
    """What axe-core finds on the page that is moderate or worse: rule, how grave, and where."""
    if not page.run("return 'axe' in window"):
        page.run(AXE)
    found = page.run(
        "return axe.run(document, {resultTypes: ['violations']}).then(found => found.violations)"
    )
    return [
        f"{one['id']} {one['impact']} {node['target']}"
        for one in found
        if one["impact"] in {"moderate", "serious", "critical"}
        for node in one["nodes"]
    ]
