#!/usr/bin/env bash
# Unpacks the part that this script lies in:  bash unpack.sh /absolute/folder
set -euo pipefail
to=${1:?usage: unpack.sh /absolute/folder}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$to"
# What a part brings whole is taken away first, so that nothing of an earlier state stays behind.
if [ -f "$here/replaces" ]; then while read -r folder; do rm -rf "${to:?}/$folder"; done <"$here/replaces"; fi
for archive in "$here"/*.tar.xz; do xz -dc -T0 "$archive" | tar -x --no-same-owner -C "$to"; done
echo "unpacked $(basename "$here") into $to"
