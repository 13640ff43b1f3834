"""known browsers"""

import sqlalchemy as sa
from alembic import op


revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "known_browsers",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_known_browsers_account_id")),
        sa.PrimaryKeyConstraint("id", "account_id", name=op.f("pk_known_browsers")),
    )
    with op.batch_alter_table("known_browsers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_known_browsers_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_known_browsers_made_at"), ["made_at"], unique=False)


def downgrade() -> None:

    with op.batch_alter_table("known_browsers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_known_browsers_made_at"))
        batch_op.drop_index(batch_op.f("ix_known_browsers_account_id"))

    op.drop_table("known_browsers")
