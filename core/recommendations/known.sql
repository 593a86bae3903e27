-- name: known_objects(provider, kind, least_bytes)
-- What the catalogue has of a kind at a provider, by video, name and class, apart by whether it has at least so many bytes.
select video_id, name, storage_class, size_bytes >= :least_bytes as is_large, cast(count(*) as bigint) as objects,
    cast(sum(size_bytes) as bigint) as size_bytes
from objects where provider = :provider and kind = :kind
group by video_id, name, storage_class, size_bytes >= :least_bytes
order by video_id, name, storage_class, size_bytes >= :least_bytes;

-- name: known_videos(provider, name)
-- The videos of which the catalogue has an object of that name at a provider.
select distinct video_id from objects where provider = :provider and name = :name;
