import type { DeliveredTo } from '../../functions/builders.ts';
import { deliveredTo } from '../../functions/builders.ts';
import type { PortRequest } from '../../shared/embedded/intercept.ts';
import { portMethodNames, type PortMethod } from '../../shared/port-methods.ts';
import { codes, type Code } from '../../shared/failure.ts';
import { subscriptionNames, subscriptions, type SubscriptionName } from '../../shared/topology.ts';
import { misnumberings } from './misnumbering.ts';
import { unnumberedSituations } from './unnumbered-situations.ts';
import type { ConflictReason, DropReason, Verdict } from '../../shared/tracking/claim.ts';

/** Faults of a call, met by port and method. */
const callFaults = ['fails', 'outage', 'answer lost', 'lands late', 'slow', 'crash before', 'crash after'] as const;
export type CallFault = (typeof callFaults)[number] | 'partial write';

/** Faults of a delivery, met by subscription. */
const deliveryFaults = ['copy', 'delay', 'lost ack'] as const;
export type DeliveryFault = (typeof deliveryFaults)[number];

/** Faults of an instance, met by function. */
export type InstanceFault = 'deployment' | 'CPU freeze';

type VerdictName =
  | Exclude<Verdict['act'], 'conflict' | 'drop'>
  | 'publish, superseding'
  | 'publish, replacing'
  | 'publish, revision'
  | 'dead-letter, the inference stands'
  | `conflict: ${ConflictReason}`
  | `drop: ${Exclude<DropReason, NotInRuns>}`;

/**
 * The reasons that no run meets: every replay has a number, so that messages of the replays before it are dropped as
 * such; nothing is recovered or checked again; and a system of record gives one answer about each message.
 */
type NotInRuns = 'already-accounted-for' | 'recovered-copy' | 'other-answer' | 'not-published' | 'found-right';

/** Every verdict. It is a record, so that the compiler reports one that is missing. */
const verdicts: Readonly<Record<VerdictName, true>> = {
  publish: true,
  'publish, superseding': true,
  'publish, replacing': true,
  'publish, revision': true,
  verify: true,
  'dead-letter': true,
  'dead-letter, the inference stands': true,
  duplicate: true,
  'conflict: other-content': true,
  'conflict: seen-before-void': true,
  'conflict: inferred-before-void': true,
  close: true,
  'drop: already-published': true,
  'drop: already-closed': true,
  'drop: possible-duplicate': true,
  'drop: inference-not-needed': true,
  'drop: earlier-replay': true,
  'drop: overtaken': true,
  'drop: overtaken-by-other': true,
};

/** Rare situations that the runs must reach. No single call shows them. */
export const situations = [
  ...misnumberings,
  'several entries in one write',
  'several blocks in one write',
  'gaps filed in several commits',
  'crash between two of these commits',
  'gaps moved on in several pages',
  'second replacement of one key',
  'inference superseded after its original was refused',
  'letter discarded by the operator',
  'letter reopened by the operator',
  'two operators change one letter at once',
  'sweep publishes a replay that the console left',
  'a replay is done',
  'a replay comes back',
  'a letter about gaps is done',
  'a producer is asked again for a gap that was given up',
  'a producer is asked again for a gap that is not resolved',
  'a gap that was given up is filled after its producer was asked again',
  'console crashes before it publishes a replay',
  'console crashes after it has published a replay',
  'a front grows downwards',
  'fronts become one',
  'an outlier above all fronts',
  'an outlier below all fronts',
  'the range between two fronts is given up',
  'a gap in a range that was given up before',
  'doubtful holes share a row',
  'a doubtful gap is given up without a letter',
  'a letter about several gaps',
  'a gap waits for the next letter',
  'a row of several ids of a step',
  'holes are assumed to be normal',
  ...unnumberedSituations,
] as const;
export type Situation = (typeof situations)[number];

/** Counts what the runs met: faults by port method, subscription or function, verdicts, dead letters and rare situations. */
export class Coverage {
  readonly counts = new Map<string, number>();

  call(fault: CallFault, { port, method }: Pick<PortRequest, 'port' | 'method'>): void {
    this.count(`${fault}: ${port}.${method}`);
  }

  delivery(fault: DeliveryFault, subscription: SubscriptionName): void {
    this.count(`${fault}: ${subscription}`);
  }

  instance(fault: InstanceFault, name: DeliveredTo): void {
    this.count(`${fault}: ${name}`);
  }

  verdict(verdict: Verdict): void {
    this.count(`verdict: ${nameOf(verdict)}`);
  }

  letter(code: Code): void {
    this.count(`letter: ${code}`);
  }

  situation(situation: Situation): void {
    this.count(`situation: ${situation}`);
  }

  private count(mark: string): void {
    this.counts.set(mark, (this.counts.get(mark) ?? 0) + 1);
  }
}

function nameOf(verdict: Verdict): VerdictName {
  switch (verdict.act) {
    case 'publish':
      if (verdict.replacement > 0) return 'publish, replacing';
      if (verdict.isRevision) return 'publish, revision';
      return verdict.supersedes ? 'publish, superseding' : 'publish';
    case 'dead-letter':
      return verdict.inferenceStands ? 'dead-letter, the inference stands' : 'dead-letter';
    case 'conflict':
    case 'drop':
      return `${verdict.act}: ${verdict.why}` as VerdictName;
    case 'verify':
    case 'duplicate':
    case 'close':
      return verdict.act;
  }
}

/** Port methods that no function of a run calls, each with the program that calls it instead. */
export const outOfReach: Readonly<Partial<Record<PortMethod, string>>> = {
  'blocks.last': 'only the console and audit read the highest block',
  'blocks.lastBucket': 'only the console and the command line say what is known of unnumbered streams',
  'blocks.eventTotals': 'only the console and the command line say what is known of unnumbered streams',
  'blocks.unpublished': 'only audit lists what is not known to be published',
  'blocks.unsettled': 'only audit lists what is not known to be published',
  'blocks.revisions': 'only the console and the command line count revisions',
  'keys.holder': 'only trace looks for the holder of a uuid',
  'reconciliations.find': 'no stream of a run is compared with a list',
  'reconciliations.save': 'no stream of a run is compared with a list',
  'events.event': 'only the console looks for the event of a key',
  'events.ofId': 'only the console looks for the events of an id',
  'events.within': 'no run has anomalies',
  'events.all': 'only the console looks for the events of a person',
  'events.erase': 'only the console erases',
  'anomalies.file': 'no run has anomalies',
  'anomalies.latest': 'only the console lists anomalies',
  'list.page': 'no stream of a run is compared with a list',
  'ledger.list': 'only the console and the command line list gaps',
  'ledger.untold': 'a sweep reads it only a day after a letter about doubtful gaps, and the runs are shorter',
  'letters.ids': 'only the console looks for the letters of a person',
  'letters.list': 'only the console and the command line list letters',
  'letters.openByCode': 'only the console and audit count letters',
  'letters.about': 'only the console and trace look for the letters of an id',
  'letterIndex.find': 'only the console searches letters',
  'letterIndex.count': 'only the console and audit count letters',
  'letterIndex.oldest': 'only the console looks for the oldest letter, and sweep with the setting openDays',
  'letterIndex.reasons': 'only the console groups letters',
  'jobs.find': 'only the console runs jobs',
  'jobs.save': 'only the console runs jobs',
  'jobs.list': 'only the console runs jobs',
  'jobs.findPart': 'only the console runs jobs',
  'jobs.planPart': 'only the console runs jobs',
  'jobs.saveResults': 'only the console runs jobs',
  'auditTrail.note': 'only the console notes who looked at a message',
  'auditTrail.latest': 'only the console follows the changes',
  'auditTrail.since': 'only the console follows the changes',
  'letters.kept': 'only the console reads a body that was too large to pass on',
};

/** The port methods that functions call in a run. */
export const calledMethods: readonly PortMethod[] = portMethodNames.filter((name) => !(name in outOfReach));

/** The subscriptions that no run uses: no type of a run has these systems, and no stream of it is compared with a list. */
const unused: readonly SubscriptionName[] = [
  'verify-suspect-events-stripe',
  'verify-suspect-events-twilio',
  'reconstruct-reconciliations',
  'recheck-anomalies',
];

/** Lists every mark that the runs together must meet. */
export function expectedMarks(): readonly string[] {
  const served = subscriptionNames.filter(
    (name) => subscriptions[name].topic !== 'probe-poison' && !unused.includes(name),
  );
  return [
    ...callFaults.flatMap((fault) => calledMethods.map((method) => `${fault}: ${method}`)),
    'partial write: blocks.write',
    ...deliveryFaults.flatMap((fault) => served.map((name) => `${fault}: ${name}`)),
    ...deliveredTo.map((name) => `deployment: ${name}`),
    'CPU freeze: track',
    ...Object.keys(verdicts).map((name) => `verdict: ${name}`),
    ...codes.map((code) => `letter: ${code}`),
    ...situations.map((name) => `situation: ${name}`),
  ];
}
