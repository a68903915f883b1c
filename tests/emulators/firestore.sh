# Firestore in native mode: Google's own emulator, a component of gcloud.
# shellcheck shell=bash
# shellcheck source=tests/emulators/gcloud.sh
source "$(dirname "${BASH_SOURCE[0]}")/gcloud.sh"

jar=cloud-firestore-emulator/cloud-firestore-emulator.jar

given() { [ -n "${FIRESTORE_EMULATOR_HOST:-}" ]; }

install() { gcloud_component "$jar" cloud-firestore-emulator google-cloud-cli-firestore-emulator; }

start() {
    exec java -Duser.language=en -Xmx512m -cp "$(gcloud_platform)/$jar" \
        com.google.cloud.datastore.emulator.firestore.CloudFirestore --host=127.0.0.1 --port="$1"
}

address() { export FIRESTORE_EMULATOR_HOST=127.0.0.1:$1; }
