"""The Lifecycle page says what lies outside of where it must stay, and looks again when it is asked."""

from core.bootstrap import Platform
from tests.catalog.videos import original, put, video
from tests.pages.bills import words


def test_before_the_first_check_it_says_so_and_a_click_looks(empty: Platform, visit):
    app = visit("lifecycle", section="Residency")
    assert "Not checked yet" in words(app)
    assert "No video has a residency" in words(app.button(key="residency-again").click().run())


def test_each_object_that_lies_elsewhere_is_in_a_table_of_its_place(empty: Platform, visit):
    put(empty.database, video("v1", residency="EU", title="Rivera *vs* Stone"), [("s3", [original("v1")])])
    app = visit("lifecycle", section="Residency").button(key="residency-again").click().run()
    text = words(app)
    assert "1 object outside of where it must stay" in text
    assert "in us-east-1 · 1 video, 1 object" in text.replace("\\", "")
    assert app.table[0].value["Video"].tolist() == ["Rivera \\*vs\\* Stone"]
    put(empty.database, video("v2", residency="EU"), [("s3-eu", [original("v2")])])
    assert "1 object outside" in words(app.button(key="residency-again").click().run())


def test_a_viewer_sees_it_and_cannot_have_it_looked_again(empty: Platform, visit):
    app = visit("lifecycle", role="viewer", section="Residency")
    assert "residency-again" not in {str(each.key) for each in app.button}
