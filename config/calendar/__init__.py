"""The working calendar and the State Council notices that fix it."""
