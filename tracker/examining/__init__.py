"""The examination of an installation: checks that find what is wrong and say what to do about it."""

from collections.abc import Callable, Iterable, Iterator

from tracker.config import Config
from tracker.examining.finding import Finding, error, first_line
from tracker.examining.installation import INSTALLATION
from tracker.examining.records import ACCOUNTS, RECORDS
from tracker.examining.storage import STORAGE, current_trees

Check = Callable[[Config], Iterator[Finding]]


def examine(
    config: Config,
    general: Iterable[Check] = (*INSTALLATION, *STORAGE),
    records: Iterable[Check] = RECORDS,
    accounts: Iterable[Check] = ACCOUNTS,
) -> Iterator[Finding]:
    """Every finding of the given checks; a check that cannot be made is a finding itself."""
    for check in general:
        yield from _made(check, config)
    # What a database holds can be examined only where its tables are as the code knows them.
    current = current_trees(config)
    for tree, checks in (("records", records), ("accounts", accounts)):
        for check in checks if tree in current else ():
            yield from _made(check, config)


def _made(check: Check, config: Config) -> Iterator[Finding]:
    subject = (check.__doc__ or "").rstrip(".")
    try:
        yield from check(config)
    # Whatever is broken: an examination that stops at the first surprise is of no use.
    except Exception as failure:
        yield error(f"cannot examine: {subject}: {first_line(failure)}", "see to the findings before this one first")
