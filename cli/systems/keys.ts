/** The keys that the stand-in takes. They open nothing else. */
export const standInKeys = {
  HUBSPOT_ACCESS_TOKEN: 'stand-in-token',
  STRIPE_API_KEY: 'rk_test_standin',
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_API_KEY: `SK${'0'.repeat(32)}`,
  TWILIO_API_SECRET: 'stand-in-secret',
} as const;
