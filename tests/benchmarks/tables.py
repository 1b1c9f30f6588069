"""Makes a CSV of as many promises as asked for, each with three status updates, and the mapping that imports it.

python -m tests.benchmarks.tables 100000 /tmp/promises
"""

from collections.abc import Iterator
from pathlib import Path

import click

MAPPING = """\
table:
  dates: "%d/%m/%Y"
values:
  statuses:
    begun: in_progress
    halted: stalled
    done: fulfilled
once:
  countries:
    - {code: ZZ, name: Somewhere}
  sources:
    - {slug: programme, title: The programme, classification: other}
each:
  topics:
    - {slug: "topic-{area:slug}", label: "{area}"}
  meetings:
    - {slug: "meeting-{meeting}", name: "Meeting {meeting}", classification: other, start_date: 2020-01-01}
  statements:
    - slug: said-{number}
      meeting: meeting-{meeting}
      attribution: The government
      summary: "{promise}"
      citations:
        - {source: programme, exact: "{words}"}
  commitments:
    - public_id: ZZ-{number}
      meeting: meeting-{meeting}
      kind: undertaking
      strength: decided
      operative_phrase: "{words}"
      title: "{promise:short}"
      topics: ["topic-{area:slug}"]
      statements: ["said-{number}"]
      parties:
        - {country: ZZ, role: lead}
      status_updates:
        - {key: a, status: "{first:statuses}", effective_on: "{first_day:date}", reason: "{first_reason}"}
        - {key: b, status: "{second:statuses}", effective_on: "{second_day:date}", reason: "{second_reason}"}
        - key: c
          status: "{third:statuses}"
          effective_on: "{third_day:date}"
          reason: "{third_reason}"
          citations:
            - {source: programme}
"""
HEADER = (
    "number,meeting,area,promise,words,first,first_day,first_reason,second,second_day,second_reason,"
    "third,third_day,third_reason"
)


def rows(count: int) -> Iterator[str]:
    """The lines of the table."""
    yield HEADER
    for n in range(count):
        yield (
            f"{n},{n // 1000},Area {n % 40},We will see to matter {n} before the year is out,will see to matter {n},"
            f"begun,{n % 28 + 1:02}/02/2021,Work began on matter {n},halted,{n % 28 + 1:02}/03/2022,It came to a halt,"
            f'done,{n % 28 + 1:02}/04/2023,"It was done, as was said"'
        )


def write(count: int, folder: Path) -> tuple[Path, Path]:
    """Write the table and its mapping."""
    folder.mkdir(parents=True, exist_ok=True)
    table, mapping = folder / "promises.csv", folder / "promises.yaml"
    with table.open("w", encoding="utf-8") as file:
        file.writelines(f"{row}\n" for row in rows(count))
    mapping.write_text(MAPPING, encoding="utf-8")
    return table, mapping


@click.command()
@click.argument("count", type=int)
@click.argument("folder", type=click.Path(path_type=Path))
def main(count: int, folder: Path) -> None:
    """Write promises.csv and promises.yaml to FOLDER."""
    write(count, folder)


if __name__ == "__main__":
    main()
