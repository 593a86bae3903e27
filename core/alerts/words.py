"""Words: values, thresholds and alerts as people read them, in plain text and in HTML."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from html import escape

from core.alerts.alert import Alert, State
from core.alerts.figure import Unit

#: Of one message; the page has the others.
_MOST = 20


def amount(value: Decimal, unit: Unit, currency: str = "") -> str:
    """$1,234.56, 3.2 %, 850 ms, 5.5 h."""
    match unit:
        case Unit.MONEY:
            return f"${value:,.2f}" if currency in ("", "USD") else f"{value:,.2f} {currency}"
        case Unit.SHARE:
            return f"{_short(value * 100)} %"
        case Unit.MS:
            return f"{value:,.0f} ms"
        case Unit.HOURS:
            return f"{_short(value)} h"
        case Unit.DAYS:
            return f"{_short(value)} days"
        case Unit.COUNT:
            return f"{value:,.0f}"


def _short(value: Decimal) -> str:
    """At most two places, without zeros at the end."""
    text = f"{value:,.2f}"
    return text.rstrip("0").rstrip(".")


def instant(at: datetime) -> str:
    """30 Nov 2026, 04:05 UTC."""
    return f"{day(at)}, {at:%H:%M} UTC"


def day(at: date) -> str:
    """30 Nov 2026: messages are read later, too."""
    return f"{at.day} {at:%b %Y}"


def days(first: date, last: date) -> str:
    """As a sentence begins."""
    return f"On {day(first)}" if first == last else f"From {day(first)} to {day(last)}"


def lasted(span: timedelta) -> str:
    """2 days 3 h, 3 h 20 min, 5 min."""
    minutes = max(span // timedelta(minutes=1), 0)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} day{'s' if days > 1 else ''}{f' {hours} h' if hours else ''}"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def headline(alert: Alert) -> str:
    """Of what: the rule's title, and the subject where there is one."""
    return f"{alert.title}: {alert.subject}" if alert.subject else alert.title


def how_much(alert: Alert) -> str:
    """The value beside the threshold: 3.2 %, above 1 %. Beside nothing the value says it all."""
    value, threshold = (amount(each, alert.unit, alert.currency) for each in (alert.value, alert.threshold))
    return f"{value}, {alert.comparison} {threshold}" if alert.threshold else value


def title(alerts: Sequence[Alert]) -> str:
    """Of a message about these, which all fire or all are over."""
    first, more = alerts[0], len(alerts) - 1
    over = first.state is State.RESOLVED
    beginning = "Resolved" if over else first.severity.title()
    return f"{beginning}: {headline(first)}{f' and {more} more' if more else ''}"


def still_title(alerts: Sequence[Alert]) -> str:
    """Of a message that these fire still, and nobody has taken them on."""
    return f"Still {title(alerts)[0].lower()}{title(alerts)[1:]}"


def lines(alert: Alert) -> tuple[str, ...]:
    """What is said of one: what, how much, since when, why, what to do."""
    if alert.state is State.RESOLVED and alert.resolved_at:
        worst = amount(alert.worst, alert.unit, alert.currency)
        span = lasted(alert.resolved_at - (alert.fired_at or alert.began_at))
        value = amount(alert.value, alert.unit, alert.currency)
        return (headline(alert), f"Now {value}: {alert.resolution}. It lasted {span}; at worst {worst}.")
    since = f"Now {how_much(alert)}. Since {instant(alert.since)}."
    return tuple(filter(None, (headline(alert), since, alert.detail, f"What to do: {alert.advice}")))


def body(alerts: Sequence[Alert], address: str) -> str:
    """A message as plain text; links begin with the dashboard's address."""
    parts = ["\n".join((*lines(each), address + each.link)) for each in alerts[:_MOST]]
    return "\n\n".join((*parts, *_rest(alerts, address)))


def html(alerts: Sequence[Alert], address: str) -> str:
    """The same as HTML; nothing in it is anybody's but ours."""
    return "".join((*(_part(each, address) for each in alerts[:_MOST]), *map(paragraph, _rest(alerts, address))))


def _part(alert: Alert, address: str) -> str:
    first, *others = lines(alert)
    link = f'<p><a href="{escape(address + alert.link)}">See it on the dashboard</a></p>'
    return f"<h3>{escape(first)}</h3>{''.join(map(paragraph, others))}{link}"


def paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _rest(alerts: Sequence[Alert], address: str) -> Iterable[str]:
    more = len(alerts) - _MOST
    return (f"{more} more: {address}/alerts",) if more > 0 else ()
