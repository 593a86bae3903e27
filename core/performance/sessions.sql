-- name: chosen
-- The sessions of a period, each once: those that players told of before those that logs let guess at. Where logs tell
-- of a video's day, the sessions whose players do not report are among them, and nobody stands for others.
WITH counted AS (
    SELECT * FROM sessions
    WHERE day >= $start AND day < $end AND device <> 'bot' AND ($video IS NULL OR video = $video)
    -- two sources may hold the same log
    QUALIFY exact OR row_number() OVER (PARTITION BY day, session, video, exact ORDER BY bytes DESC) = 1
),
once AS (
    SELECT counted.* FROM counted
    LEFT JOIN (SELECT DISTINCT day, session FROM counted WHERE exact) told USING (day, session)
    WHERE exact OR told.session IS NULL
),
logged AS (SELECT DISTINCT day, video FROM once WHERE NOT exact)
SELECT once.* REPLACE (CASE WHEN logged.day IS NULL THEN weight ELSE 1 END AS weight)
FROM once LEFT JOIN logged USING (day, video)

-- name: experience
-- Sums and percentiles of start-up, of sessions or of each of their labels.
WITH labelled AS (SELECT LABEL AS label, * FROM (CHOSEN)),
ranked AS (
    SELECT
        *, CASE WHEN startup_ms IS NOT NULL THEN
            sum(weight) FILTER (startup_ms IS NOT NULL) OVER (PARTITION BY label ORDER BY startup_ms)
            / sum(weight) FILTER (startup_ms IS NOT NULL) OVER (PARTITION BY label)
        END AS place
    FROM labelled
)
SELECT
    label, sum(weight), coalesce(sum(weight) FILTER (exact), 0), coalesce(sum(weight) FILTER (played), 0),
    min(startup_ms) FILTER (place >= 0.5 - 1e-9), min(startup_ms) FILTER (place >= 0.95 - 1e-9),
    sum(weight * watched_ms), sum(weight * stalled_ms), sum(weight * stalls),
    coalesce(sum(weight) FILTER (ebvs), 0), coalesce(sum(weight) FILTER (failed), 0)
FROM ranked GROUP BY label ORDER BY SORTED

-- name: audience
SELECT
    coalesce(sum(weight) FILTER (played), 0), coalesce(sum(weight) FILTER (played AND exact), 0),
    -- each name stands for as many as a view does on the average
    coalesce(round(count(DISTINCT (day, session)) FILTER (played) * avg(weight) FILTER (played)), 0)::BIGINT,
    coalesce(sum(weight * watched_ms), 0)
FROM (CHOSEN);

-- name: completion
-- Views of videos whose length is known, and those of them that reached each twentieth.
SELECT
    percent, sum(weight), coalesce(sum(weight) FILTER (furthest_ms * 100 >= duration_ms * percent), 0)
FROM (CHOSEN), (SELECT unnest(range(0, 101, 5)) AS percent)
WHERE played AND duration_ms > 0 GROUP BY percent ORDER BY percent

-- name: qualities
-- Milliseconds watched of each rung, most first.
SELECT rungs.rung, sum(rungs.watched_ms * chosen.weight), coalesce(sum(rungs.watched_ms * chosen.weight) FILTER (chosen.exact), 0)
FROM session_rungs rungs
JOIN (SELECT day, session, video, exact, max(weight) AS weight FROM (CHOSEN) GROUP BY ALL) chosen
    ON rungs.day = chosen.day AND rungs.session = chosen.session AND rungs.video = chosen.video
        AND rungs.exact = chosen.exact
WHERE rungs.day >= $start AND rungs.day < $end
GROUP BY rungs.rung ORDER BY 2 DESC, 1

-- name: concurrency
-- Viewers in each five minutes: sessions in which the picture moved, of which any moment lies in them.
WITH steps AS (
    SELECT time_bucket(INTERVAL 5 MINUTE, started) AS slot, sum(weight) AS change FROM (CHOSEN) WHERE played GROUP BY 1
    UNION ALL
    SELECT time_bucket(INTERVAL 5 MINUTE, ended) + INTERVAL 5 MINUTE, -sum(weight) FROM (CHOSEN) WHERE played GROUP BY 1
)
SELECT slot, sum(sum(change)) OVER (ORDER BY slot) FROM steps GROUP BY slot ORDER BY slot

-- name: hours
-- Views and milliseconds watched by the hour in which a session began, UTC.
SELECT date_trunc('hour', started), coalesce(sum(weight) FILTER (played), 0), sum(weight * watched_ms)
FROM (CHOSEN) GROUP BY 1 ORDER BY 1

-- name: views
-- Views of each video.
SELECT video, sum(weight) FROM (CHOSEN) WHERE played GROUP BY video

-- name: views_by_day
-- Views of each video and day.
SELECT video, day, sum(weight) FROM (CHOSEN) WHERE played AND video <> '' GROUP BY ALL ORDER BY video, day
