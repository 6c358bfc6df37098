"""DuckDB beside the lake: the same queries on the same Parquet files, and its own ingestion of the same rows.

Reads the lines that `lake_bench` printed (standard input), prints them together with DuckDB's and the ratios.

    cargo run --release -p lake --example lake_bench > lake.jsonl
    python3 -m venv venv && venv/bin/pip install duckdb pytz
    venv/bin/python crates/lake/benches/beside_duckdb.py < lake.jsonl
"""

import json
import os
import sys
import tempfile
import time

import duckdb

REPEATS = 5


def best(run):
    times = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        run()
        times.append(time.perf_counter() - begun)
    return min(times)


def ingest(files, fields):
    """DuckDB's fastest way in from rows in memory: an Arrow-free COPY of a table that is already loaded is not
    ingestion, so the rows are inserted into a database file and checkpointed to disk."""
    with tempfile.TemporaryDirectory() as folder:
        source = duckdb.connect()
        source.execute(f"CREATE TABLE rows AS SELECT * EXCLUDE __seq FROM read_parquet({files!r})")
        path = os.path.join(folder, "rows.duckdb")
        source.execute(f"ATTACH '{path}' AS disk")
        begun = time.perf_counter()
        source.execute("CREATE TABLE disk.rows AS SELECT * FROM rows")
        source.execute("CHECKPOINT disk")
        seconds = time.perf_counter() - begun
        (rows,) = source.execute("SELECT count(*) FROM rows").fetchone()
        source.execute("DETACH disk")
        return rows * fields, seconds, os.path.getsize(path)


def main():
    lines = [json.loads(line) for line in sys.stdin if line.startswith("{")]
    ingested = next(line for line in lines if line["what"] == "ingest")
    files = os.path.join(ingested["directory"], "lake", "*", "*", "*", "*.parquet")
    fields = ingested["points"] // ingested["rows"]

    points, seconds, size = ingest(files, fields)
    theirs = {
        "what": "ingest",
        "engine": "duckdb",
        "points": points,
        "seconds": seconds,
        "points_per_second": points / seconds,
        "bytes_per_point": size / points,
        "note": "from its own memory into its own file; the lake starts from encoded journal records",
    }
    for line in [*lines, theirs]:
        print(json.dumps(line))

    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"CREATE VIEW sensor AS SELECT * FROM read_parquet({files!r})")
    for line in lines:
        if line["what"] != "query":
            continue
        took = best(lambda: connection.execute(line["sql"]).fetchall())
        print(
            json.dumps(
                {
                    "what": "query",
                    "engine": "duckdb",
                    "query": line["query"],
                    "seconds": took,
                    "lake_takes_times": line["seconds"] / took,
                }
            )
        )


if __name__ == "__main__":
    main()
