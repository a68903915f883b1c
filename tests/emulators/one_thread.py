"""bqemulator, with one change: rows of the Storage API are written by the thread that answers queries.

It has one connection to DuckDB, which two threads cannot use at once: a query beside an append would fail now and then.
"""

import asyncio
import sys

from bqemulator.cli import main
from bqemulator.grpc_api.write_servicer import BigQueryWriteHandler
from bqemulator.storage.engine import DuckDBEngine

loops = []
start, flush = DuckDBEngine.start, BigQueryWriteHandler._flush_to_target


async def start_on_loop(engine):
    loops.append(asyncio.get_running_loop())
    await start(engine)


def flush_on_loop(handler, stream, rows):
    async def write():
        flush(handler, stream, rows)

    asyncio.run_coroutine_threadsafe(write(), loops[-1]).result()


DuckDBEngine.start, BigQueryWriteHandler._flush_to_target = start_on_loop, flush_on_loop
sys.exit(main())
