-- name: upload(id)^
-- One upload, whatever became of it.
select * from uploads where id = :id;

-- name: under_way(owner, fingerprint, size_bytes)^
-- The unfinished upload of a file that its owner's program knows again.
select * from uploads
where owner = :owner and fingerprint = :fingerprint and fingerprint <> '' and size_bytes = :size_bytes
    and state in ('receiving', 'completing', 'duplicate');

-- name: finished_before(owner, fingerprint, size_bytes)^
-- The newest video that its owner's program made of a file that it knows again, while it is in the library.
select u.id from uploads u join videos v on v.id = u.id
where u.owner = :owner and u.fingerprint = :fingerprint and u.fingerprint <> '' and u.size_bytes = :size_bytes
    and u.state = 'done'
order by u.finished_at desc limit 1;

-- name: unfinished(owner)
-- One person's uploads that may go on, oldest first.
select * from uploads
where owner = :owner and state in ('receiving', 'completing', 'duplicate')
order by started_at, id;

-- name: any_upload()^
-- 1 when anything was ever uploaded.
select exists (select 1 from uploads) as yes;

-- name: recent(owner, limit)
-- The uploads of one person, or of everybody, whatever became of them, with the link of the video; newest first.
select u.*, v.slug from uploads u left join videos v on v.id = u.id
where :owner is null or u.owner = :owner
order by u.started_at desc, u.id limit :limit;

-- name: ended_since(since)
-- Uploads that ended by themselves since an instant. Those that somebody called off, and those that their provider
-- never began, are no failures.
select * from uploads
where state in ('done', 'duplicate', 'failed', 'abandoned') and upload_id <> '' and finished_at >= :since;

-- name: whole_between(since, until)
-- Size, and seconds without pauses, of the uploads that became whole from an instant up to, and without, another.
select size_bytes, active_s from uploads
where state in ('done', 'duplicate') and upload_id <> '' and finished_at >= :since and finished_at < :until;

-- name: quiet(state, before)
-- Uploads in a state of which nothing was heard since an instant, oldest first.
select * from uploads where state = :state and active_at < :before order by active_at, id;

-- name: unpackaged()
-- Finished uploads whose renditions nobody has asked for yet, oldest first.
select * from uploads where state = 'done' and not packaging_asked order by finished_at, id;

-- name: videos_of_size(size_bytes)^
-- How many videos have an original of so many bytes.
select count(*) as count from videos where size_bytes = :size_bytes;

-- name: bytes_under_way(provider)^
-- Bytes that unfinished uploads will take at a provider.
select cast(coalesce(sum(size_bytes), 0) as bigint) as bytes from uploads
where provider = :provider and state in ('receiving', 'completing', 'duplicate');

-- name: bytes_stored(provider)^
-- Bytes of every recorded object at a provider.
select cast(coalesce(sum(size_bytes), 0) as bigint) as bytes from objects where provider = :provider;

-- name: begin(id, owner, fingerprint, file_name, title, size_bytes, part_bytes, content_type, residency, visibility, provider, reason, mode, key, now)!
-- A new upload; the provider knows nothing of it yet.
insert into uploads
    (id, owner, fingerprint, file_name, title, size_bytes, part_bytes, content_type, residency, visibility, provider,
     reason, mode, key, upload_id, state, problem, started_at, active_at, active_s, cleared, packaging_asked)
values
    (:id, :owner, :fingerprint, :file_name, :title, :size_bytes, :part_bytes, :content_type, :residency, :visibility,
     :provider, :reason, :mode, :key, '', 'receiving', '', :now, :now, 0, false, false);

-- name: name_upload(id, upload_id)!
-- The provider's own name for it; the first one stays.
update uploads set upload_id = :upload_id where id = :id and upload_id = '';

-- name: wish(id, title, visibility)!
-- What its owner wants of the video by now, as long as none is being made of it.
update uploads set title = :title, visibility = :visibility where id = :id and state in ('receiving', 'duplicate');

-- name: touch(id, now, active_s)!
-- Its sender was heard of.
update uploads set active_at = :now, active_s = :active_s where id = :id and active_at < :now;

-- name: state_checksums(id, crc64nvme, sha256)!
-- What its sender says of the whole file.
update uploads set crc64nvme = :crc64nvme, sha256 = :sha256 where id = :id;

-- name: move(id, before, after, finished_at, problem)!
-- From one state to another, if it still is in the first.
update uploads
set state = :after, finished_at = :finished_at, problem = :problem
where id = :id and state = :before;

-- name: uncleared()
-- Uploads that became no video, and may have left something at their provider; oldest first.
select * from uploads where state in ('aborted', 'abandoned', 'failed') and not cleared order by started_at, id;

-- name: was_cleared(id)!
-- Nothing of it is left at its provider.
update uploads set cleared = true where id = :id;

-- name: packaging_was_asked(id)!
-- The renditions of the video have been asked for.
update uploads set packaging_asked = true where id = :id;

-- name: keys_under_way(provider)
-- Where unfinished uploads to a provider go.
select key from uploads where provider = :provider and state in ('receiving', 'completing', 'duplicate');
