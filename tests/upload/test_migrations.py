"""The tables: the seeds' columns under their names, and the application's role without more than it needs."""

from tests.databases import Database, Postgres

SEEDS_COLUMNS = {
    "video_provider",
    "mux_upload_id",
    "mux_asset_id",
    "mux_playback_id",
    "processing_status",
    "video_url",
    "hls_url",
    "duration",
}


def test_lessons_have_the_columns_and_indexes_of_the_seeds(database: Database, postgres: Postgres) -> None:
    """Names, the default provider, and both indexes are as the first design has them."""
    columns = postgres.sql(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'lessons'", url=database.owner_url
    )
    assert set(columns.split()) >= SEEDS_COLUMNS
    default = postgres.sql(
        "SELECT column_default FROM information_schema.columns "
        "WHERE table_name = 'lessons' AND column_name = 'video_provider'",
        url=database.owner_url,
    )
    assert default.startswith("'s3'")
    indexes = postgres.sql("SELECT indexname FROM pg_indexes WHERE tablename = 'lessons'", url=database.owner_url)
    assert set(indexes.split()) >= {"idx_lessons_mux_asset", "idx_lessons_video_provider"}


def test_the_application_owns_nothing(database: Database, postgres: Postgres) -> None:
    """The role that serves requests cannot change the schema."""
    owned = postgres.sql(
        "SELECT count(*) FROM pg_class "
        "WHERE relowner = 'upload_app'::regrole AND relnamespace = 'public'::regnamespace",
        url=database.owner_url,
    )
    assert owned.strip() == "0"
    assert "denied" in _refusal(postgres, "CREATE TABLE mine (id int)", database.app_url)
    assert "owner" in _refusal(postgres, "ALTER TABLE lessons ADD COLUMN mine int", database.app_url)


def _refusal(postgres: Postgres, statement: str, url: str) -> str:
    try:
        postgres.sql(statement, url=url)
    except Exception as error:
        return str(error)
    return "allowed"
