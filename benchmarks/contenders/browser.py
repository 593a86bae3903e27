"""Browser: how long pages take from navigation until all their charts are drawn, in Chromium."""

from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import arguments, chromium

#: Milliseconds since navigation once the script has ended, nothing is loading and every chart has its drawing.
_DRAWN = """charts => {
    const app = document.querySelector('[data-testid="stApp"]');
    if (app?.dataset.testScriptState !== 'notRunning' || !app.querySelector('h1')) return false;
    if (app.querySelector('[data-testid="stSkeleton"], [data-testid="stSpinner"]')) return false;
    const found = [...app.querySelectorAll('[data-testid="stPlotlyChart"]')];
    const drawn = found.filter(chart => chart.querySelector('svg.main-svg')?.getBoundingClientRect().height > 0);
    return found.length >= charts && drawn.length === found.length && performance.now();
}"""


def load_times(urls: list[str], repeats: int) -> list[dict[str, object]]:
    """Contender: for each page its number of charts, and the milliseconds of each load; pages take turns.

    A first load of each is not counted: it fills the browser's cache and the app's.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=arguments())
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.set_default_timeout(60_000)
        charts = [_count_charts(page, url) for url in urls]
        rounds = [[_load_ms(page, url, drawn) for url, drawn in zip(urls, charts, strict=True)] for _ in range(repeats)]
        browser.close()
    return [
        {"charts": drawn, "ms": list(times)} for drawn, times in zip(charts, zip(*rounds, strict=True), strict=True)
    ]


def _count_charts(page: Page, url: str) -> int:
    page.goto(url, wait_until="networkidle")
    page.wait_for_function(_DRAWN, arg=0)
    return page.get_by_test_id("stPlotlyChart").count()


def _load_ms(page: Page, url: str, charts: int) -> float:
    page.goto(url, wait_until="commit")
    return float(page.wait_for_function(_DRAWN, arg=charts).json_value())
