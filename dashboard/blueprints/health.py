"""What load balancers and monitors ask: does the process live, can it serve, and its numbers in Prometheus' format."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path

from flask import Blueprint, Response, jsonify

from dashboard.models import db
from dashboard.realtime.process import current_process
from dashboard.realtime.safe_socket import CUTS
from dashboard.services import readiness

bp = Blueprint("health", __name__)

Sample = tuple[str, str, str, float]
"""Name, type, labels, value."""


@bp.get("/livez")
def show_life() -> Response:
    """200 as long as the process answers at all."""
    return Response("ok\n", mimetype="text/plain", headers={"Cache-Control": "no-store"})


@bp.get("/readyz")
def show_readiness() -> tuple[Response, int]:
    """200 when requests are served; 503 while the process leaves, or with a database that does not work."""
    found = readiness.check(db.engine)
    obstacles = [*found.obstacles, *(["the process is leaving"] if current_process().hub.is_draining else [])]
    response = jsonify({"ready": not obstacles, "obstacles": obstacles})
    response.headers["Cache-Control"] = "no-store"
    return response, 503 if obstacles else 200


@bp.get("/metrics")
def show_metrics() -> Response:
    lines: list[str] = []
    for name, kind, labels, value in [*_process_samples(), *_backlog_samples()]:
        if f"# TYPE {name} {kind}" not in lines:
            lines.append(f"# TYPE {name} {kind}")
        lines.append(f"{name}{labels} {value:g}")
    return Response("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


def _process_samples() -> Iterator[Sample]:
    process = current_process()
    yield "baton_connections", "gauge", "", len(process.hub)
    yield "baton_users_connected", "gauge", "", len(process.hub.users())
    yield "baton_frames_published_total", "counter", "", process.hub.published
    yield "baton_frames_delivered_total", "counter", "", process.hub.delivered
    yield "baton_events_total", "counter", "", process.dispatcher.dispatched
    yield "baton_frames_failed_total", "counter", "", process.dispatcher.failed
    for reason, count in sorted(CUTS.items()):
        yield "baton_sockets_ended_total", "counter", f'{{reason="{reason}"}}', count
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    yield "process_resident_memory_bytes", "gauge", "", pages * resource.getpagesize()


def _backlog_samples() -> Iterator[Sample]:
    backlog = readiness.load_backlog(db.session)
    yield "baton_queue_length", "gauge", "", backlog.queued
    yield "baton_queue_oldest_seconds", "gauge", "", backlog.oldest_queued
    yield "baton_jobs_due", "gauge", "", backlog.jobs
    yield "baton_jobs_oldest_seconds", "gauge", "", backlog.oldest_job
    yield "baton_jobs_dead", "gauge", "", backlog.dead_jobs
