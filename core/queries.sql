-- name: revision()^
-- How often the segments have changed.
select revision from warehouse_revision;

-- name: segments()
-- Folder of each current segment, below the warehouse's folder; oldest period first.
select path from segments order by period, export, kind;

-- name: segment_files()
-- Each file of the current segments of which it is known how it was written: its segment's folder, bytes and SHA-256.
select s.path, f.name, f.size_bytes, f.sha256
from segments s
join segment_files f on f.export = s.export and f.kind = s.kind and f.period = s.period;

-- name: unrecorded()
-- The folder of each current segment of which that is not known, once for each of its bills: rows and total by currency.
select s.path, b.currency, b.row_count, b.total
from segments s
left join bills b on b.export = s.export and b.kind = s.kind and b.period = s.period
where not exists (
    select 1 from segment_files f where f.export = s.export and f.kind = s.kind and f.period = s.period
);

-- name: uncounted()^
-- How many bills another export is counted for.
select count(*) as bills from bills where not counted;

-- name: bills()
-- Each bill of the current segments, as the warehouse's table `bills` has it.
select b.export, b.kind, b.period, b.provider_name, b.billing_account_id, b.sub_account_id, b.currency, b.total, b.row_count,
    b.usage_until, b.estimated, b.counted, d.complete, d.delivered_at, d.loaded_at
from bills b
join segments s on s.export = b.export and s.kind = b.kind and s.period = b.period
join deliveries d on d.id = s.delivery_id
order by b.period, b.export;

-- name: next_revision()!
-- Tell every reader that the segments have changed.
update warehouse_revision set revision = revision + 1;

-- name: segment_paths()
-- Folders that the current segments lie in, of bills and of measurements.
select path from segments union all select path from measurements;

-- name: counted_files()
-- Each file of the measurements that are counted, in part at least: its segment's folder, bytes and SHA-256.
select m.dataset, m.source, m.day, m.path, f.name, f.size_bytes, f.sha256
from measurements m
join measurement_files f on f.dataset = m.dataset and f.source = m.source and f.day = m.day
where exists (
    select 1 from measurement_parts p
    where p.dataset = m.dataset and p.source = m.source and p.day = m.day and p.counted
)
order by m.day, m.dataset, m.source;

-- name: uncounted_parts()
-- What segments of measurements tell of that another source is counted for.
select dataset, source, day, part from measurement_parts where not counted order by part;
