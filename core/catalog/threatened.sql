-- name: since()
-- Since when each threat has been known.
select place, rule, video_id, since from hold_threats;

-- name: forget_threats(silent)!
-- What the check before has found, but at places that did not answer, listed between commas.
delete from hold_threats where instr(:silent, ',' || place || ',') = 0;

-- name: add_threats(place, rule, video_id, after_days, since)*!
-- What a rule would remove.
insert into hold_threats (place, rule, video_id, after_days, since)
values (:place, :rule, :video_id, :after_days, :since);

-- name: keep_check(checked_at)!
-- That it was looked, in the place of the time before.
insert into hold_checks (id, checked_at) values ('newest', :checked_at)
on conflict (id) do update set checked_at = excluded.checked_at;

-- name: check()^
-- When it was looked last.
select checked_at from hold_checks;

-- name: threats()
-- What was found, of videos that are on hold still.
select t.place, t.rule, t.video_id, t.after_days, t.since
from hold_threats t join legal_holds h on h.video_id = t.video_id
order by t.place, t.rule, t.video_id;
