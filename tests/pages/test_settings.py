"""Settings: where bills come from, what became of them, and who may come in."""

import gzip
from datetime import UTC, datetime

from core.access.roles import Role
from tests.pages.bills import words
from tests.telemetry.logged import line, w3c

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


def test_each_source_is_listed_with_what_became_of_it(platform, visit):
    app = visit("settings")

    assert "2 loaded." in words(app)
    deliveries = app.dataframe[0].value
    assert deliveries["Outcome"].tolist() == ["loaded", "loaded"]
    assert deliveries["Total"].tolist() == ["$930.00", "$840.00"]


def test_a_refused_delivery_is_shown_with_its_reason(platform, visit, tmp_path):
    folder = tmp_path / "torn"
    folder.mkdir()
    (folder / "torn.csv").write_text("BilledCost,ChargeCategory\n1,Usage\n")
    platform.ingest(str(folder), lambda: NOW)

    app = visit("settings")

    assert "Something was refused" in words(app)
    reasons = [reason for table in app.dataframe for reason in table.value["Remark"]]
    assert any("BillingCurrency" in reason or "BillingPeriodStart" in reason for reason in reasons)


def test_what_became_of_logs_stands_beside_what_became_of_bills(platform, visit, tmp_path):
    log = w3c(line(), line(sc_bytes="-7"))
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "E1.2026-11-20-14.a.gz").write_bytes(gzip.compress(log))
    (tmp_path / "logs" / "cut.gz").write_bytes(gzip.compress(log)[:-9])
    platform.ingest(str(tmp_path / "logs"), lambda: NOW)

    shown = words(visit("settings"))

    assert "Measured days: 1 loaded; 1 day or file refused; 1 file with 2 lines, 1 of them bad." in shown
    assert "cut\\.gz" in shown
    assert "bytes is \\-7" in shown


def test_the_sources_are_read_as_often_as_a_schedule_can_say(empty, visit, monkeypatch):
    monkeypatch.setattr(type(empty), "sources", ("/bills",))
    monkeypatch.setitem(empty.settings.__dict__, "phyght_ingest_minutes", 45)

    assert "read every 30 minutes" in words(visit("settings"))


def test_the_connections_are_tried_and_the_cure_stands_beside_what_fails(platform, visit, monkeypatch):
    app = visit("settings", section="Connections")

    assert "**Price catalogue**" in words(app)
    assert "No account is connected" in words(app)


def test_an_administrator_adds_a_person_and_sees_the_password_once(platform, visit):
    app = visit("settings", section="People")
    app.text_input(key="people-name").set_value("vic")
    app.selectbox(key="people-role").set_value(Role.ANALYST).run()
    app.button(key="people-add").click().run()

    (password,) = [code.value for code in app.code]
    assert len(password) >= 12
    assert [account.role for account in _accounts(platform)] == [Role.ANALYST]
    assert not app.run().code


def test_an_account_is_disabled_and_enabled_again(platform, visit):
    _add(platform, "vic")
    app = visit("settings", section="People")

    app.button(key="people-disable").click().run()
    assert [account.disabled for account in _accounts(platform)] == [True]

    app.button(key="people-disable").click().run()
    assert [account.disabled for account in _accounts(platform)] == [False]


def test_an_operator_sees_no_people(platform, visit):
    _add(platform, "vic")
    text = words(visit("settings", role="operator", section="People"))

    assert "The list of people is for the role admin." in text
    assert "vic" not in text


def test_the_installation_says_where_it_keeps_its_things(platform, visit):
    app = visit("settings", section="Installation")

    (facts,) = app.table
    assert "Demo data" in facts.value["Value"].tolist()


def _boss():
    from core.access.roles import User, Via

    return User("root", Role.ADMIN, Via.SHELL)


def _add(platform, name: str) -> None:
    platform.access.accounts.add(_boss(), name, Role.VIEWER, NOW)


def _accounts(platform):
    return platform.access.accounts.all(_boss())
