-- What each title of a period costs, in steps. Each makes a table of its name, which those after it read; the last one's
-- rows are the answer. The title is NULL where a row tells what all titles together come to, which comes first and has
-- the number `whole`, and 0 where no title causes the cost: the reason says why not. Parameters: start, end (not
-- included), currency, encoded (a list of day, video, rung, seconds), uploads (a list of video, quarter); what stands in
-- braces is filled in by attribution.py, the largest remainders by shares.py. Amounts are shared out by month, or by
-- another span of days, of which the first day is called month.

-- name: titles
-- Numbers of titles, in their order: they are quicker to add up by. 0 is what is of no title. Several names may be one.
SELECT (dense_rank() OVER (ORDER BY label) - 1)::INTEGER AS title, name, label
FROM (SELECT name, {label} AS label FROM (
    SELECT '' AS name
    UNION SELECT {title} FROM inventory WHERE day >= $start::DATE - {reach} AND day < $end::DATE + {reach}
    UNION SELECT {title} FROM request_titles WHERE day >= $start::DATE AND day < $end::DATE
    UNION SELECT {title} FROM origin_requests WHERE hour >= $start::DATE AND hour < $end::DATE
    UNION SELECT {title} FROM ({encodings})
) {labelled})

-- name: labels
SELECT DISTINCT title, label FROM titles

-- name: pooled
WITH ruled AS (
    SELECT charge_period_start AS day, coalesce(provider_name, '') AS provider,
        coalesce(sub_account_id, billing_account_id, '') AS account, coalesce(service_name, '') AS service,
        {rule} AS rule, {place} AS place, {kind} AS kind, {metric} AS cost
    FROM resource_charges
    WHERE charge_period_start >= $start::DATE AND charge_period_start < $end::DATE AND {currency} = $currency
        AND {which}
)
SELECT day, {span} AS month, provider, account, service, pool, measure, place, kind,
    sum(cost)::DECIMAL(38, 18) AS cost
FROM ruled JOIN ({rules}) rules (rule, pool, measure) USING (rule)
GROUP BY ALL

-- name: inventories
-- Which measurements there are; an empty place or kind of a charge means any, so each is there by those names too.
SELECT DISTINCT provider, bucket, day, storage_class FROM inventory
WHERE day >= $start::DATE - {reach} AND day < $end::DATE + {reach}

-- name: logs
-- Where some lines do not tell their bytes, or whether they were answered from the cache, nothing is shared out by those.
SELECT row_number() OVER () AS log, * FROM (
    SELECT day, distribution, price_region, count(bytes) = count(*) AS sized, bool_and(result <> '') AS told
    FROM request_titles WHERE day >= $start::DATE AND day < $end::DATE GROUP BY ALL
)

-- name: logged
SELECT day, place, kind, log, bool_and(sized) OVER (PARTITION BY day, place, kind) AS sized FROM (
    SELECT day, unnest(['', distribution]) AS place, price_region AS kind, log, sized FROM logs
    UNION ALL SELECT day, unnest(['', distribution]), '', log, sized FROM logs WHERE price_region <> ''
)

-- name: accesses
SELECT day, unnest(['', bucket]) AS place, bucket FROM (
    SELECT DISTINCT hour::DATE AS day, bucket FROM origin_requests WHERE hour >= $start::DATE AND hour < $end::DATE
)

-- name: snapshots
-- The inventory that stands for a day: the newest until then, else the oldest after it.
SELECT asked.provider, asked.day, bucket, unnest(['', bucket]) AS place,
    coalesce(max(i.day) FILTER (i.day <= asked.day), min(i.day)) AS snapshot
FROM (SELECT DISTINCT provider, day FROM pooled) asked
JOIN (SELECT DISTINCT provider, bucket, day FROM inventories) i
    ON i.provider = asked.provider AND i.day BETWEEN asked.day - {reach} AND asked.day + {reach}
GROUP BY asked.provider, asked.day, bucket

-- name: direct
-- Direct costs: of each day, by what was measured on it.
SELECT row_number() OVER () AS id, * REPLACE (
    CASE WHEN measure = '{fetched}' AND NOT EXISTS (
        FROM accesses WHERE accesses.day = pooled.day AND accesses.place = pooled.place
    ) THEN '{missed}' ELSE measure END AS measure
), trunc(cost * 10000000000)::HUGEINT AS units
FROM pooled WHERE measure <> '{followed}'

-- name: asked
SELECT row_number() OVER () AS basis, *
FROM (SELECT DISTINCT measure, provider, day, place, kind FROM direct WHERE units <> 0 AND measure <> '{nothing}')

-- name: kept
SELECT basis, measure, asked.day, i.provider, i.bucket, snapshot, i.storage_class
FROM asked JOIN snapshots s USING (provider, day, place)
JOIN inventories i ON i.provider = s.provider AND i.bucket = s.bucket AND i.day = s.snapshot
WHERE measure IN ('{stored}', '{missed}') AND kind IN ('', i.storage_class)

-- name: traffic
SELECT log, title, sum(bytes)::BIGINT AS bytes, sum(requests)::BIGINT AS requests
FROM request_titles JOIN logs USING (day, distribution, price_region) JOIN titles ON name = {title}
GROUP BY ALL

-- name: misses
SELECT day, video, title, sum(bytes)::BIGINT AS driver FROM request_titles JOIN titles ON name = {title}
WHERE result = 'miss' AND day >= $start::DATE AND day < $end::DATE
    AND day NOT IN (SELECT day FROM logs WHERE NOT (sized AND told)) GROUP BY ALL

-- name: drivers
WITH stored AS (
    SELECT basis, title, sum(billable_bytes)::BIGINT AS driver
    FROM kept JOIN inventory i ON i.provider = kept.provider AND i.bucket = kept.bucket AND i.day = kept.snapshot
        AND i.storage_class = kept.storage_class
    JOIN titles ON name = {title}
    WHERE measure = '{stored}' GROUP BY ALL
),
delivered AS (
    SELECT basis, title, CASE WHEN measure = '{requested}' THEN requests WHEN sized THEN bytes END AS driver
    FROM asked JOIN logged USING (day, place, kind) JOIN traffic USING (log)
    WHERE measure IN ('{delivered}', '{requested}')
),
-- what a bucket, or a class of it, was asked for: what the CDN missed of the videos that lie there
missed AS (
    SELECT basis, title, driver
    FROM (
        SELECT DISTINCT basis, kept.day, video FROM kept
        JOIN inventory i ON i.provider = kept.provider AND i.bucket = kept.bucket AND i.day = kept.snapshot
            AND i.storage_class = kept.storage_class
        SEMI JOIN misses ON misses.day = kept.day AND misses.video = i.video
        WHERE measure = '{missed}'
    ) JOIN misses USING (day, video)
),
accessed AS (
    SELECT basis, title, sum(CASE measure
        WHEN '{fetched}' THEN if(tier = '2', bytes, 0) WHEN '{taken}' THEN if(via_cdn, 0, bytes)
        ELSE if(tier = '1', requests, 0) END)::BIGINT AS driver
    FROM (
        SELECT basis, measure, day, bucket FROM asked JOIN accesses USING (day, place)
        WHERE measure IN ('{fetched}', '{taken}', '{written}')
    ) wanted JOIN origin_requests o ON o.hour::DATE = wanted.day AND o.bucket = wanted.bucket
    JOIN titles ON name = {title}
    WHERE hour >= $start::DATE AND hour < $end::DATE GROUP BY ALL
),
encoded AS (
    SELECT basis, title, sum(seconds)::BIGINT AS driver
    FROM asked JOIN ({encodings}) USING (day) JOIN titles ON name = {title}
    WHERE measure = '{encoded}' GROUP BY ALL
)
FROM (FROM stored UNION ALL FROM delivered UNION ALL FROM missed UNION ALL FROM accessed UNION ALL FROM encoded)
WHERE driver > 0

-- name: wholes
SELECT basis, sum(driver) AS whole FROM drivers GROUP BY basis

-- name: sharings
SELECT row_number() OVER () AS sharing, *
FROM (SELECT DISTINCT month, provider, account, service, pool, measure FROM direct)

-- name: shared
SELECT id, sharing, basis, whole, units, cost, day, pool, measure
FROM direct JOIN asked USING (measure, provider, day, place, kind) JOIN wholes USING (basis)
JOIN sharings USING (month, provider, account, service, pool, measure) WHERE units <> 0

-- name: direct_shares
-- Made by shares.py: what is shared, by drivers.

-- name: unshared
SELECT direct.*, CASE
    WHEN pool = '{other}' THEN '{unknown_use}'
    WHEN measure = '{nothing}' THEN '{no_video}'
    WHEN units = 0 THEN '{finer}'
    WHEN measure = '{encoded}' THEN '{nothing_encoded}'
    WHEN measure = '{missed}' AND NOT EXISTS (FROM logs WHERE logs.day = direct.day)
        OR measure IN ('{delivered}', '{requested}') AND NOT EXISTS (
            FROM logged WHERE logged.day = direct.day AND logged.place = direct.place
        ) THEN '{no_logs}'
    WHEN measure = '{delivered}' AND EXISTS (
        FROM logged l WHERE l.day = direct.day AND l.place = direct.place AND l.kind = direct.kind AND NOT sized
    ) OR measure = '{missed}' AND EXISTS (
        FROM logs WHERE logs.day = direct.day AND NOT (sized AND told)
    ) THEN '{no_fields}'
    WHEN measure IN ('{stored}', '{missed}') AND NOT EXISTS (
        FROM snapshots s WHERE s.provider = direct.provider AND s.day = direct.day AND s.place = direct.place
    ) THEN '{no_inventory}'
    WHEN measure IN ('{taken}', '{written}') AND NOT EXISTS (
        FROM accesses WHERE accesses.day = direct.day AND accesses.place = direct.place
    ) THEN '{no_access_logs}'
    ELSE '{nothing_measured}' END AS reason
FROM direct ANTI JOIN shared USING (id)

-- name: amounts
-- What goes with direct costs: overhead and support with all that the account came to, taxes, credits and fees with
-- what it came to for their service, or with what all accounts did where the account has nothing.
SELECT month, provider, account, service, title, sum(units) AS driver FROM (
    SELECT month, provider, account, service, title, units FROM direct_shares JOIN sharings USING (sharing)
    UNION ALL SELECT month, provider, account, service, 0, units FROM unshared
) GROUP BY ALL HAVING sum(units) > 0

-- name: scoped_amounts
SELECT month, provider, account, service, title, sum(driver) AS driver FROM amounts
GROUP BY GROUPING SETS ((month, provider, account, service, title), (month, provider, account, title),
    (month, provider, service, title), (month, provider, title))

-- name: scopes
SELECT row_number() OVER () AS basis, *
FROM (SELECT month, provider, account, service, sum(driver) AS whole FROM scoped_amounts GROUP BY ALL)

-- name: scope_drivers
SELECT basis, title, driver FROM scoped_amounts a JOIN scopes s ON a.month = s.month AND a.provider = s.provider
    AND a.account IS NOT DISTINCT FROM s.account AND a.service IS NOT DISTINCT FROM s.service

-- name: followers
SELECT p.*, CASE
    WHEN pool = '{overhead}' OR service = '' OR service LIKE 'AWS Support%' THEN NULL
    WHEN service IN (SELECT service FROM amounts a WHERE a.month = p.month AND a.provider = p.provider) THEN service
    WHEN service IN (
        SELECT service FROM pooled o WHERE pool = '{overhead}' AND o.month = p.month AND o.provider = p.provider
    ) THEN NULL
    ELSE service END AS scope
FROM pooled p WHERE measure = '{followed}'

-- name: following
SELECT row_number() OVER () AS sharing, *, trunc(cost * 10000000000)::HUGEINT AS units FROM (
    SELECT pool, coalesce(near.basis, far.basis) AS basis, coalesce(near.whole, far.whole) AS whole,
        sum(cost)::DECIMAL(38, 18) AS cost, min(day) AS first_day, max(day) AS last_day, count(DISTINCT day) AS days
    FROM followers f
    LEFT JOIN scopes near ON near.month = f.month AND near.provider = f.provider AND near.account = f.account
        AND near.service IS NOT DISTINCT FROM f.scope
    LEFT JOIN scopes far ON far.month = f.month AND far.provider = f.provider AND far.account IS NULL
        AND far.service IS NOT DISTINCT FROM f.scope
    GROUP BY ALL
)

-- name: led
FROM following WHERE basis IS NOT NULL AND units <> 0

-- name: following_shares
-- Made by shares.py: what is led, by scope_drivers.

-- name: lines
SELECT pool, measure, cost, units, whole FROM shared
UNION ALL SELECT pool, '{followed}', cost, units, whole FROM led

-- name: found
SELECT title, pool, measure, '' AS reason, {money} AS cost, sum(driver) AS driver
FROM direct_shares JOIN sharings USING (sharing) WHERE title <> 0 GROUP BY ALL
UNION ALL BY NAME
SELECT title, pool, '{followed}' AS measure, if(title = 0, '{goes_with_it}', '') AS reason, {money} AS cost,
    sum(driver) AS driver
FROM (SELECT title, pool, f.units, driver FROM following_shares f JOIN led USING (sharing)) GROUP BY ALL
UNION ALL BY NAME
SELECT NULL AS title, pool, measure, '' AS reason, sum(cost) AS cost, sum(whole) AS driver FROM lines GROUP BY ALL
UNION ALL BY NAME
SELECT 0 AS title, pool, '{nothing}' AS measure, '{finer}' AS reason,
    sum(cost) - {money} AS cost FROM lines GROUP BY ALL
UNION ALL BY NAME
SELECT 0 AS title, pool, measure, '{no_video}' AS reason, {money} AS cost, sum(driver) AS driver,
    min(first_day) AS first_day, max(last_day) AS last_day, max(days) AS days
FROM (SELECT sharing, units, driver FROM direct_shares WHERE title = 0) JOIN sharings USING (sharing) JOIN (
    SELECT sharing, min(day) AS first_day, max(day) AS last_day, count(DISTINCT day) AS days
    FROM shared SEMI JOIN (FROM drivers WHERE title = 0) USING (basis) GROUP BY ALL
) USING (sharing) GROUP BY ALL
UNION ALL BY NAME
SELECT 0 AS title, pool, measure, reason, sum(cost) AS cost,
    min(day) AS first_day, max(day) AS last_day, count(DISTINCT day) AS days
FROM unshared GROUP BY ALL
UNION ALL BY NAME
SELECT 0 AS title, pool, '{followed}' AS measure, if(basis IS NULL, '{nothing_to_follow}', '{finer}') AS reason,
    sum(cost) AS cost, min(first_day) AS first_day, max(last_day) AS last_day, max(days) AS days
FROM following ANTI JOIN led USING (sharing) GROUP BY ALL

-- name: wholes_found
SELECT row_number() OVER () AS whole, pool, measure FROM found WHERE title IS NULL

-- name: answers
-- Numbers as text, which is handed over in a third of the time that large numbers take.
SELECT found.title, label AS name, whole, pool, measure, reason, cost::DECIMAL(38, 18)::VARCHAR AS cost,
    coalesce(driver, 0)::VARCHAR AS driver, first_day, last_day, coalesce(days, 0) AS days
FROM found LEFT JOIN labels ON labels.title = found.title LEFT JOIN wholes_found USING (pool, measure)
WHERE found.title IS NULL OR found.title <> 0 OR cost <> 0
ORDER BY found.title NULLS FIRST, found.cost DESC, pool, measure
