-- name: rules()
-- Every rule, and how many alerts of it are open or pending; by their titles.
select r.*,
    (select count(*) from alerts a where a.rule_id = r.id and a.state in ('firing', 'acknowledged')) as firing,
    (select count(*) from alerts a where a.rule_id = r.id and a.state = 'pending') as pending
from alert_rules r order by r.title, r.id;

-- name: rule(id)^
-- One rule, in the same columns.
select r.*,
    (select count(*) from alerts a where a.rule_id = r.id and a.state in ('firing', 'acknowledged')) as firing,
    (select count(*) from alerts a where a.rule_id = r.id and a.state = 'pending') as pending
from alert_rules r where r.id = :id;

-- name: keep_rule(id, title, figure, comparison, threshold, resolve_at, window_minutes, hold_minutes, severity, scope, quiet, grouped, channels, enabled, remind_minutes, origin, changed_at)!
-- A new rule, or another form of one that there is; what was said of the old one is forgotten.
insert into alert_rules (
    id, title, figure, comparison, threshold, resolve_at, window_minutes, hold_minutes, severity, scope, quiet,
    grouped, channels, enabled, remind_minutes, origin, changed_at
) values (
    :id, :title, :figure, :comparison, :threshold, :resolve_at, :window_minutes, :hold_minutes, :severity, :scope,
    :quiet, :grouped, :channels, :enabled, :remind_minutes, :origin, :changed_at
)
on conflict (id) do update set
    title = :title, figure = :figure, comparison = :comparison, threshold = :threshold, resolve_at = :resolve_at,
    window_minutes = :window_minutes, hold_minutes = :hold_minutes, severity = :severity, scope = :scope,
    quiet = :quiet, grouped = :grouped, channels = :channels, enabled = :enabled, remind_minutes = :remind_minutes,
    origin = :origin, changed_at = :changed_at, problem = '', seen = '';

-- name: remove_rule(id)!
-- It is gone; its alerts stay.
delete from alert_rules where id = :id;

-- name: rule_was_evaluated(id, at, problem, seen)!
-- When that was, and why it could not be; or what was seen.
update alert_rules set evaluated_at = :at, problem = :problem, seen = :seen where id = :id;

-- name: origins()
-- Where rules came from that were made once.
select origin from alert_origins;

-- name: add_origin(origin, at)!
-- They do not come again.
insert into alert_origins (origin, at) values (:origin, :at) on conflict (origin) do nothing;

-- name: unresolved()
-- Every alert that is not over.
select * from alerts where state <> 'resolved' order by began_at, id;

-- name: alert(id)^
-- One alert.
select * from alerts where id = :id;

-- name: open_alerts()
-- What needs somebody: the most pressing first, then the newest.
select * from alerts where state in ('firing', 'acknowledged')
order by case severity when 'critical' then 0 when 'warning' then 1 else 2 end, fired_at desc, id;

-- name: firing_of(rule_id)
-- What fires by a rule, and nobody has taken on, the oldest first.
select * from alerts where rule_id = :rule_id and state = 'firing' order by fired_at, subject;

-- name: last_told(alert_id)^
-- When a message was last made that an alert fires; null where none was.
select max(m.created_at) as at from alert_messages m join alert_message_alerts t on t.message_id = m.id
where t.alert_id = :alert_id and m.kind = 'firing';

-- name: channels_still_to_tell(alert_id)
-- Those that a message that an alert fires is still on its way to.
select distinct d.channel_id from alert_deliveries d join alert_messages m on m.id = d.message_id
join alert_message_alerts t on t.message_id = m.id
where t.alert_id = :alert_id and m.kind = 'firing' and d.state = 'waiting';

-- name: pending_alerts()
-- What has to stay so for a while before it fires, the oldest first.
select * from alerts where state = 'pending' order by began_at, id;

-- name: latest_alerts(since, first)
-- What fired, was it over or not, from an instant on, the newest first.
select * from alerts where fired_at is not null and (resolved_at is null or resolved_at >= :since)
order by fired_at desc, id limit :first;

-- name: keep_alert(id, rule_id, title, figure, subject, severity, state, unit, currency, comparison, threshold, value, worst, detail, advice, link, began_at, since, fired_at, acknowledged_at, acknowledged_by, resolved_at, resolution, seen_at)!
-- An alert as it is now.
insert into alerts (
    id, rule_id, title, figure, subject, severity, state, unit, currency, comparison, threshold, value, worst, detail,
    advice, link, began_at, since, fired_at, acknowledged_at, acknowledged_by, resolved_at, resolution, seen_at
) values (
    :id, :rule_id, :title, :figure, :subject, :severity, :state, :unit, :currency, :comparison, :threshold, :value,
    :worst, :detail, :advice, :link, :began_at, :since, :fired_at, :acknowledged_at, :acknowledged_by, :resolved_at,
    :resolution, :seen_at
)
on conflict (id) do update set
    title = :title, severity = :severity, state = :state, currency = :currency, comparison = :comparison,
    threshold = :threshold, value = :value, worst = :worst, detail = :detail, advice = :advice, link = :link,
    since = :since, fired_at = :fired_at, acknowledged_at = :acknowledged_at, acknowledged_by = :acknowledged_by,
    resolved_at = :resolved_at, resolution = :resolution, seen_at = :seen_at;

-- name: forget_alert(id)!
-- It passed before it fired.
delete from alerts where id = :id;

-- name: note_event(alert_id, at, kind, detail, actor)!
-- What happened to it.
insert into alert_events (id, alert_id, at, kind, detail, actor)
values ((select coalesce(max(id), 0) + 1 from alert_events), :alert_id, :at, :kind, :detail, :actor);

-- name: events_of(alert_id)
-- What happened to an alert, oldest first.
select at, kind, detail, actor from alert_events where alert_id = :alert_id order by id;

-- name: forget_resolved(before)!
-- What was over before an instant.
delete from alerts where state = 'resolved' and resolved_at < :before;

-- name: forget_messages(before)!
-- What was told, or given up, before an instant.
delete from alert_messages where created_at < :before and not exists (
    select 1 from alert_deliveries d where d.message_id = alert_messages.id and d.state = 'waiting'
);

-- name: channels()
-- Every channel by its name; its address is sealed.
select * from alert_channels order by name;

-- name: channel(id)^
-- The same of one.
select * from alert_channels where id = :id;

-- name: channel_named(name)^
-- The same of the one of that name.
select * from alert_channels where name = :name;

-- name: add_channel(id, name, address, shown, enabled, digest, created_by, created_at)!
-- A new channel.
insert into alert_channels (id, name, address, shown, enabled, digest, created_by, created_at)
values (:id, :name, :address, :shown, :enabled, :digest, :created_by, :created_at);

-- name: set_channel(id, enabled, digest)!
-- Whether it is used, and for the digest.
update alert_channels set enabled = :enabled, digest = :digest where id = :id;

-- name: remove_channel(id)!
-- It is gone; what was sent to it stays on record.
delete from alert_channels where id = :id;

-- name: add_message(id, kind, severity, title, body, html, created_at)!
-- A message.
insert into alert_messages (id, kind, severity, title, body, html, created_at)
values (:id, :kind, :severity, :title, :body, :html, :created_at);

-- name: message_tells_of(message_id, alert_id)!
-- An alert that it tells of.
insert into alert_message_alerts (message_id, alert_id) values (:message_id, :alert_id);

-- name: add_delivery(message_id, channel_id, channel_name, due_at)!
-- It is on its way to a channel.
insert into alert_deliveries (message_id, channel_id, channel_name, state, due_at)
values (:message_id, :channel_id, :channel_name, 'waiting', :due_at);

-- name: due_deliveries(now)
-- What is to be sent now, and is not being sent, the oldest first.
select m.*, d.channel_id, d.attempts, d.problem from alert_deliveries d join alert_messages m on m.id = d.message_id
where d.state = 'waiting' and d.due_at <= :now and (d.claimed_until is null or d.claimed_until <= :now)
order by m.created_at, m.id, d.channel_id;

-- name: claim(message_id, channel_id, until)!
-- Somebody is sending it, and has begun one more attempt.
update alert_deliveries set claimed_until = :until, attempts = attempts + 1
where message_id = :message_id and channel_id = :channel_id;

-- name: delivery_ended(message_id, channel_id, state, problem, at)!
-- It was sent, or is not sent any more; unless that is known already.
update alert_deliveries set state = :state, problem = :problem, ended_at = :at, claimed_until = null
where message_id = :message_id and channel_id = :channel_id and state = 'waiting';

-- name: delivery_failed(message_id, channel_id, problem, due_at)!
-- It is tried again later.
update alert_deliveries set problem = :problem, due_at = :due_at, claimed_until = null
where message_id = :message_id and channel_id = :channel_id and state = 'waiting';

-- name: deliveries(first)
-- The latest messages on their ways, the newest first.
select m.title, m.created_at, d.* from alert_deliveries d join alert_messages m on m.id = d.message_id
order by m.created_at desc, m.id, d.channel_name limit :first;

-- name: deliveries_of(alert_id)
-- The same of what tells of an alert.
select m.title, m.created_at, d.* from alert_deliveries d join alert_messages m on m.id = d.message_id
where exists (select 1 from alert_message_alerts a where a.message_id = m.id and a.alert_id = :alert_id)
order by m.created_at, m.id, d.channel_name;

-- name: told(since)
-- The same of whatever was told from an instant on, and of which alert.
select t.alert_id, m.title, m.created_at, d.* from alert_deliveries d join alert_messages m on m.id = d.message_id
join alert_message_alerts t on t.message_id = m.id
where m.created_at >= :since
order by m.created_at, m.id, d.channel_name;

-- name: untold()
-- Messages that something fires of which nobody was told yet, nor was it tried, and nothing in them fires any more.
select m.id from alert_messages m where m.kind = 'firing'
and exists (select 1 from alert_deliveries d where d.message_id = m.id and d.state = 'waiting')
and not exists (
    select 1 from alert_deliveries d where d.message_id = m.id and (d.attempts > 0 or d.state in ('sent', 'given up'))
)
and not exists (
    select 1 from alert_message_alerts t join alerts a on a.id = t.alert_id
    where t.message_id = m.id and a.state <> 'resolved'
);

-- name: not_needed(message_id, at, problem)!
-- Nobody is told.
update alert_deliveries set state = 'not needed', ended_at = :at, problem = :problem
where message_id = :message_id and state = 'waiting';

-- name: was_told(alert_id)^
-- How many channels were told that an alert fires, or still are to be.
select count(*) as times from alert_deliveries d join alert_messages m on m.id = d.message_id
join alert_message_alerts t on t.message_id = m.id
where t.alert_id = :alert_id and m.kind = 'firing' and d.state <> 'not needed';

-- name: digest_of(week)^
-- When the digest of a week was put on its way.
select at from alert_digests where week = :week;

-- name: add_digest(week, at)!
-- It was.
insert into alert_digests (week, at) values (:week, :at);
