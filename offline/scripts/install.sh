#!/bin/sh
# 安装：不联网。装在本文件夹的 program 里；再运行一次就重装，单位的数据不动。
# 用法：sh install.sh [python3.11 的路径]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
python=${1:-$(command -v python3.11 || true)}
if [ -z "$python" ]; then
    echo "这台电脑上没有 Python 3.11。请先装好（或者把它的路径写在后面：sh install.sh /opt/python3.11/bin/python3.11）。" >&2
    exit 2
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'; then
    echo "$python 不是 Python 3.11，这一包只能装在 3.11 上。" >&2
    exit 2
fi
rm -rf "$here/program"
"$python" -m venv "$here/program"
"$here/program/bin/python" -m pip install --quiet --disable-pip-version-check --no-index \
    --find-links "$here/wheels" --require-hashes -r "$here/packages.txt"
echo "装好了。开始使用：sh $here/start.sh"
