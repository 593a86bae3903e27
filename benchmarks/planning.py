"""Planning: a plan of 100,000 objects that nobody has looked at before, and the same plan again."""

from collections.abc import Iterator

from benchmarks.bench import Bench, median_cost
from benchmarks.figures import Figure, Section, at_most
from benchmarks.measure import Cost, measure
from tests.support.supabase_stand_in import supabase_stand_in

TITLE = "Planning a migration"
METHOD = """
A stand-in for a Supabase project (in another process) holds {objects:,} objects: {videos:,} videos with a poster,
subtitles and a rendition of two files each; or as many videos of one file. `Plans.look` lists them through the
provider, takes them into an empty library, and plans their move to S3 at list price; then once more, when all is
known; `Plans.keep` saves the plan. Each runs in a process of its own, {repeats} times; CPU is user and system seconds,
without starting Python and imports; figures are medians, the peak is the highest.
"""
OBJECTS, _EACH = 100_000, 5


def run(bench: Bench) -> Section:
    """Fill two buckets and plan from each."""
    figures: list[Figure] = []
    with supabase_stand_in() as project:
        for bucket, names in (("mixed", _mixed()), ("files", _files())):
            for number, name in enumerate(names):
                project.bucket(bucket).put(name, 10**6 + number)
        for bucket, what in (("mixed", f"{OBJECTS // _EACH:,} videos"), ("files", f"{OBJECTS:,} videos of one file")):
            runs: list[dict[str, Cost]] = []
            for number in range(bench.repeats):
                bench.say(f"plan of {OBJECTS:,} objects, {what}, run {number + 1} of {bench.repeats}")
                home = str(bench.empty_folder("planning-home"))
                asked = {"url": project.url, "key": project.key(), "bucket": bucket, "home": home}
                runs.append({step: measure(f"planning:{step}", **asked) for step in ("first", "again", "keep")})
            figures += _figures(what, {step: median_cost([run[step] for run in runs]) for step in runs[0]})
    method = METHOD.format(objects=OBJECTS, videos=OBJECTS // _EACH, repeats=bench.repeats)
    return Section(TITLE, method.strip(), tuple(figures))


def _figures(what: str, costs: dict[str, Cost]) -> list[Figure]:
    first, again, keep = (costs[step] for step in ("first", "again", "keep"))
    name = f"plan of {OBJECTS:,} objects, {what}"
    wall = f"{first.wall_s:.1f} s of wall time, {first.peak_mb:.0f} MB"
    return [
        at_most(f"{name}: taken in and planned", first.cpu_s, 10, "s of CPU", wall),
        Figure(f"{name}: planned again", f"{again.cpu_s:.4g} s of CPU", f"{again.wall_s:.1f} s of wall time"),
        Figure(f"{name}: planned again and kept", f"{keep.cpu_s:.4g} s of CPU", f"{keep.wall_s:.1f} s of wall time"),
    ]


def _mixed() -> Iterator[str]:
    for number in range(OBJECTS // _EACH):
        start = f"{2016 + number % 10}/{number % 12 + 1:02}/rivera-vs-stone-{number}"
        yield from (f"{start}{end}" for end in (".mp4", ".jpg", ".vtt", "/index.m3u8", "/720p.mp4"))


def _files() -> Iterator[str]:
    return (f"{2016 + number % 10}/{number % 12 + 1:02}/rivera-vs-stone-{number}.mp4" for number in range(OBJECTS))
