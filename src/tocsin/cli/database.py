"""The verb for the database: upgrade, back up, restore, release, check."""

from __future__ import annotations

import argparse
from pathlib import Path

from tocsin.cli.output import chat, dump, plain, say
from tocsin.cli.running import settings_of, with_config
from tocsin.cli.verbs import Verb
from tocsin.errors import BadInput, counted


def _arguments(parser: argparse.ArgumentParser) -> None:
    with_config(parser)
    parser.add_argument("what", choices=("upgrade", "backup", "restore", "release", "check"))
    parser.add_argument("file", nargs="?", metavar="FILE", help="backup: the new file; restore: the backup")
    parser.add_argument("--force", action="store_true", help="restore: replace the database that is there")
    parser.add_argument("--json", action="store_true", help="print data for programs")


def _db(arguments: argparse.Namespace) -> int:
    from tocsin.upkeep import (
        backup_database,
        check_database,
        release_database,
        restore_database,
        upgrade_database,
    )

    settings = settings_of(arguments)
    match arguments.what:
        case "upgrade":
            upgrade_database(settings)
            chat("the database has the present schema")
        case "backup":
            backup_database(settings, _file(arguments))
            chat(f"copied to {arguments.file}; keep it elsewhere, and try `tocsin db restore` before you need it")
        case "restore":
            taken_at = restore_database(settings, _file(arguments), force=arguments.force)
            chat(f"restored as of {taken_at.isoformat()}; incidents that were open then are held back: look")
            chat("through them (tocsin incidents), resolve what is over, and run `tocsin db release`")
            if arguments.json:
                dump({"taken_at": taken_at.isoformat()})
        case "release":
            released = release_database(settings)
            if arguments.json:
                dump({"released": list(released)})
            chat(f"{len(released)} incidents go on: {', '.join(released)}" if released else "nothing was held back")
        case _:
            problems = check_database(settings, facts=True)
            if arguments.json:
                dump({"problems": problems})
            else:
                for one in problems:
                    say(plain(one))
            chat(counted(problems) if problems else "the database is sound")
            return 1 if problems else 0
    return 0


def _file(arguments: argparse.Namespace) -> Path:
    if not arguments.file:
        raise BadInput(f"which file? tocsin db {arguments.what} FILE")
    return Path(arguments.file)


VERBS = {"db": Verb(_arguments, _db)}
