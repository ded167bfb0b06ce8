import { OAuth2Client } from 'google-auth-library';
import {
  callerWith,
  type AccessLists,
  type CallerAnswer,
  type CallerIdentifier,
  type RequestHeaders,
} from '../access.ts';

export interface CloudCallersOptions {
  readonly lists: AccessLists;
  /** The audience of IAP's header. Undefined if the console is not behind IAP. */
  readonly iapAudience: string | undefined;
  /** Verifies the header of IAP. @returns The e-mail address in it. Undefined if the header is not one of IAP. */
  readonly verifyIap?: (assertion: string, audience: string) => Promise<string | undefined>;
}

const iapIssuers = ['https://cloud.google.com/iap'];

/**
 * Identifies callers in the cloud: behind IAP by its signed header, which is verified here
 * (https://cloud.google.com/iap/docs/signed-headers-howto), and otherwise by the ID token that Cloud Run has checked.
 * Cloud Run takes the signature out of that token, so it cannot be verified again.
 */
export class CloudCallers implements CallerIdentifier {
  private readonly options: CloudCallersOptions;

  constructor(options: CloudCallersOptions) {
    this.options = options;
  }

  async identify(headers: RequestHeaders): Promise<CallerAnswer> {
    const { lists, iapAudience, verifyIap = verifyWithGoogle } = this.options;
    const assertion = headers['x-goog-iap-jwt-assertion'];
    const email =
      iapAudience === undefined ? emailOfToken(headers) : assertion && (await verifyIap(assertion, iapAudience));
    return email === undefined || email === '' ? { refusal: 'unknown caller' } : callerWith(email, lists);
  }
}

const client = new OAuth2Client();

async function verifyWithGoogle(assertion: string, audience: string): Promise<string | undefined> {
  const { pubkeys } = await client.getIapPublicKeys();
  try {
    const ticket = await client.verifySignedJwtWithCertsAsync(assertion, pubkeys, audience, iapIssuers);
    return ticket.getPayload()?.email;
  } catch {
    return undefined;
  }
}

/** Returns the e-mail address in the ID token that Cloud Run has checked. If there are two, it checks the first one here. */
function emailOfToken(headers: RequestHeaders): string | undefined {
  const header = headers['x-serverless-authorization'] ?? headers.authorization;
  const [, payload] = /^Bearer [\w-]+\.([\w-]+)\.[\w-]*$/i.exec(header ?? '') ?? [];
  if (payload === undefined) return undefined;
  try {
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Readonly<Record<string, unknown>>;
    return typeof claims.email === 'string' && claims.email_verified !== false ? claims.email : undefined;
  } catch {
    return undefined;
  }
}
