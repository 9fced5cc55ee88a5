"""Writing an office: its document, its versions, its set-up and its settings, for command and page alike."""
