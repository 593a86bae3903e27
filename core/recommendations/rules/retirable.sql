-- name: unserved(before)
-- What is stored, by class, of copies that viewers do not get; settled: they get another one since before an instant;
-- moved: a migration has proved that it is whole.
select o.video_id, o.provider, o.storage_class, cast(count(*) as bigint) as objects,
    cast(sum(o.size_bytes) as bigint) as size_bytes, s.since < :before as settled,
    exists (
        select 1 from migration_videos m join migrations g on g.id = m.migration_id
        where m.video_id = o.video_id and m.state = 'done' and g.source = o.provider
    ) as moved
from objects o join served_copies s on s.video_id = o.video_id
where o.provider <> s.provider
    and not exists (select 1 from legal_holds h where h.video_id = o.video_id)
    and not exists (
        select 1 from migration_videos m
        where m.video_id = o.video_id and m.wanted and m.state in ('waiting', 'copying', 'uploaded', 'verified', 'retiring')
    )
group by o.video_id, o.provider, o.storage_class, s.since
order by o.provider, o.video_id, o.storage_class;
