-- name: revision()^
-- How often the segments have changed.
select revision from warehouse_revision;

-- name: segments()
-- Folder of each current segment, below the warehouse's folder; oldest period first.
select path from segments order by period, export, kind;

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
