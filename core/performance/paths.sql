-- name: worst
-- Of each path its requests, bytes, and the edge and status that most of them had; all that was cut is of path ''.
WITH chosen AS (
    SELECT path, edge, status, sum(requests)::BIGINT AS requests, sum(bytes)::BIGINT AS bytes
    FROM request_paths
    WHERE day >= $start AND day < $end AND TROUBLE AND ($bots OR NOT bot)
        AND ($edge IS NULL OR edge = $edge) AND ($country IS NULL OR country = $country)
    GROUP BY ALL
),
worst AS (
    SELECT path, sum(requests)::BIGINT AS requests FROM chosen GROUP BY path
    ORDER BY path = '' DESC, requests DESC, path LIMIT $most
)
SELECT
    path, sum(chosen.requests)::BIGINT, sum(bytes)::BIGINT,
    arg_max(edge, chosen.requests), count(DISTINCT edge), arg_max(status, chosen.requests)
FROM chosen SEMI JOIN worst USING (path) GROUP BY path ORDER BY 2 DESC, path;
