# Builds everything for Windows: the one folder, the portable zip and the installer. Needs Python 3.11+ and Inno Setup 6.
#   powershell -ExecutionPolicy Bypass -File packaging\windows\make.ps1
# To sign, set CLEARLINE_SIGN to a command that signs the files it is given (no spaces within a word), for example
#   signtool sign /fd SHA256 /tr http://timestamp.example /td SHA256 /sha1 THUMBPRINT
$ErrorActionPreference = "Stop"
Set-StrictMode -Version Latest
$root = (Resolve-Path "$PSScriptRoot\..\..").Path
Set-Location $root

function Sign([string[]] $files) {
    if ($env:CLEARLINE_SIGN) {
        $words = @($env:CLEARLINE_SIGN.Split(" "))
        $options = @($words | Select-Object -Skip 1)
        & $words[0] @options @files
        if ($LASTEXITCODE -ne 0) { throw "signing failed" }
    }
}

function Check([string] $what) {
    if ($LASTEXITCODE -ne 0) { throw "$what failed with exit code $LASTEXITCODE" }
}

python packaging\dev.py build --only freeze
Check "the build"
$frozen = "$root\build\frozen\clearline"
Sign @("$frozen\clearline.exe", "$frozen\clearline-window.exe")

# The programs are proved before anything is packed.
& "$frozen\clearline.exe" self-test
Check "the self-test"
python packaging\dev.py build --only packages
Check "packing"

$version = (Get-Item "$frozen\clearline.exe").VersionInfo.ProductVersion
$compiler = "${env:ProgramFiles(x86)}\Inno Setup 6\ISCC.exe"
& $compiler "/DVersion=$version" "/DFrozen=$frozen" "/DOutput=$root\dist" "/DIcon=$root\build\assets\clearline.ico" `
    packaging\windows\clearline.iss
Check "Inno Setup"
Sign @("$root\dist\clearline-$version-windows-amd64-setup.exe")
Get-ChildItem dist
