-- The warehouse's tables of what was measured. Each becomes a view on the Parquet files of its name in the segments,
-- once a question names it; the empty tables give them their columns while there is none. Instants are UTC.
CREATE OR REPLACE TABLE empty_requests (
    hour TIMESTAMP,                     -- UTC, in which CloudFront answered
    distribution VARCHAR,               -- its id; its host name where the log has no id
    edge VARCHAR,                       -- IATA code of the edge location; empty: unknown
    price_region VARCHAR,               -- of the edge, as in the bill: US, EU, AP, ...; empty: unknown
    country VARCHAR,                    -- of the viewer, ISO 3166 alpha-2; the edge's where the log has none
    country_known BOOLEAN,              -- false: it is the edge's
    device VARCHAR,                     -- phone | tablet | desktop | tv | player | bot | other
    bot BOOLEAN,                        -- a crawler, a script or a health check
    video VARCHAR,                      -- id; empty: of no video
    rung VARCHAR,                       -- 1080p, original, playlist, thumbnail, audio; empty: unknown
    result VARCHAR,                     -- hit | refreshhit | miss | error | limitexceeded | capacityexceeded | redirect | other; empty: unknown
    status SMALLINT,                    -- of HTTP; 0: the viewer left before there was one; null: unknown
    scheme VARCHAR,                     -- http | https
    requests BIGINT,                    -- scaled up where the log is a sample
    bytes BIGINT,                       -- sent to viewers, headers included; null: unknown
    request_bytes BIGINT,               -- received from viewers; null: unknown
    taken_ms BIGINT,                    -- sum over requests, until the last byte was sent; null: unknown
    ttfb_ms BIGINT,                     -- sum over requests, until the first byte was sent; null: unknown
    lines BIGINT                        -- of the log; less than requests where the log is a sample
);
CREATE OR REPLACE TABLE empty_request_places (
    hour TIMESTAMP,                     -- UTC, in which CloudFront answered
    distribution VARCHAR,               -- its id; its host name where the log has no id
    edge VARCHAR,                       -- IATA code of the edge location; empty: unknown
    price_region VARCHAR,               -- of the edge, as in the bill: US, EU, AP, ...; empty: unknown
    country VARCHAR,                    -- of the viewer, ISO 3166 alpha-2; the edge's where the log has none
    country_known BOOLEAN,              -- false: it is the edge's
    device VARCHAR,                     -- phone | tablet | desktop | tv | player | bot | other
    bot BOOLEAN,                        -- a crawler, a script or a health check
    result VARCHAR,                     -- hit | refreshhit | miss | error | limitexceeded | capacityexceeded | redirect | other; empty: unknown
    status SMALLINT,                    -- of HTTP; 0: the viewer left before there was one; null: unknown
    scheme VARCHAR,                     -- http | https
    requests BIGINT,                    -- scaled up where the log is a sample
    bytes BIGINT,                       -- sent to viewers, headers included; null: unknown
    request_bytes BIGINT,               -- received from viewers; null: unknown
    taken_ms BIGINT,                    -- sum over requests, until the last byte was sent; null: unknown
    ttfb_ms BIGINT,                     -- sum over requests, until the first byte was sent; null: unknown
    lines BIGINT                        -- of the log; less than requests where the log is a sample
);
CREATE OR REPLACE TABLE empty_request_titles (
    day DATE,                           -- UTC, on which CloudFront answered
    distribution VARCHAR,               -- its id; its host name where the log has no id
    price_region VARCHAR,               -- of the edge, as in the bill: US, EU, AP, ...; empty: unknown
    country VARCHAR,                    -- of the viewer, ISO 3166 alpha-2; the edge's where the log has none
    country_known BOOLEAN,              -- false: it is the edge's
    bot BOOLEAN,                        -- a crawler, a script or a health check
    video VARCHAR,                      -- id; empty: of no video
    rung VARCHAR,                       -- 1080p, original, playlist, thumbnail, audio; empty: unknown
    result VARCHAR,                     -- hit | refreshhit | miss | error | limitexceeded | capacityexceeded | redirect | other; empty: unknown
    status SMALLINT,                    -- of HTTP; 0: the viewer left before there was one; null: unknown
    scheme VARCHAR,                     -- http | https
    requests BIGINT,                    -- scaled up where the log is a sample
    bytes BIGINT,                       -- sent to viewers, headers included; null: unknown
    request_bytes BIGINT,               -- received from viewers; null: unknown
    taken_ms BIGINT,                    -- sum over requests, until the last byte was sent; null: unknown
    ttfb_ms BIGINT,                     -- sum over requests, until the first byte was sent; null: unknown
    lines BIGINT                        -- of the log; less than requests where the log is a sample
);
CREATE OR REPLACE TABLE empty_request_timings (
    hour TIMESTAMP,                     -- UTC, in which CloudFront answered
    distribution VARCHAR,               -- its id; its host name where the log has no id
    edge VARCHAR,                       -- IATA code of the edge location; empty: unknown
    country VARCHAR,                    -- of the viewer; the edge's where the log has none
    device VARCHAR,                     -- phone | tablet | desktop | tv | player | bot | other
    cached BOOLEAN,                     -- answered from the edge's cache: hit or refreshhit; null: unknown
    measure VARCHAR,                    -- ttfb | taken (ms) | throughput (kbit/s)
    bin SMALLINT,                       -- 0: up to 0; n: up to 1.1^n, above 1.1^(n-1); -1: 1 and below
    requests BIGINT                     -- scaled up where the log is a sample
);
CREATE OR REPLACE TABLE empty_day_timings (
    day DATE,                           -- UTC, on which CloudFront answered
    distribution VARCHAR,               -- its id; its host name where the log has no id
    edge VARCHAR,                       -- IATA code of the edge location; empty: unknown
    country VARCHAR,                    -- of the viewer; the edge's where the log has none
    device VARCHAR,                     -- phone | tablet | desktop | tv | player | bot | other
    measure VARCHAR,                    -- ttfb (ms) | throughput (kbit/s)
    bin SMALLINT,                       -- as in request_timings
    requests BIGINT                     -- scaled up where the log is a sample
);
CREATE OR REPLACE TABLE empty_title_timings (
    day DATE,                           -- UTC, on which CloudFront answered
    distribution VARCHAR,               -- its id; its host name where the log has no id
    video VARCHAR,                      -- id; empty: of no video
    rung VARCHAR,                       -- 1080p, original, playlist, thumbnail, audio; empty: unknown
    country VARCHAR,                    -- of the viewer; the edge's where the log has none
    bot BOOLEAN,                        -- a crawler, a script or a health check
    cached BOOLEAN,                     -- answered from the edge's cache: hit or refreshhit; null: unknown
    measure VARCHAR,                    -- ttfb (ms) | throughput (kbit/s)
    bin SMALLINT,                       -- as in request_timings
    requests BIGINT                     -- scaled up where the log is a sample
);
CREATE OR REPLACE TABLE empty_place_hours (
    hour TIMESTAMP,                     -- UTC, in which CloudFront answered
    distribution VARCHAR,               -- its id; its host name where the log has no id
    edge VARCHAR,                       -- IATA code of the edge location; empty: unknown
    country VARCHAR,                    -- of the viewer; the edge's where the log has none
    device VARCHAR,                     -- phone | tablet | desktop | tv | player | bot | other
    bot BOOLEAN,                        -- a crawler, a script or a health check
    requests BIGINT,                    -- scaled up where the log is a sample
    bytes BIGINT,                       -- sent to viewers, headers included; null: unknown
    hits BIGINT,                        -- requests answered from the edge's cache: hit or refreshhit
    cacheable BIGINT,                   -- those and misses
    hit_bytes BIGINT,
    cacheable_bytes BIGINT,
    errors_4xx BIGINT,                  -- requests; null: unknown
    errors_5xx BIGINT,                  -- requests; null: unknown
    lines BIGINT                        -- of the log; less than requests where the log is a sample
);
CREATE OR REPLACE TABLE empty_place_days (
    day DATE,                           -- UTC, on which CloudFront answered
    distribution VARCHAR,               -- its id; its host name where the log has no id
    edge VARCHAR,                       -- IATA code of the edge location; empty: unknown
    country VARCHAR,                    -- of the viewer; the edge's where the log has none
    device VARCHAR,                     -- phone | tablet | desktop | tv | player | bot | other
    bot BOOLEAN,                        -- a crawler, a script or a health check
    requests BIGINT,                    -- scaled up where the log is a sample
    bytes BIGINT,                       -- sent to viewers, headers included; null: unknown
    hits BIGINT,                        -- requests answered from the edge's cache: hit or refreshhit
    cacheable BIGINT,                   -- those and misses
    hit_bytes BIGINT,
    cacheable_bytes BIGINT,
    errors_4xx BIGINT,                  -- requests; null: unknown
    errors_5xx BIGINT,                  -- requests; null: unknown
    lines BIGINT                        -- of the log; less than requests where the log is a sample
);
CREATE OR REPLACE TABLE empty_title_days (
    day DATE,                           -- UTC, on which CloudFront answered
    distribution VARCHAR,               -- its id; its host name where the log has no id
    country VARCHAR,                    -- of the viewer; the edge's where the log has none
    bot BOOLEAN,                        -- a crawler, a script or a health check
    video VARCHAR,                      -- id; empty: of no video
    rung VARCHAR,                       -- 1080p, original, playlist, thumbnail, audio; empty: unknown
    requests BIGINT,                    -- scaled up where the log is a sample
    bytes BIGINT,                       -- sent to viewers, headers included; null: unknown
    hits BIGINT,                        -- requests answered from the edge's cache: hit or refreshhit
    cacheable BIGINT,                   -- those and misses
    hit_bytes BIGINT,
    cacheable_bytes BIGINT,
    errors_4xx BIGINT,                  -- requests; null: unknown
    errors_5xx BIGINT,                  -- requests; null: unknown
    lines BIGINT                        -- of the log; less than requests where the log is a sample
);
CREATE OR REPLACE TABLE empty_title_hours (
    hour TIMESTAMP,                     -- UTC, in which CloudFront answered
    distribution VARCHAR,               -- its id; its host name where the log has no id
    edge VARCHAR,                       -- IATA code of the edge location; empty: unknown
    country VARCHAR,                    -- of the viewer; the edge's where the log has none
    device VARCHAR,                     -- phone | tablet | desktop | tv | player | bot | other
    bot BOOLEAN,                        -- a crawler, a script or a health check
    video VARCHAR,                      -- id; empty: of no video
    rung VARCHAR,                       -- 1080p, original, playlist, thumbnail, audio; empty: unknown
    requests BIGINT,                    -- scaled up where the log is a sample
    bytes BIGINT,                       -- sent to viewers, headers included; null: unknown
    hits BIGINT,                        -- requests answered from the edge's cache: hit or refreshhit
    cacheable BIGINT,                   -- those and misses
    hit_bytes BIGINT,
    cacheable_bytes BIGINT,
    errors_4xx BIGINT,                  -- requests; null: unknown
    errors_5xx BIGINT,                  -- requests; null: unknown
    lines BIGINT                        -- of the log; less than requests where the log is a sample
);
CREATE OR REPLACE TABLE empty_rung_days (
    day DATE,                           -- UTC, on which CloudFront answered
    distribution VARCHAR,               -- its id; its host name where the log has no id
    edge VARCHAR,                       -- IATA code of the edge location; empty: unknown
    country VARCHAR,                    -- of the viewer; the edge's where the log has none
    device VARCHAR,                     -- phone | tablet | desktop | tv | player | bot | other
    bot BOOLEAN,                        -- a crawler, a script or a health check
    rung VARCHAR,                       -- 1080p, original, playlist, thumbnail, audio; empty: unknown
    requests BIGINT,                    -- scaled up where the log is a sample
    bytes BIGINT,                       -- sent to viewers, headers included; null: unknown
    hits BIGINT,                        -- requests answered from the edge's cache: hit or refreshhit
    cacheable BIGINT,                   -- those and misses
    hit_bytes BIGINT,
    cacheable_bytes BIGINT,
    errors_4xx BIGINT,                  -- requests; null: unknown
    errors_5xx BIGINT,                  -- requests; null: unknown
    lines BIGINT                        -- of the log; less than requests where the log is a sample
);
CREATE OR REPLACE TABLE empty_edge_timings (
    day DATE,                           -- UTC, on which CloudFront answered
    distribution VARCHAR,               -- its id; its host name where the log has no id
    edge VARCHAR,                       -- IATA code of the edge location; empty: unknown
    bot BOOLEAN,                        -- a crawler, a script or a health check
    measure VARCHAR,                    -- ttfb (ms) | throughput (kbit/s)
    bin SMALLINT,                       -- as in request_timings
    requests BIGINT                     -- scaled up where the log is a sample
);
CREATE OR REPLACE TABLE empty_country_timings (
    day DATE,                           -- UTC, on which CloudFront answered
    distribution VARCHAR,               -- its id; its host name where the log has no id
    country VARCHAR,                    -- of the viewer; the edge's where the log has none
    bot BOOLEAN,                        -- a crawler, a script or a health check
    measure VARCHAR,                    -- ttfb (ms) | throughput (kbit/s)
    bin SMALLINT,                       -- as in request_timings
    requests BIGINT                     -- scaled up where the log is a sample
);
CREATE OR REPLACE TABLE empty_device_timings (
    day DATE,                           -- UTC, on which CloudFront answered
    distribution VARCHAR,               -- its id; its host name where the log has no id
    device VARCHAR,                     -- phone | tablet | desktop | tv | player | bot | other
    bot BOOLEAN,                        -- a crawler, a script or a health check
    measure VARCHAR,                    -- ttfb (ms) | throughput (kbit/s)
    bin SMALLINT,                       -- as in request_timings
    requests BIGINT                     -- scaled up where the log is a sample
);
CREATE OR REPLACE TABLE empty_hour_timings (
    hour TIMESTAMP,                     -- UTC, in which CloudFront answered
    distribution VARCHAR,               -- its id; its host name where the log has no id
    bot BOOLEAN,                        -- a crawler, a script or a health check
    measure VARCHAR,                    -- ttfb (ms) | throughput (kbit/s)
    bin SMALLINT,                       -- as in request_timings
    requests BIGINT                     -- scaled up where the log is a sample
);
CREATE OR REPLACE TABLE empty_rung_timings (
    day DATE,                           -- UTC, on which CloudFront answered
    distribution VARCHAR,               -- its id; its host name where the log has no id
    rung VARCHAR,                       -- 1080p, original, playlist, thumbnail, audio; empty: unknown
    bot BOOLEAN,                        -- a crawler, a script or a health check
    measure VARCHAR,                    -- ttfb (ms) | throughput (kbit/s)
    bin SMALLINT,                       -- as in request_timings
    requests BIGINT                     -- scaled up where the log is a sample
);
CREATE OR REPLACE TABLE empty_each_video_timings (
    day DATE,                           -- UTC, on which CloudFront answered
    distribution VARCHAR,               -- its id; its host name where the log has no id
    video VARCHAR,                      -- id; empty: of no video
    bot BOOLEAN,                        -- a crawler, a script or a health check
    measure VARCHAR,                    -- ttfb (ms) | throughput (kbit/s)
    bin SMALLINT,                       -- as in request_timings
    requests BIGINT                     -- scaled up where the log is a sample
);
CREATE OR REPLACE TABLE empty_edge_country_timings (
    day DATE,                           -- UTC, on which CloudFront answered
    distribution VARCHAR,               -- its id; its host name where the log has no id
    edge VARCHAR,                       -- IATA code of the edge location; empty: unknown
    country VARCHAR,                    -- of the viewer; the edge's where the log has none
    bot BOOLEAN,                        -- a crawler, a script or a health check
    measure VARCHAR,                    -- ttfb (ms) | throughput (kbit/s)
    bin SMALLINT,                       -- as in request_timings
    requests BIGINT                     -- scaled up where the log is a sample
);
CREATE OR REPLACE TABLE empty_device_edge_timings (
    day DATE,                           -- UTC, on which CloudFront answered
    distribution VARCHAR,               -- its id; its host name where the log has no id
    device VARCHAR,                     -- phone | tablet | desktop | tv | player | bot | other
    edge VARCHAR,                       -- IATA code of the edge location; empty: unknown
    bot BOOLEAN,                        -- a crawler, a script or a health check
    measure VARCHAR,                    -- ttfb (ms) | throughput (kbit/s)
    bin SMALLINT,                       -- as in request_timings
    requests BIGINT                     -- scaled up where the log is a sample
);
CREATE OR REPLACE TABLE empty_device_country_timings (
    day DATE,                           -- UTC, on which CloudFront answered
    distribution VARCHAR,               -- its id; its host name where the log has no id
    device VARCHAR,                     -- phone | tablet | desktop | tv | player | bot | other
    country VARCHAR,                    -- of the viewer; the edge's where the log has none
    bot BOOLEAN,                        -- a crawler, a script or a health check
    measure VARCHAR,                    -- ttfb (ms) | throughput (kbit/s)
    bin SMALLINT,                       -- as in request_timings
    requests BIGINT                     -- scaled up where the log is a sample
);
CREATE OR REPLACE TABLE empty_video_country_timings (
    day DATE,                           -- UTC, on which CloudFront answered
    distribution VARCHAR,               -- its id; its host name where the log has no id
    video VARCHAR,                      -- id; empty: of no video
    country VARCHAR,                    -- of the viewer; the edge's where the log has none
    bot BOOLEAN,                        -- a crawler, a script or a health check
    measure VARCHAR,                    -- ttfb (ms) | throughput (kbit/s)
    bin SMALLINT,                       -- as in request_timings
    requests BIGINT                     -- scaled up where the log is a sample
);
CREATE OR REPLACE TABLE empty_rung_country_timings (
    day DATE,                           -- UTC, on which CloudFront answered
    distribution VARCHAR,               -- its id; its host name where the log has no id
    rung VARCHAR,                       -- 1080p, original, playlist, thumbnail, audio; empty: unknown
    country VARCHAR,                    -- of the viewer; the edge's where the log has none
    bot BOOLEAN,                        -- a crawler, a script or a health check
    measure VARCHAR,                    -- ttfb (ms) | throughput (kbit/s)
    bin SMALLINT,                       -- as in request_timings
    requests BIGINT                     -- scaled up where the log is a sample
);
CREATE OR REPLACE TABLE empty_video_rung_timings (
    day DATE,                           -- UTC, on which CloudFront answered
    distribution VARCHAR,               -- its id; its host name where the log has no id
    video VARCHAR,                      -- id; empty: of no video
    rung VARCHAR,                       -- 1080p, original, playlist, thumbnail, audio; empty: unknown
    bot BOOLEAN,                        -- a crawler, a script or a health check
    measure VARCHAR,                    -- ttfb (ms) | throughput (kbit/s)
    bin SMALLINT,                       -- as in request_timings
    requests BIGINT                     -- scaled up where the log is a sample
);
CREATE OR REPLACE TABLE empty_request_paths (
    day DATE,                           -- UTC, on which CloudFront answered
    distribution VARCHAR,               -- its id; its host name where the log has no id
    path VARCHAR,                       -- of the most missed and of the most failed ones; empty: all others together
    edge VARCHAR,                       -- IATA code of the edge location; empty: unknown
    country VARCHAR,                    -- of the viewer; the edge's where the log has none
    bot BOOLEAN,                        -- a crawler, a script or a health check
    result VARCHAR,                     -- as in requests; no hits
    status SMALLINT,                    -- of HTTP; 0: the viewer left before there was one; null: unknown
    requests BIGINT,                    -- scaled up where the log is a sample
    bytes BIGINT                        -- sent to viewers, headers included; null: unknown
);
CREATE OR REPLACE TABLE empty_origin_requests (
    hour TIMESTAMP,                     -- UTC, in which the bucket answered
    bucket VARCHAR,
    video VARCHAR,                      -- id; empty: of no video
    rung VARCHAR,                       -- 1080p, original, playlist, thumbnail, audio; empty: unknown
    operation VARCHAR,                  -- as S3's log has it: REST.GET.OBJECT
    tier VARCHAR,                       -- of the request's price, 1 or 2; empty: free of charge
    status SMALLINT,                    -- of HTTP
    via_cdn BOOLEAN,                    -- CloudFront asked
    requests BIGINT,
    bytes BIGINT                        -- sent
);
CREATE OR REPLACE TABLE empty_inventory (
    provider VARCHAR,                   -- as bills name it: AWS, Supabase
    day DATE,                           -- UTC, of which it is the state
    bucket VARCHAR,
    video VARCHAR,                      -- id; empty: of no video
    rung VARCHAR,                       -- 1080p, original, playlist, thumbnail, audio; empty: unknown
    kind VARCHAR,                       -- object | noncurrent | delete marker | overhead (what archived objects add)
    storage_class VARCHAR,              -- S3's name for it; empty: not stated
    access_tier VARCHAR,                -- of INTELLIGENT_TIERING: FREQUENT, INFREQUENT, ARCHIVE_INSTANT, ...; else empty
    current BOOLEAN,                    -- false: an older version of an object
    objects BIGINT,
    bytes BIGINT,                       -- of the objects
    billable_bytes BIGINT               -- with the least size and the overhead that their class is billed for
);
CREATE OR REPLACE TABLE empty_inventory_copies (
    provider VARCHAR,                   -- as bills name it: AWS
    day DATE,                           -- UTC, of which it is the state
    bucket VARCHAR,                     -- only those whose inventory tells how far copying is
    status VARCHAR,                     -- COMPLETED, PENDING, FAILED, REPLICA (is a copy); empty: no rule was about it
    objects BIGINT,                     -- current ones
    bytes BIGINT
);
CREATE OR REPLACE TABLE empty_metrics (
    namespace VARCHAR,                  -- AWS/CloudFront, AWS/S3
    metric VARCHAR,                     -- CloudWatch's name for it
    dimensions VARCHAR,                 -- name=value, sorted, separated by commas
    region VARCHAR,
    period_start TIMESTAMP,             -- UTC
    period_s INTEGER,                   -- seconds
    stat VARCHAR,                       -- Sum, Average, p99, ...
    value DOUBLE,                       -- in unit
    unit VARCHAR                        -- CloudWatch's name for it
);
CREATE OR REPLACE TABLE empty_sessions (
    day DATE,                           -- UTC, on which it began
    video VARCHAR,                      -- id; empty: of no video that is known
    session VARCHAR,                    -- a hash that differs from day to day
    country VARCHAR,                    -- of the viewer, ISO 3166 alpha-2; empty: unknown
    device VARCHAR,                     -- phone | tablet | desktop | tv | player | bot | other
    started TIMESTAMP,                  -- UTC
    ended TIMESTAMP,                    -- UTC, when something was told or asked for last
    played BOOLEAN,                     -- the picture moved: a view
    startup_ms BIGINT,                  -- until the picture moved; null: unknown, or it never did
    ebvs BOOLEAN,                       -- the viewer left before the picture moved, after a second or more; null: logs do not tell
    failed BOOLEAN,                     -- a fatal error ended it; null: logs do not tell
    watched_ms BIGINT,                  -- in which the picture moved
    stalls BIGINT,                      -- times that it stood still for lack of data; pauses and seeks are none
    stalled_ms BIGINT,
    bytes BIGINT,                       -- sent; null: players do not tell
    rung VARCHAR,                       -- the most watched; empty: unknown
    bitrate_kbps BIGINT,                -- mean of what was watched
    furthest_ms BIGINT,                 -- position in the video
    duration_ms BIGINT,                 -- of the video; null: unknown
    exact BOOLEAN,                      -- told by the player's events; false: estimated from logs
    ending VARCHAR,                     -- ended | left | failed | lost (nothing was told of it) | unknown (logs)
    weight DOUBLE,                      -- sessions that it stands for, where not all players report
    right_clock BOOLEAN                 -- false: the player's clock was wrong, and ours was used
);
CREATE OR REPLACE TABLE empty_session_rungs (
    day DATE,                           -- UTC, on which the session began
    video VARCHAR,                      -- id; empty: of no video that is known
    session VARCHAR,                    -- as in sessions
    country VARCHAR,                    -- of the viewer, ISO 3166 alpha-2; empty: unknown
    device VARCHAR,                     -- as in sessions
    rung VARCHAR,                       -- 1080p, original, ...; empty: unknown
    watched_ms BIGINT,                  -- of this rung
    exact BOOLEAN,                      -- as in sessions
    weight DOUBLE                       -- as in sessions
);
CREATE OR REPLACE TABLE empty_player_events (
    day DATE,                           -- UTC, on which they came
    events BIGINT,                      -- that players told, each once
    repeated BIGINT,                    -- the same told again: not counted
    late BIGINT,                        -- of sessions that began before the day before: in no session
    mixed BIGINT                        -- of two players under one name that cannot be told apart: in one session
);
