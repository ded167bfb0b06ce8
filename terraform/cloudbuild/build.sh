#!/bin/sh
# Builds dist/ from this checkout, with the packages in node_modules: sh terraform/cloudbuild/build.sh
#
# The code of packages runs in a container that has no network. So it reaches neither the account of the build nor the other files of
# the build: all that comes back is dist/. It needs Docker, NODE_IMAGE, and deployment.env with the catalog and the revision.
set -eu
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT

tar --create --file "$temporary/checkout.tar" --exclude ./.git --exclude ./dist --exclude .terraform --exclude 'gha-creds-*.json' .
docker run --rm --interactive --network none --env-file deployment.env --workdir /checkout "$NODE_IMAGE" sh -euc '
  tar --extract --file -
  npm run build >&2
  npm run sbom >&2
  tar --create --file - dist' <"$temporary/checkout.tar" >"$temporary/dist.tar"

# A link could lead to any file of the build.
if tar --list --verbose --file "$temporary/dist.tar" | grep -v '^[-d]' >&2; then
  echo 'The build made the above, which are no files.' >&2
  exit 1
fi
rm -rf dist
tar --extract --file "$temporary/dist.tar" dist
