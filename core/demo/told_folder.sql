-- name: told(provider, prefix)
-- What the catalogue has at a provider, by key.
select key, size_bytes, etag, content_type, storage_class, recorded_at from objects
where provider = :provider and (:prefix = '' or instr(key, :prefix) = 1)
order by key;

-- name: told_object(provider, key)^
-- One of them.
select key, size_bytes, etag, content_type, storage_class, recorded_at from objects
where provider = :provider and key = :key;

-- name: rungs_within(provider, first, past)
-- The rungs whose keys are from the first on and before the other one, the highest first.
select name, width, height, bandwidth from objects
where provider = :provider and kind = 'rendition' and key >= :first and key < :past order by bandwidth desc;
