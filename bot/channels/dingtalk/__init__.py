"""DingTalk (钉钉): its bot in Stream mode, without a public address."""
