-- The warehouse's tables, made anew in each process's DuckDB. `charges`, `resource_charges` and `monthly_charges`
-- become views on Parquet segments; the empty tables give them their columns while there is no segment.
CREATE OR REPLACE TABLE empty_charges (
    export VARCHAR,                     -- the export it came by
    kind VARCHAR,                       -- cur | cur2 | focus | supabase
    provider_name VARCHAR,              -- AWS, Supabase, ...
    billing_account_id VARCHAR,         -- who pays
    sub_account_id VARCHAR,             -- who uses
    billing_period_start DATE,          -- first day of the invoice's month
    charge_period_start DATE,           -- the UTC day of the usage, within the billing period
    service_name VARCHAR,
    region_id VARCHAR,
    usage_type VARCHAR,                 -- the provider's own
    operation VARCHAR,                  -- the provider's own
    usage_family VARCHAR,               -- storage, requests, transfer out, ...; "unmapped" where no rule knows the type
    storage_class VARCHAR,              -- S3's name for it
    charge_category VARCHAR,            -- usage | tax | credit | refund | discount | fee | adjustment | other
    line_item_type VARCHAR,             -- the provider's own
    billing_currency VARCHAR,
    consumed_unit VARCHAR,
    estimated BOOLEAN,                  -- on no invoice yet
    consumed_quantity DECIMAL(38, 18),  -- in consumed_unit
    billed_cost DECIMAL(38, 18),        -- in billing_currency, as invoiced
    effective_cost DECIMAL(38, 18),     -- in billing_currency, up-front commitments spread
    list_cost DECIMAL(38, 18),          -- in billing_currency, at public prices
    row_count BIGINT                    -- rows of the bill that are summed here
);
CREATE OR REPLACE TABLE empty_resource_charges AS
SELECT *, NULL::VARCHAR AS resource_id, NULL::MAP(VARCHAR, VARCHAR) AS tags FROM empty_charges;
CREATE OR REPLACE TABLE empty_monthly_charges AS FROM empty_resource_charges;

CREATE OR REPLACE TABLE bills (
    export VARCHAR,
    kind VARCHAR,
    billing_period_start DATE,
    provider_name VARCHAR,
    billing_account_id VARCHAR,         -- who pays
    sub_account_id VARCHAR,             -- who uses
    billing_currency VARCHAR,
    billed_cost DECIMAL(38, 18),        -- total of the bill
    row_count BIGINT,
    usage_until TIMESTAMPTZ,            -- end of the last usage in it
    estimated BOOLEAN,
    counted BOOLEAN,                    -- false: another export is counted for this account's month
    complete BOOLEAN,                   -- a manifest vouches for it
    delivered_at TIMESTAMPTZ,
    loaded_at TIMESTAMPTZ
);
CREATE OR REPLACE VIEW uncounted_bills AS
SELECT DISTINCT export, kind, billing_period_start, provider_name, billing_account_id, sub_account_id
FROM bills WHERE NOT counted;
