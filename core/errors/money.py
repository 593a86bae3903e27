"""Errors of bills, of questions about money, and of analysts' SQL."""

from core.errors.base import PhyghtError


class SourceError(PhyghtError):
    """A place that bills come from is at fault."""


class SourceUnreachable(SourceError):
    """No such folder or bucket, no permission, or no network."""


class NoExportFound(SourceError):
    """The place is there, and holds no export."""


class DeliveryRefused(SourceError):
    """An export is there, and its delivery cannot be trusted."""


class CostsError(PhyghtError):
    """A question about money has no answer."""


class NoBillingData(CostsError):
    """No bill covers the period."""


class MixedCurrencies(CostsError):
    """The charges are in several currencies, which do not add up."""


class SeriesRefused(CostsError):
    """A file of daily values cannot be read."""


class BudgetRefused(CostsError):
    """A budget has terms that cannot be kept to."""


class BudgetUntold(CostsError):
    """Where a budget stands could not be worked out."""


class PriceUnknown(CostsError):
    """The price catalogue does not have a price that is needed."""


class HistoryRefused(CostsError):
    """Objects and their reads cannot be read, or tell nothing."""


class UnknownCurrency(CostsError):
    """No bill is in that currency."""


class UnknownDimension(CostsError):
    """Nothing is kept by that name."""


class QueryRefused(PhyghtError):
    """The SQL is not allowed, or not correct."""


class QueryStopped(PhyghtError):
    """The SQL took too long or too much memory."""
