-- name: objects(provider)
-- Every object that the catalogue has at a provider, with what reads of it are called: its rung, or what kind it is.
select key, video_id, size_bytes, storage_class, recorded_at,
    case kind when 'rendition' then name when 'original' then 'original' else kind end as rung
from objects where provider = :provider order by key;
