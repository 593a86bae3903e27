-- name: some(provider, kind, first)
-- Some objects of a kind at a provider, the newest first.
select key from objects where provider = :provider and kind = :kind order by recorded_at desc, key limit :first;
