"""Supposed words: a scenario as the words that say it, in the URL and to the command."""

from collections.abc import Iterator

from core.costs.scenario import Scenario


def words_of(scenario: Scenario) -> list[str]:
    """One for each change, as `scenario_of` reads them; none where nothing is supposed."""
    return list(_words(scenario))


def _words(scenario: Scenario) -> Iterator[str]:
    if scenario.uploads != 1:
        yield f"uploads={scenario.uploads:g}"
    if scenario.viewing != 1:
        yield f"viewing={scenario.viewing:g}"
    for event in scenario.events:
        yield f"event={event.day}:{event.factor:g}x{event.days}"
    for move in scenario.moves:
        yield f"move={move.share:g}:{move.source}>{move.target}"
    for service, percent in scenario.prices.items():
        yield f"price={service}:{percent:+g}"
    if scenario.migrated_by:
        yield f"migrated={scenario.migrated_by}"
