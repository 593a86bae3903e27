-- name: add_migration(name, options, adopts, grace_days, at)!
-- A migration as a plan leaves it.
insert into migrations
    (id, name, source, target, options, estimate, adopts, timetable, grace_days, state, created_by, created_at,
     changed_at)
values (:name, :name, 'supabase', 's3', :options, '{}', :adopts, '', :grace_days, 'planned', 'olga', :at, :at);

-- name: add_item(name, video_id, position, size_bytes, at)!
-- A video of it.
insert into migration_videos
    (migration_id, video_id, position, state, objects, size_bytes, monthly_before_usd, monthly_after_usd, one_off_usd,
     changed_at)
values (:name, :video_id, :position, 'waiting', 1, :size_bytes, '2', '1', '0.5', :at);

-- name: items(name)
-- Its videos.
select * from migration_videos where migration_id = :name order by position;

-- name: audited(action)
-- What each line of the audit with that action is about.
select subject from audit where action = :action order by subject;

-- name: know_checksum(video_id, name, crc64nvme)!
-- What an object's bytes are known to be; a decimal in text.
update objects set crc64nvme = :crc64nvme where video_id = :video_id and name = :name;
