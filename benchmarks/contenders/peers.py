"""Peers: what pandas and polars are given to do with the same files, and what they are spared.

Both sum what each resource's charges cost on each UTC day and write that as Parquet, as the ingestion does, and answer
three of the questions. They are spared what makes the ingestion's sums exact and its facts complete: tags, the
amortised cost, the meaning of usage types, and reading a cost as the decimal it states.
"""

DIMENSIONS = [
    "bill_payer_account_id",
    "line_item_usage_account_id",
    "bill_billing_period_start_date",
    "line_item_product_code",
    "product_region_code",
    "line_item_usage_type",
    "line_item_operation",
    "line_item_line_item_type",
    "line_item_currency_code",
    "pricing_unit",
    "line_item_resource_id",
]
COST = "line_item_unblended_cost"
MEASURES = ["line_item_usage_amount", COST, "pricing_public_on_demand_cost"]
START = "line_item_usage_start_date"
SERVICE = "line_item_product_code"
RESOURCE = "line_item_resource_id"
