-- name: provider_health(provider)^
-- How a provider is doing; no row before its first probe or failure.
select * from provider_health where provider = :provider;

-- name: keep_provider_health(provider, state, since, failures, latency_ms, succeeded_at, failed_at, trial_at, error, advice)!
-- How a provider is doing from now on.
insert into provider_health
    (provider, state, since, failures, latency_ms, succeeded_at, failed_at, trial_at, error, advice)
values
    (:provider, :state, :since, :failures, :latency_ms, :succeeded_at, :failed_at, :trial_at, :error, :advice)
on conflict (provider) do update set
    state = excluded.state, since = excluded.since, failures = excluded.failures, latency_ms = excluded.latency_ms,
    succeeded_at = excluded.succeeded_at, failed_at = excluded.failed_at, trial_at = excluded.trial_at,
    error = excluded.error, advice = excluded.advice;
