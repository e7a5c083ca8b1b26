"""The tables of who runs the sites.

Revision 0002, after 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "decision",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("a", sa.Text(), nullable=False),
        sa.Column("b", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_decision")),
        sa.UniqueConstraint("id", name=op.f("uq_decision_id")),
    )
    op.create_index(op.f("ix_decision_a"), "decision", ["a"], unique=False)
    op.create_index(op.f("ix_decision_b"), "decision", ["b"], unique=False)
    op.create_table(
        "identifier",
        sa.Column("key", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("sites", sa.Integer(), nullable=False),
        sa.Column("shared", sa.Float(), nullable=True),
        sa.Column("shared_sites", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_identifier")),
        sa.UniqueConstraint("kind", "value", name=op.f("uq_identifier_kind_value")),
    )
    op.create_table(
        "operator",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("band", sa.Text(), nullable=False),
        sa.Column("born_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_operator")),
        sa.UniqueConstraint("id", name=op.f("uq_operator_id")),
    )
    op.create_index(op.f("ix_operator_ended_at_key"), "operator", ["ended_at", "key"], unique=False)
    op.create_table(
        "site",
        sa.Column("key", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.BigInteger(), nullable=False),
        sa.Column("touched", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_site")),
        sa.UniqueConstraint("name", name=op.f("uq_site_name")),
    )
    op.create_index(op.f("ix_site_touched"), "site", ["touched"], unique=False)
    op.create_table(
        "operator_event",
        sa.Column("key", KEY, nullable=False),
        sa.Column("operator_key", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("sites", sa.JSON(), nullable=False),
        sa.Column("others", sa.JSON(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["operator_key"], ["operator.key"], name=op.f("fk_operator_event_operator_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_operator_event")),
    )
    op.create_index(op.f("ix_operator_event_at_key"), "operator_event", ["at", "key"], unique=False)
    op.create_index(op.f("ix_operator_event_operator_key_at"), "operator_event", ["operator_key", "at"], unique=False)
    op.create_table(
        "operator_site",
        sa.Column("key", KEY, nullable=False),
        sa.Column("operator_key", KEY, nullable=False),
        sa.Column("site_key", KEY, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["operator_key"], ["operator.key"], name=op.f("fk_operator_site_operator_key")),
        sa.ForeignKeyConstraint(["site_key"], ["site.key"], name=op.f("fk_operator_site_site_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_operator_site")),
    )
    op.create_index(
        op.f("ix_operator_site_operator_key_since"), "operator_site", ["operator_key", "since"], unique=False
    )
    op.create_index(op.f("ix_operator_site_site_key_since"), "operator_site", ["site_key", "since"], unique=False)
    op.create_table(
        "platform_site",
        sa.Column("platform_key", KEY, nullable=False),
        sa.Column("site_key", KEY, nullable=False),
        sa.Column("arrived", sa.Boolean(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["platform_key"], ["platform.key"], name=op.f("fk_platform_site_platform_key")),
        sa.ForeignKeyConstraint(["site_key"], ["site.key"], name=op.f("fk_platform_site_site_key")),
        sa.PrimaryKeyConstraint("platform_key", "site_key", name=op.f("pk_platform_site")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_platform_site_site_key"), "platform_site", ["site_key"], unique=False)
    op.create_table(
        "site_move",
        sa.Column("key", KEY, nullable=False),
        sa.Column("before_key", KEY, nullable=False),
        sa.Column("after_key", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("bits", sa.Float(), nullable=False),
        sa.Column("signals", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.BigInteger(), nullable=False),
        sa.Column("replaced_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["after_key"], ["site.key"], name=op.f("fk_site_move_after_key")),
        sa.ForeignKeyConstraint(["before_key"], ["site.key"], name=op.f("fk_site_move_before_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_site_move")),
    )
    op.create_index(op.f("ix_site_move_after_key"), "site_move", ["after_key"], unique=False)
    op.create_index(op.f("ix_site_move_before_key_after_key"), "site_move", ["before_key", "after_key"], unique=False)
    op.create_table(
        "site_period",
        sa.Column("key", KEY, nullable=False),
        sa.Column("site_key", KEY, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("checked_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("pending", sa.Boolean(), nullable=False),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.Column("registry_part", sa.Text(), nullable=False),
        sa.Column("http_part", sa.Text(), nullable=False),
        sa.Column("content_part", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("proof", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["site_key"], ["site.key"], name=op.f("fk_site_period_site_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_site_period")),
    )
    op.create_index(op.f("ix_site_period_ended_at_checked_at"), "site_period", ["ended_at", "checked_at"], unique=False)
    op.create_index(op.f("ix_site_period_site_key_since"), "site_period", ["site_key", "since"], unique=False)
    op.create_table(
        "lookup",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("server", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("evidence_key", KEY, nullable=True),
        sa.ForeignKeyConstraint(["evidence_key"], ["evidence.key"], name=op.f("fk_lookup_evidence_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_lookup")),
        sa.UniqueConstraint("id", name=op.f("uq_lookup_id")),
    )
    op.create_index(op.f("ix_lookup_domain_kind_asked_at"), "lookup", ["domain", "kind", "asked_at"], unique=False)
    op.create_table(
        "objection",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("evidence_key", KEY, nullable=True),
        sa.ForeignKeyConstraint(["evidence_key"], ["evidence.key"], name=op.f("fk_objection_evidence_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_objection")),
        sa.UniqueConstraint("id", name=op.f("uq_objection_id")),
    )
    op.create_index(op.f("ix_objection_about"), "objection", ["about"], unique=False)
    op.create_table(
        "page_statements",
        sa.Column("page_key", KEY, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("statements", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["page_key"], ["page.key"], name=op.f("fk_page_statements_page_key")),
        sa.PrimaryKeyConstraint("page_key", name=op.f("pk_page_statements")),
    )
    op.create_table(
        "page_restated",
        sa.Column("page_key", KEY, nullable=False),
        sa.Column("readers", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["page_key"], ["page.key"], name=op.f("fk_page_restated_page_key")),
        sa.PrimaryKeyConstraint("page_key", name=op.f("pk_page_restated")),
    )
    op.create_table(
        "verified",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site_key", KEY, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("shown_fields", sa.JSON(), nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("evidence_key", KEY, nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["evidence_key"], ["evidence.key"], name=op.f("fk_verified_evidence_key")),
        sa.ForeignKeyConstraint(["site_key"], ["site.key"], name=op.f("fk_verified_site_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_verified")),
        sa.UniqueConstraint("id", name=op.f("uq_verified_id")),
    )
    op.create_index(op.f("ix_verified_site_key_recorded_at"), "verified", ["site_key", "recorded_at"], unique=False)
    op.create_table(
        "statement",
        sa.Column("site_key", KEY, nullable=False),
        sa.Column("identifier_key", KEY, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("claimed", sa.Boolean(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("first_capture_key", KEY, nullable=True),
        sa.Column("last_capture_key", KEY, nullable=True),
        sa.Column("first_lookup_key", KEY, nullable=True),
        sa.Column("last_lookup_key", KEY, nullable=True),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=True),
        sa.Column("spot", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("block", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["first_capture_key"], ["capture.key"], name=op.f("fk_statement_first_capture_key")),
        sa.ForeignKeyConstraint(["first_lookup_key"], ["lookup.key"], name=op.f("fk_statement_first_lookup_key")),
        sa.ForeignKeyConstraint(["identifier_key"], ["identifier.key"], name=op.f("fk_statement_identifier_key")),
        sa.ForeignKeyConstraint(["last_capture_key"], ["capture.key"], name=op.f("fk_statement_last_capture_key")),
        sa.ForeignKeyConstraint(["last_lookup_key"], ["lookup.key"], name=op.f("fk_statement_last_lookup_key")),
        sa.ForeignKeyConstraint(["site_key"], ["site.key"], name=op.f("fk_statement_site_key")),
        sa.PrimaryKeyConstraint("site_key", "identifier_key", "place", "claimed", name=op.f("pk_statement")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_statement_identifier_key"), "statement", ["identifier_key"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("tables with evidence are not taken down; restore a backup instead")
