#!/bin/sh
# Clearline @VERSION@ in one file: it unpacks itself once into the cache, and then starts from there.
#   ./clearline.run [OPTIONS] [COMMAND …]     start it; everything is passed on
#   ./clearline.run --unpack FOLDER           only unpack it, into FOLDER/clearline
# To remove it, delete this file and the folder ~/.cache/clearline, which only ever holds unpacked programs.
set -eu
umask 077

payload() { tail -n +@LINE@ "$0"; }

unpack() {
    [ "$(payload | sha256sum | cut -d' ' -f1)" = "@DIGEST@" ] || {
        echo "$0 is damaged: copy or download it again." >&2
        exit 3
    }
    payload | tar -xzf - -C "$1"
}

if [ "${1-}" = --unpack ]; then
    [ $# -eq 2 ] || { echo "Write: $0 --unpack FOLDER" >&2; exit 2; }
    mkdir -p "$2"
    unpack "$2"
    exit 0
fi

cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
[ -n "$cache" ] && mkdir -p "$cache/clearline" 2>/dev/null && [ -w "$cache/clearline" ] || {
    # No home folder that can be written to: a folder of this account alone in the temporary one.
    cache=${TMPDIR:-/tmp}/clearline-$(id -u)
    mkdir -p -m 700 "$cache/clearline"
    [ -O "$cache" ] || { echo "$cache belongs to somebody else. Set XDG_CACHE_HOME to a folder of yours." >&2; exit 3; }
}
place=$cache/clearline/@VERSION@-@SHORT@
if [ ! -x "$place/clearline" ]; then
    fresh=$(mktemp -d "$cache/clearline/unpacking.XXXXXX")
    trap 'rm -rf "$fresh"' EXIT
    unpack "$fresh"
    # Another start may have been quicker: then its copy is as good.
    mv -T "$fresh/clearline" "$place" 2>/dev/null || [ -x "$place/clearline" ]
    rm -rf "$fresh"
    trap - EXIT
fi
exec "$place/clearline" "$@"
