/**
 * Writes the software bill of materials of each function: `npm run sbom`. It lists what npm knows (versions, licenses, hashes) of the
 * packages in the bundle, and of those that the platform installs beside it, in the format of CycloneDX.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { stdout } from 'node:process';
import { packageAt } from './packages.mjs';

const built = 'dist/functions';
const written = 'dist/sbom';
const npm = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
const all = JSON.parse(execFileSync('npm', npm, { encoding: 'utf8', maxBuffer: 2 ** 28 }));
const bundled = readJson(`${built}/packages.json`);
const { revision } = readJson(`${built}/manifest.json`);

mkdirSync(written, { recursive: true });
const names = readdirSync(built, { withFileTypes: true }).filter((entry) => entry.isDirectory());
for (const { name } of names) {
  const bill = billOf(name, new Set([...bundled[name], ...installedFor(name)]));
  writeFileSync(`${written}/${name}.cdx.json`, `${JSON.stringify(bill, null, 2)}\n`);
  stdout.write(`${written}/${name}.cdx.json: ${bill.components.length} packages\n`);
}

/** Returns the packages that the platform installs for a function, as `name@version`. */
function installedFor(name) {
  const lock = readJson(`${built}/${name}/package-lock.json`);
  return Object.keys(lock.packages).flatMap((place) => (place === '' ? [] : [packageAt(place, lock)]));
}

/** Returns the bill of all packages without those that a function does not hold. */
function billOf(name, packages) {
  const components = all.components.filter((component) => packages.has(component['bom-ref']));
  const listed = new Set(components.map((component) => component['bom-ref']));
  const unknown = [...packages].filter((one) => !listed.has(one));
  if (unknown.length > 0) throw new Error(`npm sbom does not list ${unknown.join(', ')}, which ${name} holds`);
  const root = { 'bom-ref': name, type: 'application', name: `eventmend-${name}`, version: revision };
  const edges = all.dependencies.filter(({ ref }) => listed.has(ref));
  return {
    ...all,
    metadata: { ...all.metadata, component: root },
    components,
    dependencies: [
      { ref: name, dependsOn: [...listed] },
      ...edges.map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => listed.has(one)) })),
    ],
  };
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
