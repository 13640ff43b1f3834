"""orders, dns changes, billing lines and tickets"""

from contextlib import AbstractContextManager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations


revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Exact on both engines: SQLite holds the whole number of the smallest places.
def exact(digits: int, places: int) -> sa.types.TypeEngine:
    return sa.Numeric(digits, places).with_variant(sa.BigInteger(), "sqlite")


# SQLite makes the table anew, so that it never gives an id to a second row.
def counting_on(table: str) -> AbstractContextManager[BatchOperations]:
    recreate = "always" if op.get_bind().dialect.name == "sqlite" else "auto"
    return op.batch_alter_table(table, recreate=recreate, table_kwargs={"sqlite_autoincrement": True})


def upgrade() -> None:
    op.create_table("billing_details",
    sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column("company", sa.String(length=100), nullable=False),
    sa.Column("street", sa.String(length=200), nullable=False),
    sa.Column("postcode", sa.String(length=20), nullable=False),
    sa.Column("city", sa.String(length=100), nullable=False),
    sa.Column("country", sa.String(length=2), nullable=False),
    sa.Column("tax_id", sa.String(length=50), nullable=False),
    sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_billing_details_account_id")),
    sa.PrimaryKeyConstraint("account_id", name=op.f("pk_billing_details"))
    )
    op.create_table("dns_changes",
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column("zone_name", sa.String(length=253), nullable=False),
    sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("act", sa.String(length=40), nullable=False),
    sa.Column("by", sa.String(length=100), nullable=False),
    sa.Column("address", sa.String(length=64), nullable=True),
    sa.Column("proof", sa.String(length=40), nullable=True),
    sa.Column("undoes_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.Column("serial", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column("changes", sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_dns_changes_account_id")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_dns_changes"))
    )
    with op.batch_alter_table("dns_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dns_changes_at"), ["at"], unique=False)
        batch_op.create_index("ix_dns_changes_zone", ["account_id", "zone_name", "at"], unique=False)

    op.create_table("orders",
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column("once", sa.String(length=32), nullable=False),
    sa.Column("kind", sa.String(length=20), nullable=False),
    sa.Column("object_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.Column("object_name", sa.String(length=253), nullable=False),
    sa.Column("act", sa.String(length=40), nullable=False),
    sa.Column("values", sa.JSON(), nullable=False),
    sa.Column("secret", sa.LargeBinary(), nullable=True),
    sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("shown_to", sa.String(length=64), nullable=True),
    sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("by", sa.String(length=100), nullable=False),
    sa.Column("address", sa.String(length=64), nullable=True),
    sa.Column("proof", sa.String(length=40), nullable=False),
    sa.Column("driver", sa.String(length=100), nullable=False),
    sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("lease", sa.String(length=32), nullable=True),
    sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
    sa.Column("attempts", sa.Integer(), nullable=False),
    sa.Column("possible", sa.Boolean(), nullable=False),
    sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("outcome", sa.String(length=10), nullable=True),
    sa.Column("settled_by", sa.String(length=100), nullable=True),
    sa.Column("note", sa.String(length=500), nullable=True),
    sa.Column("trouble", sa.String(length=500), nullable=True),
    sa.CheckConstraint("(outcome IS NULL) = (settled_at IS NULL)", name=op.f("ck_orders_settled")),
    sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_orders_account_id")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
    sa.UniqueConstraint("account_id", "once", name=op.f("uq_orders_account_id_once")),
    sqlite_autoincrement=True,
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_asked_at"), ["asked_at"], unique=False)
        batch_op.create_index("ix_orders_due", ["due_at"], unique=False, sqlite_where=sa.text("settled_at IS NULL"), postgresql_where=sa.text("settled_at IS NULL"))
        batch_op.create_index("ix_orders_object", ["kind", "object_id"], unique=False)
        batch_op.create_index("ix_orders_secret", ["settled_at"], unique=False, sqlite_where=sa.text("secret IS NOT NULL"), postgresql_where=sa.text("secret IS NOT NULL"))

    op.create_table("tickets",
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column("once", sa.String(length=32), nullable=False),
    sa.Column("subject", sa.String(length=200), nullable=False),
    sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("closed_by", sa.String(length=100), nullable=True),
    sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_tickets_account_id")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
    sa.UniqueConstraint("account_id", "once", name=op.f("uq_tickets_account_id_once"))
    )
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.create_index("ix_tickets_account", ["account_id", "changed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_tickets_changed_at"), ["changed_at"], unique=False)

    op.create_table("dns_drafts",
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column("zone_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.Column("zone_name", sa.String(length=253), nullable=False),
    sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("undoes_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.Column("changes", sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_dns_drafts_account_id")),
    sa.ForeignKeyConstraint(["zone_id"], ["dns_zones.id"], name=op.f("fk_dns_drafts_zone_id")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_dns_drafts")),
    sqlite_autoincrement=True,
    )
    with op.batch_alter_table("dns_drafts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dns_drafts_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_dns_drafts_made_at"), ["made_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_dns_drafts_zone_id"), ["zone_id"], unique=False)

    op.create_table("invoice_lines",
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column("invoice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column("position", sa.Integer(), nullable=False),
    sa.Column("text", sa.String(length=300), nullable=False),
    sa.Column("quantity", exact(12, 4), nullable=False),
    sa.Column("unit_price", exact(16, 6), nullable=False),
    sa.Column("tax_percent", exact(6, 3), nullable=False),
    sa.Column("amount", exact(16, 4), nullable=False),
    sa.Column("tax", exact(16, 4), nullable=True),
    sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_invoice_lines_invoice_id")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_lines")),
    sa.UniqueConstraint("invoice_id", "position", name=op.f("uq_invoice_lines_invoice_id_position"))
    )
    op.create_table("ticket_messages",
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("by", sa.String(length=100), nullable=False),
    sa.Column("body", sa.Text(), nullable=False),
    sa.Column("closes", sa.Boolean(), nullable=False),
    sa.Column("once", sa.String(length=64), nullable=False),
    sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("lease", sa.String(length=32), nullable=True),
    sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
    sa.Column("attempts", sa.Integer(), nullable=False),
    sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("trouble", sa.String(length=500), nullable=True),
    sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_messages_ticket_id")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_messages")),
    sa.UniqueConstraint("ticket_id", "once", name=op.f("uq_ticket_messages_ticket_id_once"))
    )
    with op.batch_alter_table("ticket_messages", schema=None) as batch_op:
        batch_op.create_index("ix_ticket_messages_due", ["due_at"], unique=False, sqlite_where=sa.text("due_at IS NOT NULL"), postgresql_where=sa.text("due_at IS NOT NULL"))
        batch_op.create_index(batch_op.f("ix_ticket_messages_ticket_id"), ["ticket_id"], unique=False)

    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("proof", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("kind", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("object_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.drop_index(batch_op.f("ix_audit_events_account_id"))
        batch_op.drop_index(batch_op.f("ix_audit_events_at"))
        batch_op.create_index("ix_audit_events_address", ["at"], unique=False, sqlite_where=sa.text("address IS NOT NULL"), postgresql_where=sa.text("address IS NOT NULL"))
        batch_op.create_index("ix_audit_events_account", ["account_id", "at", "id"], unique=False)
        batch_op.create_index("ix_audit_events_object", ["account_id", "kind", "object_id", "at", "id"], unique=False)

    with op.batch_alter_table("browser_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("fresh_until", sa.DateTime(timezone=True), nullable=True))

    with counting_on("dedicated_servers") as batch_op:
        batch_op.add_column(sa.Column("more_addresses", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("external_id", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
        batch_op.create_index(batch_op.f("ix_dedicated_servers_external_id"), ["external_id"], unique=True)

    with counting_on("dns_zones") as batch_op:
        batch_op.add_column(sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("look_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("external_id", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
        batch_op.create_index(batch_op.f("ix_dns_zones_look_at"), ["look_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_dns_zones_external_id"), ["external_id"], unique=True)

    with counting_on("domains") as batch_op:
        batch_op.add_column(sa.Column("name_servers", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("external_id", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
        batch_op.create_index(batch_op.f("ix_domains_external_id"), ["external_id"], unique=True)

    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("external_id", sa.String(length=100), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_accounts_external_id"), ["external_id"])

    if op.get_bind().dialect.name == "sqlite":
        op.execute("UPDATE invoices SET total = ROUND(total * 10000)")
    with counting_on("invoices") as batch_op:
        batch_op.alter_column("total", type_=exact(16, 4), existing_type=sa.Numeric(12, 2), existing_nullable=False)
        batch_op.add_column(sa.Column("net", exact(16, 4), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("tax", exact(16, 4), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("addressed_to", sa.String(length=500), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("pay_url", sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column("external_id", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
        batch_op.create_index(batch_op.f("ix_invoices_external_id"), ["external_id"], unique=True)

    # Until now a total had no parts.
    op.execute("UPDATE invoices SET net = total")

    with counting_on("virtual_servers") as batch_op:
        batch_op.add_column(sa.Column("more_addresses", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("external_id", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
        batch_op.create_index(batch_op.f("ix_virtual_servers_external_id"), ["external_id"], unique=True)

    with counting_on("wordpress_sites") as batch_op:
        batch_op.add_column(sa.Column("more_admins", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("external_id", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
        batch_op.create_index(batch_op.f("ix_wordpress_sites_external_id"), ["external_id"], unique=True)



def downgrade() -> None:
    with op.batch_alter_table("wordpress_sites", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wordpress_sites_external_id"))
        batch_op.drop_column("revision")
        batch_op.drop_column("external_id")
        batch_op.drop_column("more_admins")

    with op.batch_alter_table("virtual_servers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_virtual_servers_external_id"))
        batch_op.drop_column("revision")
        batch_op.drop_column("external_id")
        batch_op.drop_column("more_addresses")

    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoices_external_id"))
        batch_op.drop_column("revision")
        batch_op.drop_column("external_id")
        batch_op.drop_column("pay_url")
        batch_op.drop_column("addressed_to")
        batch_op.drop_column("tax")
        batch_op.drop_column("net")
        batch_op.alter_column("total", type_=sa.Numeric(12, 2), existing_type=exact(16, 4), existing_nullable=False)
    if op.get_bind().dialect.name == "sqlite":
        op.execute("UPDATE invoices SET total = total / 10000.0")

    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_accounts_external_id"), type_="unique")
        batch_op.drop_column("external_id")

    with op.batch_alter_table("domains", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_domains_external_id"))
        batch_op.drop_column("revision")
        batch_op.drop_column("external_id")
        batch_op.drop_column("name_servers")

    with op.batch_alter_table("dns_zones", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dns_zones_external_id"))
        batch_op.drop_index(batch_op.f("ix_dns_zones_look_at"))
        batch_op.drop_column("revision")
        batch_op.drop_column("external_id")
        batch_op.drop_column("look_at")
        batch_op.drop_column("looked_at")

    with op.batch_alter_table("dedicated_servers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dedicated_servers_external_id"))
        batch_op.drop_column("revision")
        batch_op.drop_column("external_id")
        batch_op.drop_column("more_addresses")

    with op.batch_alter_table("browser_sessions", schema=None) as batch_op:
        batch_op.drop_column("fresh_until")
        batch_op.drop_column("proved_at")

    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_events_object")
        batch_op.drop_index("ix_audit_events_account")
        batch_op.drop_index("ix_audit_events_address", sqlite_where=sa.text("address IS NOT NULL"), postgresql_where=sa.text("address IS NOT NULL"))
        batch_op.create_index(batch_op.f("ix_audit_events_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_events_account_id"), ["account_id"], unique=False)
        batch_op.drop_column("object_id")
        batch_op.drop_column("kind")
        batch_op.drop_column("proof")

    with op.batch_alter_table("ticket_messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ticket_messages_ticket_id"))
        batch_op.drop_index("ix_ticket_messages_due", sqlite_where=sa.text("due_at IS NOT NULL"), postgresql_where=sa.text("due_at IS NOT NULL"))

    op.drop_table("ticket_messages")
    op.drop_table("invoice_lines")
    with op.batch_alter_table("dns_drafts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dns_drafts_zone_id"))
        batch_op.drop_index(batch_op.f("ix_dns_drafts_made_at"))
        batch_op.drop_index(batch_op.f("ix_dns_drafts_account_id"))

    op.drop_table("dns_drafts")
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tickets_changed_at"))
        batch_op.drop_index("ix_tickets_account")

    op.drop_table("tickets")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index("ix_orders_secret", sqlite_where=sa.text("secret IS NOT NULL"), postgresql_where=sa.text("secret IS NOT NULL"))
        batch_op.drop_index("ix_orders_object")
        batch_op.drop_index("ix_orders_due", sqlite_where=sa.text("settled_at IS NULL"), postgresql_where=sa.text("settled_at IS NULL"))
        batch_op.drop_index(batch_op.f("ix_orders_asked_at"))
        batch_op.drop_index(batch_op.f("ix_orders_account_id"))

    op.drop_table("orders")
    with op.batch_alter_table("dns_changes", schema=None) as batch_op:
        batch_op.drop_index("ix_dns_changes_zone")
        batch_op.drop_index(batch_op.f("ix_dns_changes_at"))

    op.drop_table("dns_changes")
    op.drop_table("billing_details")
