-- name: experience
-- Sums and percentiles of start-up, of all sessions and of each of their labels.
WITH labelled AS (SELECT LABEL AS label, * FROM CHOSEN),
started AS (
    SELECT EVERYTHING AS everything, label, startup_ms, sum(weight) AS sessions
    FROM labelled WHERE startup_ms IS NOT NULL GROUP BY STARTS
),
placed AS (
    SELECT
        everything, label, startup_ms,
        sum(sessions) OVER (PARTITION BY everything, label ORDER BY startup_ms)
        / sum(sessions) OVER (PARTITION BY everything, label) AS place
    FROM started
),
starts AS (
    SELECT
        everything, label,
        min(startup_ms) FILTER (place >= 0.5 - 1e-9) AS p50, min(startup_ms) FILTER (place >= 0.95 - 1e-9) AS p95
    FROM placed GROUP BY everything, label
),
sums AS (
    SELECT
        EVERYTHING AS everything, label, sum(weight) AS sessions, coalesce(sum(weight) FILTER (exact), 0) AS exact,
        coalesce(sum(weight) FILTER (played), 0) AS views, sum(weight * watched_ms) AS watched_ms,
        sum(weight * stalled_ms) AS stalled_ms, sum(weight * stalls) AS stalls,
        coalesce(sum(weight) FILTER (ebvs), 0) AS ebvs, coalesce(sum(weight) FILTER (failed), 0) AS failed
    FROM labelled GROUP BY GROUPS HAVING count(*) > 0
)
SELECT
    everything, label::VARCHAR, sessions, exact, views, p50, p95, watched_ms, stalled_ms, stalls, ebvs, failed
FROM sums LEFT JOIN (SELECT everything AS of, label AS started, p50, p95 FROM starts)
    ON everything = of AND label IS NOT DISTINCT FROM started
ORDER BY SORTED

-- name: audience
SELECT
    coalesce(sum(weight) FILTER (played), 0), coalesce(sum(weight) FILTER (played AND exact), 0),
    -- each name stands for as many as a view does on the average
    coalesce(round(count(DISTINCT hash(day, session)) FILTER (played) * avg(weight) FILTER (played)), 0)::BIGINT,
    coalesce(sum(weight * watched_ms), 0)
FROM CHOSEN;

-- name: completion
-- Views of videos whose length is known, and those of them that reached each twentieth.
WITH reached AS (
    SELECT
        CASE WHEN furthest_ms >= 0 THEN least(furthest_ms * 20 // duration_ms, 20) ELSE -1 END AS twentieths,
        sum(weight) AS views
    FROM CHOSEN WHERE played AND duration_ms > 0 GROUP BY twentieths
)
SELECT twentieth * 5, sum(views), coalesce(sum(views) FILTER (twentieths >= twentieth), 0)
FROM reached, (SELECT unnest(range(0, 21)) AS twentieth) GROUP BY twentieth ORDER BY twentieth;

-- name: qualities
-- Milliseconds watched of each rung, most first.
SELECT rung, sum(watched_ms), coalesce(sum(watched_ms) FILTER (exact), 0)
FROM CHOSEN_RUNGS GROUP BY rung ORDER BY 2 DESC, 1;

-- name: concurrency
-- Viewers in each five minutes (microseconds since 1970): sessions in which the picture moved, of which any moment lies in them.
WITH steps AS (
    SELECT time_bucket(INTERVAL 5 MINUTE, started) AS slot, sum(weight) AS change FROM CHOSEN WHERE played GROUP BY 1
    UNION ALL
    SELECT time_bucket(INTERVAL 5 MINUTE, ended) + INTERVAL 5 MINUTE, -sum(weight) FROM CHOSEN WHERE played GROUP BY 1
)
SELECT epoch_us(slot) AS at_us, sum(sum(change)) OVER (ORDER BY slot) AS viewers FROM steps GROUP BY slot ORDER BY slot

-- name: hours
-- Views and milliseconds watched by the hour in which a session began, UTC.
SELECT date_trunc('hour', started), coalesce(sum(weight) FILTER (played), 0), sum(weight * watched_ms)
FROM CHOSEN GROUP BY 1 ORDER BY 1

-- name: views
-- Views of each video.
SELECT video, sum(weight) FROM CHOSEN WHERE played GROUP BY video

-- name: views_by_day
-- Views of each video and day.
SELECT video, day, sum(weight) FROM CHOSEN WHERE played AND video <> '' GROUP BY ALL ORDER BY video, day
