-- name: packaging(video_id)^
-- The newest packaging of a video.
select * from packagings where video_id = :video_id;

-- name: packagings(limit)
-- The newest packagings, those that are not over first.
select * from packagings
order by state not in ('waiting', 'working'), coalesce(ended_at, requested_at) desc, video_id limit :limit;

-- name: unfinished_packagings()
-- The videos whose packaging is not over.
select video_id from packagings where state in ('waiting', 'working');

-- name: ask_for_packaging(video_id, request, ladder, now)!
-- A packaging in place of the one before; its renditions get other keys than those of one that has stored some.
insert into packagings
    (video_id, request, revision, ladder, state, stage, share, eta_s, attempts, problem, advice, warnings, requested_at)
values
    (:video_id, :request, 1, :ladder, 'waiting', '', 0, null, 0, '', '', '[]', :now)
on conflict (video_id) do update set
    request = :request, revision = packagings.revision + 1, ladder = :ladder, state = 'waiting', stage = '', share = 0,
    eta_s = null, attempts = 0, problem = '', advice = '', warnings = '[]', damaged = false, size_bytes = null, fixed_bytes = null,
    job = null, requested_at = :now, started_at = null, ended_at = null;

-- name: begin_packaging(video_id, now)!
-- An attempt begins; a look at a job elsewhere, or at an original that comes back from an archive, is none.
update packagings set state = 'working', attempts = attempts + case when job is null and stage <> 'restoring' then 1 else 0 end, problem = '', advice = '', started_at = :now
where video_id = :video_id;

-- name: packaging_is_at(video_id, stage, share, eta_s)!
-- How far it is.
update packagings set stage = :stage, share = :share, eta_s = :eta_s where video_id = :video_id;

-- name: ask_again_for_packaging(video_id, request)!
-- Another request goes on with it.
update packagings set request = :request where video_id = :video_id;

-- name: move_packaging(video_id, state, problem, advice, ended_at)!
-- It is over, or waits to be tried again.
update packagings
set state = :state, problem = :problem, advice = :advice, ended_at = :ended_at, stage = '', share = 0, eta_s = null
where video_id = :video_id;

-- name: packaging_warns(video_id, warnings)!
-- What is to be said of what was made.
update packagings set warnings = :warnings where video_id = :video_id;

-- name: packaging_has_made(video_id, damaged, size_bytes, fixed_bytes, warnings)!
-- What the rungs take, and what is to be said of them.
update packagings set damaged = :damaged, size_bytes = :size_bytes, fixed_bytes = :fixed_bytes, warnings = :warnings
where video_id = :video_id;

-- name: packaging_has_job(video_id, job)!
-- Its job at MediaConvert.
update packagings set job = :job where video_id = :video_id;

-- name: forget_object(video_id, provider, name)!
-- An object of a copy that is there no more.
delete from objects where video_id = :video_id and provider = :provider and name = :name;
