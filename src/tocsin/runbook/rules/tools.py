"""What certain programs require, and what they do not have; each entry by the program itself or its manual."""

from __future__ import annotations

_REQUIRED: dict[tuple[str, ...], tuple[str, ...]] = {
    ("aws", "cloudwatch", "get-metric-statistics"): (
        "--namespace",
        "--metric-name",
        "--start-time",
        "--end-time",
        "--period",
    ),
    ("aws", "logs", "get-log-events"): ("--log-stream-name",),
    ("aws", "ecs", "update-service"): ("--service",),
    ("aws", "ecs", "describe-services"): ("--services",),
    ("aws", "ecs", "describe-tasks"): ("--tasks",),
    ("aws", "rds", "modify-db-instance"): ("--db-instance-identifier",),
    ("aws", "rds", "reboot-db-instance"): ("--db-instance-identifier",),
    ("aws", "rds", "restore-db-instance-from-db-snapshot"): ("--db-instance-identifier",),
    ("aws", "rds", "promote-read-replica"): ("--db-instance-identifier",),
    ("aws", "elbv2", "describe-target-health"): ("--target-group-arn",),
    ("aws", "elbv2", "deregister-targets"): ("--target-group-arn", "--targets"),
    ("aws", "autoscaling", "set-desired-capacity"): ("--auto-scaling-group-name", "--desired-capacity"),
    ("aws", "ssm", "send-command"): ("--document-name",),
    ("aws", "ssm", "start-session"): ("--target",),
    ("aws", "ec2", "reboot-instances"): ("--instance-ids",),
    ("aws", "ec2", "stop-instances"): ("--instance-ids",),
    ("aws", "ec2", "start-instances"): ("--instance-ids",),
    ("aws", "ec2", "terminate-instances"): ("--instance-ids",),
    ("aws", "lambda", "invoke"): ("--function-name",),
    ("aws", "sqs", "purge-queue"): ("--queue-url",),
    ("aws", "sqs", "get-queue-attributes"): ("--queue-url",),
}

_GONE: dict[tuple[str, ...], tuple[str, str]] = {
    ("supabase", "db", "rollback"): (
        "supabase has no command db rollback",
        "write a migration that undoes the change and run: supabase db push",
    ),
    ("kubectl", "rollback"): ("kubectl has no command rollback", "use: kubectl rollout undo"),
    ("kubectl", "restart"): ("kubectl has no command restart", "use: kubectl rollout restart"),
    ("docker", "rollback"): ("docker has no command rollback", "start the image of the version before"),
    ("git", "rollback"): ("git has no command rollback", "use: git revert"),
    ("redis-cli", "flush"): ("Redis has no command FLUSH", "use FLUSHDB or FLUSHALL"),
}


def missing_options(argv: tuple[str, ...]) -> tuple[str, ...]:
    """The options that the program refuses to run without, as far as they are known here."""
    if "--cli-input-json" in argv or "--cli-input-yaml" in argv:
        return ()
    given = {word.split("=", 1)[0] for word in argv}
    return tuple(option for option in _REQUIRED.get(argv[:3], ()) if option not in given)


def unknown_subcommand(argv: tuple[str, ...]) -> tuple[str, str] | None:
    """(what is wrong, what to write instead) when the sub-command does not exist."""
    words = tuple(word for word in argv if not word.startswith("-"))
    return _GONE.get(words[:3]) or _GONE.get(words[:2])
