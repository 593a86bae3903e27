-- name: told(provider, prefix)
-- What the catalogue has at a provider, by key.
select key, size_bytes, etag, content_type, storage_class, recorded_at from objects
where provider = :provider and (:prefix = '' or instr(key, :prefix) = 1)
order by key;

-- name: told_object(provider, key)^
-- One of them.
select key, size_bytes, etag, content_type, storage_class, recorded_at from objects
where provider = :provider and key = :key;

-- name: rungs_beside(provider, key)
-- The rungs of the video that an object belongs to, the highest first.
select r.name, r.width, r.height, r.bandwidth
from objects o join objects r on r.video_id = o.video_id and r.provider = o.provider and r.kind = 'rendition'
where o.provider = :provider and o.key = :key order by r.bandwidth desc;
