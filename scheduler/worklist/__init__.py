"""The worklist: what each case waits for, from whom and until when."""
