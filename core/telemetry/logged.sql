-- name: pieces
-- What was asked for, with the instants at which it was asked for and delivered (ms since 1970).
SELECT
    sid, video, rung, country, device, bytes, epoch_ms(time) AS delivered_at, epoch_ms(time) - taken_ms AS asked_at,
    CASE WHEN d BETWEEN 0 AND 600000 THEN d END AS d, CASE WHEN bl BETWEEN 0 AND 3600000 THEN bl END AS bl,
    CASE WHEN br BETWEEN 0 AND 1000000 THEN br END AS br, coalesce(bs, false) AS bs, coalesce(su, false) AS su,
    coalesce(ot, CASE WHEN rung = 'playlist' THEN 'm' WHEN rung = 'audio' THEN 'a' WHEN d > 0 THEN 'v' ELSE '' END) AS ot
FROM told WHERE sid IS NOT NULL;

-- name: media
-- Pieces of the picture (of the sound, where there is no picture), and where the viewer was when each was asked for:
-- what had been delivered, but for what still lay in the buffer.
WITH pictured AS (
    SELECT *, bool_or(ot IN ('v', 'av')) OVER (PARTITION BY sid, video) AS has_picture FROM pieces
),
lasting AS (SELECT * FROM pictured WHERE d > 0 AND ot IN ('v', 'av', CASE WHEN NOT has_picture THEN 'a' END)),
placed AS (
    SELECT *, coalesce(sum(d) OVER (
        PARTITION BY sid, video ORDER BY asked_at, delivered_at, bl ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ), 0) AS had
    FROM lasting
)
SELECT
    *, greatest(had - bl, 0) AS position,
    -- how long it took, but for what was watched meanwhile
    CASE WHEN bs THEN greatest(
        asked_at - lag(asked_at) OVER piece - (had - bl - lag(had - bl) OVER piece), 0
    ) END AS stalled_ms
FROM placed WINDOW piece AS (PARTITION BY sid, video ORDER BY asked_at, delivered_at, bl);

-- name: beginnings
-- When each session began: with the first request after which none of those before its first piece waited for somebody.
WITH early AS (
    SELECT
        pieces.sid, pieces.video, asked_at,
        asked_at - lag(delivered_at) OVER (PARTITION BY pieces.sid, pieces.video ORDER BY asked_at, delivered_at) AS idle_ms
    FROM pieces JOIN (SELECT sid, video, min(asked_at) AS first_piece FROM media GROUP BY ALL) USING (sid, video)
    WHERE asked_at <= first_piece
)
SELECT sid, video, coalesce(max(asked_at) FILTER (idle_ms > 2000), min(asked_at)) AS began_at
FROM early GROUP BY ALL;

-- name: facts
-- One row a session. The rest of one that began on the day before is none of this day's.
WITH whole AS (
    SELECT
        sid, video, any_value(country) AS country, any_value(device) AS device, sum(bytes)::BIGINT AS bytes,
        max(delivered_at) AS ended_at, min(asked_at) AS first_at, bool_or(ot = 'm') AS has_playlist
    FROM pieces GROUP BY ALL
),
played AS (
    SELECT
        sid, video, arg_min(su, asked_at) AS starts, bool_or(NOT su) AS steady,
        min(asked_at - position) FILTER (NOT su AND asked_at = first_steady) AS moved_at,
        arg_max(position, (asked_at, had)) AS position, sum(d) AS delivered, count(stalled_ms) AS stalls,
        coalesce(sum(stalled_ms), 0) AS stalled_ms, sum(br * d) / nullif(sum(d) FILTER (br IS NOT NULL), 0) AS rate
    FROM (SELECT *, min(asked_at) FILTER (NOT su) OVER (PARTITION BY sid, video) AS first_steady FROM media)
    GROUP BY ALL
)
SELECT
    whole.*, coalesce(began_at, first_at) AS began_at, starts, coalesce(steady, false) AS steady, moved_at, stalls,
    stalled_ms, rate, duration_ms,
    least(
        CASE WHEN delivered >= 0.95 * duration_ms THEN delivered ELSE coalesce(position, 0) END,
        coalesce(duration_ms, 172800000)
    ) AS watched_ms
FROM whole LEFT JOIN played USING (sid, video) LEFT JOIN beginnings USING (sid, video)
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
FROM facts LEFT JOIN (
    SELECT sid, video, arg_max(rung, (d, rung)) AS rung
    FROM (SELECT sid, video, rung, sum(d) AS d FROM media GROUP BY ALL) GROUP BY ALL
) most USING (sid, video)
ORDER BY started, session;

-- name: session_rungs
-- What was watched, shared out as it was delivered.
SELECT
    $day AS day, video, SESSION AS session, facts.country, facts.device, rungs.rung,
    round(watched_ms * rungs.d / sum(rungs.d) OVER (PARTITION BY sid, video))::BIGINT AS watched_ms, false AS exact,
    1.0::DOUBLE AS weight
FROM facts JOIN (SELECT sid, video, rung, sum(d) AS d FROM media GROUP BY ALL) rungs USING (sid, video)
WHERE watched_ms > 0 ORDER BY ALL;
