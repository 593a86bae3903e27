"""Library view: the URL says what is shown, and what is wrong in it is as on a first visit."""

from urllib.parse import parse_qs, urlencode

import pytest

from core.catalog.search import Search, Sort, State
from core.catalog.video import Visibility
from core.storage.provider import StorageClass
from dashboard.library_view import PARAMETERS, Layout, LibraryView, read_library_view

FULL = LibraryView(
    Search(
        "rivera & <stone>", "s3-eu", StorageClass.GLACIER_IR, "EU", Visibility.PRIVATE, State.ORIGINAL, Sort.DEAREST
    ),
    Layout.TABLE,
    7,
)


@pytest.mark.parametrize(
    "view",
    [LibraryView(), FULL, LibraryView(Search(residency="")), LibraryView(page=2)],
    ids=["first visit", "everything", "anywhere", "second page"],
)
def test_a_view_comes_back_from_its_url(view):
    assert read_library_view(parse_qs(urlencode(view.query()))) == view


def test_the_url_states_only_what_differs_from_a_first_visit():
    assert LibraryView().query() == {}
    assert LibraryView(Search(sort=Sort.TITLE)).query() == {"sort": "title"}
    assert tuple(FULL.query()) == PARAMETERS


def test_a_videos_page_has_its_slug_in_the_url_and_the_view_to_go_back_to():
    assert LibraryView().of_video("stone-7hq2mx") == {"video": "stone-7hq2mx"}
    assert read_library_view(parse_qs(urlencode(FULL.of_video("stone-7hq2mx")))) == FULL


@pytest.mark.parametrize("page", ["0", "-1", "x", "", "1e9", "٣", "9" * 30, "1.5"])
def test_a_page_that_is_none_is_the_first(page):
    assert read_library_view({"page": [page]}).page == 1


def test_what_is_wrong_is_as_on_a_first_visit():
    wrong = {
        "class": ["x"],
        "visibility": ["x"],
        "state": ["x"],
        "sort": ["x"],
        "layout": ["x"],
        "q": [],
        "more": ["x"],
    }

    assert read_library_view(wrong) == LibraryView()


def test_text_is_cut_to_what_can_be_typed():
    assert len(read_library_view({"q": ["x" * 10_000]}).search.text) == 200


def test_a_page_begins_behind_the_ones_before():
    assert [LibraryView(page=page).start for page in (1, 2, 3)] == [0, 24, 48]
    assert LibraryView(layout=Layout.TABLE, page=2).start == 50


def test_sorting_is_no_filter():
    assert not LibraryView(Search(sort=Sort.TITLE)).is_filtered
    assert LibraryView(Search(residency="")).is_filtered
