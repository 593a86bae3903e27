"""Sizes: the bins of sizes that are decided on apart, and what is known of the objects in each."""

from dataclasses import dataclass

import numpy as np

from core.recommendations.simulator.arrays import Bools, Floats, Ints, floats, ints
from core.recommendations.simulator.catalogue import Catalogue
from core.recommendations.simulator.classes import SMALLEST_BYTES, tiered

#: The least bytes of each bin.
LEAST = floats(SMALLEST_BYTES * 16.0 ** np.arange(7))


@dataclass(frozen=True)
class Sizes:
    """By bin."""

    bins: Ints  #: that hold any object of 128 KB and more; the others are not decided on
    bytes: Floats  #: mean size; four times the least where nothing is known
    gets: Floats  #: GETs of an object's day with reads, as a multiple of those of all objects
    usual: int  #: the bin that holds most bytes


def bin_of(size: Ints) -> Ints:
    """The bin of each size."""
    return ints(np.searchsorted(LEAST, size, "right") - 1).clip(0)


def sizes_before(catalogue: Catalogue, day: int) -> Sizes:
    """Of the objects that were created before a day, and of their reads before it."""
    large = tiered(catalogue.size)
    known = catalogue.size[large & (catalogue.created < day)]
    objects, held = (np.bincount(bin_of(known), each, len(LEAST)) for each in (None, known))
    mean = np.where(objects > 0, held / objects.clip(1), 4 * LEAST)
    bins = np.union1d(bin_of(catalogue.size[large]), [held.argmax()])
    return Sizes(ints(bins), floats(mean), _gets(catalogue, large, day), int(held.argmax()))


def _gets(catalogue: Catalogue, large: Bools, day: int) -> Floats:
    reads = catalogue.reads
    counted = large[reads.object] & (reads.day < day)
    place = bin_of(catalogue.size[reads.object[counted]])
    rows, gets = (np.bincount(place, each, len(LEAST)) for each in (None, reads.gets[counted]))
    usual = gets.sum() / max(rows.sum(), 1)
    return floats(np.where((rows > 0) & (usual > 0), gets / rows.clip(1) / (usual or 1), 1.0))
