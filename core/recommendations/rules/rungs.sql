-- name: ladders()
-- The rungs of each copy that viewers get, with the peak bits a second of each; the largest picture of a video first.
select o.video_id, o.provider, o.name, o.storage_class, o.size_bytes, o.bandwidth
from objects o join served_copies s on s.video_id = o.video_id and s.provider = o.provider
where o.kind = 'rendition' and o.bandwidth > 0 and o.width is not null and o.height is not null
order by o.video_id, o.width * o.height desc, o.bandwidth desc;
