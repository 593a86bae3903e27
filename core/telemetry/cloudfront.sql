-- name: prepare
-- What batches leave is many small files, which are read some times: their metadata once. And the requests that a day has
-- more than once.
SET parquet_metadata_cache = true;
CREATE TEMP TABLE repeated (id UBIGINT);
CREATE TEMP TABLE counted_ids (id UBIGINT);
CREATE TEMP MACRO bin(x) AS (
    CASE WHEN x <= 0 THEN 0 WHEN x <= 1 THEN -1 ELSE ceil(ln(x) / ln(1.1) - 1e-9) END::SMALLINT
);

-- name: count_files
-- Lines of each file and UTC day.
SELECT file, hour::DATE AS day, count(*) FROM lines GROUP BY ALL ORDER BY ALL;

-- name: once
-- Of requests that are repeated, leave the first line and none where one is counted already.
CREATE OR REPLACE TEMP TABLE firsts AS
SELECT id, min(rowid) AS line FROM lines SEMI JOIN repeated USING (id) ANTI JOIN counted_ids USING (id) GROUP BY id;
DELETE FROM lines WHERE id IN (FROM repeated) AND rowid NOT IN (SELECT line FROM firsts);
INSERT INTO counted_ids SELECT id FROM firsts;

-- name: forget_repeated
DELETE FROM repeated;
DELETE FROM counted_ids;

-- name: repeated
SELECT id FROM parts WHERE day = $day GROUP BY id HAVING count(*) > 1;

-- name: part_ids
SELECT id, hour::DATE AS day FROM lines WHERE id IS NOT NULL;

-- name: part_cmcd
-- What players told with their requests, until the sessions of a day are put together: of one session beside each other.
SELECT instant AS time, taken_ms, title, country, device, bytes, bl, br, d, ot, sid, bs, su, hash(sid) AS session
FROM lines
WHERE sid IS NOT NULL AND device <> 0 AND status IN (200, 206) AND taken_ms IS NOT NULL
ORDER BY session;

-- name: part_requests
SELECT
    hour, distribution, edge, country, country_known, device, title, result, status, scheme,
    sum(weight)::BIGINT AS requests,
    sum(bytes * weight)::BIGINT AS bytes,
    sum(request_bytes * weight)::BIGINT AS request_bytes,
    sum(taken_ms * weight)::BIGINT AS taken_ms,
    sum(ttfb_ms * weight)::BIGINT AS ttfb_ms,
    count(*) AS lines
FROM lines GROUP BY ALL;

-- name: part_request_timings
SELECT hour, distribution, edge, country, device, cached, 'ttfb' AS measure, bin(ttfb_ms) AS bin, sum(weight)::BIGINT AS requests
FROM lines WHERE ttfb_ms IS NOT NULL GROUP BY ALL
UNION ALL
SELECT hour, distribution, edge, country, device, cached, 'taken', bin(taken_ms), sum(weight)::BIGINT
FROM lines WHERE taken_ms IS NOT NULL GROUP BY ALL
UNION ALL
SELECT hour, distribution, edge, country, device, cached, 'throughput', bin(bytes * 8 / taken_ms), sum(weight)::BIGINT
FROM lines WHERE flowed GROUP BY ALL;

-- name: part_title_timings
SELECT
    hour::DATE AS day, distribution, title, country, device = 0 AS bot, cached, 'ttfb' AS measure, bin(ttfb_ms) AS bin,
    sum(weight)::BIGINT AS requests
FROM lines WHERE ttfb_ms IS NOT NULL GROUP BY ALL
UNION ALL
SELECT
    hour::DATE, distribution, title, country, device = 0, cached, 'throughput', bin(bytes * 8 / taken_ms),
    sum(weight)::BIGINT
FROM lines WHERE flowed GROUP BY ALL;

-- name: part_request_paths
SELECT day, distribution, coalesce(text, '') AS path, edge, country, bot, result, status, requests, bytes
FROM (
    SELECT
        hour::DATE AS day, distribution, path, edge, country, device = 0 AS bot, result, status,
        sum(weight)::BIGINT AS requests, sum(bytes * weight)::BIGINT AS bytes
    FROM lines WHERE NOT cached OR status >= 400 OR status = 0 GROUP BY ALL
) LEFT JOIN paths USING (path);

-- name: requests
-- Batches lie in the order of hours; what two of them say of one group is added up by whoever asks.
SELECT
    hour, distributions.text AS distribution, edges.edge, price_region, countries.text AS country, country_known,
    DEVICES[device + 1] AS device, device = 0 AS bot, video, rung, coalesce(RESULTS[result + 1], '') AS result, status,
    schemes.text AS scheme, requests, bytes, request_bytes, taken_ms, ttfb_ms, lines
FROM parts
JOIN texts distributions ON distributions.number = distribution
JOIN texts countries ON countries.number = country
JOIN texts schemes ON schemes.number = scheme
JOIN edges ON edges.number = parts.edge
JOIN videos ON videos.number = title
WHERE hour >= $day AND hour < $day + INTERVAL 1 DAY;

-- name: request_places
SELECT
    hour, distributions.text AS distribution, edges.edge, price_region, countries.text AS country, country_known,
    DEVICES[device + 1] AS device, device = 0 AS bot, coalesce(RESULTS[result + 1], '') AS result, status, schemes.text AS scheme,
    requests, bytes, request_bytes, taken_ms, ttfb_ms, lines
FROM (
    SELECT
        hour, distribution, edge, country, country_known, device, result, status, scheme,
        sum(requests)::BIGINT AS requests, sum(bytes)::BIGINT AS bytes, sum(request_bytes)::BIGINT AS request_bytes,
        sum(taken_ms)::BIGINT AS taken_ms, sum(ttfb_ms)::BIGINT AS ttfb_ms, sum(lines)::BIGINT AS lines
    FROM parts WHERE hour >= $day AND hour < $day + INTERVAL 1 DAY
    GROUP BY ALL
) found
JOIN texts distributions ON distributions.number = distribution
JOIN texts countries ON countries.number = country
JOIN texts schemes ON schemes.number = scheme
JOIN edges ON edges.number = found.edge
ORDER BY hour;

-- name: request_titles
SELECT
    day, distributions.text AS distribution, price_region, countries.text AS country, country_known, bot, video, rung,
    coalesce(RESULTS[result + 1], '') AS result, status, schemes.text AS scheme,
    sum(requests)::BIGINT AS requests, sum(bytes)::BIGINT AS bytes, sum(request_bytes)::BIGINT AS request_bytes,
    sum(taken_ms)::BIGINT AS taken_ms, sum(ttfb_ms)::BIGINT AS ttfb_ms, sum(lines)::BIGINT AS lines
FROM (
    SELECT
        hour::DATE AS day, distribution, edge, country, country_known, device = 0 AS bot, title, result, status, scheme,
        sum(requests)::BIGINT AS requests, sum(bytes)::BIGINT AS bytes, sum(request_bytes)::BIGINT AS request_bytes,
        sum(taken_ms)::BIGINT AS taken_ms, sum(ttfb_ms)::BIGINT AS ttfb_ms, sum(lines)::BIGINT AS lines
    FROM parts WHERE hour >= $day AND hour < $day + INTERVAL 1 DAY
    GROUP BY ALL
) found
JOIN texts distributions ON distributions.number = distribution
JOIN texts countries ON countries.number = country
JOIN texts schemes ON schemes.number = scheme
JOIN edges ON edges.number = found.edge
JOIN videos ON videos.number = title
GROUP BY ALL ORDER BY video;

-- name: request_timings
SELECT
    hour, distributions.text AS distribution, edges.edge, countries.text AS country, DEVICES[device + 1] AS device,
    cached, measure, bin, requests
FROM parts
JOIN texts distributions ON distributions.number = distribution
JOIN texts countries ON countries.number = country
JOIN edges ON edges.number = parts.edge
WHERE hour >= $day AND hour < $day + INTERVAL 1 DAY;

-- name: day_timings
SELECT
    day, distributions.text AS distribution, edges.edge, countries.text AS country, DEVICES[device + 1] AS device,
    measure, bin, sum(requests)::BIGINT AS requests
FROM (
    SELECT hour::DATE AS day, distribution, edge, country, device, measure, bin, sum(requests) AS requests
    FROM parts WHERE hour >= $day AND hour < $day + INTERVAL 1 DAY AND measure <> 'taken'
    GROUP BY ALL
) found
JOIN texts distributions ON distributions.number = distribution
JOIN texts countries ON countries.number = country
JOIN edges ON edges.number = found.edge
GROUP BY ALL;

-- name: title_timings
SELECT
    day, distributions.text AS distribution, video, rung, countries.text AS country, bot, cached,
    measure::ENUM ('taken', 'throughput', 'ttfb') AS measure, bin, requests
FROM (
    SELECT day, distribution, title, country, bot, cached, measure, bin, sum(requests)::BIGINT AS requests
    FROM parts WHERE day = $day GROUP BY ALL
) found
JOIN texts distributions ON distributions.number = distribution
JOIN texts countries ON countries.number = country
JOIN videos ON videos.number = title;

-- name: request_paths
-- Of the day the 300 paths that viewers missed most, and the 300 that failed them most, crawlers' and scripts' behind
-- theirs; all others under no name.
WITH found AS (
    SELECT
        day, distributions.text AS distribution, path, edges.edge, countries.text AS country, bot,
        coalesce(RESULTS[result + 1], '') AS result, status, requests, bytes
    FROM parts
    JOIN texts distributions ON distributions.number = distribution
    JOIN texts countries ON countries.number = country
    JOIN edges ON edges.number = parts.edge
    WHERE day = $day
),
shown AS (
    (SELECT path FROM found WHERE result = 'miss'
        GROUP BY path ORDER BY sum(requests) FILTER (NOT bot) DESC NULLS LAST, sum(requests) DESC, path LIMIT 300)
    UNION
    (SELECT path FROM found WHERE status >= 400 OR status = 0 OR result NOT IN ('miss', 'redirect', 'other')
        GROUP BY path ORDER BY sum(requests) FILTER (NOT bot) DESC NULLS LAST, sum(requests) DESC, path LIMIT 300)
)
SELECT
    day, distribution, CASE WHEN shown.path IS NULL THEN '' ELSE found.path END AS path,
    CASE WHEN shown.path IS NULL THEN '' ELSE edge END AS edge,
    CASE WHEN shown.path IS NULL THEN '' ELSE country END AS country,
    bot, result, status, sum(requests)::BIGINT AS requests, sum(bytes)::BIGINT AS bytes
FROM found LEFT JOIN shown USING (path)
GROUP BY ALL ORDER BY requests DESC;

-- name: sessions
-- What players told on a day.
SELECT
    time, taken_ms, video, rung, countries.text AS country, DEVICES[device + 1] AS device, bytes, bl, br, d, ot, sid,
    bs, su, session
FROM parts
JOIN texts countries ON countries.number = country
JOIN videos ON videos.number = title
WHERE time::DATE = $day;

-- name: lines_of
SELECT text, sum(lines)::BIGINT FROM parts JOIN texts ON number = distribution
WHERE hour >= $day AND hour < $day + INTERVAL 1 DAY GROUP BY ALL ORDER BY ALL;
