"""Explore: an analyst asks, keeps the question, and is told what went wrong."""

from tests.pages.bills import words


def run(app, sql: str):
    app.text_area(key="explore-sql").set_value(sql)
    return next(button for button in app.button if button.label == "Run").click().run()


def test_a_query_shows_its_rows(platform, visit):
    app = run(visit("explore"), "SELECT service_name, sum(billed_cost) AS billed FROM charges GROUP BY 1 ORDER BY 2")

    assert app.dataframe[0].value.astype(str).to_numpy().tolist() == [
        ["Amazon Simple Storage Service", "550.000000000000000000"],
        ["Amazon CloudFront", "1220.000000000000000000"],
    ]
    assert "2 rows." in words(app)


def test_before_a_query_is_run_its_place_says_what_to_expect(platform, visit):
    app = visit("explore")
    assert "Run a query to see its rows here: at most 10,000, within 30 s." in words(app)

    assert "Run a query to see" not in words(run(app, "SELECT 1"))


def test_a_query_runs_where_the_turn_in_which_it_was_asked_for_was_cut_off(platform, visit):
    app = visit("explore")
    app.text_area(key="explore-sql").set_value("SELECT 7 AS seven")
    app.session_state["explore-asked"] = True  # as the button leaves it

    assert app.run().dataframe[0].value.to_numpy().tolist() == [[7]]
    assert "explore-asked" not in app.session_state


def test_a_wrong_query_is_explained(platform, visit):
    app = run(visit("explore"), "SELECT moon FROM charges")

    assert "moon" in app.error[0].value


def test_a_change_is_refused(platform, visit):
    app = run(visit("explore"), "DROP TABLE bills")

    assert "DROP is not a query" in app.error[0].value


def test_the_columns_stand_beside_the_query_with_their_meaning(platform, visit):
    charges = visit("explore").table[0].value.set_index("Column")

    meaning = charges.loc["`billed_cost`", "Meaning and type"]
    assert meaning.startswith("in billing\\_currency\\, as invoiced")
    assert "DECIMAL" in meaning


def test_a_query_is_saved_chosen_again_and_deleted(platform, visit):
    app = visit("explore")
    app.text_area(key="explore-sql").set_value("SELECT 42")
    app.text_input(key="explore-name").set_value("The answer").run()
    app.button(key="explore-save").click().run()
    assert [toast.value for toast in app.toast] == ["Saved as The answer."]
    assert app.selectbox(key="query").value == "The answer"
    app.text_area(key="explore-sql").set_value("SELECT 1").run()

    app.selectbox(key="query").set_value("Spend by service and month").run()
    app.selectbox(key="query").set_value("The answer").run()
    assert app.text_area(key="explore-sql").value == "SELECT 42"

    app.button(key="explore-delete").click().run()
    assert "The answer" not in app.selectbox(key="query").options


def test_a_viewer_is_told_that_it_is_not_for_them(platform, visit):
    app = visit("explore", role="viewer")

    assert not app.text_area


def test_a_link_opens_a_saved_query(platform, visit):
    app = visit("explore")
    app.text_area(key="explore-sql").set_value("SELECT 42")
    app.text_input(key="explore-name").set_value("The answer").run()
    app.button(key="explore-save").click().run()

    linked = visit("explore", query="The answer (saved by demo)")

    assert linked.text_area(key="explore-sql").value == "SELECT 42"
    assert linked.selectbox(key="query").value == "The answer"
