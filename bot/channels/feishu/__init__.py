"""Feishu (飞书): its bot over the long connection, without a public address."""
