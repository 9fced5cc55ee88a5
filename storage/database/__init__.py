"""The database: engines, tables, the store, backups and copies."""
