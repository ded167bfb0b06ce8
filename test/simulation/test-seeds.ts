/** The seeds that the tests run. */
export const testSeeds = Array.from({ length: 200 }, (_, i) => i + 1);
