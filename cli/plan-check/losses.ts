import type { TerraformPlan, ResourceChange } from './plan.ts';
import { newDeletions } from './deletion-rules.ts';
import { newExpiry } from './new-expiry.ts';
import { partialLosses } from './partial-losses.ts';
import { shortenedRetentions } from './retention.ts';

/** A change that would lose data. */
export interface Loss {
  readonly address: string;
  /** The change that Terraform makes to the resource. */
  readonly what: 'deleted' | 'replaced' | 'forgotten' | 'left unprotected' | 'kept for a shorter time' | 'kept in part';
  /** The data that the change loses, and the reason for the change. */
  readonly because: string;
}

const shorter = 'kept for a shorter time' as const;

/** The data that is lost with a resource of each type. A resource of another type holds no data. */
const held: Readonly<Record<string, string>> = {
  google_pubsub_topic: 'the messages that it keeps',
  google_pubsub_subscription: 'the messages that wait in it',
  google_firestore_database: 'all state and all gaps, or all dead letters',
  google_firestore_backup_schedule: 'the backups from now on',
  google_bigquery_dataset: 'its tables',
  google_bigquery_table: 'its rows',
  google_storage_bucket: 'its files, such as the bundles to roll back to',
  google_artifact_registry_repository: 'its images, also those that run and those to roll back to',
};

/** Finds the changes of a plan that would lose data, in the order of the plan. */
export function lossesIn({ resource_changes: changes }: TerraformPlan): readonly Loss[] {
  const managed = changes.filter(({ mode }) => mode === 'managed');
  return managed.flatMap((resource) => [
    ...(resource.type in held ? lossesOf(resource) : []),
    ...newExpiry(resource, managed).map((because) => ({ address: resource.address, what: shorter, because })),
  ]);
}

function lossesOf(resource: ResourceChange): readonly Loss[] {
  const { address, type, change } = resource;
  const { actions } = change;
  if (isView(resource)) return [];
  const lost = held[type] ?? '';
  if (actions.includes('forget'))
    return [{ address, what: 'forgotten', because: `Terraform would no longer manage or protect ${lost}` }];
  if (actions.includes('delete') && actions.includes('create'))
    return [{ address, what: 'replaced', because: `this loses ${lost}${replacedFor(change.replace_paths)}` }];
  if (actions.includes('delete')) return [{ address, what: 'deleted', because: `this loses ${lost}` }];
  if (!actions.includes('update')) return [];
  const losses: Loss[] = [
    ...[...shortenedRetentions(resource), ...newDeletions(resource)].map((because) => ({
      address,
      what: shorter,
      because,
    })),
    ...partialLosses(resource).map((because) => ({ address, what: 'kept in part' as const, because })),
  ];
  if (isAbandoned(resource))
    losses.unshift({
      address,
      what: 'left unprotected',
      because: `a later destroy would forget it, and with it ${lost}`,
    });
  return losses;
}

/** Whether from now on Terraform forgets the resource in place of deleting it, which no plan shows as a deletion. */
function isAbandoned({ change: { before, after } }: ResourceChange): boolean {
  return after?.deletion_policy === 'ABANDON' && before?.deletion_policy !== 'ABANDON';
}

/** Whether the resource is a view of BigQuery, which holds no rows of its own. No other resource has the setting. */
function isView({ change: { before } }: ResourceChange): boolean {
  return Array.isArray(before?.view) && before.view.length > 0;
}

function replacedFor(paths: ResourceChange['change']['replace_paths']): string {
  const names = [...new Set(paths.map((path) => path.filter((step) => typeof step === 'string').join('.')))];
  return names.length === 0 ? '' : `; it cannot change ${names.join(' and ')} in place`;
}
