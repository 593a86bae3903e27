-- name: migration(id)^
-- One migration.
select * from migrations where id = :id;

-- name: migration_named(name)^
-- The migration of that name.
select * from migrations where name = :name;

-- name: set_phase(id, before, after, changed_at)!
-- A migration enters another phase, unless it was in another one already.
update migrations set state = :after, changed_at = :changed_at where id = :id and state = :before;

-- name: note_start(id, started_by, started_via, at)!
-- Who has it go on; the first start is remembered.
update migrations
set started_by = :started_by, started_via = :started_via, started_at = coalesce(started_at, :at) where id = :id;

-- name: set_timetable(id, timetable)!
-- Its bandwidth from now on.
update migrations set timetable = :timetable where id = :id;

-- name: item(migration_id, video_id)^
-- One video of a migration.
select * from migration_videos where migration_id = :migration_id and video_id = :video_id;

-- name: set_state(migration_id, video_id, before, after, changed_at)!
-- A video enters another state, unless it is in another one by now.
update migration_videos set state = :after, problem = '', advice = '', changed_at = :changed_at
where migration_id = :migration_id and video_id = :video_id and state = :before;

-- name: begin_attempt(migration_id, video_id, at)!
-- Work on it begins, or is begun again.
update migration_videos set attempts = attempts + 1, began_at = :at
where migration_id = :migration_id and video_id = :video_id;

-- name: set_problem(migration_id, video_id, state, request, problem, advice, changed_at)!
-- Something went wrong: it waits for another attempt, or is set aside.
update migration_videos
set state = :state, request = :request, problem = :problem, advice = :advice, changed_at = :changed_at
where migration_id = :migration_id and video_id = :video_id and state in ('waiting', 'copying', 'uploaded', 'verified', 'retiring');

-- name: set_request(migration_id, video_id, request)!
-- The work that moves or retires it; null: none.
update migration_videos set request = :request where migration_id = :migration_id and video_id = :video_id;

-- name: chosen(migration_id, video_id, states, after, first)
-- Videos of a migration in some of the states, listed between commas, in order: one of them where its id is given, at
-- most so many of those behind a position.
select * from migration_videos
where migration_id = :migration_id and (:video_id is null or video_id = :video_id)
    and instr(:states, ',' || state || ',') > 0 and position > :after
order by position limit :first;

-- name: standing(migration_id, video_id, states, after, first)
-- The same, with what an action goes by: the request that is not over and whether a worker has it, and whether another
-- migration has the video at work.
select v.migration_id, v.video_id, v.position, v.state, v.began_at, v.cut_over_at, r.id as request, r.taken as taken,
    exists (
        select 1 from migration_videos o
        where o.video_id = v.video_id and o.migration_id <> v.migration_id
            and o.wanted and o.state in ('waiting', 'copying', 'uploaded', 'verified', 'retiring')
    ) as elsewhere
from migration_videos v left join requests r on r.id = v.request
where v.migration_id = :migration_id and (:video_id is null or v.video_id = :video_id)
    and instr(:states, ',' || v.state || ',') > 0 and v.position > :after
order by v.position limit :first;

-- name: amounts(migration_id, video_id, states, source)
-- Bytes and money of the same, in order; and what an action goes by: whether a worker has the video, what another
-- migration is doing with it, whose copy viewers get, and whether the source still has one.
select
    v.state, v.size_bytes, v.done_bytes, v.paid, v.one_off_usd, v.monthly_before_usd, v.monthly_after_usd,
    v.cut_over_at, s.provider as served_from,
    exists (select 1 from requests r where r.id = v.request and r.taken) as taken,
    exists (select 1 from copies c where c.video_id = v.video_id and c.provider = :source) as at_source,
    (
        select o.state from migration_videos o
        where o.video_id = v.video_id and o.migration_id <> v.migration_id
            and o.wanted and o.state in ('waiting', 'copying', 'uploaded', 'verified', 'retiring')
    ) as elsewhere
from migration_videos v left join served_copies s on s.video_id = v.video_id
where v.migration_id = :migration_id and (:video_id is null or v.video_id = :video_id)
    and instr(:states, ',' || v.state || ',') > 0
order by v.position;

-- name: first_cut_over(migration_id)^
-- When the first of its videos that could still be rolled back was cut over; null where there is none.
select min(cut_over_at) as at from migration_videos where migration_id = :migration_id and state = 'done';

-- name: drop_request(id)*!
-- They are not asked for any more; what a worker has is not affected.
delete from requests where id = :id and not taken;

-- name: ask_for(migration_id, video_id, request, changed_at)*!
-- Somebody asks that they be moved, as if that had never been tried.
update migration_videos
set wanted = true, state = 'waiting', request = :request, attempts = 0, problem = '', advice = '',
    changed_at = :changed_at
where migration_id = :migration_id and video_id = :video_id;

-- name: set_position(migration_id, video_id, position)*!
-- When they are moved.
update migration_videos set position = :position where migration_id = :migration_id and video_id = :video_id;

-- name: set_requests(migration_id, video_id, request)*!
-- The work that moves or retires each.
update migration_videos set request = :request where migration_id = :migration_id and video_id = :video_id;

-- name: enter_all(migration_id, video_id, state, changed_at)*!
-- They enter another state.
update migration_videos set state = :state, problem = '', advice = '', changed_at = :changed_at
where migration_id = :migration_id and video_id = :video_id;

-- name: lowest_position(migration_id)^
-- Of the video that is moved first.
select min(position) as position from migration_videos where migration_id = :migration_id;

-- name: forget_requests(migration_id)!
-- Moves that no worker has begun are not asked for any more.
delete from requests where not taken and id in (
    select request from migration_videos
    where migration_id = :migration_id and state in ('waiting', 'copying', 'uploaded', 'verified')
);

-- name: forget_wishes(migration_id)!
-- Moves that are not asked for any more are not wanted either, until somebody starts them.
update migration_videos set wanted = false
where migration_id = :migration_id and state in ('waiting', 'copying', 'uploaded', 'verified')
    and (request is null or not exists (select 1 from requests r where r.id = request));

-- name: call_off_video(migration_id, video_id, changed_at)*!
-- They are not to be moved any more.
update migration_videos set wanted = false, state = 'cancelled', problem = '', advice = '', changed_at = :changed_at
where migration_id = :migration_id and video_id = :video_id;

-- name: elsewhere_under_way(migration_id)
-- Videos of a migration that another one moves.
select a.video_id, m.name from migration_videos a
join migration_videos b on b.video_id = a.video_id and b.migration_id <> a.migration_id
join migrations m on m.id = b.migration_id
where a.migration_id = :migration_id and a.state = 'waiting'
    and b.wanted and b.state in ('waiting', 'copying', 'uploaded', 'verified', 'retiring');

-- name: under_way_elsewhere(migration_id, video_id)^
-- Another migration that has the video at work, and what it does with it.
select m.name, mv.state from migration_videos mv join migrations m on m.id = mv.migration_id
where mv.video_id = :video_id and mv.migration_id <> :migration_id
    and mv.wanted and mv.state in ('waiting', 'copying', 'uploaded', 'verified', 'retiring');

-- name: unasked(at_most)
-- Some of the videos that should be moved, or retired, and that nobody is asked to: their request was lost with its
-- worker.
select v.*, m.state as phase from migration_videos v join migrations m on m.id = v.migration_id
where v.wanted and (
    (m.state = 'running' and v.state in ('waiting', 'copying', 'uploaded', 'verified')) or v.state = 'retiring'
) and (v.request is null or not exists (select 1 from requests r where r.id = v.request))
order by v.position limit :at_most;

-- name: set_done_bytes(migration_id, video_id, done_bytes)!
-- How much of it has arrived, as far as that was planned: it may be larger at the source by now.
update migration_videos set done_bytes = case when :done_bytes < size_bytes then :done_bytes else size_bytes end
where migration_id = :migration_id and video_id = :video_id;

-- name: is_cut_over(migration_id, video_id, at)!
-- Viewers get the target's copy since then; null: they do not. What the move has cost stays spent, and all has arrived.
update migration_videos set cut_over_at = :at, paid = true, done_bytes = size_bytes where migration_id = :migration_id and video_id = :video_id;

-- name: account(id, spent_usd, saved_monthly_usd)!
-- What a migration has cost and saves so far: decimals in text.
update migrations set spent_usd = :spent_usd, saved_monthly_usd = :saved_monthly_usd where id = :id;

-- name: counts(migration_id)
-- Videos of a migration in each state, with their bytes, and how many of them somebody has asked to be moved.
select state, count(*) as videos, sum(size_bytes) as size_bytes, sum(done_bytes) as done_bytes,
    sum(case when wanted then 1 else 0 end) as asked
from migration_videos where migration_id = :migration_id group by state;

-- name: speeds(migration_id, since)
-- Bytes that arrived in each span, oldest first.
select at, size_bytes from migration_speed where migration_id = :migration_id and at >= :since order by at;

-- name: problems(migration_id)
-- Videos that something stands in the way of, by what that is, the most common first.
select problem, advice, state, count(*) as videos, min(video_id) as example
from migration_videos where migration_id = :migration_id and problem <> ''
group by problem, advice, state order by videos desc, problem limit 5000;

-- name: listed_all(migration_id, first, start)
-- Videos of a migration with their titles: those that are under way first, then as they are moved. Of 100,000 only
-- those are looked up that are listed.
select i.*, v.title, v.slug from (
    select * from migration_videos where migration_id = :migration_id
    order by
        case when state in ('copying', 'uploaded', 'verified', 'retiring') then 0 else 1 end, position
    limit :first offset :start
) i join videos v on v.id = i.video_id
order by case when i.state in ('copying', 'uploaded', 'verified', 'retiring') then 0 else 1 end, i.position;

-- name: count_all(migration_id)^
-- How many there are.
select count(*) as videos from migration_videos where migration_id = :migration_id;

-- name: listed_state(migration_id, state, first, start)
-- The same of those in one state.
select i.*, v.title, v.slug from (
    select * from migration_videos where migration_id = :migration_id and state = :state
    order by position limit :first offset :start
) i join videos v on v.id = i.video_id
order by i.position;

-- name: count_state(migration_id, state)^
-- How many there are.
select count(*) as videos from migration_videos where migration_id = :migration_id and state = :state;

-- name: listed_words(migration_id, state, words, first, start)
-- The same of those whose title has some words, in one state or, where that is null, in any.
select i.*, v.title, v.slug from migration_videos i join videos v on v.id = i.video_id
where i.migration_id = :migration_id and (:state is null or i.state = :state) and instr(v.search_text, :words) > 0
order by case when i.state in ('copying', 'uploaded', 'verified', 'retiring') then 0 else 1 end, i.position
limit :first offset :start;

-- name: count_words(migration_id, state, words)^
-- How many there are.
select count(*) as videos from migration_videos i join videos v on v.id = i.video_id
where i.migration_id = :migration_id and (:state is null or i.state = :state) and instr(v.search_text, :words) > 0;

-- name: listed_one(migration_id, video_id)^
-- One of them.
select i.*, v.title, v.slug from migration_videos i join videos v on v.id = i.video_id
where i.migration_id = :migration_id and i.video_id = :video_id;

-- name: migrations()
-- All migrations and plans, the newest first.
select * from migrations order by created_at desc, id;

-- name: under_way()^
-- The migration that runs or is paused with videos to be moved, or else the newest plan.
select * from migrations m
where m.state = 'planned' or (m.state in ('running', 'paused') and exists (
    select 1 from migration_videos v
    where v.migration_id = m.id and v.state in ('waiting', 'copying', 'uploaded', 'verified')))
order by m.state = 'planned', m.created_at desc limit 1;

-- name: add_speed(migration_id, at, size_bytes)!
-- So many bytes more have arrived in that span.
insert into migration_speed (migration_id, at, size_bytes) values (:migration_id, :at, :size_bytes)
on conflict (migration_id, at) do update set size_bytes = migration_speed.size_bytes + excluded.size_bytes;

-- name: add_event(migration_id, video_id, at, kind, detail, actor)!
-- Something happened.
insert into migration_events (id, migration_id, video_id, at, kind, detail, actor)
values ((select coalesce(max(id), 0) + 1 from migration_events), :migration_id, :video_id, :at, :kind, :detail, :actor);

-- name: add_events(migration_id, video_id, at, kind, detail, actor)*!
-- The same happened to each.
insert into migration_events (id, migration_id, video_id, at, kind, detail, actor)
values ((select coalesce(max(id), 0) + 1 from migration_events), :migration_id, :video_id, :at, :kind, :detail, :actor);

-- name: events_of(migration_id, video_id, limit)
-- What happened to a video, newest first; to the migration itself where the video is null.
select * from migration_events
where migration_id = :migration_id and (video_id = :video_id or (:video_id is null and video_id is null))
order by id desc limit :limit;

-- name: copy_records(migration_id, video_id)
-- The objects of a video that are being copied, or were.
select * from migration_objects where migration_id = :migration_id and video_id = :video_id order by name;

-- name: begin_copy(migration_id, video_id, name, source_key, source_etag, size_bytes, target_key, copy_id, part_bytes)!
-- An object is copied from now on, or anew.
insert into migration_objects
    (migration_id, video_id, name, source_key, source_etag, size_bytes, target_key, copy_id, upload_id, part_bytes,
     done, adopted)
values
    (:migration_id, :video_id, :name, :source_key, :source_etag, :size_bytes, :target_key, :copy_id, '', :part_bytes,
     false, false)
on conflict (migration_id, video_id, name) do update set
    source_key = excluded.source_key, source_etag = excluded.source_etag, size_bytes = excluded.size_bytes,
    target_key = excluded.target_key, copy_id = excluded.copy_id, upload_id = '', part_bytes = excluded.part_bytes,
    done = false, adopted = false, crc64nvme = null, sha256 = null, etag = null, storage_class = null;

-- name: set_upload(migration_id, video_id, name, upload_id)!
-- The target has given the upload an id.
update migration_objects set upload_id = :upload_id
where migration_id = :migration_id and video_id = :video_id and name = :name;

-- name: is_there(migration_id, video_id, name, adopted, crc64nvme, sha256, etag, storage_class)!
-- It is whole at the target.
update migration_objects
set done = true, adopted = :adopted, crc64nvme = :crc64nvme, sha256 = :sha256, etag = :etag,
    storage_class = :storage_class
where migration_id = :migration_id and video_id = :video_id and name = :name;

-- name: forget_copy(migration_id, video_id, name)!
-- It is not to be copied any more.
delete from migration_objects where migration_id = :migration_id and video_id = :video_id and name = :name;

-- name: forget_parts(migration_id, video_id, name)!
-- Its parts are gone, or are of no use.
delete from migration_parts where migration_id = :migration_id and video_id = :video_id and name = :name;

-- name: add_part(migration_id, video_id, name, number, size_bytes, etag, crc64nvme)!
-- A part has arrived; sent again, it takes the place of the first.
insert into migration_parts (migration_id, video_id, name, number, size_bytes, etag, crc64nvme)
values (:migration_id, :video_id, :name, :number, :size_bytes, :etag, :crc64nvme)
on conflict (migration_id, video_id, name, number) do update set
    size_bytes = excluded.size_bytes, etag = excluded.etag, crc64nvme = excluded.crc64nvme;

-- name: parts_of(migration_id, video_id, name)
-- Its parts that have arrived.
select number, size_bytes, etag, crc64nvme from migration_parts
where migration_id = :migration_id and video_id = :video_id and name = :name order by number;

-- name: row_changes(migration_id, video_id)
-- Rows of the platform's own table that were changed, or were about to be.
select row_id, before_url, after_url from migration_rows
where migration_id = :migration_id and video_id = :video_id order by row_id;

-- name: note_row_change(migration_id, video_id, row_id, before_url, after_url)!
-- A row is about to be changed.
insert into migration_rows (migration_id, video_id, row_id, before_url, after_url)
values (:migration_id, :video_id, :row_id, :before_url, :after_url)
on conflict (migration_id, video_id, row_id) do update
set before_url = excluded.before_url, after_url = excluded.after_url;

-- name: forget_row_changes(migration_id, video_id)!
-- They are as they were.
delete from migration_rows where migration_id = :migration_id and video_id = :video_id;

-- name: to_sample(migration_id, at_most)
-- Some videos that viewers get from the target, by chance.
select v.id, v.slug from (
    select video_id from migration_videos
    where migration_id = :migration_id and state in ('done', 'retiring', 'retired') order by random() limit :at_most
) i join videos v on v.id = i.video_id;

-- name: old_link(video_id, provider)^
-- One of the addresses that a video had at a provider, by chance.
select bucket, key from links where video_id = :video_id and provider = :provider order by random() limit 1;

-- name: keep_sample(migration_id, at, links, failed)!
-- What became of a sample, in the place of the one before.
insert into migration_samples (migration_id, at, links, failed) values (:migration_id, :at, :links, :failed)
on conflict (migration_id) do update set at = excluded.at, links = excluded.links, failed = excluded.failed;

-- name: sample(migration_id)^
-- What became of the latest sample.
select at, links, failed from migration_samples where migration_id = :migration_id;

-- name: sample_asked(migration_id)^
-- Whether one is on its way.
select 1 as yes from requests where workflow = 'migrate-sample' and argument = :migration_id limit 1;

-- name: is_to_be_sampled(migration_id)^
-- Whether nothing is left to be moved, and something was switched since the latest sample.
select 1 as yes where not exists (
    select 1 from migration_videos where migration_id = :migration_id and wanted
        and state in ('waiting', 'copying', 'uploaded', 'verified')
) and (
    select max(cut_over_at) from migration_videos where migration_id = :migration_id and state = 'done'
) > coalesce((select at from migration_samples where migration_id = :migration_id), '');

-- name: foreseen()
-- What running migrations have yet to move, of what somebody asked for: USD a month of each video, before and after.
select m.name, m.source, m.target, m.estimate, m.grace_days, v.monthly_before_usd, v.monthly_after_usd
from migrations m join migration_videos v on v.migration_id = m.id
where m.state = 'running' and v.wanted and v.state in ('waiting', 'copying', 'uploaded', 'verified')
order by m.name, v.position;

-- name: keys_on_their_way(target)
-- Where objects go at a target that are not whole there, of migrations that are not cancelled; a video that failed may
-- be tried again, and goes on with its parts.
select o.target_key from migration_objects o
join migrations m on m.id = o.migration_id
join migration_videos v on v.migration_id = o.migration_id and v.video_id = o.video_id
where m.target = :target and m.state <> 'cancelled' and not o.done
    and v.state in ('waiting', 'copying', 'uploaded', 'verified', 'failed');

-- name: videos_at_work()
-- The videos that a migration is moving, or retiring at its source.
select distinct video_id from migration_videos
where wanted and state in ('waiting', 'copying', 'uploaded', 'verified', 'retiring');
