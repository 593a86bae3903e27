-- name: progress()
-- Each migration that runs and has videos to move, and when something of it arrived, was checked or switched last.
select m.*, (
    select max(at) from (
        select max(s.at) as at from migration_speed s where s.migration_id = m.id
        union all
        select max(e.at) as at from migration_events e where e.migration_id = m.id
            and e.kind in ('started', 'uploaded', 'verified', 'cut over', 'asked to try again')
    ) happened
) as progressed_at
from migrations m where m.state = 'running' and exists (
    select 1 from migration_videos v where v.migration_id = m.id and v.wanted
        and v.state in ('waiting', 'copying', 'uploaded', 'verified')
)
order by m.name;

-- name: standing_videos(state)
-- How many videos of each migration are in a state, and what is wrong with one of them.
select m.*, count(*) as videos, min(v.problem) as problem
from migrations m join migration_videos v on v.migration_id = m.id
where v.state = :state group by m.id order by m.name;
