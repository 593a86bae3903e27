-- name: pieces
-- What was asked for, with the instants at which it was asked for and delivered (ms since 1970). `who` is one session of
-- one video.
SELECT
    hash(sid, video) AS who, sid, video, rung, country, device, bytes, epoch_ms(time) AS delivered_at,
    epoch_ms(time) - taken_ms AS asked_at,
    CASE WHEN d BETWEEN 0 AND 600000 THEN d END AS d, CASE WHEN bl BETWEEN 0 AND 3600000 THEN bl END AS bl,
    CASE WHEN br BETWEEN 0 AND 1000000 THEN br END AS br, coalesce(bs, false) AS bs, coalesce(su, false) AS su,
    coalesce(ot, CASE WHEN rung = 'playlist' THEN 'm' WHEN rung = 'audio' THEN 'a' WHEN d > 0 THEN 'v' ELSE '' END) AS ot
FROM RELATION;

-- name: whole
-- All that was asked for in a session.
SELECT
    who, any_value(sid) AS sid, any_value(video) AS video, any_value(country) AS country, any_value(device) AS device,
    sum(bytes)::BIGINT AS bytes, max(delivered_at) AS ended_at, min(asked_at) AS first_at,
    bool_or(ot = 'm') AS has_playlist, bool_or(ot IN ('v', 'av')) AS has_picture
FROM pieces GROUP BY who;

-- name: media
-- Pieces of the picture (of the sound, where there is no picture), and where the viewer was when each was asked for:
-- what had been delivered, but for what still lay in the buffer.
SELECT
    who, rung, asked_at, d, br, su, had, greatest(had - bl, 0) AS position,
    -- how long it took, but for what was watched meanwhile
    CASE WHEN bs THEN greatest(idle_ms - (d_before - (bl - bl_before)), 0) END AS stalled_ms
FROM (
    SELECT
        *, asked_at - lag(asked_at) OVER piece AS idle_ms, lag(d) OVER piece AS d_before, lag(bl) OVER piece AS bl_before,
        coalesce(sum(d) OVER (
            PARTITION BY who ORDER BY asked_at, delivered_at, bl ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), 0) AS had
    FROM (
        SELECT who, rung, asked_at, delivered_at, d, bl, br, bs, su FROM pieces JOIN whole USING (who)
        WHERE d > 0 AND ot IN ('v', 'av', CASE WHEN NOT has_picture THEN 'a' END)
    )
    WINDOW piece AS (PARTITION BY who ORDER BY asked_at, delivered_at, bl)
);

-- name: rungs
SELECT who, rung, sum(d) AS d FROM media GROUP BY ALL;

-- name: played
-- What was watched in a session. The last piece is the one before which most had been delivered.
SELECT
    who, arg_min(su, asked_at) AS starts, bool_or(NOT su) AS steady, min(asked_at) AS first_piece,
    min(asked_at) FILTER (NOT su) AS first_steady, arg_max(position, had) AS position, sum(d) AS delivered,
    count(stalled_ms) AS stalls, coalesce(sum(stalled_ms), 0) AS stalled_ms,
    sum(br * d) / nullif(sum(d) FILTER (br IS NOT NULL), 0) AS rate
FROM media GROUP BY who;

-- name: moved
-- When the picture began to move.
SELECT who, min(asked_at - media.position) AS moved_at
FROM media JOIN played USING (who) WHERE NOT su AND asked_at = first_steady GROUP BY who;

-- name: beginnings
-- When each session began: with the first request after which none of those before its first piece waited for somebody.
WITH early AS (
    SELECT who, asked_at, asked_at - lag(delivered_at) OVER (PARTITION BY who ORDER BY asked_at, delivered_at) AS idle_ms
    FROM pieces JOIN played USING (who) WHERE asked_at <= first_piece
)
SELECT who, coalesce(max(asked_at) FILTER (idle_ms > 2000), min(asked_at)) AS began_at FROM early GROUP BY who;

-- name: facts
-- One row a session. The rest of one that began on the day before is none of this day's.
SELECT
    whole.*, coalesce(began_at, first_at) AS began_at, starts, coalesce(steady, false) AS steady, moved_at, stalls,
    stalled_ms, rate, duration_ms,
    least(
        CASE WHEN delivered >= 0.95 * duration_ms THEN delivered ELSE coalesce(position, 0) END,
        coalesce(duration_ms, 172800000)
    ) AS watched_ms
FROM whole LEFT JOIN played USING (who) LEFT JOIN moved USING (who) LEFT JOIN beginnings USING (who)
    LEFT JOIN titles ON titles.cid = whole.video
WHERE starts OR has_playlist OR first_at >= epoch_ms($day::TIMESTAMP) + 300000;

-- name: sessions
SELECT
    $day AS day, facts.video, SESSION AS session, country, device, make_timestamp((began_at * 1000)::BIGINT) AS started,
    make_timestamp((ended_at * 1000)::BIGINT) AS ended, steady OR watched_ms > 0 AS played,
    CASE WHEN starts AND moved_at - began_at <= 3600000 THEN greatest(round(moved_at - began_at), 0)::BIGINT END
        AS startup_ms,
    NULL::BOOLEAN AS ebvs, NULL::BOOLEAN AS failed, round(watched_ms)::BIGINT AS watched_ms,
    coalesce(stalls, 0) AS stalls, round(coalesce(stalled_ms, 0))::BIGINT AS stalled_ms, bytes,
    coalesce(most.rung, '') AS rung, round(rate)::BIGINT AS bitrate_kbps, round(watched_ms)::BIGINT AS furthest_ms,
    duration_ms, false AS exact, 'unknown' AS ending, 1.0::DOUBLE AS weight, true AS right_clock
FROM facts LEFT JOIN (SELECT who, arg_max(rung, (d, rung)) AS rung FROM rungs GROUP BY who) most USING (who);

-- name: session_rungs
-- What was watched, shared out as it was delivered.
SELECT
    $day AS day, video, SESSION AS session, facts.country, facts.device, rungs.rung,
    round(watched_ms * rungs.d / sum(rungs.d) OVER (PARTITION BY who))::BIGINT AS watched_ms, false AS exact,
    1.0::DOUBLE AS weight
FROM facts JOIN rungs USING (who) WHERE watched_ms > 0;
