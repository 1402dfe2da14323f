"""docker-compose.yml and Dockerfile say what the settings know, pin what they take, and hold no secret."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from customer360.config import VARIABLES
from tests.e2e.topology import PROCESSES, SERVERS

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
VERSIONED = re.compile(r"^[\w./-]+:\d+\.\d+(\.\d+)?(-[\w.-]+)?(@sha256:[0-9a-f]{64})?$")
OURS = ("api", "worker")
SECRETS = ("C360_SECRET", "POSTGRES_PASSWORD", "RABBITMQ_PASSWORD", "S3_ACCESS_KEY", "S3_SECRET_KEY")


def test_services_are_those_of_the_scaled_topology_test() -> None:
    assert set(SERVICES) == {*SERVERS, *PROCESSES}
    for name, command in PROCESSES.items():
        assert SERVICES[name]["command"] == ["c360", *command]


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_a_setting(name: str) -> None:
    assert set(SERVICES[name]["environment"]) <= set(VARIABLES.values())


def test_api_and_workers_have_the_same_settings() -> None:
    api, worker = (dict(SERVICES[name]["environment"]) for name in OURS)
    for edge in ("C360_HOST", "C360_PORT", "C360_PUBLIC_URL"):
        api.pop(edge)
    assert api == worker


@pytest.mark.parametrize("name", SERVICES)
def test_images_are_pinned(name: str) -> None:
    assert VERSIONED.match(SERVICES[name]["image"]), SERVICES[name]["image"]


def test_base_images_are_pinned_and_the_account_is_not_root() -> None:
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(bases) == 3
    assert [base for base in bases if not VERSIONED.match(base)] == []
    assert re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE) == ["c360"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_checked_limited_and_kept_from_more_rights(name: str) -> None:
    service = SERVICES[name]
    assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
    assert service["mem_limit"]
    assert service["cpus"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_only_the_api_is_published_and_on_loopback() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"api": ["127.0.0.1:8360:8360"]}


def test_our_processes_write_nothing_into_their_image() -> None:
    assert [name for name in OURS if not SERVICES[name]["read_only"]] == []


def test_data_is_in_named_volumes() -> None:
    mounted = {
        mount.partition(":")[0] for service in SERVICES.values() for mount in service.get("volumes", [])
    }
    assert mounted == set(COMPOSE["volumes"])
    assert set(SERVERS) <= mounted


def test_secrets_are_required_and_have_no_default() -> None:
    """Each place that takes a secret refuses to start without it, and none is written down anywhere."""
    text = (ROOT / "docker-compose.yml").read_text()
    example = (ROOT / ".env.example").read_text()
    for secret in SECRETS:
        uses = re.findall(r"(?<!\$)\$\{" + secret + r"\b([^}]*)\}", text)
        assert uses, secret
        assert {use[:2] for use in uses} == {":?"}, secret
        assert re.search(rf"^{secret}=$", example, re.MULTILINE), secret
        assert secret not in DOCKERFILE
    told = [value for service in SERVICES.values() for name, value in service["environment"].items()
            if re.search("PASS|SECRET|KEY", name)]  # fmt: skip
    assert [value for value in told if not value.startswith("${")] == []
    assert re.findall(r"://[^:/\s]+:(?!\$\{)[^@\s]+@", text) == []


def test_the_settings_of_compose_are_accepted() -> None:
    from customer360.config import Settings

    filled = {
        name: re.sub(r"\$\{[^}]*\}", "x", str(value))
        for name, value in SERVICES["worker"]["environment"].items()
        if name != "C360_TIME_ZONE"
    }
    settings = Settings.from_env(filled)
    assert not settings.embedded
    assert settings.blob_url == "s3://documents"
