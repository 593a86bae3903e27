"""Uploads over HTTP: who may ask, what is answered, and what is refused with which status."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.access.roles import Role
from core.bootstrap import Platform
from core.errors import DiskFull, StorageUnreachable
from core.storage.checksums import combined, crc64nvme
from core.units import MIB
from dashboard import uploads_http
from dashboard.visitor import COOKIE
from tests.dashboard.conftest import BOSS, ORIGIN, PASSWORD
from tests.uploads.conftest import video

PARTS = (bytes(video(8 * MIB)), b"the last part of it")
FIGHT = b"".join(PARTS)


class Browser:
    """A browser with a page of ours open, in which somebody is signed in."""

    def __init__(self, platform: Platform, name: str, role: Role) -> None:
        now, sessions = datetime.now(UTC), platform.access.sessions
        given = platform.access.accounts.add(BOSS, name, role, now)
        token = sessions.sign_in(name, given, "192.0.2.1", now)
        self.token = sessions.change_password(token, given, PASSWORD, "192.0.2.1", now)
        self.client = client(cookies={COOKIE: self.token})

    def begin(self, content: bytes = FIGHT, **other: Any) -> Any:
        return self.client.post("/api/uploads", json=question(content, **other))

    def send(self, id: str, number: int, part: bytes, crc: int | None = None) -> Any:
        crc = crc64nvme(part) if crc is None else crc
        return self.client.put(f"/api/uploads/{id}/parts/{number}?crc64nvme={crc}", content=part)

    def complete(self, id: str, content: bytes = FIGHT, **other: Any) -> Any:
        told = {"crc64nvme": str(crc64nvme(content)), **other}
        return self.client.post(f"/api/uploads/{id}/complete", json=told)

    def bring_in(self, **other: Any) -> Any:
        id = self.begin(**other).json()["id"]
        for number, part in enumerate(PARTS, 1):
            assert self.send(id, number, part).status_code == 200
        return id, self.complete(id).json()


def client(
    cookies: dict[str, str] | None = None, origin: str | None = ORIGIN, address: str = "192.0.2.1"
) -> TestClient:
    app = Starlette(routes=uploads_http.ROUTES)
    headers = {"origin": origin} if origin else {}
    return TestClient(app, base_url=ORIGIN, headers=headers, cookies=cookies, client=(address, 50_000))


def question(content: bytes, **other: Any) -> dict[str, Any]:
    head = base64.b64encode(content[:4096]).decode()
    return {"name": "fight.mp4", "size_bytes": len(content), "head": head, **other}


@pytest.fixture
def olga(platform: Platform) -> Browser:
    return Browser(platform, "olga", Role.OPERATOR)


def test_a_file_is_sent_in_parts_and_answered_with_its_link_and_price(olga: Browser, platform: Platform):
    begun = olga.begin(title="Rivera vs Stone", fingerprint="f")
    told = begun.json()
    assert begun.status_code == 201
    assert {name: told[name] for name in ("mode", "part_bytes", "parts_total", "missing", "state", "title")} == {
        "mode": "parts", "part_bytes": 8 * MIB, "parts_total": 2, "missing": [1, 2], "state": "receiving",
        "title": "Rivera vs Stone",
    }  # fmt: skip
    assert told["reason"] == "No storage account is connected, so it is kept on this machine."
    assert told["monthly_cost_usd"] == "0"

    first = olga.send(told["id"], 1, PARTS[0])
    assert first.json() == {"number": 1, "size_bytes": 8 * MIB, "crc64nvme": str(crc64nvme(PARTS[0]))}
    again = olga.begin(title="Rivera vs Stone", fingerprint="f")
    assert (again.status_code, again.json()["id"]) == (200, told["id"])
    assert (again.json()["missing"], again.json()["received"]) == ([2], {"1": str(crc64nvme(PARTS[0]))})
    olga.send(told["id"], 2, PARTS[1])
    done = olga.complete(told["id"]).json()

    movie = platform.catalog.video(told["id"])
    assert done["video"] == {"id": movie.id, "slug": movie.slug, "title": "Rivera vs Stone", "link": f"/v/{movie.slug}"}
    assert (done["state"], done["link"], done["duplicate_of"]) == ("done", f"/v/{movie.slug}", None)
    assert done["url"].startswith(f"/objects/videos/{movie.id}/original.mp4?expires=")
    assert b"".join(platform.providers.all[0].read(f"videos/{movie.id}/original.mp4")) == FIGHT


def test_a_part_may_be_signed_for_the_browser_to_send_by_itself(olga: Browser):
    id = olga.begin().json()["id"]

    told = {"size_bytes": len(PARTS[1]), "crc64nvme": str(crc64nvme(PARTS[1]))}
    signed = olga.client.post(f"/api/uploads/{id}/parts/2", json=told).json()

    assert (signed["method"], signed["headers"]) == ("PUT", {})
    assert signed["url"].startswith(f"/objects/videos/{id}/original.mp4?")
    assert f"size={len(PARTS[1])}" in signed["url"]


def test_a_provider_that_the_browser_could_not_reach_is_asked_by_the_server(olga: Browser, platform: Platform):
    id = olga.begin().json()["id"]
    told = {"size_bytes": len(PARTS[1]), "crc64nvme": str(crc64nvme(PARTS[1]))}
    assert platform.health.condition("local").latency_ms is None

    olga.client.post(f"/api/uploads/{id}/parts/2", json=told)
    assert platform.health.condition("local").latency_ms is None

    assert olga.client.post(f"/api/uploads/{id}/parts/2", json=told | {"unreached": True}).status_code == 200
    assert platform.health.condition("local").latency_ms is not None


def test_before_anything_is_sent_a_file_is_judged(olga: Browser):
    _, done = olga.bring_in(fingerprint="f")
    waiting = olga.begin(video(100), fingerprint="g").json()["id"]

    def judged(content: bytes, fingerprint: str) -> Any:
        return olga.client.post("/api/uploads/check", json=question(content, fingerprint=fingerprint)).json()

    reason = "No storage account is connected, so it is kept on this machine."
    place = {"provider": "local", "reason": reason, "monthly_cost_usd": "0"}
    assert judged(video(200), "h") == place | {"under_way": None, "finished": None}
    assert judged(video(100), "g") == place | {"under_way": waiting, "finished": None}
    assert judged(FIGHT, "f") == place | {"under_way": None, "finished": done["video"]}
    answer = olga.client.post("/api/uploads/check", json=question(b"PK\x03\x04"))
    assert status_of(answer) == (415, "'fight.mp4' is a ZIP archive, not a video.")


def test_unfinished_uploads_are_listed_and_can_be_called_off(olga: Browser, platform: Platform):
    id = olga.begin(fingerprint="f").json()["id"]
    olga.send(id, 2, PARTS[1])

    (listed,) = olga.client.get("/api/uploads").json()
    assert (listed["id"], listed["fingerprint"], listed["received_bytes"]) == (id, "f", len(PARTS[1]))
    assert olga.client.get(f"/api/uploads/{id}").json() == listed
    gone = olga.client.delete(f"/api/uploads/{id}")

    assert (gone.status_code, gone.content) == (204, b"")
    assert olga.client.get("/api/uploads").json() == []
    assert olga.client.delete(f"/api/uploads/{id}").status_code == 204


def test_bytes_that_are_there_already_are_offered_as_the_video_and_kept_or_discarded(olga: Browser, platform: Platform):
    first, done = olga.bring_in(title="First")
    second, same = olga.bring_in(title="Second")
    third, _ = olga.bring_in(title="Third")

    assert (same["state"], same["video"], same["url"]) == ("duplicate", None, None)
    assert same["duplicate_of"] == done["video"]
    assert same["link"] == done["link"]
    kept = olga.complete(second, keep_duplicate=True).json()
    assert (kept["state"], kept["video"]["title"], kept["duplicate_of"]["id"]) == ("done", "Second", first)
    assert olga.client.delete(f"/api/uploads/{third}").status_code == 204
    assert len(list(platform.providers.all[0].list("videos/"))) == 2


def status_of(answer: Any) -> tuple[int, str]:
    """The status, and the sentence; each error has both and a piece of advice."""
    told = answer.json()
    assert set(told) >= {"error", "advice"}
    return answer.status_code, told["error"]


@pytest.mark.parametrize(
    ("told", "status", "error"),
    [
        (dict(head=base64.b64encode(b"PK\x03\x04").decode()), 415, "'fight.mp4' is a ZIP archive, not a video."),
        (dict(size_bytes=0), 413, "'fight.mp4' is empty."),
        (dict(size_bytes=6 * 2**30), 413, "'fight.mp4' has 6.0 GiB; the most that is taken is 5.0 GiB."),
        (dict(residency="EU"), 422, "No storage provider keeps its data in EU."),
        (dict(title="x" * 201), 422, "The title has 201 characters."),
        (dict(visibility="secret"), 400, "visibility: Input should be 'public' or 'private'."),
        (dict(size_bytes="12"), 400, "size_bytes: Input should be a valid integer."),
        (dict(head="%%%"), 400, "head: should be base64."),
        (dict(head="A" * 9_000), 400, "head: String should have at most 8192 characters."),
        (dict(owner="root"), 400, "owner: Extra inputs are not permitted."),
        (dict(name="x" * 70_000), 400, "The question has more than 65536 bytes."),
    ],
    ids=["zip", "empty", "large", "EU", "title", "visibility", "text", "base64", "long head", "owner", "long body"],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_in_words_with_its_status(olga: Browser, told, status, error):
    assert status_of(olga.begin(**told)) == (status, error)
    assert olga.client.get("/api/uploads").json() == []


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b'"\\ud800"', b""], ids=["cut", "list", "utf8", "text", "none"])
def test_what_is_no_json_is_a_bad_request(olga: Browser, body: bytes):
    status, _ = status_of(olga.client.post("/api/uploads", content=body))

    assert status == 400


def test_a_part_that_is_not_as_its_sender_says_is_refused_and_still_missing(olga: Browser):
    id = olga.begin().json()["id"]

    assert status_of(olga.send(id, 2, PARTS[1], crc=1)) == (422, "The part does not agree with its checksum.")
    assert status_of(olga.send(id, 2, b"short")) == (422, f"Part 2 has 5 bytes; it needs {len(PARTS[1])}.")
    assert status_of(olga.send(id, 3, b"x")) == (422, "There is no part 3: parts go from 1 to 2.")
    sizes = {"content-length": str(64 * MIB + 1)}
    answer = olga.client.put(f"/api/uploads/{id}/parts/1?crc64nvme=1", content=b"", headers=sizes)
    assert status_of(answer) == (400, "A part needs a Content-Length of at most 67108864.")
    for number in ("one", "-1", "²", "1" * 5_000):
        answer = olga.client.post(f"/api/uploads/{id}/parts/{number}", json={})
        assert status_of(answer) == (400, "The part's number should be a whole number.")
    for crc in ("", "-1", "1e3", "18446744073709551616", "²", "9" * 5_000):
        answer = olga.client.put(f"/api/uploads/{id}/parts/2", params={"crc64nvme": crc}, content=PARTS[1])
        assert status_of(answer) == (400, "crc64nvme should be an unsigned decimal of 64 bits.")
    assert olga.client.get(f"/api/uploads/{id}").json()["missing"] == [1, 2]


def test_completing_too_early_says_which_parts_are_missing(olga: Browser):
    id = olga.begin().json()["id"]
    olga.send(id, 1, PARTS[0])

    answer = olga.complete(id)

    assert status_of(answer) == (409, "1 of 2 parts of 'fight.mp4' are missing.")
    assert answer.json()["missing"] == [2]


def test_a_wrong_checksum_of_the_whole_is_refused_and_a_right_one_taken_afterwards(olga: Browser):
    id = olga.begin().json()["id"]
    for number, part in enumerate(PARTS, 1):
        olga.send(id, number, part)

    wrong = olga.complete(id, crc64nvme="18446744073709551615")
    assert status_of(wrong)[0] == 422
    assert status_of(olga.complete(id, crc64nvme="18446744073709551616"))[0] == 400
    assert status_of(olga.complete(id, sha256="xyz"))[0] == 400
    whole = combined([(crc64nvme(part), len(part)) for part in PARTS])

    assert olga.complete(id, crc64nvme=str(whole)).status_code == 200


EVERY_ROUTE = [
    ("POST", "/api/uploads"),
    ("POST", "/api/uploads/check"),
    ("GET", "/api/uploads"),
    ("GET", "/api/uploads/0"),
    ("DELETE", "/api/uploads/0"),
    ("POST", "/api/uploads/0/parts/1"),
    ("PUT", "/api/uploads/0/parts/1?crc64nvme=0"),
    ("POST", "/api/uploads/0/complete"),
]


@pytest.mark.parametrize(("method", "path"), EVERY_ROUTE)
def test_no_route_answers_a_stranger(platform: Platform, method: str, path: str):
    assert status_of(client().request(method, path)) == (401, "You are not signed in.")
    assert status_of(client({COOKIE: "guessed"}).request(method, path)) == (401, "You are not signed in.")


@pytest.mark.parametrize(("method", "path"), EVERY_ROUTE)
def test_no_route_answers_a_viewer(platform: Platform, method: str, path: str):
    viewer = Browser(platform, "vic", Role.VIEWER)
    told = {"POST": question(FIGHT) if path in ("/api/uploads", "/api/uploads/check") else {"crc64nvme": "0"}}

    answer = viewer.client.request(method, path, json=told.get(method))

    assert status_of(answer) == (403, "The role viewer may not upload videos.")


@pytest.mark.parametrize(("method", "path"), EVERY_ROUTE)
@pytest.mark.parametrize("origin", ["https://evil.example", "null", None, "http://127.0.0.1:8501.evil.example"])
def test_no_route_does_anything_for_a_page_of_another_site(olga: Browser, method: str, path: str, origin: str | None):
    answer = client({COOKIE: olga.token}, origin).request(method, path)

    expected = {401, 403} if origin or method != "GET" else {200, 404}  # a GET of our own page has no origin
    assert answer.status_code in expected


def test_a_one_time_password_is_changed_before_anything_is_uploaded(platform: Platform):
    now = datetime.now(UTC)
    given = platform.access.accounts.add(BOSS, "new", Role.OPERATOR, now)
    token = platform.access.sessions.sign_in("new", given, "192.0.2.1", now)

    answer = client({COOKIE: token}).post("/api/uploads", json=question(FIGHT))

    assert status_of(answer) == (401, "Your one-time password has to be changed first.")


def test_what_belongs_to_another_person_is_not_found(olga: Browser, platform: Platform):
    id = olga.begin().json()["id"]
    otto = Browser(platform, "otto", Role.OPERATOR)

    assert status_of(otto.client.get(f"/api/uploads/{id}")) == (404, "There is no such upload.")
    assert otto.send(id, 2, PARTS[1]).status_code == 404
    assert otto.complete(id).status_code == 404
    assert otto.client.delete(f"/api/uploads/{id}").status_code == 404
    assert otto.client.get("/api/uploads").json() == []


def test_an_upload_that_takes_days_keeps_its_sender_signed_in(olga: Browser, platform: Platform, monkeypatch):
    id = olga.begin().json()["id"]

    class Clock(datetime):
        passed = timedelta(0)

        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) + cls.passed

    for module in ("dashboard.api", "dashboard.uploads_http"):
        monkeypatch.setattr(f"{module}.datetime", Clock)
    for _ in range(10):
        assert olga.client.get(f"/api/uploads/{id}").status_code == 200
        Clock.passed += timedelta(hours=11)  # a sign-in that is not used ends after twelve
    Clock.passed += timedelta(hours=2)
    assert status_of(olga.client.get(f"/api/uploads/{id}"))[0] == 401


def test_a_full_disk_and_a_provider_that_is_away_have_statuses_of_their_own(
    olga: Browser, platform: Platform, monkeypatch
):
    id = olga.begin().json()["id"]
    for error, status in ((DiskFull("Full.", "Free some."), 507), (StorageUnreachable("Away.", "Wait."), 503)):

        def fails(*_: object, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(platform.providers.all[0], "receive_part", fails)
        answer = olga.send(id, 2, PARTS[1])
        assert status_of(answer)[0] == status
    assert answer.headers["retry-after"] == "5"


@pytest.fixture
def visitor(demo: Platform) -> TestClient:
    """A browser on the demo's own machine, where nobody signs in."""
    return client(address="127.0.0.1")


def test_the_demo_takes_uploads_from_its_own_machine_only(visitor: TestClient):
    assert visitor.post("/api/uploads", json=question(FIGHT)).status_code == 201
    assert client(address="192.0.2.9").post("/api/uploads", json=question(FIGHT)).status_code == 401
