import { readConnection, readFunctionConfig, readWorkerConfig } from '../shared/config.ts';
import type { Env } from '../shared/env.ts';
import { ConfigError } from '../shared/errors.ts';

const deployed = { GOOGLE_CLOUD_PROJECT: 'my-project', FUNCTION_TARGET: 'track' };
const emulators = { PUBSUB_EMULATOR_HOST: '127.0.0.1:8085', FIRESTORE_EMULATOR_HOST: 'localhost:8086' };

const problemsOf = (read: (env: Env) => unknown, env: Env): readonly string[] => {
  try {
    read(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
  }
  throw new Error('the settings were taken');
};

describe('the settings of a function', () => {
  it('needs its project and its name, and has defaults for all else', () => {
    expect(readFunctionConfig(deployed)).toEqual({
      projectId: 'my-project',
      databaseIds: { state: '(default)', letters: 'eventmend-letters' },
      namePrefix: '',
      usesEmulator: false,
      firestoreTimeoutMs: 10_000,
      publishTimeoutMs: 20_000,
      target: 'track',
      countsIntervalMs: 10_000,
      streamSettings: {},
      systems: { useShare: 0.5, maxInstances: 1 },
      consoleAccess: { lists: { viewers: undefined, operators: [] }, iapAudience: undefined },
      isOnCloudRun: false,
    });
  });

  it('takes what is set', () => {
    const env = {
      ...deployed,
      FIRESTORE_DATABASE: 'eventmend',
      FIRESTORE_LETTERS_DATABASE: 'letters',
      NAME_PREFIX: 'staging-',
      FIRESTORE_TIMEOUT_MS: '5000',
      PUBLISH_TIMEOUT_MS: '6000',
      COUNTS_INTERVAL_MS: '60000',
      GRACE_MS: '0',
      RESEND_TIMEOUT_MS: '3000',
      MIN_CONFIDENCE: '0.5',
      REVISION: '0a1b2c3d4e5f-changed',
    };
    expect(readFunctionConfig(env)).toMatchObject({
      revision: '0a1b2c3d4e5f-changed',
      databaseIds: { state: 'eventmend', letters: 'letters' },
      namePrefix: 'staging-',
      firestoreTimeoutMs: 5_000,
      publishTimeoutMs: 6_000,
      countsIntervalMs: 60_000,
      streamSettings: { graceMs: 0, resendTimeoutMs: 3_000, minConfidence: 0.5 },
    });
  });

  it('makes up a project only where emulators stand in for Google Cloud', () => {
    const env = { FUNCTION_TARGET: 'track', ...emulators };
    expect(readFunctionConfig(env)).toMatchObject({ projectId: 'eventmend-local', usesEmulator: true });
    expect(readFunctionConfig({ ...env, GOOGLE_CLOUD_PROJECT: 'mine' }).projectId).toBe('mine');
    expect(problemsOf(readFunctionConfig, { FUNCTION_TARGET: 'track' })).toEqual([
      "GOOGLE_CLOUD_PROJECT is not set; it must be a project's id",
    ]);
  });

  it('takes what is set to nothing for not set', () => {
    const env = { ...deployed, FIRESTORE_DATABASE: '', FIRESTORE_TIMEOUT_MS: '', PUBSUB_EMULATOR_HOST: '' };
    expect(readFunctionConfig(env)).toEqual(readFunctionConfig(deployed));
  });

  it.each([
    ['COUNTS_INTERVAL_MS', '0x3e8'],
    ['FIRESTORE_TIMEOUT_MS', '1e3'],
    ['GRACE_MS', ' '],
    ['RESEND_TIMEOUT_MS', '+5'],
    ['MIN_CONFIDENCE', ' '],
    ['MIN_CONFIDENCE', '.5'],
  ])('takes numbers in decimal digits only: not %s=%j', (name, value) => {
    const problems = problemsOf(readFunctionConfig, { ...deployed, [name]: value });
    expect(problems).toEqual([expect.stringContaining(`${name} is "${value}"; it must be a `)]);
  });

  it('names all that is wrong at once', () => {
    const problems = problemsOf(readFunctionConfig, {
      GOOGLE_CLOUD_PROJECT: 'My Project',
      FUNCTION_TARGET: 'validation',
      FIRESTORE_DATABASE: '-',
      FIRESTORE_EMULATOR_HOST: 'http://localhost:8086',
      FIRESTORE_TIMEOUT_MS: '1.5',
      PUBLISH_TIMEOUT_MS: 'soon',
      COUNTS_INTERVAL_MS: '0',
      GRACE_MS: '-1',
      RESEND_TIMEOUT_MS: '0.5',
      MIN_CONFIDENCE: '1.1',
    });
    expect(problems.map((problem) => problem.split(';')[0]).toSorted()).toEqual([
      'COUNTS_INTERVAL_MS is "0"',
      'FIRESTORE_DATABASE is "-"',
      'FIRESTORE_EMULATOR_HOST is "http://localhost:8086"',
      'FIRESTORE_TIMEOUT_MS is "1.5"',
      'FUNCTION_TARGET is "validation"',
      'GOOGLE_CLOUD_PROJECT is "My Project"',
      'GRACE_MS is "-1"',
      'MIN_CONFIDENCE is "1.1"',
      'PUBLISH_TIMEOUT_MS is "soon"',
      'PUBSUB_EMULATOR_HOST is not set, but the host of the other emulator is',
      'RESEND_TIMEOUT_MS is "0.5"',
    ]);
  });

  it('refuses one database for letters and blocks', () => {
    const both =
      'FIRESTORE_DATABASE and FIRESTORE_LETTERS_DATABASE are both "events"; letters need a database of their own';
    const env = { ...deployed, FIRESTORE_DATABASE: 'events', FIRESTORE_LETTERS_DATABASE: 'events' };
    expect(problemsOf(readFunctionConfig, env)).toEqual([both]);
    expect(problemsOf(readConnection, env)).toEqual([both]);
  });

  it('takes no emulators on Cloud Run', () => {
    const onCloudRun = { ...deployed, K_SERVICE: 'track' };
    expect(readFunctionConfig(onCloudRun)).toEqual({ ...readFunctionConfig(deployed), isOnCloudRun: true });
    expect(readFunctionConfig({ ...deployed, ...emulators, K_SERVICE: '' }).usesEmulator).toBe(true);
    expect(problemsOf(readFunctionConfig, { ...onCloudRun, ...emulators })).toEqual([
      'PUBSUB_EMULATOR_HOST is set; it must not be set on Cloud Run (K_SERVICE is "track")',
      'FIRESTORE_EMULATOR_HOST is set; it must not be set on Cloud Run (K_SERVICE is "track")',
    ]);
  });

  it('lets no call to Google Cloud outlast the delivery that it serves', () => {
    const slow = { ...deployed, FIRESTORE_TIMEOUT_MS: '35000' };
    expect(problemsOf(readFunctionConfig, slow)).toEqual([
      'FIRESTORE_TIMEOUT_MS + PUBLISH_TIMEOUT_MS is 55000; it must be less than the 55000 that a delivery to track may take',
    ]);
    expect(readFunctionConfig({ ...slow, FIRESTORE_TIMEOUT_MS: '34999' }).firestoreTimeoutMs).toBe(34_999);
    expect(readFunctionConfig({ ...slow, FUNCTION_TARGET: 'sweep' }).firestoreTimeoutMs).toBe(35_000);
    expect(readFunctionConfig({ ...slow, FUNCTION_TARGET: 'console' }).firestoreTimeoutMs).toBe(35_000);
  });
});

describe('the settings of a connection', () => {
  it('needs no function, and takes one emulator alone', () => {
    const { PUBSUB_EMULATOR_HOST } = emulators;
    expect(readConnection({ PUBSUB_EMULATOR_HOST })).toEqual({
      projectId: 'eventmend-local',
      databaseIds: { state: '(default)', letters: 'eventmend-letters' },
      namePrefix: '',
      usesEmulator: true,
      firestoreTimeoutMs: 10_000,
      publishTimeoutMs: 20_000,
    });
  });

  it('takes no emulator on Cloud Run', () => {
    const { PUBSUB_EMULATOR_HOST } = emulators;
    expect(problemsOf(readConnection, { PUBSUB_EMULATOR_HOST, K_SERVICE: 'job' })).toEqual([
      'PUBSUB_EMULATOR_HOST is set; it must not be set on Cloud Run (K_SERVICE is "job")',
    ]);
  });

  it('names all that is wrong at once', () => {
    expect(problemsOf(readConnection, { PUBLISH_TIMEOUT_MS: '-1' }).map((problem) => problem.split(' ')[0])).toEqual([
      'GOOGLE_CLOUD_PROJECT',
      'PUBLISH_TIMEOUT_MS',
    ]);
  });
});

describe('the settings of a worker', () => {
  const worker = { GOOGLE_CLOUD_PROJECT: 'my-project', SUBSCRIPTIONS: 'track-validated-events, validate-source-shop' };

  it('name the subscriptions that it pulls: those of topology.json and of sources', () => {
    expect(readWorkerConfig(worker)).toMatchObject({
      projectId: 'my-project',
      subscriptions: [
        { name: 'track-validated-events', topic: 'validated-events', function: 'track', maxDeliveryMs: 55_000 },
        { name: 'validate-source-shop', topic: 'sources/shop', function: 'validate' },
      ],
    });
  });

  it.each(['events', '', 'track-validated-events,', 'validate-events,validate-events'])(
    'do not take %j for a list of subscriptions',
    (SUBSCRIPTIONS) => {
      expect(problemsOf(readWorkerConfig, { ...worker, SUBSCRIPTIONS })).toEqual([
        expect.stringMatching(/^SUBSCRIPTIONS is .*; it must be names of subscriptions of topology\.json/),
      ]);
    },
  );

  it('need calls that end within the shortest delivery of its subscriptions', () => {
    const slow = { FIRESTORE_TIMEOUT_MS: '40000', PUBLISH_TIMEOUT_MS: '20000' };
    expect(problemsOf(readWorkerConfig, { ...worker, ...slow })).toEqual([
      'FIRESTORE_TIMEOUT_MS + PUBLISH_TIMEOUT_MS is 60000; it must be less than the 55000 that a delivery to the worker may take',
    ]);
    expect(readWorkerConfig({ ...worker, ...slow, SUBSCRIPTIONS: 'sweep-sweeps' }).firestoreTimeoutMs).toBe(40_000);
  });

  it('name no emulator on Cloud Run', () => {
    const deployed = { ...worker, CLOUD_RUN_WORKER_POOL: 'eventmend-worker' };
    expect(readWorkerConfig(deployed).isOnCloudRun).toBe(true);
    expect(problemsOf(readWorkerConfig, { ...deployed, ...emulators })).toEqual(
      ['PUBSUB_EMULATOR_HOST', 'FIRESTORE_EMULATOR_HOST'].map(
        (name) => `${name} is set; it must not be set on Cloud Run (CLOUD_RUN_WORKER_POOL is "eventmend-worker")`,
      ),
    );
  });
});
