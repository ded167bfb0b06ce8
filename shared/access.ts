/** A person or a program that calls the console. */
export interface ApiCaller {
  /** The e-mail address, or the user of this machine. It is written to the audit trail. */
  readonly name: string;
  /** A viewer sees the heads of letters. An operator sees bodies too, and changes letters. */
  readonly role: 'viewer' | 'operator';
}

/** The reason why a request is refused before it is read. */
export type AccessRefusal = 'unknown caller' | 'not allowed' | 'foreign host';

export type CallerAnswer = ApiCaller | { readonly refusal: AccessRefusal };

/** The headers of a request, with their names in lower case. */
export type RequestHeaders = Readonly<Record<string, string | undefined>>;

/** Finds out who calls. */
export interface CallerIdentifier {
  identify(headers: RequestHeaders): Promise<CallerAnswer>;
}

/** The people who may use the console, by e-mail address. */
export interface AccessLists {
  /** Undefined: everyone whom the platform lets in may look. */
  readonly viewers: readonly string[] | undefined;
  readonly operators: readonly string[];
}

/** Returns the caller with an e-mail address that the platform has verified. */
export function callerWith(email: string, { viewers, operators }: AccessLists): CallerAnswer {
  const name = email.toLowerCase();
  if (operators.includes(name)) return { name, role: 'operator' };
  return !viewers || viewers.includes(name) ? { name, role: 'viewer' } : { refusal: 'not allowed' };
}

const loopback = /^(?:localhost|127\.0\.0\.1)(?::\d{1,5})?$/i;

/**
 * Identifies the user of this machine, who may do everything. A request to a foreign name is refused, because another
 * site can make its name lead to this machine (DNS rebinding).
 */
export function localCallers(user: string): CallerIdentifier {
  return {
    identify: ({ host }) =>
      Promise.resolve(
        host === undefined || loopback.test(host) ? { name: user, role: 'operator' } : { refusal: 'foreign host' },
      ),
  };
}
