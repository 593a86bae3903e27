-- name: every_video()
-- The videos of the catalogue.
select id from videos;

-- name: originals_twice()
-- Contents that several videos have as their original at one provider and in one class.
select provider, storage_class, coalesce(crc64nvme, etag) as content, size_bytes,
    cast(count(distinct video_id) as bigint) as copies
from objects
where kind = 'original' and size_bytes > 0 and coalesce(crc64nvme, etag) <> ''
group by provider, storage_class, coalesce(crc64nvme, etag), size_bytes
having count(distinct video_id) > 1
order by provider, content;
