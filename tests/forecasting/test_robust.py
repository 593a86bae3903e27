"""Middles and quantiles of rows in which some values are not known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.forecasting.robust import median, quantiles, without_spikes

ROWS = arrays(float, (3, 8), elements=st.one_of(st.floats(-1e6, 1e6), st.just(np.nan)))


def test_medians_leave_out_what_is_not_known():
    rows = np.array([[3, np.nan, 1, 2], [4, 1, np.nan, np.nan], [np.nan] * 4])

    assert median(rows).tolist() == pytest.approx([2, 2.5, np.nan], nan_ok=True)


def test_quantiles_lie_evenly_between_values():
    rows = np.array([[np.nan, 30, 10, 20], [5, np.nan, np.nan, np.nan]])

    assert quantiles(rows, np.array([0.0, 0.25, 1.0])).tolist() == [[10, 15, 30], [5, 5, 5]]


@given(ROWS)
@pytest.mark.filterwarnings("ignore:All-NaN")
def test_they_are_those_of_numpy(rows):
    assert median(rows) == pytest.approx(np.nanmedian(rows, axis=1), nan_ok=True)
    expected = np.nanquantile(rows, [0.1, 0.8], axis=1).T
    assert quantiles(rows, np.array([0.1, 0.8])) == pytest.approx(expected, nan_ok=True, abs=1e-6)


def test_a_day_far_from_all_others_is_cut_to_three_times_the_farthest_of_them():
    days = np.array([[0.0, 2.0] * 50])
    days[0, 40] = 900.0

    calm = without_spikes(days, np.ones((1, 100)))

    assert calm[0, 40] == 4.0  # 1 + 3 x 1
    assert np.delete(calm[0], 40).tolist() == np.delete(days[0], 40).tolist()
