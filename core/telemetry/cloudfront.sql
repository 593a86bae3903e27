-- name: prepare
-- What is looked up once for each distinct value, and the requests that a day has more than once.
CREATE TEMP TABLE agents (agent VARCHAR, device VARCHAR, bot BOOLEAN);
CREATE TEMP TABLE edges (location VARCHAR, edge VARCHAR, edge_country VARCHAR, price_region VARCHAR);
CREATE TEMP TABLE paths (path VARCHAR, title INTEGER);
CREATE TEMP TABLE titles (title INTEGER, video VARCHAR, rung VARCHAR);
CREATE TYPE result AS ENUM (
    'hit', 'refreshhit', 'miss', 'error', 'limitexceeded', 'capacityexceeded', 'redirect', 'other'
);
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

-- name: code
-- Lines with all that is known of them, in values that are quick to add up by.
CREATE OR REPLACE TEMP TABLE coded AS
SELECT
    hour, distribution, edge, price_region,
    CASE WHEN country <> '' THEN upper(country) ELSE edge_country END AS country,
    country <> '' AS country_known,
    device, bot, title,
    coalesce(TRY_CAST(lower(said) AS result), 'other'::result) AS result,
    lower(said) IN ('hit', 'refreshhit') AS cached,
    status, lower(scheme) AS scheme, bytes, request_bytes, taken_ms, ttfb_ms, weight,
    bin(ttfb_ms) AS ttfb, bin(taken_ms) AS taken,
    CASE WHEN bytes >= 65536 AND taken_ms > 0 AND status IN (200, 206) THEN bin(bytes * 8 / taken_ms) END AS throughput
FROM lines JOIN agents USING (agent) JOIN edges USING (location) JOIN paths USING (path);

-- name: part_cmcd
-- What players told with their requests, until the sessions of a day are put together.
SELECT
    instant AS time, taken_ms, video, rung, CASE WHEN country <> '' THEN upper(country) ELSE edge_country END AS country,
    device, bytes, cmcd AS query
FROM lines JOIN agents USING (agent) JOIN edges USING (location) JOIN paths USING (path) JOIN titles USING (title)
WHERE cmcd IS NOT NULL AND NOT bot AND status IN (200, 206);

-- name: part_requests
SELECT
    hour, distribution, edge, price_region, country, country_known, device, bot, video, rung,
    result::VARCHAR AS result, status, scheme, requests, bytes, request_bytes, taken_ms, ttfb_ms, lines
FROM (
    SELECT
        hour, distribution, edge, price_region, country, country_known, device, bot, title, result, status, scheme,
        sum(weight)::BIGINT AS requests,
        sum(bytes * weight)::BIGINT AS bytes,
        sum(request_bytes * weight)::BIGINT AS request_bytes,
        sum(taken_ms * weight)::BIGINT AS taken_ms,
        sum(ttfb_ms * weight)::BIGINT AS ttfb_ms,
        count(*) AS lines
    FROM coded GROUP BY ALL
) JOIN titles USING (title);

-- name: part_request_timings
SELECT hour, distribution, edge, country, device, cached, 'ttfb' AS measure, ttfb AS bin, sum(weight)::BIGINT AS requests
FROM coded GROUP BY ALL
UNION ALL
SELECT hour, distribution, edge, country, device, cached, 'taken', taken, sum(weight)::BIGINT FROM coded GROUP BY ALL
UNION ALL
SELECT hour, distribution, edge, country, device, cached, 'throughput', throughput, sum(weight)::BIGINT
FROM coded WHERE throughput IS NOT NULL GROUP BY ALL;

-- name: part_title_timings
SELECT day, distribution, video, rung, country, bot, cached, measure, bin, requests
FROM (
    SELECT
        hour::DATE AS day, distribution, title, country, bot, cached, 'ttfb' AS measure, ttfb AS bin,
        sum(weight)::BIGINT AS requests
    FROM coded GROUP BY ALL
    UNION ALL
    SELECT hour::DATE, distribution, title, country, bot, cached, 'throughput', throughput, sum(weight)::BIGINT
    FROM coded WHERE throughput IS NOT NULL GROUP BY ALL
) JOIN titles USING (title);

-- name: part_request_paths
SELECT
    hour::DATE AS day, distribution, path, edge,
    CASE WHEN country <> '' THEN upper(country) ELSE edge_country END AS country, bot,
    coalesce(TRY_CAST(lower(said) AS result), 'other'::result)::VARCHAR AS result,
    status, sum(weight)::BIGINT AS requests, sum(bytes * weight)::BIGINT AS bytes
FROM lines JOIN edges USING (location) JOIN agents USING (agent)
WHERE lower(said) NOT IN ('hit', 'refreshhit') OR status >= 400 OR status = 0
GROUP BY ALL;

-- name: requests
-- Batches lie in the order of hours; what two of them say of one group is added up by whoever asks.
SELECT * FROM parts WHERE hour >= $day AND hour < $day + INTERVAL 1 DAY;

-- name: request_places
SELECT
    hour, distribution, edge, price_region, country, country_known, device, bot, result, status, scheme,
    sum(requests)::BIGINT AS requests, sum(bytes)::BIGINT AS bytes, sum(request_bytes)::BIGINT AS request_bytes,
    sum(taken_ms)::BIGINT AS taken_ms, sum(ttfb_ms)::BIGINT AS ttfb_ms, sum(lines)::BIGINT AS lines
FROM parts WHERE hour >= $day AND hour < $day + INTERVAL 1 DAY
GROUP BY ALL ORDER BY hour;

-- name: request_titles
SELECT
    hour::DATE AS day, distribution, price_region, country, country_known, bot, video, rung, result, status, scheme,
    sum(requests)::BIGINT AS requests, sum(bytes)::BIGINT AS bytes, sum(request_bytes)::BIGINT AS request_bytes,
    sum(taken_ms)::BIGINT AS taken_ms, sum(ttfb_ms)::BIGINT AS ttfb_ms, sum(lines)::BIGINT AS lines
FROM parts WHERE hour >= $day AND hour < $day + INTERVAL 1 DAY
GROUP BY ALL ORDER BY video;

-- name: request_timings
SELECT * FROM parts WHERE hour >= $day AND hour < $day + INTERVAL 1 DAY;

-- name: day_timings
SELECT hour::DATE AS day, distribution, edge, country, device, measure, bin, sum(requests)::BIGINT AS requests
FROM parts WHERE hour >= $day AND hour < $day + INTERVAL 1 DAY AND measure <> 'taken'
GROUP BY ALL;

-- name: title_timings
SELECT * FROM parts WHERE day = $day;

-- name: request_paths
-- Of the day the 300 paths that viewers missed most, and the 300 that failed them most, crawlers' and scripts' behind
-- theirs; all others under no name.
WITH found AS (SELECT * FROM parts WHERE day = $day),
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

-- name: lines_of
SELECT distribution, sum(lines)::BIGINT FROM parts
WHERE hour >= $day AND hour < $day + INTERVAL 1 DAY GROUP BY ALL ORDER BY ALL;
