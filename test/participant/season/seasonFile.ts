/** A season file that is right, as JSON: change what a test is about. */
export const rightFile = (changes: object = {}) => ({
  metadata: { title: "Digits" },
  tasks: [{ model: "digits", method: "FraudProof", points: 10, units: 20, noise: 8 }],
  dates: { startsAt: "+10m", endsAt: "7d" },
  verifierCap: 1000,
  ...changes,
});
