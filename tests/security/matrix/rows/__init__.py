"""Every address of the application, one module per area: its ROWS say who gets which status."""

from tests.security.matrix.rows import core, settings
from tests.security.matrix.rows.kit import Row

ROWS: list[Row] = [*core.ROWS, *settings.ROWS]
