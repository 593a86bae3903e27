"""Digest in words: as plain text, and as HTML whose charts are cells of tables, which every mail program shows."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from html import escape

from core.alerts import words
from core.alerts.alert import Alert, State
from core.alerts.figure import Unit
from core.alerts.figures import links
from core.alerts.week import Digest, Spend
from core.alerts.words import paragraph

#: Of a bar, in pixels: mail programs of phones are narrow.
_BAR_WIDTH = 160
_BAR, _REST = "#2f6fed", "#e8ecf3"
_MOST_ALERTS = 10
_LEVEL = 80  #: per cent of earlier month-ends that fell inside the range


def title(digest: Digest) -> str:
    """Phyght, 23 Nov 2026 to 29 Nov 2026: $123.45."""
    last = digest.week.end - timedelta(1)
    cost = f": {_money(digest.spend.total, digest.spend)}" if digest.spend else ""
    return f"Phyght, {words.day(digest.week.start)} to {words.day(last)}{cost}"


def body(digest: Digest, address: str) -> str:
    """All of it as plain text."""
    parts = ["\n".join((heading, *rows)) for heading, rows in _sections(digest)]
    return "\n\n".join((*parts, f"The dashboard: {address}/"))


def _sections(digest: Digest) -> Iterator[tuple[str, Sequence[str]]]:
    yield "Spend", _spend_lines(digest)
    if digest.spend:
        of = digest.spend
        lines = [f"  {each.label}: {_money(each.cost, of)}{_against(each.cost_before, of)}" for each in of.services]
        yield "By service", lines
    if digest.videos and digest.spend:
        yield "Dearest videos", [f"  {name}: {_money(cost, digest.spend)}" for name, cost in digest.videos]
    yield "Delivery", [_hit_ratio(digest)]
    yield "Alerts", [*(f"  {_alert_line(each)}" for each in digest.alerts[:_MOST_ALERTS]), *_other_alerts(digest)]


def html(digest: Digest, address: str) -> str:
    """All of it as HTML; whatever came from a bill or a title is escaped."""
    parts = [f"<h2>{escape(title(digest))}</h2>", *map(paragraph, _spend_lines(digest))]
    if digest.spend:
        of = digest.spend
        parts += ["<h3>By service</h3>"]
        parts += [
            _bars(
                [
                    (each.label, each.cost, _money(each.cost, of) + _against(each.cost_before, of))
                    for each in of.services
                ]
            )
        ]
        parts += [_link(f"{address}{links.costs(of.days, currency=of.currency)}", "See it on Costs")]
    if digest.videos and digest.spend:
        of = digest.spend
        parts += ["<h3>Dearest videos</h3>", _bars([(name, cost, _money(cost, of)) for name, cost in digest.videos])]
    parts += ["<h3>Delivery</h3>", paragraph(_hit_ratio(digest))]
    parts += [_link(f"{address}{links.performance(digest.week, 'delivery')}", "See it on Performance")]
    parts += ["<h3>Alerts</h3>", *(paragraph(_alert_line(each)) for each in digest.alerts[:_MOST_ALERTS])]
    parts += [*map(paragraph, _other_alerts(digest)), _link(f"{address}/alerts", "See all alerts")]
    return "".join(parts)


def _spend_lines(digest: Digest) -> list[str]:
    of = digest.spend
    if of is None:
        return ["No bill covers any day of the week yet."]
    lines = [f"{_money(of.total, of)}{_against(of.before, of, 'in the same days of the week before')}."]
    if of.days != digest.week:
        lines += [f"The bills reach {words.day(of.days.end - timedelta(1))}: {of.days.days} of 7 days."]
    if end := digest.month_end:
        band, expected = end.bands[_LEVEL], _money(end.expected, of)
        low, high = _money(band.lo, of), _money(band.hi, of)
        lines += [f"{end.month:%B} is expected to end at {expected} ({_LEVEL} % range {low} to {high})."]
    return lines


def _against(before: Decimal | None, of: Spend, when: str = "before") -> str:
    return "" if before is None else f", against {_money(before, of)} {when}"


def _money(amount: Decimal, of: Spend) -> str:
    return words.amount(amount, Unit.MONEY, of.currency)


def _hit_ratio(digest: Digest) -> str:
    if digest.hit_ratio is None:
        return "No delivery of the week is known."
    before = "" if digest.hit_ratio_before is None else f", against {_percent(digest.hit_ratio_before)} the week before"
    return f"Cache hit ratio: {_percent(digest.hit_ratio)}{before}."


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"


def _alert_line(alert: Alert) -> str:
    over = alert.state is State.RESOLVED and alert.resolved_at and alert.fired_at
    lasted = words.lasted(alert.resolved_at - alert.fired_at) if over and alert.resolved_at and alert.fired_at else ""
    state = f"lasted {lasted}" if lasted else "not over"
    worst = words.amount(alert.worst, alert.unit, alert.currency)
    return f"{alert.severity.title()}: {words.headline(alert)}, at worst {worst}, {state}."


def _other_alerts(digest: Digest) -> list[str]:
    if not digest.alerts:
        return ["Nothing has fired."]
    more = len(digest.alerts) - _MOST_ALERTS
    return [f"{more} more."] if more > 0 else []


def _bars(rows: Sequence[tuple[str, Decimal, str]]) -> str:
    """A chart of sorted bars; amounts below zero have none."""
    greatest = max((cost for _, cost, _ in rows), default=Decimal(0))
    drawn = "".join(_bar(label, cost, text, greatest) for label, cost, text in rows)
    return f'<table role="presentation" cellpadding="4" cellspacing="0" border="0">{drawn}</table>'


def _bar(label: str, cost: Decimal, text: str, greatest: Decimal) -> str:
    width = round(_BAR_WIDTH * max(cost, Decimal(0)) / greatest) if greatest > 0 else 0
    cells = "".join(
        f'<td width="{pixels}" height="12" bgcolor="{colour}" style="font-size:1px">&nbsp;</td>'
        for pixels, colour in ((width, _BAR), (_BAR_WIDTH - width, _REST))
        if pixels
    )
    chart = f'<table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr>{cells}</tr></table>'
    return f'<tr><td>{escape(label)}</td><td>{chart}</td><td align="right">{escape(text)}</td></tr>'


def _link(address: str, text: str) -> str:
    return f'<p><a href="{escape(address)}">{escape(text)}</a></p>'
