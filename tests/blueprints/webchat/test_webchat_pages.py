"""What a customer's site loads: who may show it, what it weighs, and what it never does."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from werkzeug.test import TestResponse

from dashboard.blueprints.webchat.color import DARK_PAGE, LIGHT_PAGE, as_color, contrast, link_on, readable_on
from dashboard.blueprints.webchat.pages import is_site
from dashboard.models.ids import new_public_id
from tests.blueprints.webchat.conftest import GREETING, Shop

LIMIT = 30 * 1024


def get(shop: Shop, path: str) -> TestResponse:
    return shop.app.test_client().get(path, buffered=True)


def test_the_frame_may_stand_on_the_allowed_sites_only(shop: Shop) -> None:
    answer = get(shop, f"/webchat/{shop.channel}/frame")
    policy = answer.headers["Content-Security-Policy"]
    assert answer.status_code == 200
    assert "frame-ancestors 'self' https://shop.acme.test https://*.acme.example:8443" in policy
    assert "unsafe" not in policy
    assert "X-Frame-Options" not in answer.headers


def test_without_allowed_sites_only_our_own_pages_show_the_frame(shop: Shop) -> None:
    shop.change(allowed_sites=[])
    policy = get(shop, f"/webchat/{shop.channel}/frame").headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors 'self'")


def test_a_site_cannot_smuggle_directives_into_the_policy(shop: Shop) -> None:
    shop.change(allowed_sites=["https://ok.test", "https://a.test; script-src *", "*", "javascript:x", 7])
    policy = get(shop, f"/webchat/{shop.channel}/frame").headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors 'self' https://ok.test")


@pytest.mark.parametrize("site", ["https://a.test", "http://localhost:8000", "https://*.a.test", "https://a.test:*"])
def test_origins_are_sites(site: str) -> None:
    assert is_site(site)


def test_the_frame_carries_its_looks_as_data_and_no_script(shop: Shop) -> None:
    shop.change(greeting="</script><img src=x onerror=alert(1)>")
    page = BeautifulSoup(get(shop, f"/webchat/{shop.channel}/frame").text, "html.parser")
    assert [each.get("src") or each.get("type") for each in page("script")] == [
        "/static/webchat/main.js",
        "application/json",
    ]
    assert not page("img")


def test_the_frame_needs_no_cookie_and_sets_none(shop: Shop) -> None:
    for path in (f"{shop.channel}.js", f"{shop.channel}/frame"):
        assert "Set-Cookie" not in get(shop, f"/webchat/{path}").headers


def test_the_loader_runs_on_other_sites_and_is_kept_for_minutes(shop: Shop) -> None:
    answer = get(shop, f"/webchat/{shop.channel}.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert f'"channel": "{shop.channel}"' in answer.text


def test_the_loader_of_a_switched_off_channel_adds_nothing(shop: Shop) -> None:
    shop.change(is_connected=False)
    answer = get(shop, f"/webchat/{shop.channel}.js")
    assert answer.status_code == 200
    assert all(line.startswith("//") for line in answer.text.splitlines() if line)


def test_the_frame_of_a_switched_off_channel_says_so(shop: Shop) -> None:
    shop.change(is_connected=False)
    answer = get(shop, f"/webchat/{shop.channel}/frame")
    assert answer.status_code == 200
    assert '"is_connected": false' in answer.text


@pytest.mark.parametrize("page", [".js", "/frame", "/demo"])
def test_unknown_channels_are_not_found(shop: Shop, page: str) -> None:
    for channel in (new_public_id(), "nobody", "%00", "a'b", shop.channel.upper()):
        assert get(shop, f"/webchat/{channel}{page}").status_code == 404


def test_the_demo_shop_is_served_in_the_demo_only(shop: Shop) -> None:
    assert get(shop, f"/webchat/{shop.channel}/demo").status_code == 404


def test_the_demo_shop_shows_the_chat_opened(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop(demo=True)
    page = BeautifulSoup(get(shop, f"/webchat/{shop.channel}/demo").text, "html.parser")
    script = page.select_one("script[src]")
    assert script is not None
    assert script["src"] == f"/webchat/{shop.channel}.js"
    assert script["data-open"] == "true"
    assert page.select_one("h1") is not None


def test_everything_that_a_site_loads_stays_under_30_kb_compressed(shop: Shop) -> None:
    frame = get(shop, f"/webchat/{shop.channel}/frame")
    assert GREETING in frame.text
    page = BeautifulSoup(frame.text, "html.parser")
    addresses = {str(each.get("href") or each.get("src")) for each in page.select("link[href], script[src]")}
    parts = [get(shop, f"/webchat/{shop.channel}.js"), frame]
    parts += [get(shop, address) for address in addresses if address.startswith("/")]
    assert all(part.status_code == 200 for part in parts)
    assert len(parts) > 8
    assert sum(len(gzip.compress(part.data)) for part in parts) < LIMIT


def test_every_module_that_is_imported_is_fetched_with_the_page(shop: Shop) -> None:
    page = get(shop, f"/webchat/{shop.channel}/frame").text
    listed = set(re.findall(r"/static/webchat/(\w+\.js)", page))
    imported = {"main.js"}
    for name in sorted(listed):
        imported |= set(re.findall(r'from "\./(\w+\.js)"', get(shop, f"/static/webchat/{name}").text))
    assert listed == imported


def test_texts_never_become_html(shop: Shop) -> None:
    page = get(shop, f"/webchat/{shop.channel}/frame").text
    modules = {f"/static/webchat/{name}" for name in re.findall(r"/static/webchat/(\w+\.js)", page)}
    for address in modules | {f"/webchat/{shop.channel}.js"}:
        source = get(shop, address).text
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", source)


@pytest.mark.parametrize("color", ["#000000", "#ffffff", "#777777", "#2f6f4f", "#ffd400", "#1f5fbf", "#e91e63"])
def test_words_can_be_read_on_every_brand_colour(color: str) -> None:
    assert contrast(color, readable_on(color)) >= 4.5
    for page in (LIGHT_PAGE, DARK_PAGE):
        link = link_on(color, page)
        assert link is None or contrast(link, page) >= 4.5


@pytest.mark.parametrize("raw", ["red", "#12", "#12345g", "#fff;} * {display:none", ""])
def test_what_is_no_colour_is_replaced(raw: str) -> None:
    assert as_color(raw) == "#1f5fbf"


def test_contrast_is_that_of_the_standard() -> None:
    values: dict[tuple[str, str], Any] = {("#000000", "#ffffff"): 21.0, ("#777777", "#ffffff"): 4.48}
    for (one, other), ratio in values.items():
        assert contrast(one, other) == pytest.approx(ratio, abs=0.01)
