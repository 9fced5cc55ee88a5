@echo off
chcp 65001 >nul
rem 启动：单位的数据放在本文件夹的 office 里；第一次启动会给出一个网址，在浏览器里建单位。
setlocal
set "here=%~dp0"
if not exist "%here%program\Scripts\gongkai.exe" (
    echo 还没有安装。请先双击 install.bat。
    pause
    exit /b 2
)
set "office=%~1"
if "%office%"=="" set "office=%here%office"
"%here%program\Scripts\gongkai.exe" run "%office%"
pause
