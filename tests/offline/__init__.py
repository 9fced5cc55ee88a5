"""Tests of the bundle for offices whose PCs reach no registry."""
