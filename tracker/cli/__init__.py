"""The command `tracker`. Each noun is a module of its own, imported only when it is called, so that help is fast."""

from importlib import import_module

import click

from tracker import __version__

# noun -> the first line of its help; the module `tracker.cli.<noun>` holds a command or group called `command`
NOUNS = {
    "audit": "Prove that the audit trail is as it was written.",
    "backup": "Write the records, the accounts and the archived documents into one file.",
    "brief": "Write the brief for the next meeting of SERIES.",
    "db": "Create, migrate and examine the databases.",
    "doctor": "Examine this installation and say what to do about what is wrong.",
    "documents": "Archive the texts of sources and verify quotes against them.",
    "reports": "List, show and run the SQL reports.",
    "restore": "Bring back what a backup holds.",
    "seeds": "Check, plan, load, export and import the records under seeds/.",
    "serve": "Serve the admin UI until Ctrl-C.",
    "sql": "Run one SQL query on a read-only connection.",
    "users": "Look after accounts: add, list, invite, reset, change roles, disable.",
}
# Characters; no first sentence is so long.
SENTENCE = 300


class Nouns(click.Group):
    """A group that knows its commands by name and imports one when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(NOUNS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in NOUNS:
            return None
        command: click.Command = import_module(f"tracker.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(NOUNS.items()))


class Verbs(click.Group):
    """A group whose help gives the whole first sentence of each of its commands."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            told = {name: one.get_short_help_str(limit=SENTENCE) for name, one in self.commands.items()}
            formatter.write_dl(sorted(told.items()))


@click.group(cls=Nouns, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, package_name="commitment-tracker")
def main() -> None:
    """Records what ministers said and committed to, follows it for years, and can prove every word."""
