-- name: copies_elsewhere(place)
-- Objects of videos at a provider that viewers do not get them from, by key.
select o.video_id, v.title, o.key, o.kind, o.size_bytes, o.storage_class, o.crc64nvme,
    case o.kind when 'original' then v.sha256 end as sha256
from objects o join videos v on v.id = o.video_id
where o.provider = :place and not exists (
    select 1 from served_copies s where s.video_id = o.video_id and s.provider = o.provider
)
order by o.key;

-- name: replicated(source, prefix)
-- Objects of videos that a rule has copied, or should have, by key.
select o.video_id, v.title, o.key, o.kind, o.size_bytes, o.storage_class, o.crc64nvme,
    case o.kind when 'original' then v.sha256 end as sha256
from objects o join videos v on v.id = o.video_id
where o.provider = :source and (:prefix = '' or instr(o.key, :prefix) = 1)
order by o.key;

-- name: add_drill(id, asked_by, asked_at)!
-- One that is to be done.
insert into drills (id, asked_by, asked_at) values (:id, :asked_by, :asked_at);

-- name: add_objects(drill_id, position, video_id, title, place, key, size_bytes, crc64nvme, sha256, storage_class)*!
-- What it reads.
insert into drill_objects
    (drill_id, position, video_id, title, place, key, size_bytes, crc64nvme, sha256, storage_class, outcome)
values
    (:drill_id, :position, :video_id, :title, :place, :key, :size_bytes, :crc64nvme, :sha256, :storage_class, 'waiting');

-- name: under_way()^
-- One that is not done yet.
select id, asked_by from drills where done_at is null order by asked_at limit 1;

-- name: waiting(drill_id)
-- What is to be read yet.
select * from drill_objects where drill_id = :drill_id and outcome = 'waiting' order by position;

-- name: found(drill_id, position, outcome, detail, read_bytes)!
-- What became of one object.
update drill_objects set outcome = :outcome, detail = :detail, read_bytes = :read_bytes
where drill_id = :drill_id and position = :position;

-- name: done(id, at)!
-- All was read, or it was called off.
update drills set done_at = :at where id = :id and done_at is null;

-- name: drill(id)^
-- One drill.
select * from drills where id = :id;

-- name: latest(limit)
-- The newest first.
select * from drills order by asked_at desc, id limit :limit;

-- name: objects(drill_id)
-- What one has read, or is to read.
select * from drill_objects where drill_id = :drill_id order by position;
