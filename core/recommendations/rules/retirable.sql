-- name: unserved(before)
-- What is stored, by class, of copies that viewers do not get; settled: they get another one since before an instant.
select o.video_id, o.provider, o.storage_class, cast(count(*) as bigint) as objects,
    cast(sum(o.size_bytes) as bigint) as size_bytes, s.since < :before as settled
from objects o join served_copies s on s.video_id = o.video_id
where o.provider <> s.provider
    and not exists (
        select 1 from migration_videos m
        where m.video_id = o.video_id and m.wanted and m.state in ('waiting', 'copying', 'uploaded', 'verified', 'retiring')
    )
group by o.video_id, o.provider, o.storage_class, s.since
order by o.provider, o.video_id, o.storage_class;
