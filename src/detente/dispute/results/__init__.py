"""What every result has: plain values, tables, JSON and back, a folder that is never half written."""
