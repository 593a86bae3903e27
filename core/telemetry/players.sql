-- name: lines
-- Each line of a spool as it was told; null where it is no JSON.
SELECT CASE WHEN json_valid(line) THEN from_json(line, '{
    "received_at": "VARCHAR", "mode": "VARCHAR", "country": "VARCHAR", "device": "VARCHAR", "percent": "VARCHAR",
    "cmcd": {"sid": "VARCHAR", "cid": "VARCHAR", "sn": "VARCHAR", "ts": "VARCHAR", "e": "VARCHAR", "sta": "VARCHAR",
        "pt": "VARCHAR", "msd": "VARCHAR", "br": "VARCHAR", "sf": "VARCHAR"}
}') END AS told
FROM raw WHERE line IS NOT NULL;

-- name: events
-- Values of their types; what cannot be is null. `wrong`: 1 no report, 2 an instant that cannot be, 3 no session.
SELECT
    received, positive(told.cmcd.ts, 100000000000000) AS ts, positive(told.cmcd.sn, 1000000000) AS sn,
    told.cmcd.sid AS sid, coalesce(told.cmcd.cid, '') AS cid, told.cmcd.e AS e, told.cmcd.sta AS sta,
    positive(told.cmcd.pt, 172800000) AS pt, positive(told.cmcd.msd, 3600000) AS msd,
    positive(told.cmcd.br, 1000000) AS br, told.cmcd.sf AS sf,
    CASE WHEN regexp_full_match(told.country, '[A-Z]{2}') THEN told.country ELSE '' END AS country,
    CASE WHEN told.device IN ('phone', 'tablet', 'desktop', 'tv', 'player', 'bot') THEN told.device ELSE 'other' END
        AS device,
    100.0 / coalesce(nullif(positive(told.percent, 100), 0), 100) AS weight,
    CASE
        WHEN told.cmcd IS NULL OR told.received_at IS NULL THEN 1
        WHEN received IS NULL OR received < TIMESTAMP '2000-01-01' OR received > $latest THEN 2
        WHEN told.mode = 'event' AND coalesce(told.cmcd.sid, '') = '' THEN 3
    END AS wrong,
    told.mode = 'event' AND (told.cmcd.e IS NOT NULL OR told.cmcd.sta IS NOT NULL) AS event
FROM (SELECT told, try_strptime(told.received_at, '%Y-%m-%dT%H:%M:%S.%fZ') AS received FROM told);

-- name: once
-- Each event once, however often it was told; two players that tell under one name are told apart where that is seen.
WITH single AS (
    SELECT
        sid, cid, sn, ts, e, sta, CASE WHEN sn IS NULL AND ts IS NULL THEN received END AS unnumbered,
        epoch_ms(min(received)) AS received, min(pt) AS pt, min(msd) AS msd, min(br) AS br, min(sf) AS sf,
        min(country) AS country, min(device) AS device, min(weight) AS weight
    FROM events GROUP BY ALL
),
collided AS (SELECT sid, cid, count(sn) > count(DISTINCT sn) AS collides FROM single GROUP BY ALL)
SELECT single.*, collides, CASE WHEN collides THEN country || ' ' || device ELSE '' END AS lane
FROM single JOIN collided USING (sid, cid);

-- name: timed
-- When each event happened, in ms since 1970. A player's clock tells how long things took, and ours when: its clock is
-- moved by the least delay that was seen. A clock that was set meanwhile is not believed at all.
WITH stepped AS (
    SELECT *, ts - lag(ts) OVER told AS ts_step, received - lag(received) OVER told AS received_step
    FROM once WINDOW told AS (PARTITION BY sid, cid, lane ORDER BY sn, ts, received)
),
clocks AS (
    SELECT
        sid, cid, lane, min(received - ts) AS off,
        count(ts) = count(*) AND NOT coalesce(CASE
            WHEN bool_or(collides) THEN max(received - ts) - min(received - ts) > 60000
            ELSE bool_or(ts_step < -1000 OR (received_step >= 0 AND ts_step - received_step > 60000))
        END, false) AS steady
    FROM stepped GROUP BY ALL
)
SELECT
    once.*, steady AND abs(off) <= 300000 AS right_clock,
    CASE
        WHEN steady THEN ts + off
        WHEN collides OR sn IS NULL THEN received
        ELSE min(received) OVER (
            PARTITION BY sid, cid, lane ORDER BY sn ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
        )
    END AS at_ms
FROM once JOIN clocks USING (sid, cid, lane);

-- name: runs
-- Whoever starts again after having begun has begun another session.
WITH preceded AS (
    SELECT *, last_value(sta IGNORE NULLS) OVER (
        PARTITION BY sid, cid, lane ORDER BY at_ms, sn, received ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS before
    FROM timed
)
SELECT *, sum((sta = 's' AND coalesce(before, 's') NOT IN ('s', 'd'))::INTEGER) OVER (
    PARTITION BY sid, cid, lane ORDER BY at_ms, sn, received ROWS UNBOUNDED PRECEDING
) AS run
FROM preceded;

-- name: spans
-- What lies between an event and the next one of its session: the state, what it came from, the rate, and ms.
WITH titled AS (
    SELECT
        runs.* EXCLUDE (before), coalesce(video, '') AS video, duration_ms,
        CASE WHEN runs.br IS NULL AND sf = 'o' THEN 'original' ELSE rates.rung END AS rung_told
    FROM runs LEFT JOIN titles ON titles.cid = runs.cid LEFT JOIN rates ON rates.cid = runs.cid AND rates.br = runs.br
),
followed AS (
    SELECT
        *, lag(sta IGNORE NULLS) OVER run AS before, last_value(sta IGNORE NULLS) OVER run AS state,
        last_value(rung_told IGNORE NULLS) OVER run AS rung, last_value(br IGNORE NULLS) OVER run AS rate,
        coalesce(lead(at_ms) OVER run - at_ms, 0) AS ms, lead(pt) OVER run AS next_pt, lead(sta) OVER run AS next_sta
    FROM titled WINDOW run AS (PARTITION BY sid, cid, lane, run ORDER BY at_ms, sn, received)
)
SELECT
    *, sta IS NOT NULL AND sta IS DISTINCT FROM before AS changes,
    last_value(CASE WHEN sta IS NOT NULL AND sta IS DISTINCT FROM before THEN coalesce(before, '') END IGNORE NULLS)
        OVER (PARTITION BY sid, cid, lane, run ORDER BY at_ms, sn, received) AS came_from,
    -- a machine that slept: its picture stood still, whatever the clock says
    CASE WHEN ms > 10000 AND next_sta IS DISTINCT FROM 'k' AND next_pt - pt BETWEEN 0 AND ms // 2
        THEN next_pt - pt ELSE ms END AS played_ms
FROM followed;

-- name: rungs
-- What was watched of each rung.
SELECT sid, cid, lane, run, coalesce(rung, '') AS rung, sum(played_ms)::BIGINT AS watched_ms
FROM spans WHERE state = 'p' GROUP BY ALL;

-- name: facts
-- One row a session; what is neither begun nor played is the rest of one that is long over.
SELECT
    sid, cid, lane, run, any_value(video) AS video,
    coalesce(arg_min(country, at_ms) FILTER (country <> ''), '') AS country, arg_min(device, at_ms) AS device,
    make_timestamp(min(at_ms) * 1000) AS started, make_timestamp(max(at_ms) * 1000) AS ended,
    coalesce(bool_or(sta = 'p'), false) AS played,
    coalesce(
        arg_min(msd, at_ms) FILTER (sta = 'p' AND msd IS NOT NULL),
        nullif(greatest(least(min(at_ms) FILTER (sta = 'p') - min(at_ms) FILTER (sta = 's'), 3600001), 0), 3600001)
    )::BIGINT AS startup_ms,
    NOT coalesce(bool_or(sta IN ('p', 'f')), false) AND coalesce(bool_or(sta = 'q'), false)
        AND coalesce(max(at_ms) - min(at_ms) FILTER (sta = 's') >= 1000, false) AS ebvs,
    coalesce(bool_or(sta = 'f'), false) AS failed,
    coalesce(sum(played_ms) FILTER (state = 'p'), 0)::BIGINT AS watched_ms,
    count(*) FILTER (changes AND sta = 'r' AND before = 'p') AS stalls,
    coalesce(sum(ms) FILTER (state = 'r' AND came_from = 'p'), 0)::BIGINT AS stalled_ms,
    NULL::BIGINT AS bytes,
    round(sum(rate * played_ms) FILTER (state = 'p' AND rate IS NOT NULL)
        / nullif(sum(played_ms) FILTER (state = 'p' AND rate IS NOT NULL), 0))::BIGINT AS bitrate_kbps,
    CASE WHEN bool_or(sta = 'p') THEN least(
        coalesce(max(pt) FILTER (coalesce(sta, '') NOT IN ('k', 's')), 0), coalesce(any_value(duration_ms), 172800000)
    ) ELSE 0 END::BIGINT AS furthest_ms,
    coalesce(any_value(duration_ms), max(pt) FILTER (sta = 'e'))::BIGINT AS duration_ms,
    CASE arg_max(state, (at_ms, sn))
        WHEN 'e' THEN 'ended' WHEN 'f' THEN 'failed' WHEN 'q' THEN 'left' ELSE 'lost' END AS ending,
    min(weight) AS weight, bool_and(right_clock) AS right_clock, count(*) AS lines
FROM spans GROUP BY ALL HAVING bool_or(sta IN ('s', 'p'));

-- name: sessions
SELECT
    started::DATE AS day, facts.video, SESSION AS session, country, device, started, ended, played, startup_ms, ebvs,
    failed,
    facts.watched_ms, stalls, stalled_ms, bytes, coalesce(most.rung, '') AS rung, bitrate_kbps, furthest_ms,
    duration_ms, true AS exact, ending, weight, right_clock
FROM facts LEFT JOIN (
    SELECT sid, cid, lane, run, arg_max(rung, (watched_ms, rung)) AS rung FROM rungs GROUP BY ALL
) most USING (sid, cid, lane, run)
WHERE SINCE
ORDER BY started, session;

-- name: session_rungs
SELECT
    started::DATE AS day, video, SESSION AS session, country, device, rung, sum(rungs.watched_ms)::BIGINT AS watched_ms,
    true AS exact, weight
FROM facts JOIN rungs USING (sid, cid, lane, run)
WHERE SINCE AND rungs.watched_ms > 0
GROUP BY ALL ORDER BY ALL;

-- name: player_events
-- What became of the events that came on a day. A run without its beginning that was under way at midnight began before
-- the day before, whose making does not reach this day. Numbers that a lane has twice are of two players.
WITH lanes AS (SELECT sid, cid, lane, count(sn) > count(DISTINCT sn) AS is_mixed FROM once GROUP BY ALL),
begun AS (
    SELECT
        sid, cid, lane, run,
        NOT coalesce(bool_or(sta = 's'), false) AND min(received) < epoch_ms($day::TIMESTAMP) AS is_late
    FROM runs GROUP BY ALL
)
SELECT
    $day AS day, count(*) AS events,
    (SELECT count(*) FROM events WHERE received::DATE = $day) - count(*) AS repeated,
    count(*) FILTER (is_late) AS late, count(*) FILTER (is_mixed AND NOT is_late) AS mixed
FROM runs JOIN lanes USING (sid, cid, lane) JOIN begun USING (sid, cid, lane, run)
WHERE make_timestamp(runs.received * 1000)::DATE = $day
HAVING count(*) > 0;
