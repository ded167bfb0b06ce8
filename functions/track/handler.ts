import type { FunctionContext, FunctionInstance, PortsOf, Services } from '../../shared/function-instance.ts';
import { uuidOf } from '../../shared/identity.ts';
import { encodeAttributes } from '../../shared/messages/attributes.ts';
import type { Delivery } from '../../shared/messages/message.ts';
import { denyInferred } from '../../shared/gaps/deny.ts';
import { TickSender } from '../../shared/gaps/tick.ts';
import { blockIndex } from '../../shared/tracking/block.ts';
import { cleanMessage } from '../../shared/tracking/clean-message.ts';
import { claimsOf, leavingClaimOf, type Claim, type Verdict } from '../../shared/tracking/claim.ts';
import { loadEntriesOfKey } from '../../shared/tracking/entries-of-key.ts';
import { exitOf, exitOfDuplicate, type Exit } from '../../shared/tracking/exit.ts';
import { SequenceBounds } from '../../shared/tracking/sequence-bounds.ts';
import { GroupCommit } from '../../shared/tracking/group-commit.ts';
import { cleanCounters } from '../../shared/tracking/time-to-clean.ts';
import { letterFor, type Tracked } from '../../shared/tracking/tracked-letter.ts';
import { voidOutcome } from '../../shared/tracking/void-outcome.ts';
import { decodeRouting, type RoutingAttributes } from '../../shared/messages/routing.ts';
import { details, type Failure } from '../../shared/failure.ts';
import { isAwaited, isReplay } from './awaited-replay.ts';

/** The dependencies that all deliveries of an instance share. */
interface TrackDeps extends FunctionContext {
  readonly commits: GroupCommit;
  readonly bounds: SequenceBounds;
  readonly ticks: TickSender;
}

/** A message that track handles, and the ports of its delivery. */
interface Underway extends Tracked {
  readonly ports: Pick<Services, 'publisher' | 'keys' | 'ledger' | 'blocks' | 'letters'>;
}

/**
 * Makes track. It claims the ids of a message, acts on the verdict, and then acks. After a crash in between, the
 * message is delivered again.
 */
export function makeTrack(ports: PortsOf<'publisher' | 'blocks' | 'ledger' | 'keys' | 'letters'>): FunctionInstance {
  const { catalog } = ports;
  // Deliveries share commits, bounds and ticks, so those calls have no deadline of a delivery.
  const commits = new GroupCommit({ ...ports, windowMs: (stream) => catalog.stream(stream).windowMs });
  const deps: TrackDeps = { ...ports, commits, bounds: new SequenceBounds(ports), ticks: new TickSender(ports) };
  return {
    handler: (delivery) => track(deps, delivery, ports.portsUntil(delivery.deadlineMs)),
    beforeIdle: () => commits.writeMarks(),
    finish: () => commits.flush(),
  };
}

async function track(deps: TrackDeps, delivery: Delivery, ports: Underway['ports']): Promise<void> {
  const routing = decodeRouting(delivery.attributes);
  const tracked: Underway = { delivery, routing, ports };
  if (isReplay(routing) && !(await isAwaited(ports.letters, routing))) {
    deps.log.count('dropped');
    return;
  }
  const refusal = await deps.bounds.admit(routing);
  if (refusal) {
    if (refusal.detail === details.tooManyStreams.detail) deps.log.count('stream-refused');
    await deadLetter(deps, tracked, refusal);
    return;
  }
  if (isFarAhead(routing, deps.clock.now())) deps.log.count('timestamp-ahead');
  const claims = claimsOf(routing);
  const obstacle = await leavePlace(deps, tracked);
  if (obstacle && claims[0]) {
    await act(deps, tracked, claims[0], obstacle);
    return;
  }
  const verdicts = await Promise.all(
    claims.map(async (claim) => {
      const verdict = await deps.commits.claim(routing.stream, claim, delivery.deadlineMs);
      deps.onVerdict?.(verdict);
      return verdict;
    }),
  );
  const [claim] = claims;
  const [verdict] = verdicts;
  const holder = verdict?.act === 'publish' ? await holderElsewhere(deps, tracked) : undefined;
  const isWithdrawn = verdict?.act === 'publish' && holder !== undefined;
  // If the message would have superseded an inferred event, that event stands, and the ledger need not be told.
  const isNumbered = routing.place === undefined;
  if (isNumbered && (!isWithdrawn || !verdict.supersedes)) await tellLedger(deps, tracked, verdicts);
  if (routing.kind === 'void') await actOnVoid(deps, tracked, verdicts);
  else if (claim && isWithdrawn) await withdraw(deps, tracked, claim, { holder, page: verdict.page });
  else if (claim && verdict) await act(deps, tracked, claim, verdict);
}

/** Lets an operator's edit leave the place of its letter. @returns The verdict on the edit if it may not. */
async function leavePlace(deps: TrackDeps, { routing, delivery }: Tracked): Promise<Verdict | undefined> {
  const leaving = leavingClaimOf(routing);
  const verdict = leaving && (await deps.commits.claim(leaving.stream, leaving.claim, delivery.deadlineMs));
  return verdict?.act === 'close' ? undefined : verdict;
}

/** How far ahead of the clock a timestamp of an unnumbered stream is unusual, in milliseconds. */
const maxAheadMs = 86_400_000;

/** Whether the timestamp that decides the place of an event is more than a day ahead. The event is accepted. */
function isFarAhead({ place, instantMs = 0 }: RoutingAttributes, nowMs: number): boolean {
  return place !== undefined && instantMs > nowMs + maxAheadMs;
}

/**
 * Sends ticks so that the ledger recounts gaps that the message fills. This happens before the publish. After a crash,
 * the redelivered message may find itself published, and would send no tick.
 */
async function tellLedger(
  { bounds, ticks }: TrackDeps,
  { routing: { stream, eventId } }: Tracked,
  verdicts: readonly Verdict[],
): Promise<void> {
  const filled = verdicts.flatMap((verdict, i) => (fills(verdict) ? [{ id: eventId + i, verdict }] : []));
  const indexes = new Set<number>();
  for (const { id, verdict } of filled) {
    const isSuperseding = verdict.act === 'publish' && verdict.supersedes;
    if (isSuperseding || (await bounds.mayBeInRow(stream, id))) indexes.add(blockIndex(id));
  }
  await Promise.all([...indexes].map((index) => ticks.send({ stream, index })));
}

/**
 * Whether the ledger must be told of a verdict. A redelivered void counts too, because it is not known whether its tick
 * was sent.
 */
function fills(verdict: Verdict): boolean {
  switch (verdict.act) {
    case 'publish':
    case 'verify':
    case 'close':
    case 'dead-letter':
      return true;
    case 'drop':
      return verdict.why === 'already-closed';
    case 'duplicate':
    case 'conflict':
      return false;
  }
}

async function act(deps: TrackDeps, tracked: Underway, claim: Claim, verdict: Verdict): Promise<void> {
  await leave(deps, tracked, claim, exitOf(tracked.routing, verdict, deps.catalog.stream(tracked.routing.stream)));
}

/** Sends an event where it goes after its verdict. */
async function leave(deps: TrackDeps, tracked: Underway, claim: Claim, exit: Exit): Promise<void> {
  for (const counter of exit.counts) deps.log.count(counter);
  switch (exit.to) {
    case 'cleaned-events':
      await publish(deps, tracked, claim, exit.verdict);
      return;
    case 'suspect-events':
      await suspect(deps, tracked);
      return;
    case 'dead-letter-queue':
      await deadLetter(deps, tracked, exit.failure);
      return;
    case 'nowhere':
  }
}

/** Sends an event to verify, by the subscription of the system of record that knows it. */
async function suspect({ catalog }: TrackDeps, { delivery, routing, ports }: Underway): Promise<void> {
  const system = encodeAttributes<'suspect-events'>({ system: catalog.mapping(routing.type)?.system });
  const { data, attributes } = delivery;
  await ports.publisher.publish('suspect-events', { data, attributes: { ...attributes, ...system } });
}

async function publish(
  deps: TrackDeps,
  tracked: Underway,
  { eventId, place, root }: Claim,
  verdict: Verdict & { act: 'publish' },
): Promise<void> {
  const { delivery, routing, ports } = tracked;
  await ports.publisher.publish('cleaned-events', cleanMessage(delivery, routing, verdict));
  deps.log.count('published');
  for (const counter of cleanCounters(routing, deps.clock.now())) deps.log.count(counter);
  if (verdict.isRevision) deps.log.count('revision');
  deps.commits.mark(routing.stream, { eventId, place, page: verdict.page, root, as: 'published' });
}

/**
 * Withdraws an accepted event whose uuid another id holds. It is not published. In a numbered stream it becomes a dead
 * letter: two ids are two events, whatever their uuids. In an unnumbered stream it is a copy with another timestamp, or
 * a conflict. The letter of such a copy has the place of the event that holds the uuid, so that a replay of it is
 * compared with that event, and can replace it.
 */
async function withdraw(
  deps: TrackDeps,
  tracked: Underway,
  claim: Claim,
  { holder, page }: { readonly holder: number; readonly page: string },
): Promise<void> {
  const { routing, ports } = tracked;
  const { stream } = routing;
  const { eventId, place, root, key, hash, possibleDuplicate } = claim;
  const atHolder = place === undefined ? tracked : { ...tracked, routing: { ...routing, place: holder } };
  const held =
    place === undefined
      ? []
      : (await loadEntriesOfKey(ports.blocks, { stream, place: holder, isBucket: true, key })).entries.filter(
          // An edit may have left that place, and leaves a closed entry there.
          (entry) => entry.root !== root,
        );
  const copy = held.find((entry) => entry.hash === hash);
  // A system of record writes an event in its own way, so what was recovered and its message are copies.
  const isOfRecovered = routing.isRecovered || held.some(({ recovered }) => recovered);
  if (isOfRecovered || (copy && (copy.possibleDuplicate || possibleDuplicate))) deps.log.count('dropped');
  else if (copy)
    await leave(deps, atHolder, claim, exitOfDuplicate(deps.catalog.stream(stream), details.uuidElsewhere.detail));
  else await deadLetter(deps, atHolder, withdrawal(held.length > 0));
  deps.commits.mark(routing.stream, { eventId, place, page, root, as: 'withdrawn' });
}

/** Returns the failure of an event whose uuid another id holds. @param isOther Whether that has other content. */
function withdrawal(isOther: boolean): Failure {
  const { code, detail } = isOther ? details.otherContent : details.uuidElsewhere;
  return { code, stage: 'track', detail };
}

/**
 * Returns the other id that holds the uuid of the event, in a stream with global uuids. The uuid is claimed after the
 * verdict and before the publish. In an unnumbered stream it is a place.
 */
async function holderElsewhere({ catalog }: TrackDeps, { routing, ports }: Underway): Promise<number | undefined> {
  const { stream, key, eventId, place, instantMs } = routing;
  const uuid = uuidOf(key);
  if (uuid === undefined || catalog.stream(stream).uuid !== 'global') return undefined;
  const holder = await ports.keys.claim(stream, uuid, eventId, place === undefined ? undefined : instantMs);
  return holder === eventId ? undefined : holder;
}

async function actOnVoid(deps: TrackDeps, tracked: Underway, verdicts: readonly Verdict[]): Promise<void> {
  const { stream, eventId } = tracked.routing;
  const isDenial = (verdict: Verdict) => verdict.act === 'conflict' && verdict.why === 'inferred-before-void';
  const denied = verdicts.flatMap((verdict, i) => (isDenial(verdict) ? [eventId + i] : []));
  if (denied.length > 0) await denyInferred({ catalog: deps.catalog, ledger: tracked.ports.ledger }, stream, denied);
  const outcome = voidOutcome(tracked.routing, verdicts);
  if (outcome === 'applied' || outcome === 'dropped') deps.log.count(outcome);
  else await deadLetter(deps, tracked, outcome);
}

async function deadLetter({ clock, log }: TrackDeps, tracked: Underway, failure: Failure): Promise<void> {
  log.count(`letter-${failure.code}`);
  await tracked.ports.publisher.publish('dead-letter-queue', letterFor(tracked, failure, clock.now()));
}
