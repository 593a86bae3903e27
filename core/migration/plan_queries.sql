-- name: keys_at(provider)
-- Every key that is recorded at a provider.
select key from objects where provider = :provider;

-- name: recorded_at(provider)
-- Every object that is recorded at a provider.
select key, video_id, kind, name, size_bytes, etag from objects where provider = :provider;

-- name: own_folders(provider)
-- Ids of videos and of uploads to a provider: what lies in folders of their names is known, or will be.
select id from videos union select id from uploads where provider = :provider;

-- name: videos_elsewhere(provider)
-- Videos without a copy at a provider: what lies there by now at the address of one is not that video.
select id from videos v where not exists (
    select 1 from copies c where c.video_id = v.id and c.provider = :provider
);

-- name: keys_under_way(provider)
-- Keys at a provider that migrations write, or have written.
select o.target_key as key from migration_objects o join migrations m on m.id = o.migration_id where m.target = :provider;

-- name: take_in_video(id, slug, title, visibility, size_bytes, created_by, created_at, search_text)*!
-- Videos that were found where they lie; one that is there already stays.
insert into videos (id, slug, title, residency, visibility, size_bytes, created_by, created_at, search_text)
values (:id, :slug, :title, '', :visibility, :size_bytes, :created_by, :created_at, :search_text)
on conflict (id) do nothing;

-- name: take_in_copy(video_id, provider, reason, recorded_at)*!
-- Their copies.
insert into copies (video_id, provider, reason, recorded_at) values (:video_id, :provider, :reason, :recorded_at)
on conflict (video_id, provider) do nothing;

-- name: take_in_object(video_id, provider, kind, name, key, content_type, size_bytes, storage_class, etag, recorded_at)*!
-- The objects of their copies; one whose name or key is taken stays out.
insert into objects
    (video_id, provider, kind, name, key, content_type, size_bytes, storage_class, etag, recorded_at)
values
    (:video_id, :provider, :kind, :name, :key, :content_type, :size_bytes, :storage_class, :etag, :recorded_at)
on conflict do nothing;

-- name: take_in_served(video_id, provider, recorded_at)*!
-- Viewers get what lies there, where they get nothing yet.
insert into served_copies (video_id, provider, since) values (:video_id, :provider, :recorded_at)
on conflict (video_id) do nothing;

-- name: take_in_link(provider, bucket, key, video_id)*!
-- The addresses that viewers may hold; one that is known stays with its video.
insert into links (provider, bucket, key, video_id) values (:provider, :bucket, :key, :video_id)
on conflict (provider, bucket, key) do nothing;

-- name: take_in_sum(video_id, provider, storage_class, size_bytes, media_bytes)*!
-- How many bytes of a copy lie in a storage class.
insert into stored (video_id, provider, storage_class, size_bytes, media_bytes)
values (:video_id, :provider, :storage_class, :size_bytes, :media_bytes)
on conflict (video_id, provider, storage_class) do nothing;

-- name: record_change(provider, key, size_bytes, etag, storage_class, recorded_at)*!
-- What lies at a key by now, of whose bytes no checksum is known.
update objects set
    size_bytes = :size_bytes, etag = :etag, storage_class = :storage_class, crc64nvme = null, recorded_at = :recorded_at
where provider = :provider and key = :key;

-- name: record_original(video_id, size_bytes)*!
-- The original of a video was replaced.
update videos set size_bytes = :size_bytes, crc64nvme = null, sha256 = null where id = :video_id;

-- name: forget_sums(video_id, provider)*!
-- The sums of copies, before they are worked out again.
delete from stored where video_id = :video_id and provider = :provider;

-- name: add_up_sums(video_id, provider)*!
-- How many bytes of copies lie in each storage class.
insert into stored (video_id, provider, storage_class, size_bytes, media_bytes)
select
    video_id, provider, storage_class, sum(size_bytes),
    sum(case when kind in ('original', 'rendition') then size_bytes else 0 end)
from objects where video_id = :video_id and provider = :provider group by video_id, provider, storage_class;

-- name: videos_of_copies(provider)
-- Every video with a copy at a provider, and where viewers get it from.
select v.id, v.slug, v.title, v.residency, v.created_at, s.provider as served_from
from copies c join videos v on v.id = c.video_id left join served_copies s on s.video_id = v.id
where c.provider = :provider order by v.id;

-- name: objects_of_copies(provider)
-- Every object at a provider, a video's together.
select video_id, kind, name, key, size_bytes, storage_class from objects where provider = :provider
order by video_id, name;

-- name: videos_at(provider)
-- Videos with a copy at a provider.
select video_id from copies where provider = :provider;

-- name: videos_in_packaging()
-- Videos of which renditions are on their way.
select video_id from packagings where state in ('waiting', 'working');

-- name: videos_under_way()
-- Videos that a migration has at work, and which one.
select mv.video_id, m.name from migration_videos mv join migrations m on m.id = mv.migration_id
where mv.wanted and mv.state in ('waiting', 'copying', 'uploaded', 'verified', 'retiring');

-- name: measured_speed(source, target, since)^
-- Bytes that went from one provider to another since an instant, and the spans of ten seconds in which some did.
select coalesce(sum(s.size_bytes), 0) as size_bytes, count(*) as spans
from migration_speed s join migrations m on m.id = s.migration_id
where m.source = :source and m.target = :target and s.at >= :since and s.size_bytes > 0;

-- name: names_like(start)
-- Names of plans and migrations that begin so.
select name from migrations where substr(name, 1, length(cast(:start as text))) = :start;

-- name: add_plan(id, name, source, target, options, estimate, adopts, timetable, grace_days, created_by, created_at)!
-- A plan that nobody has started.
insert into migrations
    (id, name, source, target, options, estimate, adopts, timetable, grace_days, state, created_by, created_at, changed_at)
values
    (:id, :name, :source, :target, :options, :estimate, :adopts, :timetable, :grace_days, 'planned', :created_by,
     :created_at, :created_at);

-- name: add_planned_video(migration_id, video_id, position, state, objects, size_bytes, problem, advice, monthly_before_usd, monthly_after_usd, one_off_usd, changed_at)*!
-- The videos of a plan; one that was removed from the library since is left out.
insert into migration_videos
    (migration_id, video_id, position, state, objects, size_bytes, problem, advice, monthly_before_usd,
     monthly_after_usd, one_off_usd, changed_at)
select
    :migration_id, id, :position, :state, :objects, :size_bytes, :problem, :advice, :monthly_before_usd,
    :monthly_after_usd, :one_off_usd, :changed_at
from videos where id = :video_id;

-- name: plans()
-- All plans and migrations, newest first.
select * from migrations order by created_at desc, name;

-- name: plan_by_name(name)^
-- One of them.
select * from migrations where name = :name;

-- name: planned_videos(migration_id)
-- The videos of a plan in their order.
select
    mv.video_id, v.title, mv.objects, mv.size_bytes, mv.monthly_before_usd, mv.monthly_after_usd, mv.one_off_usd,
    case when mv.state = 'blocked' then mv.problem else '' end as blocked,
    case when mv.state = 'blocked' then mv.advice else '' end as advice
from migration_videos mv join videos v on v.id = mv.video_id
where mv.migration_id = :migration_id order by mv.position;

-- name: delete_plan(id)!
-- A plan that was never started, with all that is kept of it.
delete from migrations where id = :id and state = 'planned' and started_at is null;
