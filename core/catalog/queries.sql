-- name: video(id)^
-- One video, with the provider that serves it.
select v.*, s.provider as served_from from videos v left join served_copies s on s.video_id = v.id where v.id = :id;

-- name: video_by_slug(slug)^
-- The video that links name so.
select v.*, s.provider as served_from from videos v left join served_copies s on s.video_id = v.id where v.slug = :slug;

-- name: video_by_link(provider, bucket, key)^
-- The video that lay, or still lies, at an address.
select v.*, s.provider as served_from
from links l join videos v on v.id = l.video_id left join served_copies s on s.video_id = v.id
where l.provider = :provider and l.bucket = :bucket and l.key = :key;

-- name: videos_of_content(crc64nvme, size_bytes)
-- Videos whose original has these bytes, oldest first.
select v.*, s.provider as served_from
from videos v left join served_copies s on s.video_id = v.id
where v.crc64nvme = :crc64nvme and v.size_bytes = :size_bytes
order by v.created_at, v.id;

-- name: add_video(id, slug, title, residency, visibility, sha256, crc64nvme, size_bytes, duration_s, width, height, created_by, created_at)!
-- A new video; it has no copy yet.
insert into videos
    (id, slug, title, residency, visibility, sha256, crc64nvme, size_bytes, duration_s, width, height, created_by, created_at)
values
    (:id, :slug, :title, :residency, :visibility, :sha256, :crc64nvme, :size_bytes, :duration_s, :width, :height, :created_by, :created_at);

-- name: describe_video(id, duration_s, width, height)!
-- What probing a video has found.
update videos set duration_s = :duration_s, width = :width, height = :height where id = :id;

-- name: copies(video_id)
-- The copies of a video, oldest first.
select * from copies where video_id = :video_id order by recorded_at, provider;

-- name: objects(video_id)
-- All objects of a video: by copy, the original first, then rungs from the highest.
select * from objects where video_id = :video_id
order by provider, kind <> 'original', kind <> 'rendition', bandwidth is null, bandwidth desc, name;

-- name: record_copy(video_id, provider, reason, recorded_at)!
-- A provider has bytes of the video; recorded again, it stays.
insert into copies (video_id, provider, reason, recorded_at) values (:video_id, :provider, :reason, :recorded_at)
on conflict (video_id, provider) do nothing;

-- name: record_object(video_id, provider, kind, name, key, content_type, size_bytes, storage_class, etag, crc64nvme, width, height, bandwidth, recorded_at)!
-- An object of a copy, in place of an older one of its name.
insert into objects
    (video_id, provider, kind, name, key, content_type, size_bytes, storage_class, etag, crc64nvme, width, height, bandwidth, recorded_at)
values
    (:video_id, :provider, :kind, :name, :key, :content_type, :size_bytes, :storage_class, :etag, :crc64nvme, :width, :height, :bandwidth, :recorded_at)
on conflict (video_id, provider, name) do update set
    kind = excluded.kind, key = excluded.key, content_type = excluded.content_type, size_bytes = excluded.size_bytes,
    storage_class = excluded.storage_class, etag = excluded.etag, crc64nvme = excluded.crc64nvme,
    width = excluded.width, height = excluded.height, bandwidth = excluded.bandwidth, recorded_at = excluded.recorded_at;

-- name: serve_from(video_id, provider, since)!
-- Viewers get this copy from now on.
insert into served_copies (video_id, provider, since) values (:video_id, :provider, :since)
on conflict (video_id) do update set provider = excluded.provider, since = excluded.since;

-- name: served_from(id)^
-- The provider whose copy viewers get.
select provider from served_copies where video_id = :id;

-- name: remember_link(provider, bucket, key, video_id)!
-- Whoever comes with this address means this video; a link that is known stays with its video.
insert into links (provider, bucket, key, video_id) values (:provider, :bucket, :key, :video_id)
on conflict (provider, bucket, key) do nothing;
