import { callerWith, localCallers } from '../shared/access.ts';
import { CloudCallers } from '../shared/gcp/cloud-callers.ts';

const lists = { viewers: ['vic@example.com'], operators: ['ana@example.com'] };

describe('a caller of this machine', () => {
  it.each(['localhost', 'LOCALHOST:8080', '127.0.0.1', '127.0.0.1:9000'])('is the user, at %s', async (host) => {
    expect(await localCallers('ana').identify({ host })).toEqual({ name: 'ana', role: 'operator' });
  });

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io', 'localhost:80:80', '192.168.0.1'])(
    'is refused at "%s", a name that may have been made to lead here',
    async (host) => {
      expect(await localCallers('ana').identify({ host })).toEqual({ refusal: 'foreign host' });
    },
  );
});

describe('an address', () => {
  it.each([
    ['Ana@Example.com', { name: 'ana@example.com', role: 'operator' }],
    ['vic@example.com', { name: 'vic@example.com', role: 'viewer' }],
    ['eve@example.com', { refusal: 'not allowed' }],
  ])('%s may do what the lists say', (email, expected) => {
    expect(callerWith(email, lists)).toEqual(expected);
  });

  it('of anyone whom the platform lets in may look if there is no list of viewers, and change nothing', () => {
    expect(callerWith('eve@example.com', { ...lists, viewers: undefined })).toMatchObject({ role: 'viewer' });
  });
});

describe('a caller in the cloud', () => {
  const token = (claims: object) => `Bearer e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.SIGNATURE`;
  const ana = token({ email: 'ana@example.com', email_verified: true });
  const eve = token({ email: 'eve@example.com' });
  const behindRun = new CloudCallers({ lists, iapAudience: undefined });

  it('is known by the ID token that Cloud Run has checked: the one of its own header, if there are two', async () => {
    expect(await behindRun.identify({ authorization: ana })).toMatchObject({ name: 'ana@example.com' });
    const both = { authorization: ana, 'x-serverless-authorization': eve };
    expect(await behindRun.identify(both)).toEqual({ refusal: 'not allowed' });
  });

  it.each([
    {},
    { authorization: 'Basic YW5h' },
    { authorization: token({ email: 'ana@example.com', email_verified: false }) },
    { authorization: token({ sub: '1' }) },
    { authorization: 'Bearer a.b.c' },
    { 'x-goog-iap-jwt-assertion': 'forged' },
  ])('is unknown with the headers %j', async (headers) => {
    expect(await behindRun.identify(headers)).toEqual({ refusal: 'unknown caller' });
  });

  it('is known behind IAP by the verified header, and by nothing else', async () => {
    const verifyIap = async (assertion: string, audience: string) =>
      assertion === 'signed' && audience === '/projects/1/x' ? 'ana@example.com' : undefined;
    const behindIap = new CloudCallers({ lists, iapAudience: '/projects/1/x', verifyIap });
    const signed = { 'x-goog-iap-jwt-assertion': 'signed', authorization: eve };
    expect(await behindIap.identify(signed)).toEqual({ name: 'ana@example.com', role: 'operator' });
    const forged = { 'x-goog-iap-jwt-assertion': 'forged', authorization: ana };
    expect(await behindIap.identify(forged)).toEqual({ refusal: 'unknown caller' });
    expect(await behindIap.identify({ authorization: ana })).toEqual({ refusal: 'unknown caller' });
  });
});
