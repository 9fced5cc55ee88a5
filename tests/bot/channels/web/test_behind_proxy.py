"""The page behind a proxy: what is public stands in one setting, and real proxies as docs/running.md sets them up."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time

import httpx
import pytest
from starlette.testclient import TestClient

from bot.channels.web.request.public_address import BadPublicAddress, parse_public_address
from bot.channels.web.server import create_web_app, served
from tests.bot.channels.web.browser.serving import run_server
from tests.bot.channels.web.visitor import Visitor
from tests.paths import ROOT

PUBLIC = "https://gongkai.town.example"
RUNNING = (ROOT / "docs" / "running.md").read_text("utf-8")


@pytest.fixture
def browser(app):
    return TestClient(create_web_app(app, public_url=PUBLIC), base_url=PUBLIC, follow_redirects=False)


def joined(app, browser):
    answer = browser.post(f"/join/{Visitor(app).invite('clerk')}", headers={"origin": PUBLIC})
    assert answer.status_code == 303
    return answer


def test_the_cookie_is_this_hosts_alone_and_for_https_alone(app, browser):
    cookie = joined(app, browser).headers["set-cookie"]
    assert cookie.startswith("__Host-gongkai_session=")
    assert {"Secure", "Path=/", "HttpOnly", "SameSite=strict"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    page = browser.get("/")
    assert page.status_code == 200
    assert page.headers["strict-transport-security"] == "max-age=31536000"
    plain = TestClient(create_web_app(app), base_url="http://localhost")
    assert "strict-transport-security" not in plain.get("/").headers


def test_a_cookie_under_the_other_name_signs_nobody_in(app, browser):
    joined(app, browser)
    value = browser.cookies["__Host-gongkai_session"]
    browser.cookies.clear()
    browser.cookies.set("gongkai_session", value)
    assert browser.get("/").status_code == 401


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("gongkai.town.example", 401),
        ("127.0.0.1:8686", 401),
        ("localhost", 401),
        ("evil.example", 400),
        ("10.0.0.5", 400),
        ("gongkai.town.example.evil.example", 400),
        ("[", 400),
    ],
)
def test_only_the_public_name_and_this_machine_are_hosts(browser, host, status):
    assert (
        browser.get("/", headers={"host": host, "x-forwarded-host": "gongkai.town.example"}).status_code
        == status
    )


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (PUBLIC, 303),
        ("http://gongkai.town.example", 403),
        ("https://evil.example", 403),
        ("https://gongkai.town.example:444", 403),
        ("null", 403),
    ],
)
def test_a_form_comes_from_the_public_address_or_not_at_all(app, browser, origin, status):
    token = Visitor(app).invite("clerk")
    assert browser.post(f"/join/{token}", headers={"origin": origin}).status_code == status


def test_links_name_the_public_address(app, browser):
    joined(app, browser)
    page = browser.get("/people").text
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    data = {"act": "invite", "person": "mayor", "hours": "1", "token": token}
    shown = browser.post("/people", data=data, headers={"origin": PUBLIC, "x-forwarded-proto": "http"}).text
    assert f"{PUBLIC}/join/" in shown


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example",
        "https://",
        "https://a.example/path",
        "https://u:p@a.example",
        "a.example",
        "https://[",
        "https://a:b",
    ],
)
def test_an_address_that_is_none_is_refused_before_anything_is_served(url):
    with pytest.raises(BadPublicAddress):
        parse_public_address(url)
    assert parse_public_address("https://a.example:8443/").url == "https://a.example:8443"
    assert parse_public_address("https://a.example:443").url == "https://a.example"


def test_the_proxys_word_for_an_address_is_taken_on_this_machine_alone():
    address = parse_public_address(PUBLIC)
    told = httpx.Headers({"x-forwarded-for": "203.0.113.9, 198.51.100.7"})
    assert address.client(told, "127.0.0.1") == "198.51.100.7"
    assert address.client(told, "192.0.2.1") == "192.0.2.1"
    assert parse_public_address("").client(told, "127.0.0.1") == "127.0.0.1"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serving(app, **settings):
    return run_server(served(app, "127.0.0.1", **settings))


def example(kind):
    """The configuration that docs/running.md shows for a proxy."""
    return re.search(rf"```{kind}\n(.*?)```", RUNNING, re.DOTALL)[1]


def certificate(folder):
    subprocess.run(  # noqa: S603 - a certificate for a minute
        [shutil.which("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=gongkai.town.example", "-addext", "subjectAltName=DNS:gongkai.town.example",
         "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip


def nginx(folder, port, upstream):
    site = (
        example("nginx")
        .replace("443", f"127.0.0.1:{port}")
        .replace("127.0.0.1:8686", f"127.0.0.1:{upstream}")
    )
    site = site.replace("/etc/ssl/gongkai.crt", str(folder / "cert.pem")).replace(
        "/etc/ssl/gongkai.key", str(folder / "key.pem")
    )
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root; " if os.geteuid() == 0 else ""  # its workers write large bodies into the test's folder
    text = f"{user}daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}} http {{ access_log off; {temporary} {site} }}"
    (folder / "nginx.conf").write_text(text)
    return [shutil.which("nginx"), "-c", str(folder / "nginx.conf"), "-p", str(folder)]


def caddy(folder, port, upstream):
    site = example("caddy").replace(
        "gongkai.town.example {",
        f"https://gongkai.town.example:{port} {{\n\tbind 127.0.0.1\n\ttls {folder}/cert.pem {folder}/key.pem",
    )
    site = site.replace("127.0.0.1:8686", f"127.0.0.1:{upstream}")
    (folder / "Caddyfile").write_text("{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + site)
    return [shutil.which("caddy"), "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


@pytest.mark.parametrize("proxy", [nginx, caddy], ids=["nginx", "caddy"])
def test_a_real_proxy_set_up_as_the_manual_says(app, tmp_path, proxy):
    if shutil.which(proxy.__name__) is None:
        pytest.skip(f"{proxy.__name__} is not installed: apt-get install nginx-light caddy")
    port = free_port()
    public = f"{PUBLIC}:{port}"
    certificate(tmp_path)
    with serving(app, public_url=public) as upstream:
        command = proxy(tmp_path, port, upstream)
        running = subprocess.Popen(  # noqa: S603 - the proxy that was found
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"HOME": str(tmp_path), "PATH": "/usr/bin:/usr/sbin"},
        )
        try:
            visit(app, port, public, tmp_path)
        finally:
            running.terminate()
            running.wait(10)


def visit(app, port, public, folder):
    """Join, look and send a form through the proxy, from the outside."""
    with httpx.Client(
        verify=ssl.create_default_context(cafile=str(folder / "cert.pem")),
        base_url=f"https://127.0.0.1:{port}",
        headers={"host": f"gongkai.town.example:{port}"},
    ) as browser:
        extensions = {"sni_hostname": "gongkai.town.example"}
        until = time.monotonic() + 20
        while True:
            try:
                assert browser.get("/", extensions=extensions).status_code == 401
                break
            except httpx.TransportError:
                assert time.monotonic() < until
                time.sleep(0.1)
        answer = browser.post(
            f"/join/{Visitor(app).invite('clerk')}", headers={"origin": public}, extensions=extensions
        )
        assert answer.status_code == 303
        cookie = answer.headers["set-cookie"].split(";")[0]
        assert cookie.startswith("__Host-")
        page = browser.get("/people", headers={"cookie": cookie}, extensions=extensions)
        assert page.status_code == 200
        assert page.headers["strict-transport-security"]
        foreign = browser.post(
            "/people",
            data={"act": "invite"},
            headers={"cookie": cookie, "origin": "https://evil.example"},
            extensions=extensions,
        )
        assert foreign.status_code == 403
        large = browser.post(
            "/texts/new", content=b"x" * 34_000_000, headers={"cookie": cookie}, extensions=extensions
        )
        # Caddy says 502 where the page has answered and closed before all of the body was sent on.
        assert large.status_code in {413, 502}
