#!/bin/bash
# Builds everything for macOS: the bundle, signed; the disk image, notarised. One architecture a machine: the wheels of
# numpy and cryptography are not universal. Needs Python 3.11+ and Xcode's command line tools.
#
#   CLEARLINE_IDENTITY   "Developer ID Application: Name (TEAM)"; without it the bundle is signed for this machine alone
#   CLEARLINE_NOTARY     name of a keychain profile, made once with: xcrun notarytool store-credentials NAME
#                        --apple-id ID --team-id TEAM --password APP-SPECIFIC-PASSWORD; without it nothing is notarised
set -euo pipefail
cd "$(dirname "$0")/../.."

python3 packaging/dev.py build --only freeze
app=build/frozen/Clearline.app
identity=${CLEARLINE_IDENTITY:--}
hardened=()
if [ "$identity" != - ]; then
    hardened=(--options runtime --timestamp --entitlements packaging/macos/entitlements.plist)
fi
# From the inside out, as codesign wants it: the libraries first, the bundle last.
find "$app/Contents" -type f \( -name '*.dylib' -o -name '*.so' \) -print0 |
    xargs -0 codesign --force --sign "$identity" "${hardened[@]+"${hardened[@]}"}"
find "$app/Contents/Frameworks" -name '*.framework' -type d -prune -print0 |
    xargs -0 codesign --force --sign "$identity" "${hardened[@]+"${hardened[@]}"}"
codesign --force --sign "$identity" "${hardened[@]+"${hardened[@]}"}" "$app"
codesign --verify --deep --strict "$app"

# The program is proved before anything is packed.
"$app/Contents/MacOS/clearline" self-test

version=$(/usr/libexec/PlistBuddy -c "Print CFBundleShortVersionString" "$app/Contents/Info.plist")
image=dist/clearline-$version-macos-$(uname -m).dmg
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
cp -R "$app" "$stage/"
ln -s /Applications "$stage/Applications"
mkdir -p dist
hdiutil create -volname "Clearline $version" -srcfolder "$stage" -fs HFS+ -format ULMO -ov "$image"

if [ -n "${CLEARLINE_NOTARY:-}" ]; then
    codesign --sign "$identity" --timestamp "$image"
    xcrun notarytool submit "$image" --keychain-profile "$CLEARLINE_NOTARY" --wait
    xcrun stapler staple "$image"
    spctl --assess --type open --context context:primary-signature --verbose "$image"
fi
shasum -a 256 "$image" >dist/SHA256SUMS
