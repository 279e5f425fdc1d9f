"""An account of Amazon Web Services as moto plays it, for the AWS CLI of a runbook."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from tests.stage.child import answers, child, free_port

REGION = "eu-west-1"


@dataclass(frozen=True, slots=True)
class Account:
    """Where it is, and what a program needs in its environment to use it."""

    url: str

    @property
    def environment(self) -> dict[str, str]:
        """The variables of the CLI."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing-testing",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service: str) -> Any:
        """A client of one service."""
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="testing",
            aws_secret_access_key="testing-testing",
        )

    def database(self, name: str) -> None:
        """A database of RDS."""
        self.client("rds").create_db_instance(
            DBInstanceIdentifier=name, DBInstanceClass="db.t3.small", Engine="postgres", AllocatedStorage=20
        )

    def services(self, cluster: str, *names: str) -> None:
        """A cluster of ECS with services."""
        ecs = self.client("ecs")
        ecs.create_cluster(clusterName=cluster)
        container = {"name": "app", "image": "shop:1", "memory": 128}
        ecs.register_task_definition(family="shop", containerDefinitions=[container])
        for name in names:
            ecs.create_service(cluster=cluster, serviceName=name, taskDefinition="shop", desiredCount=1)

    def log(self, group: str, line: str, at_ms: int) -> None:
        """A group of Logs with one stream that has one line."""
        logs = self.client("logs")
        logs.create_log_group(logGroupName=group)
        logs.create_log_stream(logGroupName=group, logStreamName="one")
        logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=[{"timestamp": at_ms, "message": line}])


@contextmanager
def aws(directory: Path) -> Iterator[Account]:
    """Run moto for this block."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with child(command, log=directory / "moto.log", ready=lambda: answers(f"{url}/moto-api/")):
        yield Account(url)
