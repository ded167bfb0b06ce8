/**
 * The place of a package in a path: node_modules/a/node_modules/@b/c. The folder node_modules may itself be elsewhere, where a link
 * leads.
 */
const placePattern = /(?<=^|\/)node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/;

/**
 * Returns the packages in each bundle, as `name@version`.
 *
 * @param metafile What esbuild says of the bundles that it made: which files went into each.
 * @param rootLock The lock file of the repository.
 */
export function bundledPackages({ outputs }, rootLock) {
  const bundles = Object.values(outputs).filter(({ entryPoint }) => entryPoint !== undefined);
  return Object.fromEntries(
    bundles.map(({ entryPoint, inputs }) => {
      const places = new Set(Object.keys(inputs).flatMap((path) => placePattern.exec(path)?.[0] ?? []));
      return [
        entryPoint.split('/')[1].replace(/\.ts$/, ''),
        [...places].toSorted().map((place) => packageAt(place, rootLock)),
      ];
    }),
  );
}

/** Returns the package at a place of a lock file, as `name@version`. @throws Error if the lock file has none there. */
export function packageAt(place, { packages }) {
  const entry = packages[place];
  if (!entry) throw new Error(`package-lock.json has no ${place}: run npm ci, and build again`);
  return `${entry.name ?? place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${entry.version}`;
}
