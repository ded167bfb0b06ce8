import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { maxBodyBytesInFlight } from '../../functions/push-limits.ts';
import { defaultStreamSettings } from '../../shared/stream-settings.ts';
import { makeCatalog } from '../../shared/catalog-definition.ts';
import { readConnection, readFunctionConfig, settingNames } from '../../shared/config.ts';
import type { DatabaseName } from '../../shared/databases.ts';
import { codes } from '../../shared/failure.ts';
import { matchesFilter } from '../../shared/messages/filter.ts';
import type { ServiceName } from '../../shared/function-instance.ts';
import { loadDatabase, makeClientPool } from '../../shared/gcp/clients.ts';
import { systemClock } from '../../shared/gcp/clock.ts';
import { CloudLog } from '../../shared/gcp/log.ts';
import * as openers from '../../shared/gcp/openers.ts';
import { openPorts } from '../../shared/gcp/ports.ts';
import type { Counter } from '../../shared/ports.ts';
import topology from '../../shared/topology.json' with { type: 'json' };
import { functionNames, subscriptionsOf, topicNames, type FunctionName } from '../../shared/topology.ts';
import { blockFormat } from '../../shared/tracking/block-codec.ts';
import { cleanCounters, lateAfterSeconds, type CleanCounter } from '../../shared/tracking/time-to-clean.ts';
import { memoryBytesOf, readTerraform, terraformDirectory, type Terraform } from './terraform.ts';

/*
 * Code and Terraform must agree on these. Most of it Terraform reads from topology.json itself, and terraform/tests say what it makes
 * of that; here is what stands in both.
 */

const root = join(terraformDirectory, '..');

interface Indexed {
  readonly indexes: Readonly<Record<string, readonly string[]>>;
}

let terraform: Terraform;
beforeAll(async () => {
  terraform = await readTerraform();
});

function keysOf(local: string): readonly string[] {
  return Object.keys(terraform.locals[local] as object);
}

/** The Firestore role of each function, by database. */
function firestoreRoles() {
  return terraform.locals.firestore_roles as Readonly<Record<DatabaseName, Readonly<Record<string, string>>>>;
}

function all(pattern: RegExp, text: string): readonly string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, found = '']) => found))].sort();
}

describe('topology.json', () => {
  it('is what Terraform reads', () => {
    expect(terraform.locals.topology).toBe('${jsondecode(file("${path.module}/../shared/topology.json"))}');
    expect(terraform.text).toContain('for_each = local.topology.topics');
  });

  it('has every topic that Terraform calls by its name', () => {
    const named = all(/google_pubsub_topic\.main\["([^"]+)"\]/g, terraform.text);
    expect(named).not.toEqual([]);
    expect(topicNames).toEqual(expect.arrayContaining([...named]));
  });

  it('has every function that Terraform calls by its name', () => {
    const named = all(
      /(?:function|functions|functions2_function\.main|subscriptions_of)\["([^"]+)"\]/g,
      terraform.text,
    );
    expect(named).not.toEqual([]);
    const granted = Object.values(firestoreRoles()).flatMap((roles) => Object.keys(roles));
    expect(functionNames).toEqual(expect.arrayContaining([...named, ...keysOf('sizes'), ...granted]));
  });

  it('has no publisher that Terraform does not know', () => {
    const publishers = new Set(Object.values(topology.topics).flatMap((topic) => topic.publishers));
    const others = [...publishers].filter((publisher) => !functionNames.includes(publisher as FunctionName));
    for (const other of others) expect(String(terraform.locals.publishers)).toMatch(new RegExp(`^ +${other} += `, 'm'));
  });
});

describe('the environment of a function', () => {
  const neverDeployed = ['FUNCTION_TARGET', 'SUBSCRIPTIONS', 'PUBSUB_EMULATOR_HOST', 'FIRESTORE_EMULATOR_HOST'];

  it('can be given every setting that functions read, and no other', () => {
    const given = [
      ...keysOf('place'),
      ...keysOf('optional_settings'),
      ...keysOf('system_settings'),
      ...keysOf('system_secrets'),
      ...keysOf('console_settings'),
    ];
    expect([...given, ...neverDeployed].sort()).toEqual([...settingNames].sort());
  });

  it('is enough for every function with what is always set', () => {
    const place = {
      GOOGLE_CLOUD_PROJECT: 'demo-project',
      FIRESTORE_DATABASE: 'events',
      FIRESTORE_LETTERS_DATABASE: 'letters',
      REVISION: '0a1b2c3d4e5f',
    };
    expect(keysOf('place').toSorted()).toEqual(Object.keys(place).toSorted());
    for (const FUNCTION_TARGET of functionNames) {
      const databaseIds = { state: 'events', letters: 'letters' };
      expect(readFunctionConfig({ FUNCTION_TARGET, ...place })).toMatchObject({
        projectId: 'demo-project',
        databaseIds,
      });
    }
  });

  it('is in the table of settings that the documents show', () => {
    const page = readFileSync(join(root, 'docs', 'reference', 'settings.md'), 'utf8');
    for (const name of [...keysOf('place'), ...keysOf('optional_settings')]) expect(page).toContain(`\`${name}\``);
  });
});

describe('the memory of a function', () => {
  /** Measured, and rounded up: what a byte of a body costs while it is handled, and an instance without any. */
  const bytesABodyByte = 6.5;
  const idleBytes = 200 * 1_048_576;

  it.each(functionNames.filter((name) => subscriptionsOf(name).length > 0))(
    '%s holds the bodies that the function takes at the same time',
    (name) => {
      expect(idleBytes + bytesABodyByte * maxBodyBytesInFlight).toBeLessThanOrEqual(memoryBytesOf(terraform, name));
    },
  );

  it('is at least as much where a deployment sets it', () => {
    const [, leastMi = ''] = /each\.key == "console" \? 512 : (\d+)\)/.exec(terraform.text) ?? [];
    expect(idleBytes + bytesABodyByte * maxBodyBytesInFlight).toBeLessThanOrEqual(Number(leastMi) * 1_048_576);
  });

  it('is the same in what the playbook says of it', () => {
    const playbook = readFileSync(join(terraformDirectory, 'playbooks', 'function-errors.md'), 'utf8');
    expect(playbook).toContain(`${maxBodyBytesInFlight / 1_000_000} MB of messages in one instance`);
  });
});

describe('the grants of a function', () => {
  it.each(functionNames)('%s reaches databases and Pub/Sub where it has business, and nowhere else', async (name) => {
    const entry = readFileSync(join(root, 'functions', name, 'index.ts'), 'utf8');
    const [, opened = ''] = /import \{([^}]+)\} from '..\/..\/shared\/gcp\/openers.ts'/.exec(entry) ?? [];
    const services = opened.split(',').map((service) => service.trim());
    const publishes = Object.values(topology.topics).some(({ publishers }) => publishers.includes(name));
    expect(services.includes('publisher')).toBe(publishes);
    const databases = await databasesOf(services.filter((service) => service in openers) as ServiceName[]);
    const granted = Object.entries(firestoreRoles()).filter(([, roles]) => name in roles);
    expect([...databases].sort()).toEqual(granted.map(([database]) => database).sort());
  });

  it('is none on the blocks for validate, which reads hostile input', () => {
    const { state, letters } = firestoreRoles();
    expect([state.validate, letters.validate]).toEqual([undefined, 'roles/datastore.user']);
  });
});

describe('a metric', () => {
  it('is there for every counter', () => {
    const plain: Readonly<Record<Exclude<Counter, CleanCounter | `letter-${string}`>, true>> = {
      received: true,
      tick: true,
      'attribute-renamed': true,
      split: true,
      'unknown-type': true,
      published: true,
      dropped: true,
      unneeded: true,
      'mark-lost': true,
      applied: true,
      duplicate: true,
      suspect: true,
      revision: true,
      overtaken: true,
      recovered: true,
      'front-dropped': true,
      'timestamp-ahead': true,
      'stream-refused': true,
      'expired-letter': true,
    };
    expect([...(terraform.locals.plain_counters as string[])].sort()).toEqual(Object.keys(plain).sort());
    expect(terraform.locals.codes).toEqual(codes);
  });

  it('is there for every time by which track counts late events', () => {
    expect(terraform.locals.late_after_seconds).toEqual(lateAfterSeconds);
    const written = String(terraform.locals.clean_counters);
    const read = [undefined, 1].flatMap((answer) => cleanCounters({ receivedAtMs: 0, answer }, 4_000_000));
    const ways = all(/"(direct|checked)"/g, written);
    const spelt = [...written.matchAll(/"(clean-[^"]+)"/g)].flatMap(([, name = '']) =>
      ways.flatMap((way) =>
        lateAfterSeconds.map((seconds) => name.replace('${way}', way).replace('${seconds}', String(seconds))),
      ),
    );
    expect([...new Set(spelt)].sort()).toEqual([...read].sort());
  });

  it('is taken from what sweep logs of a stream', () => {
    const lines: string[] = [];
    const gaps = { unresolvedGaps: 1, oldestGapSeconds: 60, doubtfulGaps: 2 };
    const lag = { lag: 5, lagSeconds: 60, newOutliers: 1 };
    aLog((line) => lines.push(line)).swept({ stream: 's', highWater: 9, watermark: 4, ...lag, ...gaps });
    const { message, sweep } = JSON.parse(lines[0] ?? '') as { message: string; sweep: Record<string, unknown> };
    expect(terraform.text).toContain(`jsonPayload.message=\\"${message}\\" AND jsonPayload.sweep.`);
    expect(sweep.stream).toBe('s');
    const members = Object.values(terraform.locals.gauges as Record<string, string>);
    expect(members.map((member) => typeof sweep[member])).toEqual(members.map(() => 'number'));
  });

  it('is taken from what sweep logs of a comparison', () => {
    const lines: string[] = [];
    aLog((line) => lines.push(line)).compared({ stream: 's', list: 'stripe', lateSeconds: 60 });
    const { message, comparison } = JSON.parse(lines[0] ?? '') as { message: string; comparison: object };
    expect(terraform.text).toContain(`jsonPayload.message=\\"${message}\\"`);
    const read = all(/jsonPayload\.comparison\.(\w+)/g, terraform.text);
    expect(Object.keys(comparison).toSorted()).toEqual(read);
  });

  it('is taken from the counts that functions log', () => {
    const lines: string[] = [];
    const log = aLog((line) => lines.push(line));
    log.count('published', 3);
    log.flush();
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      message: 'counts',
      function: 'track',
      counts: { published: 3 },
    });
    expect(terraform.text).toContain('jsonPayload.message=\\"counts\\" AND jsonPayload.counts.');
    expect(terraform.text).toContain('EXTRACT(jsonPayload.function)');
  });
});

describe('what a queried field needs', () => {
  it('is an index, since all others are exempted', () => {
    const adapters = readdirSync(join(root, 'shared', 'gcp')).map((name) => join('shared', 'gcp', name));
    const files = [...adapters, join('cli', 'probe', 'google-pipeline.ts')];
    const sources = files.map((file) => readFileSync(join(root, file), 'utf8'));
    const queries = sources.join('\n').matchAll(/\.(?:where|orderBy)\('([\w.]+)'(, 'desc')?/g);
    const named = [...queries].map(([, field, desc]) => `${field ?? ''} ${desc ? 'DESCENDING' : 'ASCENDING'}`);
    // letter-query.ts orders letters in both directions, by a field that it names once.
    const [, ofLetters = ''] = /const openedAt = '(\w+)'/.exec(sources.join('\n')) ?? [];
    const needed = [...named, `${ofLetters} ASCENDING`, `${ofLetters} DESCENDING`];
    const byDatabase = Object.values(terraform.locals.collections as Record<DatabaseName, Record<string, Indexed>>);
    const indexed = byDatabase
      .flatMap(Object.values<Indexed>)
      .flatMap(({ indexes }) =>
        Object.entries(indexes).flatMap(([field, orders]) => orders.map((order) => `${field} ${order}`)),
      );
    // A query on the first two fields of a composite index needs no other index of the first one.
    const composite = [...terraform.text.matchAll(/dynamic "fields" \{\s*for_each = \["(\w+)", "(\w+)"\]/g)];
    const ofComposite = composite.map(([, first = '']) => `${first} ASCENDING`).filter((one) => needed.includes(one));
    expect(ofComposite).toEqual(['longTo ASCENDING']);
    expect([...new Set([...indexed, ...ofComposite])].sort()).toEqual([...new Set(needed)].sort());
  });
});

test('functions wait for every index, or their first queries would fail', () => {
  const needed = Object.keys(terraform.resources).filter((name) => /^google_firestore_(?:index|field)\./.test(name));
  expect(needed.length).toBeGreaterThan(3);
  const { depends_on: waited } = terraform.resources['google_cloudfunctions2_function.main'] ?? {};
  expect(waited).toEqual(expect.arrayContaining(needed.map((name) => `\${${name}}`)));
});

describe('a sum of several fields', () => {
  it('needs one index that has them all', () => {
    const adapters = readdirSync(join(root, 'shared', 'gcp')).map((name) =>
      readFileSync(join(root, 'shared', 'gcp', name), 'utf8'),
    );
    const summed = adapters
      .flatMap((source) => all(/\{([^{}]*AggregateField\.sum[^{}]*)\}/g, source))
      .map((fields) => all(/AggregateField\.sum\('(\w+)'\)/g, fields))
      .filter(({ length }) => length > 1);
    const indexes = [...terraform.text.matchAll(/for_each = \[([^\]]+)\]\n\s+content \{\n\s+field_path/g)].map(
      ([, fields = '']) => all(/"(\w+)"/g, fields),
    );
    expect(summed.length).toBeGreaterThan(1);
    for (const fields of summed) expect(indexes).toContainEqual(expect.arrayContaining(fields as string[]));
  });
});

describe('the retention of topology.json', () => {
  it('is that of every topic and subscription, but of the two that keep dead letters for as long as Pub/Sub can', () => {
    expect(terraform.locals.retention).toBe('${local.topology.retentionDays * 86400}s');
    const durations = [...terraform.text.matchAll(/message_retention_duration += (\S+)/g)].map(([, value]) => value);
    expect(new Set(durations)).toEqual(new Set(['local.retention', 'local.longest_retention']));
    expect(durations.filter((value) => value === 'local.longest_retention')).toHaveLength(2);
  });

  it('is one that Pub/Sub takes, and no longer than ids are remembered by default', () => {
    const { retentionDays } = topology;
    expect(Number.isInteger(retentionDays) && retentionDays >= 1 && retentionDays <= 31).toBe(true);
    expect(retentionDays * 24 * 3_600_000).toBeLessThanOrEqual(defaultStreamSettings.windowMs);
  });
});

test("the probe's events are kept from consumers", () => {
  const filter = String(terraform.locals.consumer_filter);
  expect(matchesFilter(filter, { stream: 'eventmend-probe' })).toBe(false);
  expect(matchesFilter(filter, { stream: 'orders' })).toBe(true);
});

test('what deploys may grant in the project as a whole what Terraform grants there, and no more', () => {
  const guide = readFileSync(join(root, 'docs', 'cloud-build.md'), 'utf8');
  const [condition = ''] = /hasOnly\(\[[^\]]*\]\)/.exec(guide) ?? [];
  const granted = [
    ...Object.values(firestoreRoles()).flatMap(Object.values<string>),
    ...Object.values(terraform.locals.check_roles as object).flatMap(Object.values<string>),
    ...keysOf('build_roles'),
    // Behind a condition, so its keys are not read as literals.
    'roles/dataflow.worker',
  ];
  expect(terraform.text).toContain('dataflow_roles = var.dataflow == null ? {} : { "roles/dataflow.worker" = null }');
  expect(all(/"(roles\/[\w.]+)"/g, condition)).toEqual([...new Set(granted)].sort());
});

test('the guide names the format of blocks, which decides whether one can roll back', () => {
  const guide = readFileSync(join(root, 'docs', 'deploy.md'), 'utf8');
  expect(all(/`blockFormat`, (\d+) now/g, guide)).toEqual([String(blockFormat)]);
});

test('the page on perimeters lists every service that Terraform enables', () => {
  const page = readFileSync(join(root, 'docs', 'organisation.md'), 'utf8');
  const [, list = ''] = /--add-restricted-services \\\n +(\S+)/.exec(page) ?? [];
  const enabled = all(/"([a-z]{2,})"/g, String(terraform.locals.apis));
  expect(enabled.length).toBeGreaterThan(15);
  expect(list.split(',')).toEqual(enabled.map((name) => `${name}.googleapis.com`));
});

test('the playbook for dead letters says of every code what to do', () => {
  const playbook = readFileSync(join(terraformDirectory, 'playbooks', 'dead-letter-rate.md'), 'utf8');
  expect(all(/`(ERR_\w+)`/g, playbook)).toEqual(codes.toSorted());
});

test('a playbook says first what stops the harm', () => {
  const directory = join(terraformDirectory, 'playbooks');
  for (const name of readdirSync(directory)) {
    expect([name, readFileSync(join(directory, name), 'utf8')]).toEqual([
      name,
      expect.stringMatching(/^# .+\n\n\*\*First:\*\* /),
    ]);
  }
});

test('a playbook names settings of alerts that there are', () => {
  const directory = join(terraformDirectory, 'playbooks');
  const texts = readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8'));
  const known = all(/^\s+(\w+)\s+= optional\(/gm, terraform.variableTypes.alerts ?? '');
  expect(known).toEqual(expect.arrayContaining([...all(/`alerts\.(\w+)`/g, texts.join('\n'))]));
});

/** The databases that services open, by the loaders of the clients that they ask for. */
async function databasesOf(services: readonly ServiceName[]): Promise<ReadonlySet<DatabaseName>> {
  const pool = makeClientPool(readConnection({ GOOGLE_CLOUD_PROJECT: 'demo-project' }));
  const opened = new Set<DatabaseName>();
  const open: typeof pool.open = (load) => {
    const name = (Object.keys(loadDatabase) as DatabaseName[]).find((one) => loadDatabase[one] === (load as unknown));
    if (name) opened.add(name);
    return pool.open(load);
  };
  const cloud = { clients: { ...pool, open }, catalog: makeCatalog({}), clock: systemClock, random: () => 0 };
  await openPorts<ServiceName>(cloud, openers).open(services);
  await pool.close();
  return opened;
}

/** The log of a deployed function, that writes its lines to a test. */
function aLog(write: (line: string) => unknown, functionName: FunctionName = 'track'): CloudLog {
  const clock = { ...systemClock, schedule: () => () => undefined };
  return new CloudLog({ projectId: 'demo-project', functionName, clock, countsIntervalMs: 1_000, write });
}
