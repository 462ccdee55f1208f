"""What Alembic runs: on the connection that `migrations.upgrade` hands over, and no other."""

from alembic import context

from core.db import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
