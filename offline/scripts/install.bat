@echo off
chcp 65001 >nul
rem 安装：不联网。装在本文件夹的 program 里；再运行一次就重装，单位的数据不动。
setlocal
set "here=%~dp0"
set "python=%~1"
if "%python%"=="" set "python=py -3.11"
%python% -c "import sys; sys.exit(sys.version_info[:2] != (3, 11))" >nul 2>nul
if errorlevel 1 (
    echo 这台电脑上没有 Python 3.11（64 位）。请先从 U 盘安装 Python 3.11，再运行一次。
    pause
    exit /b 2
)
if exist "%here%program" rmdir /s /q "%here%program"
%python% -m venv "%here%program" || goto failed
"%here%program\Scripts\python" -m pip install --quiet --disable-pip-version-check --no-index --find-links "%here%wheels" --require-hashes -r "%here%packages.txt" || goto failed
echo 装好了。双击 start.bat 开始使用。
pause
exit /b 0
:failed
echo 没有装成，上面写着原因。文件不全的话，请重新复制一遍这个文件夹。
pause
exit /b 1
