"""The bundle for an office whose PCs reach no registry."""
