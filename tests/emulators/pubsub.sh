# Pub/Sub: Google's own emulator, a component of gcloud.
# shellcheck shell=bash
# shellcheck source=tests/emulators/gcloud.sh
source "$(dirname "${BASH_SOURCE[0]}")/gcloud.sh"

given() { [ -n "${PUBSUB_EMULATOR_HOST:-}" ]; }

install() { gcloud_component pubsub-emulator/bin/cloud-pubsub-emulator pubsub-emulator google-cloud-cli-pubsub-emulator; }

start() {
    exec java -Xmx512m -cp "$(gcloud_platform)/pubsub-emulator/lib/*" \
        com.google.cloud.pubsub.testing.v1.Main --host=127.0.0.1 --port="$1"
}

address() { export PUBSUB_EMULATOR_HOST=127.0.0.1:$1; }
