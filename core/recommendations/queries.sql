-- name: keep(found, remarks, revision, computed_at)!
-- What was found takes the place of what was found before.
insert into recommendations (id, found, remarks, revision, computed_at)
values (1, :found, :remarks, :revision, :computed_at)
on conflict (id) do update set found = excluded.found, remarks = excluded.remarks, revision = excluded.revision,
    computed_at = excluded.computed_at;

-- name: kept()^
-- What was found last.
select * from recommendations where id = 1;

-- name: dismiss(id, title, reason, saving_usd, sketch, dismissed_by, dismissed_via, dismissed_at)!
-- Somebody does not want to be told; the newest reason counts.
insert into dismissed_recommendations
    (id, title, reason, saving_usd, sketch, dismissed_by, dismissed_via, dismissed_at)
values (:id, :title, :reason, :saving_usd, :sketch, :dismissed_by, :dismissed_via, :dismissed_at)
on conflict (id) do update set title = excluded.title, reason = excluded.reason, saving_usd = excluded.saving_usd,
    sketch = excluded.sketch, dismissed_by = excluded.dismissed_by, dismissed_via = excluded.dismissed_via,
    dismissed_at = excluded.dismissed_at;

-- name: dismissals()
-- All that were dismissed, newest first.
select * from dismissed_recommendations order by dismissed_at desc, id;

-- name: dismissal(id)^
-- One of them.
select * from dismissed_recommendations where id = :id;

-- name: bring_back(id)!
-- It is told again.
delete from dismissed_recommendations where id = :id;
