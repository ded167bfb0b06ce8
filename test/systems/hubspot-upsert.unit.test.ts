import { standInKeys } from '../../cli/systems/keys.ts';
import { openStandIn, type OpenStandIn } from '../support/stand-in.ts';

let standIn: OpenStandIn;
beforeEach(async () => {
  standIn = await openStandIn();
});
afterEach(() => standIn.close());

interface Answer {
  readonly status: number;
  readonly results: readonly {
    readonly id: string;
    readonly new?: boolean;
    readonly properties: Readonly<Record<string, string | null>>;
  }[];
}

async function ask(action: 'read' | 'upsert', body: object): Promise<Answer> {
  const response = await fetch(`${standIn.url}/crm/v3/objects/contacts/batch/${action}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${standInKeys.HUBSPOT_ACCESS_TOKEN}` },
    body: JSON.stringify(body),
  });
  return { ...((await response.json()) as Answer), status: response.status };
}

function upsert(id: string, properties: Readonly<Record<string, string>>, idProperty = 'source_id') {
  return ask('upsert', { inputs: [{ id, idProperty, properties }] });
}

async function read(id: string, idProperty?: string) {
  const { results } = await ask('read', { inputs: [{ id }], properties: ['email', 'firstname'], idProperty });
  return results.map(({ properties: { hs_object_id, email, firstname } }) => ({ hs_object_id, email, firstname }));
}

describe('a batch upsert of contacts in the stand-in for HubSpot', () => {
  it('creates the contact that has no such value of the property, and updates the one that has', async () => {
    const [created] = (await upsert('7', { email: 'a@example.com' })).results;
    expect(created).toMatchObject({ new: true, properties: { source_id: '7', email: 'a@example.com' } });
    const [updated] = (await upsert('7', { firstname: 'Ada' })).results;
    expect(updated).toMatchObject({ id: created!.id, new: false });
    await upsert('8', { email: 'b@example.com' });
    expect(await read('7', 'source_id')).toEqual([
      { hs_object_id: created!.id, email: 'a@example.com', firstname: 'Ada' },
    ]);
  });

  it('updates a contact that was there before', async () => {
    await upsert('ada@example.com', { firstname: 'Augusta' }, 'email');
    expect(await read('101')).toEqual([{ hs_object_id: '101', email: 'ada@example.com', firstname: 'Augusta' }]);
  });

  it('is refused if an input does not say which property identifies the contact', async () => {
    expect(await ask('upsert', { inputs: [{ id: '7', properties: {} }] })).toMatchObject({ status: 400 });
  });
});
