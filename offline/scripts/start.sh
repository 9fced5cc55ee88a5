#!/bin/sh
# 启动：单位的数据放在本文件夹的 office 里；第一次启动会给出一个网址，在浏览器里建单位。
# 用法：sh start.sh [单位的文件夹]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if [ ! -x "$here/program/bin/gongkai" ]; then
    echo "还没有安装。请先运行：sh $here/install.sh" >&2
    exit 2
fi
exec "$here/program/bin/gongkai" run "${1:-$here/office}"
