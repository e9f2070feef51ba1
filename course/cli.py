"""Read the command line and hand over to the module of the subcommand."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

import click

from .environment import project

# Each is a module of this package with a click command named `command`. It is imported when it is called.
COMMANDS = ["open", "test", "build", "check", "grade", "release", "github"]
# A class gets a copy without those for teachers and maintainers.
SUBCOMMANDS = [name for name in COMMANDS if Path(__file__).with_name(f"{name}.py").exists()]


class Course(click.Group):
    """Import subcommands late, and open the first lesson when none is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0].startswith("-") and args[0] not in ("--help", "--version")):
            args = ["open", *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return SUBCOMMANDS

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in SUBCOMMANDS:
            return None
        name = f"course.{cmd_name}"
        try:
            return import_module(name).command
        except ModuleNotFoundError as error:
            if error.name == name:
                return None
            raise

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] in COMMANDS and args[0] not in SUBCOMMANDS:
            ctx.fail(f"{args[0]!r} is not in this copy, which is for learners. Commands: {', '.join(SUBCOMMANDS)}.")
        if self.get_command(ctx, args[0]) is None:
            ctx.fail(f"There is no command {args[0]!r}. {suggest(args[0], SUBCOMMANDS, 'Commands')}")
        return super().resolve_command(ctx, args)


def suggest(word: str, names: list[str], kind: str) -> str:
    """Name the one of ``names`` that ``word`` is nearest to, or all of them."""
    nearest = get_close_matches(word, names, n=1)
    return f"Did you mean {nearest[0]!r}?" if nearest else f"{kind}: {', '.join(names)}."


@click.group(cls=Course)
@click.version_option(project()["project"]["version"], message="%(version)s")
def course() -> None:
    """Learn HTTP status codes for Flask APIs, in Jupyter.

    Without a command, JupyterLab opens on the first lesson.
    """


def run(arguments: list[str]) -> int:
    """Run the command line and return its exit code.

    A subcommand says its exit code by returning it; everything else that it returns means 0.
    """
    try:
        code = course.main(arguments, prog_name="python3 -m course", standalone_mode=False)
    except click.ClickException as error:
        click.echo(f"Error: {error.format_message()}", err=True)
        return error.exit_code
    except click.Abort as error:
        raise KeyboardInterrupt from error
    return code if isinstance(code, int) else 0
