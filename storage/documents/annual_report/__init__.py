"""Writers of the annual report and its annexes in every format."""
