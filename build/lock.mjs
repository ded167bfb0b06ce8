/**
 * Makes the lock file of a package that has some of the root's dependencies. It has the same packages in the same
 * places, in the versions of the root's lock file. It needs no network.
 *
 * @throws Error if the root's lock file lacks a dependency.
 */
export function lockOf({ name, version, license, engines, dependencies }, rootLock) {
  const places = new Set();
  for (const dependency of Object.keys(dependencies)) collect('', dependency, rootLock.packages, places);
  const packages = [...places].sort().map((place) => [place, withoutDevFlags(rootLock.packages[place])]);
  return {
    name,
    version,
    lockfileVersion: rootLock.lockfileVersion,
    requires: true,
    packages: { '': { name, version, license, dependencies, engines }, ...Object.fromEntries(packages) },
  };
}

/** Adds the place of a dependency of the package at `from`, and the places of its own dependencies in turn. */
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

/**
 * Returns the place where Node finds a dependency of the package at `from`: in its own node_modules, or in those of a
 * folder above.
 */
function placeOf(from, dependency, packages) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const place = `${folder === '' ? '' : `${folder}/`}node_modules/${dependency}`;
    if (packages[place]) return place;
    if (folder === '') throw new Error(`package-lock.json has no ${dependency}, which ${from} needs: npm install`);
  }
}

/** Removes the flags that mark a package as a development dependency of the root. They do not apply here. */
function withoutDevFlags(entry) {
  return Object.fromEntries(Object.entries(entry).filter(([name]) => name !== 'dev' && name !== 'devOptional'));
}
