/**
 * Writes the lock file of a package whose dependencies are some of the root's: the same packages in the same places, in the
 * versions that the root's lock file has. No network is asked.
 *
 * @throws Error if the root's lock file lacks one of them.
 */
export function lockOf({ name, version, license, engines, dependencies }, rootLock) {
  const places = new Set();
  for (const dependency of Object.keys(dependencies)) collect('', dependency, rootLock.packages, places);
  const packages = [...places].sort().map((place) => [place, shipped(rootLock.packages[place])]);
  return {
    name,
    version,
    lockfileVersion: rootLock.lockfileVersion,
    requires: true,
    packages: { '': { name, version, license, dependencies, engines }, ...Object.fromEntries(packages) },
  };
}

/** Adds a dependency of the package at a place, and all that it needs in turn. */
function collect(from, dependency, packages, places) {
  const place = placeOf(from, dependency, packages);
  if (places.has(place)) return;
  places.add(place);
  const {
    dependencies = {},
    optionalDependencies = {},
    peerDependencies = {},
    peerDependenciesMeta = {},
  } = packages[place];
  const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional);
  for (const name of [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers])
    collect(place, name, packages, places);
}

/** Where Node finds a package from another: in its own node_modules, or in those of the folders above. */
function placeOf(from, dependency, packages) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const place = `${folder === '' ? '' : `${folder}/`}node_modules/${dependency}`;
    if (packages[place]) return place;
    if (folder === '') throw new Error(`package-lock.json has no ${dependency}, which ${from} needs: npm install`);
  }
}

/** What the root says of a package's part in its own development does not hold here. */
function shipped(entry) {
  return Object.fromEntries(Object.entries(entry).filter(([name]) => name !== 'dev' && name !== 'devOptional'));
}
