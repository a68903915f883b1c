# Emulators that are components of gcloud, and programs for Java.
# shellcheck shell=bash

# Folder of the components.
gcloud_platform() {
    local root
    root=$(dirname "$(dirname "$(readlink -f "$(command -v gcloud)")")")
    [ -d "$root/platform" ] || root=$(gcloud info --format='value(installation.sdk_root)')
    echo "$root/platform"
}

# gcloud_component FILE COMPONENT PACKAGE: FILE is there, or COMPONENT or, with Debian's gcloud, PACKAGE brings it.
gcloud_component() {
    package java default-jre-headless
    command -v gcloud >/dev/null || fail "gcloud is missing: install the Google Cloud CLI and its $2"
    [ ! -e "$(gcloud_platform)/$1" ] || return 0
    if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
        { apt-get update -qq && apt-get install -y -qq "$3"; } >/dev/null 2>&1 || true
    else
        gcloud components install --quiet "$2" >/dev/null 2>&1 || true
    fi
    [ -e "$(gcloud_platform)/$1" ] || fail "gcloud lacks $2: gcloud components install $2"
}
