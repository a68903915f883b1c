//! Storage on one machine: SQLite and a folder. Everything survives kill -9.
