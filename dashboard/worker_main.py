"""`baton worker`: the jobs in a process of their own. Run as `python -m dashboard.worker_main`, which patches first."""

if __name__ == "__main__":
    from gevent import monkey

    monkey.patch_all()

import signal
import sys

import gevent
from gevent.event import Event

from dashboard.app import create_app, make_worker
from dashboard.config import load_config
from dashboard.realtime.process import EXTENSION


def main() -> None:
    """Work until SIGTERM or SIGINT."""
    config = load_config()
    if config.is_sqlite:
        sys.exit("On SQLite the jobs run inside the server: `baton run` is all that is needed.")
    app = create_app(config)
    worker = make_worker(app, config)
    bus = app.extensions[EXTENSION].bus
    bus.subscribe(worker.wake)
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, stopped.set)
    gevent.spawn(bus.listen)
    gevent.spawn(worker.run)
    sys.stdout.write("The worker is ready.\n")
    sys.stdout.flush()
    stopped.wait()
    worker.stop()


if __name__ == "__main__":
    main()
