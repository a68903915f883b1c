"""Google's own clients read what our code wrote: views in BigQuery, the journal in Firestore, artifacts.

usage: google_cloud.py PROJECT BIGQUERY FIRESTORE STORAGE BUCKET OBJECT
The first is a project, then come an address of each emulator, a bucket and an object in it. Writes what it read to stdout.
"""

import datetime
import decimal
import hashlib
import json
import os
import sys

project, warehouse, journal, objects, bucket, name = sys.argv[1:]
os.environ["FIRESTORE_EMULATOR_HOST"] = journal

from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery, firestore, storage

nobody = AnonymousCredentials()
client = bigquery.Client(project=project, credentials=nobody, client_options={"api_endpoint": warehouse})


def query(sql, *parameters):
    config = bigquery.QueryJobConfig(query_parameters=parameters)
    # without its own repetitions: it would hide a failure for ten minutes
    rows = client.query(sql, job_config=config, retry=None, job_retry=None).result(retry=None, job_retry=None)
    return [dict(row.items()) for row in rows]


def scalar(name, kind, value):
    return bigquery.ScalarQueryParameter(name, kind, value)


epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
want = bigquery.StructQueryParameter(None, scalar("timeframe", "STRING", "1h"), scalar("since", "TIMESTAMP", epoch))
candles = query(
    "SELECT * FROM topdown_market.ohlcv_as_of('sim:1', @symbol, @wants, @oldest, @as_of) ORDER BY open_time",
    scalar("symbol", "STRING", "BTCUSDT"),
    bigquery.ArrayQueryParameter("wants", "STRUCT", [want]),
    scalar("oldest", "TIMESTAMP", epoch),
    scalar("as_of", "TIMESTAMP", datetime.datetime(2026, 4, 30, 4, tzinfo=datetime.timezone.utc)),
)

database = firestore.Client(project=project, database="topdown", credentials=nobody)
run = database.document("flow_runs/r-1")
steps = {step.id: step.to_dict() for step in run.collection("steps").stream()}

blob = storage.Client(project=project, credentials=nobody, client_options={"api_endpoint": objects}).bucket(bucket).blob(name)
data = blob.download_as_bytes(retry=None)


def plain(value):
    if isinstance(value, decimal.Decimal):
        return str(value)
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    raise TypeError(f"{value!r}")


read = {
    "candles": candles,
    "latest": query("SELECT * FROM topdown_reports.latest_reports ORDER BY timeframe"),
    "recommendations": query("SELECT * FROM topdown_reports.recommendations_with_sources"),
    "by_prompt": query(
        "SELECT * FROM topdown_reports.made_by_prompt WHERE llm_prompt_id = @id ORDER BY id",
        scalar("id", "STRING", "weekly-report@ca978112"),
    ),
    "cost": query("SELECT * FROM topdown_reports.cost_by_day_and_model ORDER BY day, llm_model"),
    "run": run.get().to_dict(),
    "steps": steps,
    "artifact": hashlib.sha256(data).hexdigest(),
}
print(json.dumps(read, default=plain))
