import { makeCatalog } from '../shared/catalog-definition.ts';
import { missingSystemKeys, readFunctionConfig } from '../shared/config.ts';
import { ConfigError } from '../shared/errors.ts';

const place = { FUNCTION_TARGET: 'verify', GOOGLE_CLOUD_PROJECT: 'demo-project' };

function problemsOf(env: Readonly<Record<string, string>>): readonly string[] {
  try {
    readFunctionConfig({ ...place, ...env });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the keys of a system', () => {
  const catalog = makeCatalog({
    types: {
      Sent: { system: 'twilio', record: { kind: 'message', id: '/data/sid', fields: { '/data/to': '/to' } } },
      Lead: { system: 'hubspot' },
    },
  });

  test('are missing if the catalog compares events with its records, and are named', () => {
    const needs = 'is not set; the catalog compares events with records of twilio, which needs it';
    expect(
      missingSystemKeys({ TWILIO_API_KEY: 'k', TWILIO_API_SECRET: '' }, catalog.systems, 'events with records'),
    ).toEqual([`TWILIO_ACCOUNT_SID ${needs}`, `TWILIO_API_SECRET ${needs}`]);
  });

  test('are not missing if the catalog only names the system', () => {
    expect(
      missingSystemKeys({}, makeCatalog({ types: { Lead: { system: 'hubspot' } } }).systems, 'events with records'),
    ).toEqual([]);
  });

  test('tell the mode of Stripe', () => {
    const isLive = (STRIPE_API_KEY: string) => readFunctionConfig({ ...place, STRIPE_API_KEY }).systems.stripe?.isLive;
    expect(['rk_live_1', 'sk_test_1', 'other'].map(isLive)).toEqual([true, false, undefined]);
  });
});

describe('another address of a system', () => {
  test.each(['https://proxy.example.com', 'http://127.0.0.1:8090', 'http://localhost:8090'])('may be %s', (url) => {
    expect(problemsOf({ STRIPE_BASE_URL: url })).toEqual([]);
  });

  test.each([
    'http://proxy.example.com',
    'http://127.0.0.1.example.com',
    'ftp://127.0.0.1',
    'https://key@example.com',
    'x',
  ])('may not be %s', (url) => {
    expect(problemsOf({ STRIPE_BASE_URL: url })).toEqual([
      `STRIPE_BASE_URL is "${url}"; it must be a URL that begins with https://, or with http:// on this machine`,
    ]);
  });
});
