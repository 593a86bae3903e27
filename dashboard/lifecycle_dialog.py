"""Lifecycle dialog: a rule is put together, priced on the platform's own catalogue while it is, and applied."""

from datetime import UTC, datetime
from decimal import Decimal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.access.roles import Permission, User
from core.actions.action import NO_PROMISE, Action, Kind, Promise
from core.actions.kinds.rule_words import in_words
from core.bootstrap import Platform
from core.catalog.holds import removes
from core.errors import PriceUnknown
from core.lifecycle.catalogued import Catalogued, catalogued
from core.lifecycle.documents import imported
from core.lifecycle.expiry import Going, going, tomorrow
from core.lifecycle.what_if import Supposed, suppose
from core.recommendations.simulator.prices import s3_prices
from core.storage.lifecycle import LifecycleRule
from core.storage.lifecycle_check import check
from core.storage.lifecycle_told import told
from core.storage.provider import LifecycleRules
from dashboard import action_preview, asking, format, lifecycle_form, session, widgets
from dashboard import action_words as words
from dashboard.action_preview import draw_figures
from dashboard.format import markdown
from dashboard.lifecycle_rules import split

_LARGEST_DOCUMENT = 1_000_000
_MOST_NAMED = 200


def draw(platform: Platform, which: str) -> None:
    """The fields of a rule; below them what it says, what it would do, and the button that applies it."""
    user = session.require(Permission.CHANGE_CLOUD)
    asking.rerun_if_done()
    name, id = split(which)
    with widgets.explain_errors():
        provider = _provider(platform, name)
        old = next((each for each in provider.lifecycle_rules() if each.id == id), None) if id else None
        price = st.container(key="lifecycle-price")  # first, and in view while the sliders are moved
        fields, consequences = st.columns([5, 6], gap="large")
        with fields:
            lifecycle_form.draw(old)
        with consequences, widgets.explain_errors():
            rule = lifecycle_form.rule()
            st.markdown(f"**{markdown(format.sentence(in_words(rule)))}**")
            check(rule)
            saving = _draw_consequences(platform, user, provider, rule, price)
            # a rule that takes another's place saves what it does beyond that one, which is not what was supposed
            _draw_answer(platform, [rule], name, NO_PROMISE if old else Promise(monthly_usd=saving))


def _draw_consequences(
    platform: Platform, user: User, provider: LifecycleRules, rule: LifecycleRule, price: DeltaGenerator
) -> Decimal | None:
    """What it would do to the bill, and exactly what it would remove; USD a month that it saves, where it is known."""
    (gone,) = going(user, platform.database, provider, [rule], tomorrow(datetime.now(UTC)))
    return _draw_supposed(platform, provider, rule, gone, price)


def _draw_supposed(
    platform: Platform, provider: LifecycleRules, rule: LifecycleRule, gone: Going, price: DeltaGenerator
) -> Decimal | None:
    if removes(rule):
        _draw_going(gone)
    found = _supposed(platform, provider, rule, price)
    return found.saving_usd if found and (found.moved or found.ended) else None


def _provider(platform: Platform, name: str) -> LifecycleRules:
    provider = platform.governed.named(name)
    assert isinstance(provider, LifecycleRules)  # else it is not offered
    return provider


def _supposed(
    platform: Platform, provider: LifecycleRules, rule: LifecycleRule, price: DeltaGenerator
) -> Supposed | None:
    """It is drawn as well, its figures where the price is to stand."""
    try:
        prices = s3_prices(platform.prices, provider.region)
    except PriceUnknown as error:
        st.caption(f"{markdown(error.message)} So nobody can tell what it would cost.")
        return None
    found = suppose(_catalogued(platform, provider), rule, prices)
    with price:
        _draw_price(found)
    _draw_parts(found)
    return found


def _draw_price(found: Supposed) -> None:
    draw_figures(
        ("Costs more" if found.saving_usd < 0 else "Saves", format.money(abs(found.saving_usd)), "a month"),
        ("Costs", format.money(found.one_off_usd), "once, for what is due"),
        ("Viewers wait for", f"{found.delayed_videos:,}", "videos, for hours"),
    )


def _catalogued(platform: Platform, provider: LifecycleRules) -> Catalogued:
    """Kept while the dialog is open, so that sliders are answered at once."""
    kept = st.session_state.get("lifecycle-catalogued")
    if kept is None or kept.provider != provider.name:
        kept = catalogued(platform.database, platform.warehouse, provider, datetime.now(UTC).date())
        st.session_state["lifecycle-catalogued"] = kept
    return kept


def _draw_parts(found: Supposed) -> None:
    parts = [each for each in found.parts if each.now_usd or each.then_usd]
    widgets.plain_table(
        {
            "USD a month": [each.name for each in parts] + ["Together"],
            "Now": [format.cents(each.now_usd) for each in parts] + [format.cents(found.now_usd)],
            "Then": [format.cents(each.then_usd) for each in parts] + [format.cents(found.then_usd)],
        },
        "What a month costs at list price without the rule and with it",
    )
    there = f"Of the {format.count(found.objects, 'object')} of the {format.count(found.days, 'day')} that are priced"
    st.caption(f"{there}, {found.moved:,} would have moved. {' '.join(markdown(each) for each in found.remarks)}")


def _draw_going(found: Going) -> None:
    by = f"by tomorrow, {format.day(found.day)}"
    if not found.objects and not found.versions:
        st.caption(f"Nothing is old enough to be removed {by}.")
        return
    st.error(f"**{_count(found)}, would be gone {by}.**", icon=":material/delete:")
    if found.objects:
        _draw_names(found)


def _count(found: Going) -> str:
    objects = f"{format.count(found.objects, 'object')}, {format.size(found.size_bytes)}"
    versions = f"{format.count(found.versions, 'noncurrent version')}, {format.size(found.versions_bytes)}"
    return " and ".join([objects] * bool(found.objects) + [versions] * bool(found.versions))


def _draw_names(found: Going) -> None:
    with st.expander("Exactly these", icon=":material/list:"):
        first = found.first[:_MOST_NAMED]
        widgets.plain_table(
            {"Name": [each.key for each in first], "Size": [format.size(each.size_bytes) for each in first]},
            "What would be removed",
        )
        if found.objects > len(first):
            st.caption(f"The first {len(first):,}; `python -m core lifecycle going` names them all.")


def _draw_answer(platform: Platform, rules: list[LifecycleRule], place: str, promise: Promise = NO_PROMISE) -> None:
    user = session.require(Permission.CHANGE_CLOUD)
    action = Action(Kind.PUT_LIFECYCLE_POLICY, place, {"rules": [told(each) for each in rules]})
    preview = platform.actions.preview(user, action, datetime.now(UTC))
    action_preview.draw_warnings(preview)
    st.markdown(f"**{markdown(preview.summary)}**")
    if any(each.before for each in preview.differences):
        action_preview.draw_differences(preview)
    st.caption(words.undo(preview.undo, ahead=True))
    action_preview.draw_answer(platform, preview, promise)


def draw_import(platform: Platform, which: str) -> None:
    """In a dialog: S3's own JSON becomes rules of ours."""
    user = session.require(Permission.CHANGE_CLOUD)
    asking.rerun_if_done()
    name, _ = split(which)
    file = st.file_uploader("A lifecycle configuration of S3", type="json", key="lifecycle-document")
    st.caption("Each rule becomes one of ours; rules that are there already stay as they are.")
    if file is None:
        return
    with widgets.explain_errors():
        text = file.read(_LARGEST_DOCUMENT).decode(errors="replace")
        provider = _provider(platform, name)
        rules = list(imported(text, provider.lifecycle_rules()))
        gone = going(user, platform.database, provider, rules, tomorrow(datetime.now(UTC)))
        for each, of in zip(rules, gone, strict=True):
            st.markdown(f"**{markdown(each.id)}**: {markdown(in_words(each))}")
            _draw_supposed(platform, provider, each, of, st.container())
        _draw_answer(platform, rules, name)
