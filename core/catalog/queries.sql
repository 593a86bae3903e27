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

-- name: video_by_object(provider, key)^
-- The video that an object belongs to.
select v.*, s.provider as served_from
from objects o join videos v on v.id = o.video_id left join served_copies s on s.video_id = v.id
where o.provider = :provider and o.key = :key;

-- name: videos_of_content(crc64nvme, size_bytes)
-- Videos whose original has these bytes, oldest first.
select v.*, s.provider as served_from
from videos v left join served_copies s on s.video_id = v.id
where v.crc64nvme = :crc64nvme and v.size_bytes = :size_bytes
order by v.created_at, v.id;

-- name: served_elsewhere(provider, residency)
-- Videos of a residency that viewers get from another provider than this one, oldest copy first.
select v.*, s.provider as served_from
from videos v
join served_copies s on s.video_id = v.id and s.provider <> :provider
join copies c on c.video_id = v.id and c.provider = s.provider
where v.residency = :residency
order by c.recorded_at, v.id;

-- name: add_video(id, slug, title, residency, visibility, sha256, crc64nvme, size_bytes, duration_s, width, height, created_by, created_at, search_text)!
-- A new video; it has no copy yet.
insert into videos
    (id, slug, title, residency, visibility, sha256, crc64nvme, size_bytes, duration_s, width, height, created_by, created_at, search_text)
values
    (:id, :slug, :title, :residency, :visibility, :sha256, :crc64nvme, :size_bytes, :duration_s, :width, :height, :created_by, :created_at, :search_text);

-- name: forget_videos_by(created_by)!
-- All that is known of somebody's videos.
delete from videos where created_by = :created_by;

-- name: describe_video(id, duration_s, width, height)!
-- What probing a video has found.
update videos set duration_s = :duration_s, width = :width, height = :height where id = :id;

-- name: describe_content(id, crc64nvme, sha256)!
-- What the bytes of an original are, where nobody knew it.
update videos set crc64nvme = coalesce(crc64nvme, :crc64nvme), sha256 = coalesce(sha256, :sha256) where id = :id;

-- name: forget_copy(video_id, provider)!
-- Nothing of it lies at that provider any more.
delete from copies where video_id = :video_id and provider = :provider;

-- name: forget_object(video_id, provider, name)!
-- One of its objects is there no more.
delete from objects where video_id = :video_id and provider = :provider and name = :name;

-- name: forget_empty_copy(video_id, provider)!
-- A copy of which nothing is left.
delete from copies where video_id = :video_id and provider = :provider and not exists (
    select 1 from objects o where o.video_id = :video_id and o.provider = :provider
);

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

-- name: recorded_objects(provider)
-- Each object of a provider, and where it is recorded to lie.
select video_id, kind, name, key, size_bytes, storage_class, etag, crc64nvme from objects where provider = :provider;

-- name: record_class(provider, key, before, after)!
-- An object lies in another class, unless that was recorded meanwhile.
update objects set storage_class = :after where provider = :provider and key = :key and storage_class = :before;

-- name: record_etag(provider, key, before, after)!
-- An object has another etag since it was copied onto itself, unless it was replaced meanwhile.
update objects set etag = :after where provider = :provider and key = :key and etag = :before;

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

-- name: links(video_id)
-- Older addresses that lead to a video, the first remembered first.
select provider, bucket, key from links where video_id = :video_id order by rowid;

-- name: forget_stored(video_id, provider)!
-- The sums of a copy, before they are worked out again.
delete from stored where video_id = :video_id and provider = :provider;

-- name: add_up_stored(video_id, provider)!
-- How many bytes of a copy lie in each storage class.
insert into stored (video_id, provider, storage_class, size_bytes, media_bytes)
select
    video_id, provider, storage_class, sum(size_bytes),
    sum(case when kind in ('original', 'rendition') then size_bytes else 0 end)
from objects where video_id = :video_id and provider = :provider group by video_id, provider, storage_class;

-- name: count_found(word_1, word_2, word_3, word_4, word_5, word_6, provider, storage_class, residency, visibility, state)^
-- How many videos are found. Every condition lets all through where its parameter is null, or the word empty.
select count(*) as number from videos v
where instr(v.search_text, :word_1) > 0 and instr(v.search_text, :word_2) > 0 and instr(v.search_text, :word_3) > 0
    and instr(v.search_text, :word_4) > 0 and instr(v.search_text, :word_5) > 0 and instr(v.search_text, :word_6) > 0
    and (:provider is null or exists (select 1 from copies c where c.provider = :provider and c.video_id = v.id))
    and (:storage_class is null or exists (
        select 1 from stored o where o.video_id = v.id and o.storage_class = :storage_class and o.media_bytes > 0))
    and (:residency is null or v.residency = :residency)
    and (:visibility is null or v.visibility = :visibility)
    and (:state is null or :state = (select state from states where states.id = v.id));

-- name: found(word_1, word_2, word_3, word_4, word_5, word_6, provider, storage_class, residency, visibility, state, sort, prices, limit, start)
-- The ids of the videos found, in order; the conditions are those of count_found. Prices are JSON, [provider, storage
-- class, USD a byte and month] each, and are only looked at when the dearest come first.
with costs as materialized (
    select o.video_id as id, sum(o.size_bytes * cast(json_extract(p.value, '$[2]') as double precision)) as usd
    from json_each(:prices) p cross join stored o
    where :sort = 'dearest' and o.provider = json_extract(p.value, '$[0]') and o.storage_class = json_extract(p.value, '$[1]')
    group by o.video_id
)
select v.id from videos v left join costs on :sort = 'dearest' and costs.id = v.id
where instr(v.search_text, :word_1) > 0 and instr(v.search_text, :word_2) > 0 and instr(v.search_text, :word_3) > 0
    and instr(v.search_text, :word_4) > 0 and instr(v.search_text, :word_5) > 0 and instr(v.search_text, :word_6) > 0
    and (:provider is null or exists (select 1 from copies c where c.provider = :provider and c.video_id = v.id))
    and (:storage_class is null or exists (
        select 1 from stored o where o.video_id = v.id and o.storage_class = :storage_class and o.media_bytes > 0))
    and (:residency is null or v.residency = :residency)
    and (:visibility is null or v.visibility = :visibility)
    and (:state is null or :state = (select state from states where states.id = v.id))
order by
    case :sort when 'title' then v.search_text end,
    case :sort when 'largest' then v.size_bytes when 'longest' then coalesce(v.duration_s, -1) when 'dearest' then coalesce(usd, -1) end desc,
    v.created_at desc, v.id
limit :limit offset :start;

-- name: entries(ids)
-- Videos as the library lists them, in the order of their ids, a JSON list.
select
    v.*, s.provider as served_from, states.state, exists (
        select 1 from objects o
        where o.video_id = v.id and o.provider = s.provider and o.kind = 'thumbnail' and o.name in ('poster', 'poster.jpg')
    ) as has_poster
from json_each(:ids) asked join videos v on v.id = asked.value
    join states on states.id = v.id left join served_copies s on s.video_id = v.id
order by asked.key;

-- name: stored(ids)
-- Bytes of videos, a JSON list of their ids, at each provider in each class.
select o.video_id, o.provider, o.storage_class, o.size_bytes
from json_each(:ids) asked join stored o on o.video_id = asked.value
order by o.video_id, o.provider, o.storage_class;

-- name: kinds()
-- Number of videos by residency and visibility.
select residency, visibility, count(*) as number from videos group by residency, visibility order by residency, visibility;

-- name: providers()
-- Number of videos at each provider.
select provider, count(*) as number from copies group by provider order by provider;

-- name: named(ids)
-- What videos are called, of a JSON list of their ids.
select v.id, v.title, v.slug from json_each(:ids) asked join videos v on v.id = asked.value;
