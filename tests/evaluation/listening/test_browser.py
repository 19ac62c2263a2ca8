"""The page in a browser, from the first key to the answers; needs Playwright and Chromium."""

import shutil

import pytest

from ganspeech.evaluation.listening.answers import read_results
from ganspeech.evaluation.listening.page import render

api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def browser():
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def opened(browser, tests, tmp_path):
    """Opens the page of a method; what the browser complains of and asks for is gathered."""
    context, told = browser.new_context(accept_downloads=True), []

    def open_page(method):
        path = tmp_path / f"{method}.html"
        path.write_text(render(tests[method]), encoding="utf-8")
        page = context.new_page()
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("request", lambda request: told.append(request.url))
        page.goto(path.as_uri())
        return page

    yield open_page
    context.close()
    assert {entry for entry in told if not entry.startswith("file:")} == set()


def saved(page, path):
    with page.expect_download() as download:
        page.click("#save")
    download.value.save_as(path)
    return read_results([path])


def begin(page, name):
    page.focus("#listener")
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    page.wait_for_selector("#trial:not([hidden])")


def test_ratings_by_keyboard_survive_a_reload(opened, tmp_path):
    page = opened("mushra")
    begin(page, "Ear 1")
    for trial in range(3):
        page.keyboard.press("0")
        for version in range(1, 6):
            page.keyboard.press(str(version))
            page.wait_for_function("player.playing() !== null")
            assert page.is_disabled("#next")
            page.keyboard.press("ArrowUp" if version % 2 else "PageUp")
        assert page.inner_text("#left") == "" and page.is_enabled("#next")
        shown = [output.inner_text() for output in page.query_selector_all("output")]
        assert shown == ["51", "60", "51", "60", "51"]
        if trial == 1:
            page.reload()
            assert page.inner_text("#place") == "Trial 2 of 3" and page.is_enabled("#next")
            assert [one.inner_text() for one in page.query_selector_all("output")] == shown
        page.keyboard.press("Enter")
    page.reload()
    assert page.is_visible("#end")
    (listener,) = saved(page, tmp_path / "answers.json").listeners
    assert listener.name == "Ear 1"
    for answer in listener.answers:
        assert sorted(answer.ratings.values()) == [51, 51, 51, 60, 60]


def test_pairs_by_keyboard(opened, tmp_path):
    page = opened("ab")
    begin(page, "Ear 2")
    for choice in "123":
        page.keyboard.press("a")
        page.keyboard.press(choice)
        assert page.inner_text("#left") == "1 not heard yet."
        page.keyboard.press("b")
        page.keyboard.press("Enter")
    (listener,) = saved(page, tmp_path / "answers.json").listeners
    given = [answer.preferred for answer in listener.answers]
    assert given.count(None) == 1 and {"alpha", "<beta>"} >= set(given) - {None}
