-- name: receiving(provider)
-- Uploads to a provider that may still go on.
select upload_id from uploads
where provider = :provider and state in ('receiving', 'completing', 'duplicate') and upload_id <> '';
