import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleRecords } from '../../../cli/systems/sample.ts';
import { standInKeys } from '../../../cli/systems/keys.ts';
import { checkVendorFiles } from '../../../cli/systems/check-vendor-files.ts';
import { vendorProblems } from '../../../cli/systems/vendor-files.ts';
import { vendorPaths, vendorPathsDate, type VendorPath } from '../../../cli/systems/vendor-paths.ts';
import { openStandIn } from '../../support/stand-in.ts';

const { HUBSPOT_ACCESS_TOKEN, STRIPE_API_KEY, TWILIO_ACCOUNT_SID, TWILIO_API_KEY, TWILIO_API_SECRET } = standInKeys;
const basic = Buffer.from(`${TWILIO_API_KEY}:${TWILIO_API_SECRET}`).toString('base64');
const authorization = {
  hubspot: `Bearer ${HUBSPOT_ACCESS_TOKEN}`,
  stripe: `Bearer ${STRIPE_API_KEY}`,
  twilio: `Basic ${basic}`,
};

/** The status with which the stand-in answers a path for a record that it does not have, or for a list. */
async function statusOf(url: string, { system, method, path }: VendorPath): Promise<number> {
  const own = path.replace('Accounts/{}', `Accounts/${TWILIO_ACCOUNT_SID}`).replace('{}', 'x1');
  const body = method === 'post' ? { body: '{"inputs":[]}' } : {};
  const headers = { authorization: authorization[system] };
  const { status } = await fetch(`${url}${own}`, { method: method.toUpperCase(), headers, ...body });
  return status;
}

describe('the list of the vendors’ paths', () => {
  it('has a date, and names each path once', () => {
    expect(Date.parse(vendorPathsDate)).toBeGreaterThan(Date.parse('2026-01-01'));
    const names = vendorPaths.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('has paths that the stand-in serves, each under its own authentication', async () => {
    const standIn = await openStandIn(sampleRecords);
    try {
      for (const path of vendorPaths) {
        const isRecord = path.path.replace('Accounts/{}', '').includes('{}');
        expect([path.path, await statusOf(standIn.url, path)]).toEqual([path.path, isRecord ? 404 : 200]);
      }
      const [other] = vendorPaths;
      expect(await statusOf(standIn.url, { ...other!, path: '/crm/v3/objects/tickets/search' })).toBe(404);
    } finally {
      await standIn.close();
    }
  });
});

/** A small OpenAPI file in the manner of the vendors. */
const file = {
  name: 'spec3.json',
  content: {
    paths: {
      '/v1/charges/{charge}': {
        get: {
          responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/charge' } } } } },
        },
      },
      '/v1/events': {
        get: {
          responses: {
            200: {
              content: {
                'application/json': {
                  schema: {
                    properties: {
                      has_more: {},
                      data: { type: 'array', items: { anyOf: [{ $ref: '#/components/schemas/event' }] } },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
    components: { schemas: { charge: { properties: { id: {}, amount: {} } }, event: { properties: { id: {} } } } },
  },
};

const charges: VendorPath = { system: 'stripe', method: 'get', path: '/v1/charges/{}', fields: ['id', 'amount'] };
const events: VendorPath = { system: 'stripe', method: 'get', path: '/v1/events', fields: ['has_more', 'data/id'] };

describe('the check of the vendors’ files', () => {
  it('finds paths and members through references, arrays and alternatives', () => {
    expect(vendorProblems([file], [charges, events])).toEqual([]);
  });

  it('reports a path and a member that no file has', () => {
    expect(
      vendorProblems(
        [file],
        [
          { ...charges, path: '/v2/charges/{}' },
          { ...charges, fields: ['id', 'price'] },
          { ...events, fields: ['data/type'] },
        ],
      ),
    ).toEqual([
      'stripe: GET /v2/charges/{} is in no file',
      'stripe: GET /v1/charges/{} has no member price in its answer',
      'stripe: GET /v1/events has no member data/type in its answer',
    ]);
  });

  it('reads every OpenAPI file of a directory, and leaves other files alone', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'vendors-'));
    try {
      writeFileSync(join(directory, 'package.json'), '{}');
      writeFileSync(join(directory, 'notes.json'), 'no JSON');
      writeFileSync(join(directory, 'spec3.json'), JSON.stringify(file.content));
      const { files, problems } = await checkVendorFiles(directory);
      expect(files).toBe(1);
      expect(problems).toContain('twilio: GET /2010-04-01/Accounts/{}/Messages.json is in no file');
      expect(problems).not.toContain('stripe: GET /v1/events is in no file');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
