"""WeCom (企业微信): its 智能机器人 over the long connection, without a public address."""
