"""Applied: which recommendations somebody has applied of late, so that their savings are not there once more."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from core.actions.action import Action, Taken
from core.actions.expected import bare
from core.actions.store import standing_since
from core.database import Connection
from core.recommendations.recommendation import Recommendation

#: S3 moves what it is told to within about a day, and the catalogue learns of it on the next.
_SETTLES = timedelta(days=2)


def applied_of(connection: Connection, found: Iterable[Recommendation], computed_at: datetime) -> Mapping[str, Taken]:
    """By a recommendation's id the newest action of it, unless it was taken back, or is known to what was found."""
    return dict(_pairs(found, standing_since(connection, computed_at - _SETTLES)))


def _pairs(found: Iterable[Recommendation], recent: Sequence[Taken]) -> Iterator[tuple[str, Taken]]:
    on_record = [((one.action.kind, one.action.place, one.action.terms), one) for one in recent]
    for each in found if recent else ():
        wanted = each.action and _on_record(each.action)
        action = next((one for told, one in on_record if told == wanted), None)
        if action:
            yield each.id, action


def _on_record(action: Action) -> tuple[str, str, object]:
    """What it is, with its terms as JSON has them."""
    return action.kind, action.place, json.loads(json.dumps(dict(bare(action).terms)))
