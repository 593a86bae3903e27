-- name: worst
-- Of each path its requests, bytes, and the edge and status that most of them had; all that was cut is of path ''.
WITH chosen AS (
    SELECT number, path = '' AS cut, edge, status, sum(requests)::BIGINT AS requests, sum(bytes)::BIGINT AS bytes
    FROM numbered_paths
    WHERE day >= $start AND day < $end AND TROUBLE AND ($bots OR NOT bot)
        AND ($edge IS NULL OR edge = $edge) AND ($country IS NULL OR country = $country)
    GROUP BY ALL
),
worst AS (
    SELECT number, sum(requests)::BIGINT AS requests FROM chosen GROUP BY number, cut
    ORDER BY cut DESC, requests DESC, number LIMIT $most
),
told AS (
    SELECT
        number, sum(chosen.requests)::BIGINT AS requests, sum(bytes)::BIGINT AS bytes,
        -- of equals the first, whatever order they are read in
        first(edge ORDER BY chosen.requests DESC, edge, status) FILTER (edge IS NOT NULL) AS edge,
        count(DISTINCT edge) AS edges,
        first(status ORDER BY chosen.requests DESC, edge, status) FILTER (status IS NOT NULL) AS status
    FROM chosen SEMI JOIN worst USING (number) GROUP BY number
)
SELECT path, requests, bytes, edge, edges, status
FROM told JOIN (SELECT number, any_value(path) AS path FROM numbered_paths SEMI JOIN told USING (number) GROUP BY number)
    USING (number)
ORDER BY requests DESC, path;
