-- name: some(provider, kind, videos, first)
-- Some objects of a kind at a provider, the newest first: of the videos named between commas; of all where none are.
select key from objects
where provider = :provider and kind = :kind and (:videos = '' or instr(:videos, ',' || video_id || ',') > 0)
order by recorded_at desc, key limit :first;
