"""Reading: a process that asks for the total again and again, until it is the one it waits for.

    python -m tests.billing.faults.reading HOME LAST

Prints the first total at once, and at the end every total it saw, in order.
"""

import sys
from decimal import Decimal
from pathlib import Path

from core.settings import load_settings
from tests.billing.store import Store


def main(home: Path, last: Decimal) -> None:
    store = Store.fresh(home, load_settings())
    seen = [store.total()]
    sys.stdout.write(f"{seen[0]}\n")
    sys.stdout.flush()
    while seen[-1] != last:
        if (total := store.total()) != seen[-1]:
            seen.append(total)
    sys.stdout.write(" ".join(map(str, seen)) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Decimal(sys.argv[2]))
