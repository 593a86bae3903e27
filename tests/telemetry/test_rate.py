"""Rate: nobody tells more than is sensible, and nobody is kept from telling by somebody else."""

from core.telemetry import rate
from core.telemetry.rate import Rate


def test_a_sender_may_tell_much_at_once_and_then_little_by_little():
    limited = Rate(burst=3, a_second=2)

    assert [limited.allows("anna", 0) for _ in range(5)] == [True, True, True, False, False]
    assert [limited.allows("anna", 0.5), limited.allows("anna", 0.5)] == [True, False]
    assert [limited.allows("anna", 1000) for _ in range(4)] == [True, True, True, False]


def test_one_sender_does_not_use_up_what_another_may_tell():
    limited = Rate(burst=1, a_second=1)

    assert [limited.allows(sender, 0) for sender in ("anna", "anna", "boris")] == [True, False, True]


def test_all_together_have_an_end_too():
    limited = Rate(burst_of_all=2, a_second_of_all=1)

    assert [limited.allows(f"sender {n}", 0) for n in range(3)] == [True, True, False]
    assert limited.allows("sender 3", 1)


def test_only_so_many_senders_are_remembered(monkeypatch):
    monkeypatch.setattr(rate, "_MOST_SENDERS", 2)
    limited = Rate(burst=1, a_second=0)

    assert [limited.allows(sender, 0) for sender in ("anna", "boris", "clara", "anna")] == [True] * 4
    assert not limited.allows("clara", 0)


def test_who_tells_is_in_no_text():
    limited = Rate()
    limited.allows("192.0.2.7", 0)

    assert "192.0.2.7" not in repr(limited) + repr(vars(limited))
