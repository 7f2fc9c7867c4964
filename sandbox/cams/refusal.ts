import { Refusal } from '../refusal';

/**
 * A business error. Codes and rules: Chat App's "API error codes" and the pages of the operations. Not documented,
 * and therefore the sandbox's choice, are the codes for a missing template variable, an unregistered sender, a
 * parameter of another channel, and more than 1,000 recipients.
 */
export const refuse = (code: string, message: string) => new Refusal(400, code, message);
