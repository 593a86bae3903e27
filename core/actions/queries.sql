-- name: add_action(id, kind, place, subject, terms, preview, recommendation, promised_usd, request, asked_by, asked_via, at)!
-- Somebody applies an action; refused by an index where the same is at work.
insert into actions (
    id, kind, place, subject, terms, phase, preview, recommendation, promised_usd, request, asked_by, asked_via,
    asked_at, changed_at
)
values (
    :id, :kind, :place, :subject, :terms, 'applying', :preview, :recommendation, :promised_usd, :request, :asked_by,
    :asked_via, :at, :at
);

-- name: at_work(kind, place, subject)^
-- The action that changes the same now, or stopped in the middle of it.
select * from actions
where kind = :kind and place = :place and subject = :subject
    and phase in ('applying', 'stopped', 'undoing', 'stuck');

-- name: add_items(action_id, position, key, size_bytes, state_before, state_after)*!
-- What it changes, before anything is changed.
insert into action_items (action_id, position, key, size_bytes, state_before, state_after, step)
values (:action_id, :position, :key, :size_bytes, :state_before, :state_after, 'waiting');

-- name: action(id)^
-- One action.
select * from actions where id = :id;

-- name: latest(limit)
-- What was applied last, newest first.
select * from actions order by asked_at desc, id desc limit :limit;

-- name: felt_since(day)
-- What was applied to its end, or undone after that, since the beginning of a day.
select * from actions
where applied_at is not null
    and ((phase = 'applied' and applied_at >= :day) or (phase = 'undone' and undone_at >= :day))
order by applied_at, id;

-- name: standing_since(at)
-- What was asked for since then and was not taken back, newest first.
select * from actions where asked_at >= :at and phase <> 'undone' order by asked_at desc, id desc;

-- name: applied()
-- What was ever applied to its end, oldest first.
select * from actions where applied_at is not null order by applied_at, id;

-- name: counts(id)
-- How many items are how far; null: of all actions.
select action_id, step, count(*) as items, cast(sum(size_bytes) as bigint) as size_bytes
from action_items where (:id is null or action_id = :id)
group by action_id, step;

-- name: items_in(action_id, steps, after, first)
-- Items in some of the steps, listed between commas, in order.
select * from action_items
where action_id = :action_id and instr(:steps, ',' || step || ',') > 0 and position > :after
order by position limit :first;

-- name: items_back(action_id, before, first)
-- What is to be undone next, before a position, 0 being none: the last that was done comes first.
select * from action_items where action_id = :action_id and step = 'done' and (:before = 0 or position < :before)
order by position desc limit :first;

-- name: set_step(action_id, position, step, problem)!
-- An item is so far.
update action_items set step = :step, problem = :problem where action_id = :action_id and position = :position;

-- name: enter(id, phase_before, phase_after, request, problem, advice, at)!
-- An action enters another phase, unless it has left the one that it was in.
update actions
set phase = :phase_after, request = :request, problem = :problem, advice = :advice, changed_at = :at, attempts = 0
where id = :id and phase = :phase_before;

-- name: begin_attempt(id)!
-- A worker goes on with it.
update actions set attempts = attempts + 1 where id = :id;

-- name: put_off(id, request, problem, advice)!
-- It is tried again later, and why.
update actions set request = :request, problem = :problem, advice = :advice where id = :id;

-- name: was_applied(id, at)!
-- All that could be changed is changed.
update actions set applied_at = :at where id = :id;

-- name: is_undone_by(id, undone_by, undone_via)!
-- Who asked for its undoing.
update actions set undone_by = :undone_by, undone_via = :undone_via where id = :id;

-- name: was_undone(id, at)!
-- All that could come back is back.
update actions set undone_at = :at where id = :id;

-- name: add_event(action_id, at, kind, detail, actor)!
-- Something happened.
insert into action_events (id, action_id, at, kind, detail, actor)
values ((select coalesce(max(id), 0) + 1 from action_events), :action_id, :at, :kind, :detail, :actor);

-- name: events(action_id)
-- Its timeline.
select * from action_events where action_id = :action_id order by id;

-- name: without_request()
-- What is at work, and whose request is gone.
select id from actions
where phase in ('applying', 'undoing') and not exists (select 1 from requests r where r.id = actions.request)
order by id;

-- name: set_request(id, request)!
-- The work that brings it to its end.
update actions set request = :request where id = :id;

-- name: terms_in_force(kind, place)
-- The terms of what is applied at a place, or being applied, and is not being undone.
select terms from actions where kind = :kind and place = :place and phase in ('applying', 'stopped', 'applied');
