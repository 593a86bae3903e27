"""Browser: how long pages take from navigation until all their charts or cards are drawn, in Chromium."""

from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import arguments, chromium

#: The charts and the library's cards that are on a page, and those of them that have their drawing.
_PARTS = """() => {
    const charts = [...document.querySelectorAll('[data-testid="stPlotlyChart"]')];
    const components = [...document.querySelectorAll('[data-testid="stBidiComponentIsolated"]')];
    const inside = components.flatMap(each => [each, ...each.querySelectorAll('*')]).map(each => each.shadowRoot);
    const cards = inside.filter(Boolean).flatMap(root => [...root.querySelectorAll('.cards li')]);
    const drawn = charts.filter(chart => chart.querySelector('svg.main-svg')?.getBoundingClientRect().height > 0);
    return [charts.length + cards.length, drawn.length + cards.filter(card => card.offsetHeight > 0).length];
}"""
#: Milliseconds since navigation once the script has ended, nothing is loading and as many parts have their drawing.
_DRAWN = f"""parts => {{
    const app = document.querySelector('[data-testid="stApp"]');
    if (app?.dataset.testScriptState !== 'notRunning' || !app.querySelector('h1')) return false;
    if (app.querySelector('[data-testid="stSkeleton"], [data-testid="stSpinner"]')) return false;
    const [found, drawn] = ({_PARTS})();
    return found >= parts && drawn === found && performance.now();
}}"""


def load_times(urls: list[str], repeats: int) -> list[dict[str, object]]:
    """Contender: for each page its charts and cards, and the milliseconds of each load; pages take turns.

    A first load of each is not counted: it fills the browser's cache and the app's.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=arguments())
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.set_default_timeout(60_000)
        parts = [_count_parts(page, url) for url in urls]
        rounds = [[_load_ms(page, url, drawn) for url, drawn in zip(urls, parts, strict=True)] for _ in range(repeats)]
        browser.close()
    return [{"parts": drawn, "ms": list(times)} for drawn, times in zip(parts, zip(*rounds, strict=True), strict=True)]


def _count_parts(page: Page, url: str) -> int:
    page.goto(url, wait_until="networkidle")
    page.wait_for_function(_DRAWN, arg=0)
    return int(page.evaluate(_PARTS)[0])


def _load_ms(page: Page, url: str, parts: int) -> float:
    page.goto(url, wait_until="commit")
    return float(page.wait_for_function(_DRAWN, arg=parts).json_value())
