-- name: history_of(period)
-- Each loaded delivery of a period, with the total of the one before it in the same export; newest first.
select d.*, s.delivery_id is not null as is_current,
    lag(d.total) over (partition by d.export, d.kind order by d.loaded_at, d.delivered_at) as total_before,
    lag(d.delivered_at) over (partition by d.export, d.kind order by d.loaded_at, d.delivered_at) as delivered_before
from deliveries d left join segments s on s.delivery_id = d.id
where d.period = :period
order by d.loaded_at desc;

-- name: history_since(since)
-- The same for every period from a month on.
select d.*, s.delivery_id is not null as is_current,
    lag(d.total) over (partition by d.export, d.kind, d.period order by d.loaded_at, d.delivered_at) as total_before,
    lag(d.delivered_at) over (partition by d.export, d.kind, d.period order by d.loaded_at, d.delivered_at) as delivered_before
from deliveries d left join segments s on s.delivery_id = d.id
where d.period >= :since
order by d.loaded_at desc;
