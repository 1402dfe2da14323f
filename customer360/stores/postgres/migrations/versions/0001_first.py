"""The two logs, what is not derived from events, the read models in schema `model`, and the search tables."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FOLDER = Path(__file__).parent.parent


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    run((FOLDER / "ledger.sql").read_text())
    op.execute("CREATE SCHEMA model")
    op.execute("SET LOCAL search_path TO model, public")
    run((FOLDER / "read_models.sql").read_text())
    op.execute("SET LOCAL search_path TO public")
    run((FOLDER / "search.sql").read_text())


def run(script: str) -> None:
    """Straight to the driver: the scripts hold colons that SQLAlchemy would take for parameters."""
    cursor = op.get_bind().connection.cursor()
    cursor.execute(script)
