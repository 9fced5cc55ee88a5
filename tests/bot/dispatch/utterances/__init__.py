"""The sayings of real posts, said to the sample town: what each may record, and what each must be answered."""
