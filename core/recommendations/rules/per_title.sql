-- name: measured()^
-- What packagings by each title's own rates took, and what the fixed ladder would have.
select cast(count(*) as bigint) as videos, cast(coalesce(sum(size_bytes), 0) as bigint) as size_bytes,
    cast(coalesce(sum(fixed_bytes), 0) as bigint) as fixed_bytes
from packagings
where ladder = 'per-title' and state in ('done', 'damaged') and size_bytes > 0 and fixed_bytes > 0;

-- name: fixed()
-- Renditions of the copy that viewers get of each video that was not packaged by its own rates, and its original.
select o.video_id, o.provider, max(o.storage_class) as storage_class, cast(count(*) as bigint) as objects,
    cast(sum(o.size_bytes) as bigint) as size_bytes, v.duration_s, i.size_bytes as original_bytes,
    i.storage_class as original_class
from objects o
join served_copies s on s.video_id = o.video_id and s.provider = o.provider
join videos v on v.id = o.video_id
join objects i on i.video_id = o.video_id and i.provider = o.provider and i.kind = 'original'
left join packagings p on p.video_id = o.video_id
where o.kind = 'rendition' and o.width is not null and v.duration_s > 0
    and (p.ladder = 'fixed' and p.state in ('done', 'damaged') or p.video_id is null)
group by o.video_id, o.provider, v.duration_s, i.size_bytes, i.storage_class
order by o.provider, o.video_id;
