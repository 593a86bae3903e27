"""Playbacks: each session once, whoever told of it, as SQL."""

#: Those that players told of before those that logs let guess at. Where logs tell of a video's day, the sessions whose
#: players do not report are among them, and nobody stands for others. Crawlers are left out. A session is known by the
#: hash of its name, which is one already.
PLAYBACKS = """
    WITH counted AS (
        SELECT * FROM sessions WHERE device <> 'bot' AND exact
        UNION ALL
        SELECT * FROM sessions WHERE device <> 'bot' AND NOT exact
        -- two sources may hold the same log
        QUALIFY row_number() OVER (PARTITION BY day, session, video ORDER BY bytes DESC) = 1
    ),
    once AS (
        SELECT counted.* FROM counted
        LEFT JOIN (SELECT DISTINCT day, session FROM counted WHERE exact) told USING (day, session)
        WHERE exact OR told.session IS NULL
    ),
    logged AS (SELECT DISTINCT day, video FROM once WHERE NOT exact)
    SELECT
        day, video, hash(session) AS session, country, device, started, ended, played, startup_ms, ebvs, failed,
        watched_ms, stalls, stalled_ms, rung, furthest_ms, duration_ms, exact,
        CASE WHEN logged.day IS NULL THEN weight ELSE 1 END AS weight
    FROM once LEFT JOIN logged USING (day, video)
"""
#: Milliseconds watched of each rung on each day, in those sessions.
PLAYBACK_RUNGS = """
    SELECT day, video, rung, exact, sum(watched_ms * playback.weight) AS watched_ms
    FROM (
        SELECT day, video, hash(session) AS session, rung, exact, watched_ms FROM session_rungs WHERE exact
        UNION ALL
        SELECT day, video, hash(session), rung, exact, max(watched_ms) FROM session_rungs WHERE NOT exact GROUP BY ALL
    ) JOIN (
        SELECT day, video, session, exact, max(weight) AS weight FROM playbacks GROUP BY ALL
    ) playback USING (day, video, session, exact)
    GROUP BY ALL
"""
