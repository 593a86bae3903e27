-- name: history(first, last)
-- Each loaded delivery of the periods from first to last in each currency that it or the one before it in the same
-- export is in, with both totals (null where it has none in the currency); newest first.
with known as (
    select distinct d.export, d.kind, d.period, t.currency
    from deliveries d join delivery_totals t on t.delivery_id = d.id
    where d.period between :first and :last
), totals as (
    select d.id, d.export, d.kind, d.period, d.execution, d.delivered_at, d.loaded_at, d.row_count,
        known.currency, t.total, lag(t.total) over earlier as total_before,
        lag(d.delivered_at) over earlier as delivered_before
    from known
    join deliveries d on d.export = known.export and d.kind = known.kind and d.period = known.period
    left join delivery_totals t on t.delivery_id = d.id and t.currency = known.currency
    window earlier as (partition by d.export, d.kind, d.period, known.currency order by d.loaded_at, d.delivered_at)
)
select totals.*, s.delivery_id is not null as is_current
from totals left join segments s on s.delivery_id = totals.id
where total is not null or total_before is not null
order by loaded_at desc, currency;

-- name: encoded(start, end)
-- Each rung that a packaging at MediaConvert made which ended in [start, end), and the seconds of the video.
select p.video_id, p.ended_at, o.name as rung, v.duration_s as seconds
from packagings p
join videos v on v.id = p.video_id
join served_copies s on s.video_id = v.id
join objects o on o.video_id = v.id and o.provider = s.provider and o.kind = 'rendition'
where p.job is not null and p.state in ('done', 'damaged') and p.ended_at >= :start and p.ended_at < :end
    and v.duration_s is not null
order by p.ended_at, p.video_id, o.name;

-- name: uploads()
-- When each video of the library was uploaded.
select id, created_at from videos order by id;

-- name: judge(dimension, label, day, expected, judged_by, judged_at, note)!
-- What somebody says of a day takes the place of what was said before.
insert into judged_days (dimension, label, day, expected, judged_by, judged_at, note)
values (:dimension, :label, :day, :expected, :judged_by, :judged_at, :note)
on conflict (dimension, label, day) do update set expected = excluded.expected, judged_by = excluded.judged_by,
    judged_at = excluded.judged_at, note = excluded.note;

-- name: judged()
-- All that was said of odd days.
select * from judged_days order by day, dimension, label;

-- name: has_forecast(made_on, currency, dimension)^
-- Whether that day has its forecast.
select exists (
    select 1 from forecasts where made_on = :made_on and currency = :currency and dimension = :dimension
) as yes;

-- name: add_forecast(made_on, currency, dimension, label, first_day, days, made_at)!
insert into forecasts (made_on, currency, dimension, label, first_day, days, made_at)
values (:made_on, :currency, :dimension, :label, :first_day, :days, :made_at);

-- name: add_forecast_month(made_on, currency, dimension, label, month, expected, lo_80, hi_80, lo_95, hi_95)!
insert into forecast_months (made_on, currency, dimension, label, month, expected, lo_80, hi_80, lo_95, hi_95)
values (:made_on, :currency, :dimension, :label, :month, :expected, :lo_80, :hi_80, :lo_95, :hi_95);

-- name: forecast_months(currency, dimension, label)
-- Every stored forecast of a label's months, oldest first.
select m.*, f.first_day from forecast_months m
join forecasts f on f.made_on = m.made_on and f.currency = m.currency and f.dimension = m.dimension
    and f.label = m.label
where m.currency = :currency and m.dimension = :dimension and m.label = :label
order by m.made_on, m.month;
