"""Words: how many of what, in sentences."""


def number_of(count: int, what: str, plural: str = "") -> str:
    """Such as: 1 object; 2,000 objects."""
    return f"{count:,} {what if count == 1 else plural or f'{what}s'}"


def are_left_out(count: int, what: str, why: str) -> tuple[str, ...]:
    """A sentence that says so; none where there are none."""
    if not count:
        return ()
    return (f"{number_of(count, what)} {'is' if count == 1 else 'are'} left out: {why}.",)
