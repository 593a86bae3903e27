"""Text table: what it is given stands in it as text, whatever that is."""

from streamlit.testing.v1 import AppTest

from tests.pages.text_tables import text_tables


def drawn() -> AppTest:
    def page():
        from dashboard import text_table

        hostile = '<img src=x onerror="alert(1)"> & **bold**'
        text_table.draw({"Path": [hostile, "/b"], "Requests": ["1,200", "7"]}, 'Paths "of" <this> kind')

    return AppTest.from_function(page).run(timeout=60)


def test_cells_are_shown_as_they_are_written():
    assert text_tables(drawn()) == [[['<img src=x onerror="alert(1)"> & **bold**', "1,200"], ["/b", "7"]]]


def test_nothing_of_a_name_becomes_markup():
    (body,) = (each.proto.body for each in drawn().get("html"))

    assert "<img" not in body
    assert 'aria-label="Paths &quot;of&quot; &lt;this&gt; kind"' in body
    assert '<th scope="col">Requests</th>' in body
