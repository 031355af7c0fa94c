/** Status numbers as the registry has them; 2 to 5 are final, 4 is void. */
export const PENDING = 1;
export const VERIFIED = 2;
export const REFUTED = 3;
export const REVOKED = 5;
