"""The tables of disputes.

Revision 0003, after 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "case_record",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("returned", KEY, nullable=True),
        sa.Column("erased_at", sa.BigInteger(), nullable=True),
        sa.Column("erased_why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_case_record")),
        sa.UniqueConstraint("id", name=op.f("uq_case_record_id")),
    )
    op.create_index(op.f("ix_case_record_closed_at"), "case_record", ["closed_at"], unique=False)
    op.create_table(
        "case_event",
        sa.Column("key", KEY, nullable=False),
        sa.Column("case_key", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["case_key"], ["case_record.key"], name=op.f("fk_case_event_case_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_case_event")),
    )
    op.create_index(op.f("ix_case_event_case_key_at"), "case_event", ["case_key", "at"], unique=False)
    op.create_table(
        "case_item",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_key", KEY, nullable=False),
        sa.Column("evidence_key", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("shows", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("said_at", sa.BigInteger(), nullable=True),
        sa.Column("times", sa.JSON(), nullable=False),
        sa.Column("conflicts", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_source", sa.Text(), nullable=False),
        sa.Column("duplicate_of", sa.Text(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_key"], ["case_record.key"], name=op.f("fk_case_item_case_key")),
        sa.ForeignKeyConstraint(["evidence_key"], ["evidence.key"], name=op.f("fk_case_item_evidence_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_case_item")),
        sa.UniqueConstraint("id", name=op.f("uq_case_item_id")),
    )
    op.create_index(op.f("ix_case_item_case_key_added_at"), "case_item", ["case_key", "added_at"], unique=False)
    op.create_index(op.f("ix_case_item_evidence_key"), "case_item", ["evidence_key"], unique=False)
    op.create_table(
        "case_step",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_key", KEY, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.BigInteger(), nullable=False),
        sa.Column("proof", sa.JSON(), nullable=False),
        sa.Column("receipt_no", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("due_what", sa.Text(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("returned", KEY, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reminded_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_key"], ["case_record.key"], name=op.f("fk_case_step_case_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_case_step")),
        sa.UniqueConstraint("id", name=op.f("uq_case_step_id")),
    )
    op.create_index(op.f("ix_case_step_answered_at_due_at"), "case_step", ["answered_at", "due_at"], unique=False)
    op.create_index(op.f("ix_case_step_case_key_filed_at"), "case_step", ["case_key", "filed_at"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("tables with evidence are not taken down; restore a backup instead")
