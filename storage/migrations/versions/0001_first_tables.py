"""The first tables, and the search index where the database is SQLite.

Revision 0001, after nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "artifact",
        sa.Column("key", KEY, nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_artifact")),
        sa.UniqueConstraint("sha256", name=op.f("uq_artifact_sha256")),
    )
    op.create_table(
        "log_entry",
        sa.Column("place", KEY, autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_log_entry")),
    )
    op.create_table(
        "log_node",
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("place", KEY, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "place", name=op.f("pk_log_node")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "log_key",
        sa.Column("place", KEY, nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["place"], ["log_entry.place"], name=op.f("fk_log_key_place")),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_log_key")),
    )
    op.create_table(
        "checkpoint",
        sa.Column("key", KEY, nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("size", KEY, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_checkpoint")),
        sa.UniqueConstraint("digest", name=op.f("uq_checkpoint_digest")),
        sa.UniqueConstraint("epoch", "size", name=op.f("uq_checkpoint_epoch_size")),
    )
    op.create_table(
        "token",
        sa.Column("key", KEY, nullable=False),
        sa.Column("checkpoint_key", KEY, nullable=False),
        sa.Column("renews_key", KEY, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("imprint", sa.LargeBinary(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("stamped_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.BigInteger(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["checkpoint_key"], ["checkpoint.key"], name=op.f("fk_token_checkpoint_key")),
        sa.ForeignKeyConstraint(["renews_key"], ["token.key"], name=op.f("fk_token_renews_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_token")),
    )
    op.create_index(op.f("ix_token_checkpoint_key"), "token", ["checkpoint_key"], unique=False)
    op.create_index(op.f("ix_token_status_next_try_at"), "token", ["status", "next_try_at"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
        sa.Column("manifest_key", KEY, nullable=False),
        sa.Column("object_key", KEY, nullable=True),
        sa.Column("original_key", KEY, nullable=True),
        sa.Column("seed", sa.LargeBinary(), nullable=True),
        sa.Column("described", sa.JSON(), nullable=True),
        sa.Column("log_index", KEY, nullable=False),
        sa.Column("erased_at", sa.BigInteger(), nullable=True),
        sa.Column("tombstone_index", KEY, nullable=True),
        sa.ForeignKeyConstraint(["manifest_key"], ["artifact.key"], name=op.f("fk_evidence_manifest_key")),
        sa.ForeignKeyConstraint(["object_key"], ["artifact.key"], name=op.f("fk_evidence_object_key")),
        sa.ForeignKeyConstraint(["original_key"], ["evidence.key"], name=op.f("fk_evidence_original_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_evidence")),
        sa.UniqueConstraint("id", name=op.f("uq_evidence_id")),
        sa.UniqueConstraint("log_index", name=op.f("uq_evidence_log_index")),
    )
    op.create_index(op.f("ix_evidence_object_key"), "evidence", ["object_key"], unique=False)
    op.create_index(op.f("ix_evidence_manifest_key"), "evidence", ["manifest_key"], unique=False)
    op.create_table(
        "meta",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_meta")),
    )
    op.create_table(
        "platform",
        sa.Column("key", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_platform")),
        sa.UniqueConstraint("name", name=op.f("uq_platform_name")),
    )
    op.create_table(
        "run",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.Column("captured", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_run")),
        sa.UniqueConstraint("id", name=op.f("uq_run_id")),
    )
    op.create_index(op.f("ix_run_started_at"), "run", ["started_at"], unique=False)
    op.create_table(
        "text",
        sa.Column("key", KEY, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_text")),
        sa.UniqueConstraint("digest", name=op.f("uq_text_digest")),
    )
    op.create_table(
        "page",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("platform_key", KEY, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("url_digest", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("vantage", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["platform_key"], ["platform.key"], name=op.f("fk_page_platform_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_page")),
        sa.UniqueConstraint("id", name=op.f("uq_page_id")),
        sa.UniqueConstraint(
            "platform_key", "url_digest", "vantage", name=op.f("uq_page_platform_key_url_digest_vantage")
        ),
    )
    op.create_index(op.f("ix_page_url_digest"), "page", ["url_digest"], unique=False)
    op.create_table(
        "payload",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("artifact_key", KEY, nullable=False),
        sa.Column("offset", KEY, nullable=False),
        sa.Column("length", KEY, nullable=False),
        sa.Column("size", KEY, nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("date", sa.BigInteger(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["artifact_key"], ["artifact.key"], name=op.f("fk_payload_artifact_key")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_payload")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_payload_artifact_key"), "payload", ["artifact_key"], unique=False)
    op.create_table(
        "reading",
        sa.Column("key", KEY, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("text_key", KEY, nullable=False),
        sa.Column("forms", sa.JSON(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["text_key"], ["text.key"], name=op.f("fk_reading_text_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_reading")),
        sa.UniqueConstraint("digest", name=op.f("uq_reading_digest")),
    )
    op.create_table(
        "capture",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("page_key", KEY, nullable=False),
        sa.Column("platform_key", KEY, nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("claimed_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("final_url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("warc_bytes", KEY, nullable=False),
        sa.Column("certificate_error", sa.Text(), nullable=False),
        sa.Column("full_views", sa.Boolean(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("source_file", sa.Text(), nullable=False),
        sa.Column("previous_key", KEY, nullable=True),
        sa.Column("log_index", KEY, nullable=True),
        sa.ForeignKeyConstraint(["page_key"], ["page.key"], name=op.f("fk_capture_page_key")),
        sa.ForeignKeyConstraint(["platform_key"], ["platform.key"], name=op.f("fk_capture_platform_key")),
        sa.ForeignKeyConstraint(["previous_key"], ["capture.key"], name=op.f("fk_capture_previous_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_capture")),
        sa.UniqueConstraint("id", name=op.f("uq_capture_id")),
        sa.UniqueConstraint("log_index", name=op.f("uq_capture_log_index")),
    )
    op.create_index(op.f("ix_capture_outcome_seen_at_key"), "capture", ["outcome", "seen_at", "key"], unique=False)
    op.create_index(op.f("ix_capture_page_key_seen_at_key"), "capture", ["page_key", "seen_at", "key"], unique=False)
    op.create_index(op.f("ix_capture_page_key_started_at"), "capture", ["page_key", "started_at"], unique=False)
    op.create_index(
        op.f("ix_capture_platform_key_outcome_seen_at_key"),
        "capture",
        ["platform_key", "outcome", "seen_at", "key"],
        unique=False,
    )
    op.create_table(
        "lease",
        sa.Column("page_key", KEY, nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["page_key"], ["page.key"], name=op.f("fk_lease_page_key")),
        sa.PrimaryKeyConstraint("page_key", name=op.f("pk_lease")),
    )
    op.create_table(
        "missed_run",
        sa.Column("key", KEY, nullable=False),
        sa.Column("page_key", KEY, nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("noticed_at", sa.BigInteger(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["page_key"], ["page.key"], name=op.f("fk_missed_run_page_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_missed_run")),
        sa.UniqueConstraint("page_key", "due_at", name=op.f("uq_missed_run_page_key_due_at")),
    )
    op.create_index(op.f("ix_missed_run_noticed_at"), "missed_run", ["noticed_at"], unique=False)
    op.create_table(
        "capture_artifact",
        sa.Column("capture_key", KEY, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("artifact_key", KEY, nullable=False),
        sa.ForeignKeyConstraint(["artifact_key"], ["artifact.key"], name=op.f("fk_capture_artifact_artifact_key")),
        sa.ForeignKeyConstraint(["capture_key"], ["capture.key"], name=op.f("fk_capture_artifact_capture_key")),
        sa.PrimaryKeyConstraint("capture_key", "role", name=op.f("pk_capture_artifact")),
    )
    op.create_index(op.f("ix_capture_artifact_artifact_key"), "capture_artifact", ["artifact_key"], unique=False)
    op.create_table(
        "change",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("page_key", KEY, nullable=False),
        sa.Column("platform_key", KEY, nullable=False),
        sa.Column("before_key", KEY, nullable=True),
        sa.Column("after_key", KEY, nullable=False),
        sa.Column("before_at", sa.BigInteger(), nullable=True),
        sa.Column("after_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("settled_key", KEY, nullable=True),
        sa.Column("change_class", sa.Text(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("quotable", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["after_key"], ["capture.key"], name=op.f("fk_change_after_key")),
        sa.ForeignKeyConstraint(["before_key"], ["capture.key"], name=op.f("fk_change_before_key")),
        sa.ForeignKeyConstraint(["page_key"], ["page.key"], name=op.f("fk_change_page_key")),
        sa.ForeignKeyConstraint(["platform_key"], ["platform.key"], name=op.f("fk_change_platform_key")),
        sa.ForeignKeyConstraint(["settled_key"], ["capture.key"], name=op.f("fk_change_settled_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_change")),
        sa.UniqueConstraint("id", name=op.f("uq_change_id")),
    )
    op.create_index(op.f("ix_change_after_at_key"), "change", ["after_at", "key"], unique=False)
    op.create_index(op.f("ix_change_after_key"), "change", ["after_key"], unique=False)
    op.create_index(
        op.f("ix_change_change_class_severity_after_at_key"),
        "change",
        ["change_class", "severity", "after_at", "key"],
        unique=False,
    )
    op.create_index(op.f("ix_change_page_key_after_at_key"), "change", ["page_key", "after_at", "key"], unique=False)
    op.create_index(
        op.f("ix_change_platform_key_after_at_key"), "change", ["platform_key", "after_at", "key"], unique=False
    )
    op.create_index(op.f("ix_change_severity_after_at_key"), "change", ["severity", "after_at", "key"], unique=False)
    op.create_index(op.f("ix_change_status_after_at_key"), "change", ["status", "after_at", "key"], unique=False)
    op.create_table(
        "salt",
        sa.Column("capture_key", KEY, nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["capture_key"], ["capture.key"], name=op.f("fk_salt_capture_key")),
        sa.PrimaryKeyConstraint("capture_key", name=op.f("pk_salt")),
    )
    op.create_table(
        "text_seen",
        sa.Column("text_key", KEY, nullable=False),
        sa.Column("page_key", KEY, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("first_capture_key", KEY, nullable=False),
        sa.Column("last_capture_key", KEY, nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["first_capture_key"], ["capture.key"], name=op.f("fk_text_seen_first_capture_key")),
        sa.ForeignKeyConstraint(["last_capture_key"], ["capture.key"], name=op.f("fk_text_seen_last_capture_key")),
        sa.ForeignKeyConstraint(["page_key"], ["page.key"], name=op.f("fk_text_seen_page_key")),
        sa.ForeignKeyConstraint(["text_key"], ["text.key"], name=op.f("fk_text_seen_text_key")),
        sa.PrimaryKeyConstraint("text_key", "page_key", "source", "origin", name=op.f("pk_text_seen")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_text_seen_page_key"), "text_seen", ["page_key"], unique=False)
    op.create_table(
        "version",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("capture_key", KEY, nullable=False),
        sa.Column("page_key", KEY, nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("reading_key", KEY, nullable=False),
        sa.ForeignKeyConstraint(["capture_key"], ["capture.key"], name=op.f("fk_version_capture_key")),
        sa.ForeignKeyConstraint(["page_key"], ["page.key"], name=op.f("fk_version_page_key")),
        sa.ForeignKeyConstraint(["reading_key"], ["reading.key"], name=op.f("fk_version_reading_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_version")),
        sa.UniqueConstraint("capture_key", "release", name=op.f("uq_version_capture_key_release")),
        sa.UniqueConstraint("id", name=op.f("uq_version_id")),
    )
    op.create_index(op.f("ix_version_page_key_seen_at_key"), "version", ["page_key", "seen_at", "key"], unique=False)
    op.create_table(
        "view_set",
        sa.Column("capture_key", KEY, nullable=False),
        sa.Column("page_key", KEY, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("appearance_text", sa.Text(), nullable=False),
        sa.Column("appearance_resources", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["capture_key"], ["capture.key"], name=op.f("fk_view_set_capture_key")),
        sa.ForeignKeyConstraint(["page_key"], ["page.key"], name=op.f("fk_view_set_page_key")),
        sa.PrimaryKeyConstraint("capture_key", name=op.f("pk_view_set")),
    )
    op.create_index(op.f("ix_view_set_page_key_made_at"), "view_set", ["page_key", "made_at"], unique=False)
    op.create_table(
        "alert_sent",
        sa.Column("change_key", KEY, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["change_key"], ["change.key"], name=op.f("fk_alert_sent_change_key")),
        sa.PrimaryKeyConstraint("change_key", "channel", name=op.f("pk_alert_sent")),
    )
    op.create_table(
        "view",
        sa.Column("capture_key", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["capture_key"], ["view_set.capture_key"], name=op.f("fk_view_capture_key")),
        sa.PrimaryKeyConstraint("capture_key", "position", name=op.f("pk_view")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "page_habit",
        sa.Column("page_key", KEY, nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["page_key"], ["page.key"], name=op.f("fk_page_habit_page_key")),
        sa.PrimaryKeyConstraint("page_key", name=op.f("pk_page_habit")),
    )
    op.create_table(
        "reading_state",
        sa.Column("key", KEY, nullable=False),
        sa.Column("page_key", KEY, nullable=False),
        sa.Column("began_key", KEY, nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_key", KEY, nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["page_key"], ["page.key"], name=op.f("fk_reading_state_page_key")),
        sa.ForeignKeyConstraint(["began_key"], ["capture.key"], name=op.f("fk_reading_state_began_key")),
        sa.ForeignKeyConstraint(["ended_key"], ["capture.key"], name=op.f("fk_reading_state_ended_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_reading_state")),
    )
    op.create_index(op.f("ix_reading_state_page_key_key"), "reading_state", ["page_key", "key"], unique=False)
    op.create_index(op.f("ix_reading_state_ended_at_key"), "reading_state", ["ended_at", "key"], unique=False)
    op.create_table(
        "reread",
        sa.Column("page_key", KEY, nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("through_key", KEY, nullable=False),
        sa.Column("captures", sa.Integer(), nullable=False),
        sa.Column("differing", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["page_key"], ["page.key"], name=op.f("fk_reread_page_key")),
        sa.ForeignKeyConstraint(["through_key"], ["capture.key"], name=op.f("fk_reread_through_key")),
        sa.PrimaryKeyConstraint("page_key", "release", name=op.f("pk_reread")),
    )
    op.create_table(
        "reassessed",
        sa.Column("key", KEY, nullable=False),
        sa.Column("page_key", KEY, nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("former", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("before_key", KEY, nullable=False),
        sa.Column("after_key", KEY, nullable=False),
        sa.Column("change_class", sa.Text(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("quotable", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["page_key"], ["page.key"], name=op.f("fk_reassessed_page_key")),
        sa.ForeignKeyConstraint(["before_key"], ["capture.key"], name=op.f("fk_reassessed_before_key")),
        sa.ForeignKeyConstraint(["after_key"], ["capture.key"], name=op.f("fk_reassessed_after_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_reassessed")),
    )
    op.create_index(op.f("ix_reassessed_page_key_release"), "reassessed", ["page_key", "release"], unique=False)
    op.create_index(op.f("ix_reassessed_release_key"), "reassessed", ["release", "key"], unique=False)
    op.create_table(
        "picture_text",
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("unread", sa.Text(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", "engine", name=op.f("pk_picture_text")),
    )
    if _has_fts5(op.get_bind()):
        # The tokens are ours (storage.search), folded and separated by blanks; the ascii tokenizer leaves them whole.
        op.execute("CREATE VIRTUAL TABLE text_index USING fts5(tokens, content='', tokenize='ascii')")


def _has_fts5(connection: sa.Connection) -> bool:
    if connection.dialect.name != "sqlite":
        return False
    return connection.scalar(sa.text("SELECT 1 FROM pragma_module_list WHERE name = 'fts5'")) is not None


def downgrade() -> None:
    raise NotImplementedError("the first tables are not taken down; restore a backup instead")
