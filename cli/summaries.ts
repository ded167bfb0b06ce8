/** The summary of each command, apart from its code, so that the help loads none of it. */
export const summaries = {
  start: 'run the sample stream through the whole pipeline, in memory, and show the console',
  clean: 'clean a file of events',
  init: 'write a catalog for your events, from samples of them',
  dev: "run the functions on Google's emulators, for development",
  systems: 'stand in for the APIs of HubSpot, Stripe and Twilio on this machine',
  publish: 'publish a file of events to Pub/Sub, or to its emulator',
  status: 'say in five lines whether all is well, and what to do first',
  'dead-letters': 'look at dead letters, edit them, and send them again or discard them',
  gaps: 'show the gap ledger: which ids are missing, since when, and what became of them',
  streams: 'show the streams with their fronts, and what needs attention; or begin the numbering of one again',
  trace: 'show what is known of one id or uuid: its front, its entries, its gaps and its dead letters',
  audit: 'prove from the blocks and the ledger that every id of a front is accounted for',
  respond: 'answer requests to resend events, from a file of events',
  evaluate: 'measure how well the missing events of a file would be inferred',
  'check-plan': 'refuse a Terraform plan that would lose data',
  probe: 'send events through a deployed pipeline, and check where each ends',
} as const;
