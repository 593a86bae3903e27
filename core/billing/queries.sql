-- name: current_deliveries(export)
-- The delivery that each segment of an export shows, and the segment's folder.
select d.*, s.path
from segments s join deliveries d on d.id = s.delivery_id
where s.export = :export
order by s.period, s.kind;

-- name: current_delivery(export, kind, period)^
-- The delivery that the segment of an export's period shows, and the segment's folder.
select d.*, s.path
from segments s join deliveries d on d.id = s.delivery_id
where s.export = :export and s.kind = :kind and s.period = :period;

-- name: add_delivery(id, export, kind, period, execution, delivered_at, loaded_at, source, complete, row_count, total, currency)!
-- Record a loaded delivery.
insert into deliveries (id, export, kind, period, execution, delivered_at, loaded_at, source, complete, row_count, total, currency)
values (:id, :export, :kind, :period, :execution, :delivered_at, :loaded_at, :source, :complete, :row_count, :total, :currency);

-- name: add_delivery_total(delivery_id, currency, total)!
-- Record what it comes to in a currency.
insert into delivery_totals (delivery_id, currency, total) values (:delivery_id, :currency, :total);

-- name: remove_bills(export, kind, period)!
-- Forget who was billed in the segment before.
delete from bills where export = :export and kind = :kind and period = :period;

-- name: point_to(export, kind, period, delivery_id, path)!
-- Make a delivery the current truth about its export's period.
insert into segments (export, kind, period, delivery_id, path) values (:export, :kind, :period, :delivery_id, :path)
on conflict (export, kind, period) do update set delivery_id = excluded.delivery_id, path = excluded.path;

-- name: forget_files(export, kind, period)!
-- Forget how the files of the segment before were written.
delete from segment_files where export = :export and kind = :kind and period = :period;

-- name: add_file(export, kind, period, name, size_bytes, sha256)!
-- Record how a file of the current segment was written.
insert into segment_files (export, kind, period, name, size_bytes, sha256)
values (:export, :kind, :period, :name, :size_bytes, :sha256);

-- name: files_of(path)
-- Each file of the segment in a folder, as it was written: bytes and SHA-256.
select f.name, f.size_bytes, f.sha256
from segments s
join segment_files f on f.export = s.export and f.kind = s.kind and f.period = s.period
where s.path = :path;

-- name: segment_in(path)^
-- The current segment that a folder holds.
select export, kind, period from segments where path = :path;

-- name: add_bill(export, kind, period, provider_name, billing_account_id, sub_account_id, currency, row_count, total, usage_until, estimated)!
-- Record what one account is billed in a segment.
insert into bills (export, kind, period, provider_name, billing_account_id, sub_account_id, currency, row_count, total, usage_until, estimated, counted)
values (:export, :kind, :period, :provider_name, :billing_account_id, :sub_account_id, :currency, :row_count, :total, :usage_until, :estimated, true);

-- name: carried(first, last)
-- Each bill of the months from one to another, and the delivery that its segment shows.
select b.*, d.complete, d.delivered_at
from bills b
join segments s on s.export = b.export and s.kind = b.kind and s.period = b.period
join deliveries d on d.id = s.delivery_id
where b.period >= :first and b.period <= :last
order by b.export, b.kind;

-- name: count_bill(counted, export, kind, period, provider_name, billing_account_id, sub_account_id)!
-- Say whether a bill is counted, where that is not what is said already.
update bills set counted = :counted
where export = :export and kind = :kind and period = :period and provider_name = :provider_name
    and billing_account_id = :billing_account_id and sub_account_id = :sub_account_id and counted <> :counted;

-- name: uncounted_bills(export, kind, period)
-- Bills of a segment that another export is counted for, with that export.
select distinct b.provider_name, b.sub_account_id, c.export as counted_export
from bills b
join bills c on c.period = b.period and c.provider_name = b.provider_name
    and lower(c.billing_account_id) = lower(b.billing_account_id) and lower(c.sub_account_id) = lower(b.sub_account_id)
    and c.counted
where b.export = :export and b.kind = :kind and b.period = :period and not b.counted
order by b.provider_name, b.sub_account_id;

-- name: start_run(id, source, started_at)!
-- Record that an ingestion has begun.
insert into ingestions (id, source, started_at, outcome, report) values (:id, :source, :started_at, 'running', '{}');

-- name: end_run(ended_at, outcome, report, id)!
-- Record what an ingestion came to.
update ingestions set ended_at = :ended_at, outcome = :outcome, report = :report where id = :id;

-- name: unended_runs()
-- Ingestions of which nobody has recorded an end.
select id from ingestions where outcome = 'running';

-- name: runs(limit)
-- The last ingestions, newest first.
select * from ingestions order by started_at desc limit :limit;

-- name: add_measurement(project, measured_at)!
-- Record that a Supabase project was measured; a second time in the same instant is one measurement.
insert into supabase_measurements (project, measured_at) values (:project, :measured_at)
on conflict do nothing;

-- name: add_bucket_size(project, measured_at, bucket, size_bytes, objects, unsized)!
-- Record what lay in one of its buckets, in bytes.
insert into supabase_bucket_sizes (project, measured_at, bucket, size_bytes, objects, unsized)
values (:project, :measured_at, :bucket, :size_bytes, :objects, :unsized)
on conflict do nothing;

-- name: unsized_objects()^
-- Objects of which Supabase does not know the size, in the newest measurement of each project.
select cast(coalesce(sum(unsized), 0) as bigint) as objects from supabase_bucket_sizes
where (project, measured_at) in (select project, max(measured_at) from supabase_measurements group by project);

-- name: measured_bytes()^
-- Bytes of all buckets in the newest measurement of each project.
select cast(coalesce(sum(size_bytes), 0) as bigint) as bytes from supabase_bucket_sizes
where (project, measured_at) in (select project, max(measured_at) from supabase_measurements group by project);

-- name: measured_days()
-- For each project and UTC day: how often it was measured, and the bytes of those measurements added up.
select m.project, substr(m.measured_at, 1, 10) as day,
    count(distinct m.measured_at) as measurements, cast(coalesce(sum(b.size_bytes), 0) as bigint) as size_bytes
from supabase_measurements m
left join supabase_bucket_sizes b on b.project = m.project and b.measured_at = m.measured_at
group by m.project, substr(m.measured_at, 1, 10)
order by 1, 2;
