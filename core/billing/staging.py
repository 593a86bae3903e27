"""Staging: read a delivery's files into DuckDB as charges summed by day, or refuse it."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from core.billing.columns import Columns, Kind
from core.billing.deliveries import Delivery
from core.billing.files import Readable, open_file
from core.billing.manifests import parent
from core.billing.meanings import is_known_service
from core.billing.prices import SupabasePrices
from core.billing.stage import CREATE_STAGED, stage_queries
from core.billing.supabase_usage import DailyUsage, price_usage, read_usage, stage_charges
from core.billing.tags import stated_as_text, tell_tags
from core.billing.versions import each_charge_once
from core.errors import DeliveryRefused
from core.sources.source import Entry, Source
from core.sources.workspace import Workspace, disk_errors, reading_errors

#: Of a second look at a bill: so many rows tell most of what it asks, the others are read for the rest only.
_TEACHING_ROWS = 100_000


@dataclass
class Staged:
    """What a delivery's files hold; the charges themselves lie in the workspace's DuckDB."""

    kinds: list[Kind] = field(default_factory=list)
    product_names: dict[str, str] = field(default_factory=dict)  #: service code to the name its rows state
    usage: list[DailyUsage] = field(default_factory=list)  #: Supabase's, to be priced together: a month has one quota
    notes: list[str] = field(default_factory=list)  #: what the report has to say of the files


#: Told bytes as they are done: half of a file's when it is fetched and checked, the rest when it is read.
OnBytes = Callable[[int], None]


def stage(
    delivery: Delivery,
    source: Source,
    folder: Path,
    workspace: Workspace,
    prices: SupabasePrices,
    gb_bytes: int,
    done: OnBytes,
) -> Staged:
    """Read every file of the delivery, a folder and shape at a time; nothing outside the folder is touched.

    Raises DeliveryRefused when a file is missing, damaged, no bill, or short of rows that the manifest promises.
    """
    staged = Staged()
    workspace.connection.execute(CREATE_STAGED)
    for files in _by_folder(delivery.files):
        readables = _open(delivery, files, source, folder, workspace, done)
        if not delivery.complete:
            readables = _each_once(readables, files, workspace, staged)
        with reading_errors(delivery.export):
            for batch in _by_shape(readables):
                _stage_batch(batch, workspace, staged)
        for entry in files:
            source.confirm(entry)
        _remove(folder)
        done(sum(entry.size - entry.size // 2 for entry in files))
    if staged.usage:
        with disk_errors(workspace.folder):
            stage_charges(price_usage(staged.usage, prices, gb_bytes), workspace.folder, workspace.connection)
    if delivery.complete and len(staged.kinds) > 1:
        raise DeliveryRefused(f"{delivery.export} mixes {' and '.join(staged.kinds)} files.", "Deliver each by itself.")
    return staged


def _by_folder(files: Sequence[Entry]) -> list[list[Entry]]:
    # a download may hold years, a month in each folder: all at once would take gigabytes
    folders: dict[str, list[Entry]] = defaultdict(list)
    for entry in files:
        folders[parent(entry.path)].append(entry)
    return list(folders.values())


def _each_once(
    readables: list[Readable], files: Sequence[Entry], workspace: Workspace, staged: Staged
) -> list[Readable]:
    modified = {entry.path: entry.modified.timestamp() for entry in files}
    with disk_errors(workspace.folder):
        once = each_charge_once(readables, [modified[r.columns.file] for r in readables], workspace)
    staged.notes += once.notes
    return once.readables


def _open(
    delivery: Delivery, files: list[Entry], source: Source, folder: Path, workspace: Workspace, done: OnBytes
) -> list[Readable]:
    opened: list[Readable] = []
    for number, entry in enumerate(files):
        local = folder / f"source-{number}"  # never by its own name, which may be a pattern to DuckDB
        with disk_errors(folder):
            source.fetch(entry, local)
            readables = open_file(local, entry.path, folder, workspace.connection)
        _check_rows(delivery.rows.get(entry.path), readables, entry, workspace)
        opened += readables
        done(entry.size // 2)
    return opened


def _check_rows(promised: int | None, readables: list[Readable], entry: Entry, workspace: Workspace) -> None:
    if promised is None:
        return
    with reading_errors(entry.path):
        found = sum(_count(workspace, readable.relation) for readable in readables)
    if found != promised:
        raise DeliveryRefused(
            f"{entry.path} has {found} of {promised} rows.", "Copy it again, or wait for the next one."
        )


def _count(workspace: Workspace, relation: str) -> int:
    row = workspace.connection.execute(f"SELECT count(*) FROM {relation}").fetchone()
    return int(row[0]) if row else 0


def _by_shape(readables: list[Readable]) -> list[list[Readable]]:
    """Files that one query can read: the same columns, of the same types, at the same places."""
    shapes: dict[object, list[Readable]] = defaultdict(list)
    for readable in readables:
        columns = readable.columns
        shape = (columns.kind, tuple(columns.found.items()), tuple(columns.fields.items()), readable.options)
        shapes[shape].append(readable)
    return list(shapes.values())


def _stage_batch(batch: list[Readable], workspace: Workspace, staged: Staged) -> None:
    kind = batch[0].columns.kind
    if kind not in staged.kinds:
        staged.kinds.append(kind)
    try:
        with disk_errors(workspace.folder):
            _add(batch, workspace, staged)
    except duckdb.Error:
        _find_culprit(batch, workspace)
        raise


def _add(batch: list[Readable], workspace: Workspace, staged: Staged) -> None:
    columns = batch[0].columns
    if columns.kind is Kind.SUPABASE:
        for readable in batch:
            staged.usage += read_usage(columns, readable.relation, workspace.connection)
    else:
        _sum_up(batch, workspace)
        staged.product_names |= _product_names(batch, workspace)


def _sum_up(batch: list[Readable], workspace: Workspace) -> None:
    queries = stage_queries(batch[0].columns)
    everything = Readable.together(batch)
    workspace.connection.execute(queries.create(batch[0].relation))
    workspace.connection.execute(queries.sums(everything))
    for relation in _second_look(batch):
        wanted = workspace.connection.execute(queries.wanted).fetchone()
        if wanted and not wanted[0]:
            break
        workspace.connection.execute(queries.keys(relation))
    if workspace.connection.execute(queries.clash).fetchone():
        raise DeliveryRefused("Two charges of the bill have one hash.", "Report it: it happens once in 10^11 bills.")
    if stated_as_text(batch[0].columns):
        tell_tags(workspace.connection)
    workspace.connection.execute(queries.move)


def _second_look(batch: list[Readable]) -> list[str]:
    """What to read, one after the other, until all is known."""
    return [f"(FROM {batch[0].relation} LIMIT {_TEACHING_ROWS})", *(readable.relation for readable in batch)]


def _find_culprit(batch: list[Readable], workspace: Workspace) -> None:
    """Raise DeliveryRefused for the file of a batch that cannot be read, by its name."""
    for readable in batch:
        with reading_errors(readable.columns.file), disk_errors(workspace.folder):
            if readable.columns.kind is Kind.SUPABASE:
                read_usage(readable.columns, readable.relation, workspace.connection)
            else:
                queries = stage_queries(readable.columns)
                workspace.connection.execute(queries.create(readable.relation))
                workspace.connection.execute(queries.sums(readable.relation))


def _product_names(batch: list[Readable], workspace: Workspace) -> dict[str, str]:
    """What rows call the services whose codes are not known here: a look at those rows only, until each has a name."""
    columns = batch[0].columns
    name = _product_name(columns)
    if columns.kind is Kind.FOCUS or not name:
        return {}
    codes = workspace.connection.execute("SELECT DISTINCT service_code FROM dimensions").fetchall()
    unknown = {code for (code,) in codes if code and not is_known_service(code)}
    names: dict[str, str] = {}
    code = columns.sql("line_item_product_code")
    for relation in _second_look(batch):
        if unnamed := sorted(unknown - names.keys()):
            rows = workspace.connection.execute(
                f"SELECT {code}, max({name}) FROM {relation} WHERE list_contains($1, {code}) GROUP BY 1", [unnamed]
            ).fetchall()
            names |= {row[0]: row[1] for row in rows if row[1]}
    return names


def _product_name(columns: Columns) -> str | None:
    if columns.has("product_product_name"):
        return columns.sql("product_product_name")
    if not columns.has("product"):
        return None
    product = columns.sql("product")
    if columns.type("product").startswith("MAP"):
        return f"{product}['product_name']"
    return f"CASE WHEN json_valid({product}) THEN {product} ->> '$.product_name' END"


def _remove(folder: Path) -> None:
    for file in folder.glob("source-*"):
        file.unlink()
