"""Sending: an alert reaches a real mail server and a real webhook, however they fail, and reaches them as one."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from core.alerts.alert import DeliveryState
from core.alerts.outbox import LEASE, Outbox
from core.alerts.quiet import quiet_hours
from core.alerts.rule import Severity
from tests.alerts.conftest import ADA, NOON, Installation, minutes
from tests.support.mail_server import MailServer, mail_server
from tests.support.webhook import Webhook, webhook


@pytest.fixture
def mailbox() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as server:
        yield server


def test_an_alert_reaches_a_mail_server_and_a_webhook(either_home: Installation, mailbox: MailServer, hook: Webhook):
    home = either_home
    home.channels.add(ADA, "ops", mailbox.address(), NOON)
    home.channels.add(ADA, "hook", hook.address, NOON)
    home.rule(severity=Severity.CRITICAL)
    home.evaluate(minutes(0), whole="0.08")
    home.send(minutes(0))

    (mail,), (post,) = mailbox.mails, hook.posted
    assert mailbox.recipients == [["ops@example.com"]]
    assert (mail["Subject"], mail["To"]) == ("Critical: Many errors", "ops@example.com")
    text = mail.get_body(("plain",))
    assert text
    assert text.get_content().splitlines() == [
        "Many errors",
        "Now 8 %, above 5 %. Since 30 Nov 2026, 12:00 UTC.",
        "Of 100 requests.",
        "What to do: Look at the origin.",
        "https://videos.example.com/performance?by=edge",
        "",
        f"Message {post['id']}",
    ]
    html = mail.get_body(("html",))
    assert html
    assert '<a href="https://videos.example.com/performance?by=edge">' in html.get_content()
    assert (post["title"], post["type"], post["kind"]) == ("Critical: Many errors", "failure", "firing")
    assert mail["Message-ID"] == f"<{post['id']}@example.com>"
    assert hook.headers[0]["Idempotency-Key"] == post["id"]
    assert {each[2:] for each in home.deliveries()} == {("sent", 1)}

    home.send(minutes(1))
    assert (len(mailbox.mails), len(hook.posted)) == (1, 1)

    home.evaluate(minutes(125), whole="0.01")
    home.send(minutes(125))
    assert hook.posted[1]["title"] == "Resolved: Many errors"
    assert "Now 1 %: it is well again. It lasted 2 h 5 min; at worst 8 %." in hook.posted[1]["message"]


def test_what_answers_500_is_asked_again_after_a_longer_while_each_time(home: Installation, hook: Webhook):
    home.channels.add(ADA, "hook", hook.address, NOON)
    home.rule()
    home.evaluate(minutes(0), whole="0.08")
    hook.statuses = [500, 503]

    home.send(minutes(0))
    (waiting,) = home.channels.deliveries(ADA)
    assert (waiting.state, waiting.attempts, waiting.problem) == (DeliveryState.WAITING, 1, "It answered 500.")
    assert waiting.due_at == minutes(1)
    home.send(minutes(0.9))
    assert len(hook.posted) == 1
    home.send(minutes(1))
    assert home.channels.deliveries(ADA)[0].due_at == minutes(3)
    home.send(minutes(3))

    assert home.deliveries() == [("Warning: Many errors", "hook", "sent", 3)]
    assert len({each["id"] for each in hook.posted}) == 1


def test_nothing_is_lost_while_the_network_is_away(home: Installation):
    with webhook() as gone:
        address, port = gone.address, gone.port
    home.channels.add(ADA, "hook", address, NOON)
    home.rule()
    home.evaluate(minutes(0), whole="0.08")
    home.send(minutes(0))
    home.evaluate(minutes(30), whole="0.01")
    home.send(minutes(30))
    assert [(each.state, each.problem) for each in home.channels.deliveries(ADA)] == [
        (DeliveryState.WAITING, ""),  # where one could not be handed over, the next is not tried
        (DeliveryState.WAITING, "It could not be reached."),
    ]

    with webhook(port) as back:
        home.send(minutes(60))
        assert sorted(each["title"] for each in back.posted) == ["Resolved: Many errors", "Warning: Many errors"]


def test_a_channel_that_never_answers_holds_up_no_other(home: Installation, hook: Webhook):
    answered = threading.Event()
    with webhook() as slow:
        slow.before_answer = lambda: answered.wait(60)
        home.channels.add(ADA, "slow", slow.address, NOON)
        home.channels.add(ADA, "quick", hook.address, NOON)
        home.rule()
        home.evaluate(minutes(0), whole="0.08")
        home.send(minutes(0), within_s=1)

        found = {each.channel: each for each in home.channels.deliveries(ADA)}
        assert found["quick"].state is DeliveryState.SENT
        assert (found["slow"].state, found["slow"].problem) == (DeliveryState.WAITING, "It took longer than 1 s.")
        answered.set()


def test_what_is_tried_for_three_days_is_given_up_with_the_reason(home: Installation, hook: Webhook):
    home.channels.add(ADA, "hook", hook.address, NOON)
    home.rule()
    home.evaluate(minutes(0), whole="0.08")
    hook.statuses = [404] * 5
    for at in (0, 2, 5, 10, 20):  # after 1, 2, 4 and 8 minutes it is due again
        home.send(minutes(at))
    home.send(NOON + timedelta(days=3, minutes=1))

    (given_up,) = home.channels.deliveries(ADA)
    assert (given_up.state, given_up.problem) == (
        DeliveryState.GIVEN_UP,
        "It was tried for 3 days. It answered 404.",
    )
    assert len(hook.posted) == 5


def test_what_waited_while_the_machine_was_off_is_sent_however_old_it_is(home: Installation, hook: Webhook):
    home.channels.add(ADA, "hook", hook.address, NOON)
    home.rule()
    home.evaluate(minutes(0), whole="0.08")
    home.send(NOON + timedelta(days=4))

    assert [each.state for each in home.channels.deliveries(ADA)] == [DeliveryState.SENT]
    assert len(hook.posted) == 1


def test_what_a_channel_that_is_off_was_to_send_is_given_up_as_such(home: Installation, hook: Webhook):
    home.channels.add(ADA, "hook", hook.address, NOON)
    home.rule()
    home.evaluate(minutes(0), whole="0.08")
    home.channels.change(ADA, "hook", minutes(1), enabled=False, digest=False)
    home.send(NOON + timedelta(days=4))

    (given_up,) = home.channels.deliveries(ADA)
    assert (given_up.state, given_up.problem) == (DeliveryState.GIVEN_UP, "The channel was turned off.")


def test_a_channel_that_was_removed_is_told_nothing(home: Installation, hook: Webhook):
    home.channels.add(ADA, "hook", hook.address, NOON)
    home.rule()
    home.evaluate(minutes(0), whole="0.08")
    home.channels.remove(ADA, "hook", minutes(1))
    home.send(minutes(1))

    (given_up,) = home.channels.deliveries(ADA)
    assert (given_up.state, given_up.problem, hook.posted) == (
        DeliveryState.GIVEN_UP,
        "The channel was removed.",
        [],
    )


def test_a_channel_that_is_off_gets_it_once_it_is_on(home: Installation, hook: Webhook):
    home.channels.add(ADA, "hook", hook.address, NOON)
    home.rule()
    home.evaluate(minutes(0), whole="0.08")
    home.channels.change(ADA, "hook", minutes(1), enabled=False, digest=False)
    home.send(minutes(1))
    assert hook.posted == []
    home.channels.change(ADA, "hook", minutes(2), enabled=True, digest=False)
    home.send(minutes(2))

    assert len(hook.posted) == 1


def test_a_worker_that_is_killed_while_it_sends_leaves_the_message_to_the_next_one(
    either_home: Installation, hook: Webhook
):
    home = either_home
    channel = home.channels.add(ADA, "hook", hook.address, NOON)
    home.rule()
    home.evaluate(minutes(0), whole="0.08")

    claimed = Outbox(home.database).claim(channel.id, minutes(0))  # and nothing more is heard of it
    home.send(minutes(1))
    assert hook.posted == []
    home.send(minutes(0) + LEASE)

    assert claimed
    assert [each["id"] for each in hook.posted] == [claimed.message.id]
    assert home.deliveries() == [("Warning: Many errors", "hook", "sent", 2)]


def test_two_workers_send_a_message_once(either_home: Installation, hook: Webhook):
    home = either_home
    home.channels.add(ADA, "hook", hook.address, NOON)
    home.rule(grouped=False)
    home.evaluate(minutes(0), **{f"edge {number}": "0.08" for number in range(10)})
    threads = [threading.Thread(target=home.send, args=(minutes(0),)) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    titles = sorted(each["title"] for each in hook.posted)
    assert titles == sorted(f"Warning: Many errors: edge {number}" for number in range(10))


def test_what_begins_at_once_is_one_message(home: Installation, hook: Webhook):
    home.channels.add(ADA, "hook", hook.address, NOON)
    home.rule()
    home.evaluate(minutes(0), **{f"edge {number}": "0.08" for number in range(25)})
    home.send(minutes(0))

    (post,) = hook.posted
    assert post["title"] == "Warning: Many errors: edge 0 and 24 more"
    assert post["message"].count("What to do:") == 20
    assert "5 more: https://videos.example.com/alerts" in post["message"]


def test_in_quiet_hours_a_warning_waits_and_a_critical_alert_does_not(home: Installation, hook: Webhook):
    home.channels.add(ADA, "hook", hook.address, NOON)
    home.rule("Warning of the night", quiet=quiet_hours("11:00-13:00 UTC"))
    home.rule("Alarm", quiet=quiet_hours("11:00-13:00 UTC"), severity=Severity.CRITICAL)
    home.evaluate(minutes(0), whole="0.08")
    home.send(minutes(59))
    assert [each["title"] for each in hook.posted] == ["Critical: Alarm"]
    home.send(minutes(60))

    assert [each["title"] for each in hook.posted] == ["Critical: Alarm", "Warning: Warning of the night"]


def test_what_begins_and_ends_in_quiet_hours_is_not_told_at_all(home: Installation, hook: Webhook):
    home.channels.add(ADA, "hook", hook.address, NOON)
    home.rule(quiet=quiet_hours("11:00-13:00 UTC"))
    home.evaluate(minutes(0), whole="0.08")
    home.evaluate(minutes(30), whole="0.01")
    home.send(minutes(90))

    assert hook.posted == []
    (untold,) = home.channels.deliveries(ADA)
    assert (untold.state, untold.problem) == (DeliveryState.NOT_NEEDED, "It was over before anybody was told.")


def test_a_rule_tells_the_channels_that_it_names(home: Installation, hook: Webhook, mailbox: MailServer):
    chosen = home.channels.add(ADA, "hook", hook.address, NOON)
    home.channels.add(ADA, "ops", mailbox.address(), NOON)
    home.rule("One", channels=(chosen.id,))
    home.rule("None", channels=(), threshold=Decimal("0.01"))
    home.evaluate(minutes(0), whole="0.08")
    home.send(minutes(0))

    assert [each["title"] for each in hook.posted] == ["Warning: One"]
    assert mailbox.mails == []


def test_an_answer_that_leads_elsewhere_is_not_followed(home: Installation, hook: Webhook):
    with webhook() as inside:
        hook.statuses, hook.location = [302], f"http://127.0.0.1:{inside.port}/admin"
        home.channels.add(ADA, "hook", hook.address, NOON)

        assert home.channels.send_test(ADA, "hook", NOON) == "It answered 302."
        assert inside.posted == []


@pytest.mark.parametrize(
    ("command", "answer", "problem"),
    [
        ("RCPT", "550 no such mailbox", "The mail server refused every recipient (550)."),
        ("MAIL", "451 come back later", "The mail server answered 451."),
        ("EHLO", "421 too busy", "The mail server answered 421."),
    ],
)
def test_what_a_mail_server_refuses_is_said(home: Installation, mailbox: MailServer, command, answer, problem):
    mailbox.answers = {command: answer, "HELO": answer}
    home.channels.add(ADA, "ops", mailbox.address(), NOON)

    assert home.channels.send_test(ADA, "ops", NOON) == problem


def test_a_mail_that_some_recipients_may_not_have_is_not_sent_again_to_the_others(
    home: Installation, mailbox: MailServer
):
    mailbox.unknown = {"gone@example.com"}
    home.channels.add(ADA, "ops", mailbox.address(",gone@example.com"), NOON)
    home.rule()
    home.evaluate(minutes(0), whole="0.08")
    home.send(minutes(0))
    home.send(minutes(5))

    (sent,) = home.channels.deliveries(ADA)
    assert (sent.state, sent.problem) == (DeliveryState.SENT, "The mail server refused 1 of 2 recipients.")
    assert mailbox.recipients == [["ops@example.com"]]


def test_a_test_message_arrives_and_is_noted(home: Installation, mailbox: MailServer):
    home.channels.add(ADA, "ops", mailbox.address(), NOON)

    assert home.channels.send_test(ADA, "ops", minutes(1)) == ""

    assert mailbox.mails[0]["Subject"] == "A test from Phyght"
    assert home.audit.latest(ADA, 1)[0].detail == "handed over"
