-- name: bound_videos()
-- Videos whose bytes must stay somewhere.
select id, residency from videos where residency <> '' order by id;

-- name: bound_objects()
-- Each object of those, and where it lies.
select o.video_id, o.provider, o.key, o.kind, o.name, o.width, o.size_bytes
from objects o join videos v on v.id = o.video_id where v.residency <> '' order by o.provider, o.key;

-- name: since()
-- Since when each finding has been known.
select video_id, place, source, name, since from residency_findings;

-- name: forget_findings()!
-- What the check before has found.
delete from residency_findings;

-- name: add_findings(video_id, place, region, source, name, objects, size_bytes, since)*!
-- What lies where it may not.
insert into residency_findings (video_id, place, region, source, name, objects, size_bytes, since)
select :video_id, :place, :region, :source, :name, :objects, :size_bytes, :since
where exists (select 1 from videos where id = :video_id);

-- name: keep_check(checked_at, videos, objects, listed_on)!
-- That it was looked, in the place of the time before.
insert into residency_checks (id, checked_at, videos, objects, listed_on)
values ('newest', :checked_at, :videos, :objects, :listed_on)
on conflict (id) do update set checked_at = excluded.checked_at, videos = excluded.videos,
    objects = excluded.objects, listed_on = excluded.listed_on;

-- name: check()^
-- The newest one.
select checked_at, videos, objects, listed_on from residency_checks;

-- name: findings()
-- What it found, by place and video.
select f.*, v.title, v.slug, v.residency
from residency_findings f join videos v on v.id = f.video_id
order by f.place, v.title, f.video_id, f.source, f.name;
