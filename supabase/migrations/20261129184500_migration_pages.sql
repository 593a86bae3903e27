-- What a page of a migration asks every two seconds, of 100,000 videos too.
-- What is under way first, then as it is moved; and the same of one state.
create index migration_videos_listed on migration_videos (
    migration_id, (case when state in ('copying', 'uploaded', 'verified', 'retiring') then 0 else 1 end), position
);
create index migration_videos_of_state on migration_videos (migration_id, state, position);

-- How many there are in each state, and how much: from the index alone.
drop index migration_videos_by_state;
create index migration_videos_by_state on migration_videos (migration_id, state, wanted, size_bytes, done_bytes);

-- What stands in the way, and when the first source may be retired.
create index migration_videos_with_problems on migration_videos (migration_id) where problem <> '';
create index migration_videos_cut_over on migration_videos (migration_id, cut_over_at) where state = 'done';
