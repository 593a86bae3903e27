"""Lifecycle rules: what each bucket does with objects of a certain age, in words and along a line of days."""

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from core.access.roles import Permission, User
from core.actions.action import Action, Kind
from core.bootstrap import Platform
from core.lifecycle.documents import exported
from core.lifecycle.standing import BucketRules, Standing, standing
from core.storage.providers import called
from dashboard import action_preview, asking, charts, format, legend, lifecycle_chart, lifecycle_holds, widgets
from dashboard.format import markdown

#: The names of dialogs.
FORM, REMOVE, IMPORT = "lifecycle rule", "remove lifecycle rule", "import lifecycle rules"
#: So many rules of a bucket are shown at once; what the URL calls the text that they say, and the page of a bucket.
_PAGE, _FIND, _PAGE_OF = 20, "rules", "page-"
_BETWEEN = "\n"  #: a provider's name and a rule's id


def about(provider: str, id: str = "") -> str:
    """What a dialog is about."""
    return f"{provider}{_BETWEEN}{id}"


def split(about: str) -> tuple[str, str]:
    """The provider, and the rule's id; empty of a new one."""
    provider, _, id = about.partition(_BETWEEN)
    return provider, id


def draw(platform: Platform, user: User) -> None:
    """Every bucket that has rules at all; those with rules first."""
    lifecycle_holds.draw_threats(platform)
    widgets.role_hint(user, Permission.CHANGE_CLOUD, "rules", "to change them")
    found = standing(user, platform.governed)
    text = _draw_filter(found)
    for bucket in found:
        if bucket.rules or bucket.problem:
            _draw_bucket(user, bucket, text)
    if without := [each for each in found if not (each.rules or each.problem)]:
        _draw_without(user, without)
    if not found:
        st.markdown("No bucket is connected that has lifecycle rules. Set S3_BUCKET as `.env.example` shows.")


def _draw_filter(found: Sequence[BucketRules]) -> str:
    """What rules have to say to be shown; asked for only where they are more than fit on a page."""
    if not st.query_params.get(_FIND) and all(len(each.rules) <= _PAGE for each in found):
        return ""
    text = st.text_input(
        "Find rules", key=_FIND, bind="query-params", placeholder="a name, a prefix, what they do", max_chars=200,
        on_change=_begin_again,
    )  # fmt: skip
    return str(text or "").strip()


def _begin_again() -> None:
    """Other rules begin on their first page."""
    for name in [each for each in st.query_params if each.startswith(_PAGE_OF)]:
        del st.query_params[name]


def _draw_without(user: User, buckets: Sequence[BucketRules]) -> None:
    subtitle = "Objects stay in the class in which they were written, until somebody moves them"
    with widgets.card("lifecycle-none", "Without rules", subtitle, height="content"):
        for bucket in buckets:
            with st.container(horizontal=True, vertical_alignment="center", key=f"lifecycle-none-{bucket.provider}"):
                st.markdown(format.place(bucket.provider, bucket.bucket), width="stretch")
                _draw_buttons(user, bucket, "content")


def _draw_bucket(user: User, bucket: BucketRules, text: str) -> None:
    title = markdown(called(bucket.bucket, bucket.provider))
    with widgets.card(f"lifecycle-{bucket.provider}", title, _subtitle(bucket), height="content"):
        if bucket.problem:
            st.markdown(f":red[:material/error:] {markdown(bucket.problem)}")
            return
        found = [each for each in bucket.rules if _says(each, text)]
        first = _first(bucket.provider, len(found))
        shown = found[first : first + _PAGE]
        if not found:
            st.markdown(f"None of its {format.count(len(bucket.rules), 'rule')} says {markdown(text)}.")
        if staged := [each for each in shown if (each.stages or each.version_stages) and each.rule.enabled]:
            figure, key = lifecycle_chart.timeline(staged), f"lifecycle-chart-{bucket.provider}"
            st.plotly_chart(figure, config=charts.CONFIG, key=key, alt=lifecycle_chart.in_words(staged))
            legend.draw(figure)
        for each in shown:
            _draw_rule(user, bucket, each)
        _draw_pager(bucket.provider, first, len(shown), len(found))
        _draw_buttons(user, bucket)


def _says(each: Standing, text: str) -> bool:
    """Whether its name, or what it does, has the text."""
    return text.casefold() in f"{each.rule.id}\n{each.words}".casefold()


def _first(provider: str, count: int) -> int:
    """The place of the first rule that is shown, by the page that the URL asks for."""
    asked = st.query_params.get(f"{_PAGE_OF}{provider}", "")
    page = int(asked) if asked.isdecimal() and len(asked) < 9 else 1
    return min(max(page - 1, 0), max(count - 1, 0) // _PAGE) * _PAGE


def _draw_pager(provider: str, first: int, shown: int, count: int) -> None:
    if count <= _PAGE:
        return
    page, last = first // _PAGE + 1, -(-count // _PAGE)
    with st.container(
        horizontal=True, horizontal_alignment="center", vertical_alignment="center", key=f"pager-{provider}"
    ):
        _turn(provider, "Previous", "chevron_left", page - 1, page > 1)
        st.markdown(f"{first + 1:,} to {first + shown:,} of {count:,}")
        _turn(provider, "Next", "chevron_right", page + 1, page < last)


def _turn(provider: str, name: str, icon: str, page: int, possible: bool) -> None:
    st.button(
        name, icon=f":material/{icon}:", key=f"pager-{name}-{provider}", disabled=not possible, type="tertiary",
        on_click=_go, args=(provider, page),
    )  # fmt: skip


def _go(provider: str, page: int) -> None:
    st.query_params[f"{_PAGE_OF}{provider}"] = str(page)


def _subtitle(bucket: BucketRules) -> str:
    ours = sum(each.is_ours for each in bucket.rules)
    others = len(bucket.rules) - ours
    elsewhere = f", {format.count(others, 'rule')} set elsewhere, left as found" if others else ""
    return f"{format.count(ours, 'rule')} of ours{elsewhere}"


def _draw_rule(user: User, bucket: BucketRules, each: Standing) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"rule-{bucket.provider}-{each.rule.id}"):
        whose = "" if each.is_ours else " :gray-badge[set elsewhere]"
        off = "" if each.rule.enabled else " :orange-badge[off]"
        st.markdown(
            f"**{markdown(each.rule.id)}**{whose}{off}  \n{markdown(format.sentence(each.words))}", width="stretch"
        )
        if each.is_ours and user.may(Permission.CHANGE_CLOUD):
            which = about(bucket.provider, each.rule.id)
            st.button(
                "Change", icon=":material/edit:", key=f"change-{which}", type="tertiary", on_click=asking.ask,
                args=(FORM, which),
            )  # fmt: skip
            st.button(
                "Remove", icon=":material/delete:", key=f"remove-{which}", type="tertiary", on_click=asking.ask,
                args=(REMOVE, which),
            )  # fmt: skip


def _draw_buttons(user: User, bucket: BucketRules, width: Literal["stretch", "content"] = "stretch") -> None:
    with st.container(horizontal=True, width=width, key=f"lifecycle-buttons-{bucket.provider}"):
        if user.may(Permission.CHANGE_CLOUD):
            st.button(
                "Add a rule", icon=":material/add:", key=f"add-{bucket.provider}", on_click=asking.ask,
                args=(FORM, about(bucket.provider)),
            )  # fmt: skip
            st.button(
                "Import", icon=":material/upload_file:", type="tertiary", key=f"import-{bucket.provider}",
                on_click=asking.ask, args=(IMPORT, about(bucket.provider)),
            )  # fmt: skip
        if bucket.rules:
            _draw_export(bucket.provider, bucket.rules)


def _draw_export(provider: str, rules: Sequence[Standing]) -> None:
    st.download_button(
        "Export", exported(each.rule for each in rules), f"lifecycle-{provider}.json", "application/json",
        icon=":material/download:", type="tertiary", on_click="ignore", key=f"export-{provider}",
        help="As aws s3api put-bucket-lifecycle-configuration takes it",
    )  # fmt: skip


def draw_removal(platform: Platform, which: str) -> None:
    """In a dialog: what is no longer done once a rule is gone."""
    provider, id = split(which)
    st.markdown("What it has moved stays where it is; nothing further is moved or removed by it.")
    action_preview.draw(platform, Action(Kind.PUT_LIFECYCLE_POLICY, provider, {"remove": [id]}), label="Remove it")
