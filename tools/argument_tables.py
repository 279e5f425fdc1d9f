"""Writes src/tocsin/runbook/arguments/aws.txt: which options the AWS CLI refuses to do without, from its own tables.

The AWS CLI is no dependency of Tocsin. Run this where it is installed, and commit what changed:

    uv run --no-project --with awscli python tools/argument_tables.py
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

TABLE = Path(__file__).resolve().parent.parent / "src" / "tocsin" / "runbook" / "arguments" / "aws.txt"
SERVICES = (
    "acm",
    "apigateway",
    "apigatewayv2",
    "application-autoscaling",
    "athena",
    "autoscaling",
    "backup",
    "batch",
    "cloudformation",
    "cloudfront",
    "cloudtrail",
    "cloudwatch",
    "codebuild",
    "codepipeline",
    "cognito-idp",
    "configservice",
    "deploy",
    "docdb",
    "dynamodb",
    "ebs",
    "ec2",
    "ecr",
    "ecs",
    "efs",
    "eks",
    "elasticache",
    "elasticbeanstalk",
    "elb",
    "elbv2",
    "es",
    "events",
    "firehose",
    "fsx",
    "globalaccelerator",
    "guardduty",
    "health",
    "iam",
    "kafka",
    "kinesis",
    "kms",
    "lambda",
    "lightsail",
    "logs",
    "mq",
    "neptune",
    "opensearch",
    "rds",
    "rds-data",
    "redshift",
    "resourcegroupstaggingapi",
    "route53",
    "route53domains",
    "s3api",
    "secretsmanager",
    "securityhub",
    "ses",
    "sesv2",
    "shield",
    "sns",
    "sqs",
    "ssm",
    "stepfunctions",
    "sts",
    "support",
    "transfer",
    "waf-regional",
    "wafv2",
)
"""What incident runbooks call. The whole of AWS is nine times as large and would be read for nothing."""

_POSITIONAL = ("StreamingOutputArgument",)
"""The file that an answer is written to: a bare word, although the table does not mark it as one."""


def lines() -> Iterator[str]:
    """The table: a line for each service, then its commands, each with the options that it requires."""
    yield f"# AWS CLI {version('awscli')} (botocore {version('botocore')}): commands and their required options."
    yield "# Written by tools/argument_tables.py from the argument tables of the program; not edited by hand."
    driver: Any = importlib.import_module("awscli.clidriver").create_clidriver()
    services = driver.create_help_command().command_table
    for name in SERVICES:
        yield name
        for command, operation in sorted(services[name].create_help_command().command_table.items()):
            if command != "help":
                yield " ".join([f" {command}", *required(operation)])


def required(operation: Any) -> list[str]:
    """The options without which the program prints its usage and stops; positional arguments are none."""
    table = getattr(operation, "arg_table", {})
    named = (one for one in table.items() if one[1].required and not one[1].positional_arg)
    return sorted(f"--{key}" for key, one in named if type(one).__name__ not in _POSITIONAL)


if __name__ == "__main__":
    TABLE.write_text("\n".join(lines()) + "\n", "utf-8")
    sys.stdout.write(f"{TABLE}: {TABLE.stat().st_size:,} bytes\n")
