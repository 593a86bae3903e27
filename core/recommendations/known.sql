-- name: known_objects(provider, kind)
-- What the catalogue has of a kind at a provider.
select video_id, name, key, storage_class, size_bytes from objects
where provider = :provider and kind = :kind order by video_id, name;

-- name: known_videos(provider, name)
-- The videos of which the catalogue has an object of that name at a provider.
select distinct video_id from objects where provider = :provider and name = :name;
