/** Limits of InnoPaaS, as constants: what the panel shows does not load what signs and sends. */

/** No rate is documented: a cautious one, until the user says what the account allows. */
export const DEFAULT_CALLS_PER_SECOND = 5;
export const MAX_CALLS_PER_SECOND = 100;

/** Numbers in one call, and characters of its uid. Page "message". */
export const MAX_RECIPIENTS_PER_CALL = 1000;
export const MAX_UID_CHARACTERS = 32;
