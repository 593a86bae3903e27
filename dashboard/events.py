"""Events: what happened on the platform, to be marked in the charts."""

from core.bootstrap import Platform
from core.demo.events import read_events
from core.installation import demo_sources
from dashboard.charts import Flag

#: Only nights of more than so many times the usual traffic are marked.
_BIG = 3.0


def flags(platform: Platform) -> tuple[Flag, ...]:
    """The big fight nights of the demo; a real platform has no calendar of events yet."""
    if not platform.demo:
        return ()
    return tuple(
        Flag(event.date, event.name) for event in read_events(demo_sources(platform.home)) if event.peak > _BIG
    )
