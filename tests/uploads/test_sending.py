"""Sending: a file of this machine goes up whole, whatever interrupts it, and no more of it than is missing."""

import os
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from core.database import Database
from core.errors import ObjectCorrupt, StorageBusy, UploadEnded, UploadRefused
from core.storage.supabase import SupabaseProvider
from core.units import MIB
from core.uploads.local_file import LocalFile, open_file
from core.uploads.sending import ATTEMPTS, About, Sender, Sent
from core.uploads.session import State
from tests.support.databases import fresh_database
from tests.support.supabase_stand_in import SupabaseStandIn, supabase_stand_in
from tests.uploads.conftest import ADA, OLGA, House, video
from tests.uploads.faults import Faulty, Killed, kill

FIGHT = video(9_500)  # ten parts


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """A file: what is kept of a session is tested with both databases elsewhere."""
    return fresh_database(tmp_path / "home" / "phyght.db")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "fight.mp4"
    path.write_bytes(FIGHT)
    return path


@pytest.fixture
def pauses() -> list[float]:
    """How long was waited before each further attempt."""
    return []


@pytest.fixture
def sender(house: House, faulty: Faulty, pauses: list[float]) -> Sender:
    return new_sender(house, pauses)


def new_sender(house: House, pauses: list[float], parallel: int = 1) -> Sender:
    return Sender(house.uploads, OLGA, house.clock, parallel, pauses.append)


def send(sender: Sender, path: Path, about: About = About(), progress: list[int] | None = None) -> Sent:  # noqa: B008
    with open_file(path) as file:
        return sender.send(file, about, [].append if progress is None else progress.append)


def busy() -> None:
    raise StorageBusy("It asks to come back later.", "Wait.")


def assert_whole(house: House, sent: Sent) -> None:
    assert house.listed() == [sent.video.id]
    assert house.stored(f"videos/{sent.video.id}/original.mp4") == FIGHT
    assert house.begun_at_provider() == []


@pytest.mark.parametrize("parallel", [1, 4])
def test_a_file_goes_up_in_parts_and_is_a_video(house: House, faulty: Faulty, path: Path, parallel: int):
    progress: list[int] = []

    sent = send(new_sender(house, [], parallel), path, About(title="The fight"), progress)

    assert_whole(house, sent)
    assert (sent.video.title, sent.existed) == ("The fight", False)
    assert sum(progress) == 9_500
    assert faulty.calls.count("write") == 10


def test_of_a_file_that_went_up_at_once_the_provider_is_asked_for_no_list_of_parts(house, faulty, sender, path):
    send(sender, path)

    assert faulty.calls == ["start", *["write"] * 10, "complete", "read"]


def test_killed_after_some_parts_it_goes_on_with_the_others_only(house, faulty, sender, path):
    faulty.before["write"] = [lambda: None] * 6 + [kill]
    with pytest.raises(Killed):
        send(sender, path)
    before = faulty.calls.count("write")

    sent = send(new_sender(house, []), path)

    assert_whole(house, sent)
    assert (before, faulty.calls.count("write") - before) == (7, 4)


def test_what_was_written_to_meanwhile_is_sent_again_where_it_differs(house, faulty, sender, path):
    faulty.before["write"] = [lambda: None] * 6 + [kill]
    with pytest.raises(Killed):
        send(sender, path)
    stat = path.stat()
    with path.open("r+b") as stream:
        stream.seek(2_500)
        stream.write(b"another blow")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # as programs do that hide it
    before = faulty.calls.count("write")

    sent = send(new_sender(house, []), path)

    assert house.stored(f"videos/{sent.video.id}/original.mp4") == path.read_bytes() != FIGHT
    assert faulty.calls.count("write") - before == 5


def test_a_file_that_is_another_by_now_is_another_upload(house, faulty, sender, path):
    faulty.before["write"] = [kill]
    with pytest.raises(Killed):
        send(sender, path)
    path.write_bytes(video(9_500, seed=4))

    sent = send(new_sender(house, []), path)

    assert house.stored(f"videos/{sent.video.id}/original.mp4") == path.read_bytes()
    assert len(house.begun_at_provider()) == 1


@pytest.mark.parametrize("change", [lambda path: path.open("ab").write(b"x"), lambda path: os.truncate(path, 8_000)])
def test_a_file_that_changes_while_it_is_sent_becomes_no_video(house, faulty, sender, path, change):
    faulty.after["write"] = [lambda: change(path)]

    with pytest.raises(UploadRefused, match=r"fight.mp4 was changed while it was sent\. Send it again when"):
        send(sender, path)
    assert house.listed() == house.keys() == []


def test_a_part_that_fails_is_sent_again_after_longer_and_longer_pauses(house, faulty, sender, path, pauses):
    faulty.before["write"] = [busy, busy, busy]

    assert_whole(house, send(sender, path))
    assert [0.25 <= pauses[0] <= 0.5, 0.5 <= pauses[1] <= 1, 1 <= pauses[2] <= 2, len(pauses)] == [True] * 3 + [3]


def test_what_fails_again_and_again_is_given_up_and_can_be_gone_on_with(house, faulty, sender, path, pauses):
    faulty.before["write"] = [busy] * ATTEMPTS

    with pytest.raises(StorageBusy):
        send(sender, path)
    assert len(pauses) == ATTEMPTS - 1
    assert max(pauses) <= 30
    assert_whole(house, send(new_sender(house, []), path))


def test_two_processes_that_send_one_file_make_one_video(house, faulty, sender, path):
    other: list[Sent] = []
    faulty.before["write"] = [lambda: None] * 4 + [lambda: other.append(send(new_sender(house, []), path))]

    mine = send(sender, path)

    assert mine.video == other[0].video
    assert_whole(house, mine)


def test_two_processes_that_complete_one_file_at_once_make_one_video(house, faulty, sender, path):
    other: list[Sent] = []
    faulty.before["complete"] = [lambda: other.append(send(new_sender(house, []), path))]

    mine = send(sender, path)

    assert mine.video == other[0].video
    assert_whole(house, mine)


def test_a_part_that_is_replaced_at_the_last_moment_is_sent_again(house, faulty, sender, path):
    def replace() -> None:
        (upload,) = house.uploads.unfinished(OLGA, house.now)
        faulty.write_part(upload.session.key, upload.session.upload_id, 3, bytes(1_000))

    faulty.after["write"] = [lambda: None] * 9 + [replace]

    assert_whole(house, send(sender, path))


def test_what_an_administrator_calls_off_is_not_begun_again(house, faulty, sender, path):
    def call_off() -> None:
        (upload,) = house.uploads.unfinished(OLGA, house.now)
        house.uploads.abort(ADA, upload.session.id, house.now)

    faulty.before["write"] = [lambda: None] * 4 + [call_off]

    with pytest.raises(UploadEnded, match="was called off"):
        send(sender, path)
    assert house.keys() == house.begun_at_provider() == []


def test_bytes_that_the_library_has_are_not_sent_at_all(house, faulty, sender, path):
    first = send(sender, path)
    begun = faulty.calls.count("start")

    again = send(sender, path)

    assert (again.video, again.existed, again.completed) == (first.video, True, None)
    assert faulty.calls.count("start") == begun


def test_bytes_that_the_library_has_are_sent_when_both_are_wanted(house, sender, path):
    first, second = send(sender, path), send(sender, path, About(keep_duplicate=True))

    assert not second.existed
    assert house.listed() == [first.video.id, second.video.id]


def test_bytes_that_somebody_else_has_brought_in_meanwhile_are_discarded(house, faulty, sender, path):
    faulty.before["write"] = [lambda: house.bring_in(FIGHT, ADA)]

    sent = send(sender, path)

    assert sent.existed
    assert_whole(house, sent)


def test_a_file_is_not_read_twice_where_no_video_has_its_size(house, sender, path, monkeypatch):
    house.bring_in(video(9_499))
    monkeypatch.setattr(LocalFile, "checksum", lambda _: pytest.fail("it was read"))

    assert not send(sender, path).existed


def test_what_does_not_arrive_as_it_was_sent_is_sent_again(house, faulty, sender, path):
    def corrupt() -> None:
        raise ObjectCorrupt("It did not arrive as it was sent.", "Send it again.")

    faulty.before["write"] = [corrupt]

    assert_whole(house, send(sender, path))


def test_a_stopped_sender_begins_no_further_part_and_leaves_the_rest_for_later(house, faulty, path):
    sender = new_sender(house, [])
    faulty.after["write"] = [lambda: None, sender._stopped.set]

    with pytest.raises(CancelledError):
        send(sender, path)

    (upload,) = house.uploads.unfinished(OLGA, house.now)
    assert upload.missing == (3, 4, 5, 6, 7, 8, 9, 10)
    assert upload.session.state is State.RECEIVING


def test_what_is_no_file_is_refused_in_words(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    for name, sentence in (
        ("none.mp4", "none.mp4 cannot be read: No such file or directory. Check its name and permissions."),
        ("", f"{tmp_path} is a folder. Name the files in it."),
        ("pipe", "pipe is no file. Save it as one first."),
    ):
        with pytest.raises(UploadRefused) as refused, open_file(tmp_path / name):
            pass
        assert str(refused.value).endswith(sentence)


@pytest.fixture
def supabase() -> Iterator[SupabaseStandIn]:
    with supabase_stand_in() as project:
        project.bucket("videos")
        yield project


@pytest.fixture
def long_film(tmp_path: Path) -> Path:
    """Of three chunks: 6 MiB, 6 MiB and 2 MiB."""
    path = tmp_path / "long.mp4"
    path.write_bytes(video(7 * MIB) * 2)
    return path


def to_supabase(house: House, project: SupabaseStandIn) -> Sender:
    at_once = (0.0, 0.0)
    house.use(SupabaseProvider(project.url, project.key(), "videos", house.clock, waits_s=at_once))
    return new_sender(house, [])


def test_to_supabase_a_file_goes_from_start_to_end_through_a_cut_line(house, supabase, long_film):
    sender = to_supabase(house, supabase)
    supabase.cuts += [1_000_000]
    progress: list[int] = []

    sent = send(sender, long_film, progress=progress)

    objects = supabase.bucket("videos").objects
    assert list(objects) == [f"videos/{sent.video.id}/original.mp4"]
    assert objects[f"videos/{sent.video.id}/original.mp4"].content == long_film.read_bytes()
    assert sum(progress) == 14 * MIB
    assert house.listed() == [sent.video.id]


def test_to_supabase_a_killed_upload_goes_on_where_it_was(house, supabase, long_film):
    sender = to_supabase(house, supabase)
    with pytest.raises(Killed), open_file(long_film) as file:
        sender.send(file, About(), lambda _: kill())
    chunks = supabase.count("PATCH")

    send(to_supabase(house, supabase), long_film)

    (stored,) = supabase.bucket("videos").objects.values()
    assert stored.content == long_film.read_bytes()
    assert (chunks, supabase.count("PATCH") - chunks) == (1, 2)
